"""What every description shares: frozen, strict about its keys, and errors that name the place.

`Description` is a pydantic model whose errors are ours. Names given by the author of a model
(channels, gates, constants) are the keys of a `FrozenMapping`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import CoreSchema, core_schema

from loligo.cell.expression.parse import MACROS
from loligo.cell.expression.tree import FUNCTIONS
from loligo.errors import ModelError, suggest

Item = TypeVar("Item")

HERE = "<here>"
"""Stands for the path of a value in a message; the path is known only further out."""

RESERVED = frozenset({"v", "temperature", "t", "open", *FUNCTIONS, *MACROS})
"""Names that mean something already in every expression."""


class FrozenMapping(dict[str, Item]):
    """A dictionary that cannot be changed, so that what holds it can be hashed and shared."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("descriptions are frozen; use with_(**{path: value}) to get a changed one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    @classmethod
    def _keys(cls) -> CoreSchema:
        return core_schema.no_info_after_validator_function(check_name, core_schema.str_schema())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        given = get_args(source)
        items = handler.generate_schema(given[0]) if given else core_schema.any_schema()
        names = cls._keys()
        mapping = core_schema.dict_schema(names, items)
        return core_schema.no_info_after_validator_function(cls, mapping)


class Table(FrozenMapping[Item]):
    """A frozen dictionary whose keys may be any text: regions, branches, paths of parameters."""

    @classmethod
    def _keys(cls) -> CoreSchema:
        return core_schema.str_schema()


def check_name(name: str) -> str:
    """Return a name that may stand in an expression.

    Raises
    ------
    ModelError
        Not a letter followed by letters, digits and underscores, or taken already.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ModelError(f"{name!r} is not a name; use a letter, then letters, digits and _")
    if name in RESERVED or keyword.iskeyword(name):
        raise ModelError(f"the name {name!r} is taken; reserved: {', '.join(sorted(RESERVED))}")
    return name


class Description(BaseModel):
    """A frozen value that describes something; unknown keys and wrong values are refused.

    Raises
    ------
    ModelError
        Each problem with its dotted path, the value, and what is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise located(error, type(self).model_fields) from None

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> Any:
        from loligo.cell.schema import for_forms

        return for_forms(cls, handler.resolve_ref_schema(handler(schema)))

    def written(self) -> dict[str, Any]:
        """Return what a file says of this: plain values and text, without what is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def to_toml(self) -> str:
        """Return the TOML text that reads back as the same description."""
        import tomli_w

        kind = type(self).model_fields.get("kind")
        head = {} if kind is None else {"kind": kind.default}
        return tomli_w.dumps({**head, **self.written()}, multiline_strings=True)

    @classmethod
    def kinds(cls) -> dict[str, type[Self]]:
        """Return this class and those made from it, by the ``kind`` that a file gives them."""
        field = cls.model_fields.get("kind")
        found = {} if field is None else dict.fromkeys(get_args(field.annotation), cls)
        for narrower in cls.__subclasses__():
            found = {**narrower.kinds(), **found}
        return found

    @classmethod
    def from_toml(cls, source: str | Path) -> Self:
        """Return the description in a TOML file or text.

        Parameters
        ----------
        source : path-like or str
            A `Path`, a name that ends in ``.toml``, or the text itself.

        Raises
        ------
        ModelError
            It cannot be read, is of another kind, or says something that is refused.
        """
        from loligo.cell.files import KINDS, described, text_of

        is_path = isinstance(source, Path) or source.endswith(".toml")
        text, name = text_of(source) if is_path else (str(source), "")
        found = described(text, name, {**KINDS, **cls.kinds()})
        if not isinstance(found, cls):
            raise ModelError(f"it holds a {type(found).__name__}, not a {cls.__name__}")
        return found

    def with_(self, **changes: Any) -> Self:
        """Return a copy with other values.

        Parameters
        ----------
        **changes
            A new value for each dotted path, as a file would write it:
            ``cell.with_(**{"channel.na.conductance": "60 mS/cm2"})``.
        """
        from loligo.cell.paths import changed

        return type(self)(**changed(self.written(), changes))


def _sentence(path: str, text: str) -> str:
    if HERE in text:
        return text.replace(HERE, path)
    return f"{path}: {text}" if path else text


def located(error: ValidationError, allowed: Mapping[str, Any]) -> ModelError:
    """Turn pydantic's error into ours, one line for each problem."""
    lines = []
    for item in error.errors():
        path = ".".join(str(part) for part in item["loc"] if part != "[key]")
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, ModelError) and cause.problems:
            lines += [(f"{path}.{place}".strip("."), text) for place, text in cause.problems]
        elif item["type"] == "extra_forbidden":
            lines.append((path, f"unknown key; {suggest(str(item['loc'][-1]), allowed)}"))
        elif item["type"] == "missing":
            lines.append((path, "is missing"))
        else:
            lines.append((path, str(cause) if cause else _plainly(item["msg"], item["input"])))
    return refusal(lines)


def refusal(problems: Iterable[tuple[str, str]]) -> ModelError:
    """Return the error that tells all problems, each a path and a sentence."""
    listed = list(problems)
    return ModelError("\n".join(_sentence(path, text) for path, text in listed), listed)


def _plainly(message: str, value: Any) -> str:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    return f"{HERE} = {shown}: {message[:1].lower()}{message[1:]}"

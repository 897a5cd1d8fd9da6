"""The kinds of value an epoch's fields hold: how each is read, checked, written and described.

Each is a `Series` to Python, text to JSON and TOML, and a string with examples to the schema.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)

from loligo.errors import LoligoError, ModelError, suggest
from loligo.protocol.series import LEVELS, Series, as_series


class Frozen(BaseModel):
    """A frozen value whose errors are loligo's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise ModelError(_told(error, type(self))) from error


def _told(error: ValidationError, kind: type[BaseModel]) -> str:
    """Return the first thing wrong, in our words."""
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, LoligoError):
        return str(cause)
    name = ".".join(map(str, first["loc"])) or kind.__name__
    if first["type"] == "extra_forbidden":
        return f"{kind.__name__} has no {name!r}; {suggest(name, kind.model_fields)}"
    if first["type"] == "missing":
        return f"{kind.__name__} needs {name!r}"
    if cause is not None:
        return f"{name}: {cause}"
    return f"{name} = {first['input']!r}: {first['msg'][:1].lower()}{first['msg'][1:]}"


def _reader(
    dimensions: tuple[str, ...], check: Callable[[Series, str], None] | None = None
) -> PlainValidator:
    def read(value: Any, info: ValidationInfo) -> Series:
        name = info.field_name or "value"
        found = as_series(value, dimensions, name)
        if check is not None:
            check(found, name)
        return found

    return PlainValidator(read)


def _schema(about: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": about, "examples": list(examples)})


def _not_above(entry: Series, name: str) -> None:
    if entry.above_holding:
        raise ModelError(f"{name} = {entry} is a difference; leave 'above holding' out")


def _not_negative(entry: Series, name: str) -> None:
    if min(entry.values) < 0:
        raise ModelError(f"{name} = {entry} must not be negative")


def _duration(entry: Series, name: str) -> None:
    _not_negative(entry, name)
    if not any(entry.values):
        raise ModelError(f"{name} = {entry}: it must last longer than 0 ms in some sweep")


def _positive(entry: Series, name: str) -> None:
    if min(entry.values) <= 0:
        raise ModelError(f"{name} = {entry} must be above 0 in every sweep")


def _whole(entry: Series, name: str) -> None:
    if any(value < 0 or value != int(value) for value in entry.values):
        raise ModelError(f"{name} = {entry} must be whole numbers from 0 on")


_WRITTEN = PlainSerializer(str, return_type=str)

Level = Annotated[
    Series,
    _reader(LEVELS),
    _WRITTEN,
    _schema(
        "A command level, or one for each sweep; its unit decides the clamp.",
        "-60 mV",
        "-60..60 mV by 10 mV",
        "20 pA above holding",
    ),
]
"""A level of the command."""

Difference = Annotated[
    Series,
    _reader(LEVELS, _not_above),
    _WRITTEN,
    _schema("A difference of command, in the unit of the levels.", "20 pA", "5, 10, 20 mV"),
]
"""An amplitude or standard deviation of the command."""

Duration = Annotated[
    Series,
    _reader(("time",), _duration),
    _WRITTEN,
    _schema("A duration; in a sweep in which it is 0 the epoch is left out.", "500 ms", "2 s"),
]
"""How long an epoch lasts."""

Interval = Annotated[
    Series,
    _reader(("time",), _positive),
    _WRITTEN,
    _schema("A time above 0.", "2 ms"),
]
"""A period, width or sampling interval."""

Frequency = Annotated[
    Series,
    _reader(("frequency",), _positive),
    _WRITTEN,
    _schema("A frequency above 0.", "5 Hz"),
]
"""A frequency."""

Charge = Annotated[
    Series,
    _reader(("charge", "charge_density")),
    _WRITTEN,
    _schema("A charge, positive depolarizing.", "500 fC", "10 nC/cm2"),
]
"""A charge, of a cell or of each area of its membrane."""

Share = Annotated[
    Series,
    _reader(("fraction",)),
    _WRITTEN,
    _schema("A number without unit.", "0.25", "0..2 by 0.5"),
]
"""A phase in cycles, or a factor."""

Seed = Annotated[
    Series,
    _reader(("fraction",), _whole),
    _WRITTEN,
    _schema("A whole number, or one for each sweep.", "1", "1..10 by 1"),
]
"""What random numbers follow from."""

"""Standard solutions: a TOML file each, with its source."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from loligo.errors import LoligoError, ModelError, SelectionError, suggest
from loligo.ions.recipe import Recipe
from loligo.ions.solution import Solution


def names() -> tuple[str, ...]:
    """Return the names of all standard solutions."""
    found = (item.name for item in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def standard_recipe(name: str) -> Recipe:
    """Return the recipe of a standard solution, or of a TOML file.

    Parameters
    ----------
    name : str
        ``"acsf"``; see `names`. A path to a file ends in ``.toml``.

    Raises
    ------
    SelectionError
        There is none of that name.
    ModelError
        The file cannot be read, or is not a recipe.
    """
    if name.endswith(".toml"):
        try:
            return _read(Path(name).read_text(encoding="utf-8"), Path(name).name)
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"{name}: cannot be read: {error}") from None
    if name not in names():
        raise SelectionError(
            f"{name!r} is not a standard solution; {suggest(name, names())}; or a file of your own "
            "that ends in .toml"
        )
    return _read(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"), name)


@lru_cache(maxsize=64)
def _standard(name: str) -> Solution:
    return standard_recipe(name).solution()


def standard_solution(name: str) -> Solution:
    """Return a standard solution at equilibrium; arguments and errors as of `standard_recipe`.

    >>> round(standard_solution("potassium_gluconate").free("Cl"), 6)
    24.0
    """
    return standard_recipe(name).solution() if name.endswith(".toml") else _standard(name)


def _read(text: str, name: str) -> Recipe:
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ModelError(f"{name} is not TOML: {error}") from None
    if table.pop("kind", None) != "solution":
        raise ModelError(f"{name}: kind is missing or another; write kind = 'solution'")
    try:
        return Recipe.of(**{"name": name, **table})
    except LoligoError as error:
        raise ModelError(f"{name}: {error}") from None

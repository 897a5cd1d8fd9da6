"""The kinds of values that say several things at once: lists, and tables by region or branch.

As in `loligo.cell.quantity` each reads what people write, writes it back exactly, and tells the
JSON schema what it accepts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loligo.cell.description import HERE, Table
from loligo.cell.quantity import ValueKind, write_quantity
from loligo.errors import ModelError, UnitError
from loligo.units import INTERNAL_UNITS, quantity, resolve


@dataclass(frozen=True)
class Several(ValueKind):
    """Numbers with one unit after the last, ``"0, 12.5, 30 um"``, kept as floats inside.

    Parameters
    ----------
    dimension : str
    """

    dimension: str

    def read(self, value: Any) -> tuple[float, ...]:
        """Return the numbers in the internal unit."""
        if not isinstance(value, str):
            raise ModelError(f"{HERE} = {value!r} must be text such as '0, 10, 20 {self._unit}'")
        *before, last = value.replace("\u2212", "-").split(",")
        found = quantity(last, self.dimension, name=HERE)  # its unit is that of all
        number = next(
            last[:cut] for cut in range(len(last), 0, -1) if _number(last[:cut]) is not None
        )
        unit = resolve(last[len(number) :].strip() or self._unit)
        numbers = []
        for text in before:
            amount = _number(text)
            if amount is None or not math.isfinite(amount):
                raise ModelError(f"{HERE}: {text.strip()!r} is no number; the unit is told once")
            numbers.append(amount * unit.factor + unit.offset)
        return (*numbers, found)

    def write(self, value: tuple[float, ...]) -> str:
        """Return the text."""
        numbers = ", ".join(repr(float(number)).removesuffix(".0") for number in value)
        return f"{numbers} {self._unit}".strip()

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a string."""
        return {"type": "string", "format": "quantities", "dimension": self.dimension}

    @property
    def _unit(self) -> str:
        return INTERNAL_UNITS[self.dimension]


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class ByRegion(ValueKind):
    """A quantity above 0, or one for each region, kept as floats in the internal unit.

    Parameters
    ----------
    dimension : str
    """

    dimension: str

    def read(self, value: Any) -> float | Table[float]:
        """Return the number, or a table of them."""
        if isinstance(value, Mapping):
            return Table({region: self._one(v, f"{HERE}.{region}") for region, v in value.items()})
        return self._one(value, HERE)

    def _one(self, value: Any, name: str) -> float:
        number = quantity(value, self.dimension, name=name)
        if number <= 0.0:
            raise UnitError(f"{name} = {value} must be above 0")
        return number

    def write(self, value: float | Table[float]) -> Any:
        """Return the text, or a table of texts."""
        unit = INTERNAL_UNITS[self.dimension]
        if isinstance(value, float):
            return write_quantity(value, unit)
        return {region: write_quantity(number, unit) for region, number in value.items()}

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a string with a unit, or an object of them."""
        unit = INTERNAL_UNITS[self.dimension]
        one = {
            "type": "string",
            "format": "quantity",
            "dimension": self.dimension,
            "unit": unit,
            "examples": [f"1 {unit}"],
        }
        return {"anyOf": [one, {"type": "object", "additionalProperties": one}]}


class CountsOfBranches(ValueKind):
    """A whole number above 0, or one for each branch."""

    def read(self, value: Any) -> int | Table[int]:
        """Return the number, or a table of them."""
        if isinstance(value, Mapping):
            return Table({name: self._one(v, f"{HERE}.{name}") for name, v in value.items()})
        return self._one(value, HERE)

    def _one(self, value: Any, name: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ModelError(f"{name} = {value!r} must be a whole number above 0")
        return value

    def write(self, value: int | Table[int]) -> Any:
        """Return the number, or the table."""
        return dict(value) if isinstance(value, Table) else value

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a whole number, or an object of them."""
        one = {"type": "integer", "minimum": 1}
        return {"anyOf": [one, {"type": "object", "additionalProperties": one}]}

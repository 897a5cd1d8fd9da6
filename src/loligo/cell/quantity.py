"""The kinds of values in a description: quantities, rate laws, expressions.

Each kind reads what people write (``"120 mS/cm2"``, ``"linoid(1 /ms, -40 mV, 10 mV)"``,
``"4 * exp(-(v + 65) / 18)"``) into plain internal numbers or text, writes it back exactly, and
tells the JSON schema what it accepts.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from loligo.cell.description import HERE
from loligo.cell.expression import parse
from loligo.cell.shape import RateShape, read_shape
from loligo.errors import ExpressionError, ModelError
from loligo.units import INTERNAL_UNITS, is_unit, quantity, resolve

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the internal unit of its dimension, where more than one dimension is possible."""

    value: float
    unit: str

    def __str__(self) -> str:
        return write_quantity(self.value, self.unit)


def write_quantity(value: float, unit: str) -> str:
    """Write a number so that reading it gives the same number: ``"120 mS/cm2"``."""
    text = repr(float(value)).removesuffix(".0")
    return f"{text} {unit}".strip() if unit != "1/ms" else f"{text} /ms"


class ValueKind:
    """A pydantic annotation that reads and writes one kind of value."""

    def read(self, value: Any) -> Any:
        """Return the value of what a file says."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """Return what a file says of a value."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self._written),
        )

    def _written(self, value: Any) -> Any:
        return None if value is None else self.write(value)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> Any:
        return self.schema()


@dataclass(frozen=True)
class In(ValueKind):
    """A quantity of one dimension, kept as a float in the internal unit.

    Parameters
    ----------
    dimension : str
    positive : bool
        Refuse what is not above zero.
    least : float
        Refuse what is below.
    """

    dimension: str
    positive: bool = False
    least: float = -math.inf

    @property
    def unit(self) -> str:
        """The internal unit."""
        return INTERNAL_UNITS[self.dimension]

    def read(self, value: Any) -> float:
        """Return the number in the internal unit."""
        number = quantity(value, self.dimension, name=HERE)
        shown = write_quantity(number, self.unit)
        if self.positive and number <= 0:
            raise ModelError(f"{HERE} = {shown} must be above 0")
        if number < self.least:
            raise ModelError(f"{HERE} = {shown}; at least {self.least:g} {self.unit}".strip())
        return number

    def write(self, value: float) -> str | float:
        """Return the text, or the number where there is no unit."""
        return write_quantity(value, self.unit) if self.unit else value

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a string with a unit."""
        if not self.unit:
            return {"type": "number"} | ({"exclusiveMinimum": 0} if self.positive else {})
        return {
            "type": "string",
            "format": "quantity",
            "dimension": self.dimension,
            "unit": self.unit,
            "examples": [f"1 {self.unit}" if self.unit != "1/ms" else "1 /ms"],
        }


@dataclass(frozen=True)
class OneOf(ValueKind):
    """A quantity whose dimension is one of several, kept as a `Quantity`.

    Parameters
    ----------
    dimensions : tuple of str
        Empty: any.
    bare : bool
        Accept a number without a unit.
    least : float
        Refuse what is below.
    """

    dimensions: tuple[str, ...] = ()
    bare: bool = False
    least: float = -math.inf

    def read(self, value: Any) -> Quantity:
        """Return the quantity in internal units."""
        if isinstance(value, Quantity):
            value = str(value)
        if self.bare and not isinstance(value, str | bool) and isinstance(value, int | float):
            return Quantity(float(value), "")
        found = self._dimension(value)
        number = In(found, least=self.least).read(value)
        return Quantity(number, INTERNAL_UNITS[found])

    def _dimension(self, value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        unit = text[match.end() :].strip() if (match := _NUMBER.match(text)) else ""
        if unit:
            found = resolve(unit).dimension
            if found in self.dimensions or not self.dimensions:
                return found
        elif self.bare and match:
            return "fraction"
        if not self.dimensions:
            raise ModelError(f"{HERE} = {value!r} has no unit; write it with one, or a bare number")
        allowed = " or ".join(f"'1 {INTERNAL_UNITS[name]}'" for name in self.dimensions)
        raise ModelError(f"{HERE} = {value!r} must be a quantity such as {allowed}")

    def write(self, value: Quantity) -> str | float:
        """Return the text, or the number where there is no unit."""
        return str(value) if value.unit else value.value

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a string with a unit, or a number."""
        units = [INTERNAL_UNITS[name] for name in self.dimensions]
        text = {"type": "string", "format": "quantity"} | ({"units": units} if units else {})
        return {"anyOf": [text, {"type": "number"}]} if self.bare else text


@dataclass(frozen=True)
class Law(ValueKind):
    """A quantity, a named shape or an expression of one dimension.

    A quantity is kept as a float in the internal unit, a shape as a `RateShape`, an expression as
    its text.

    Parameters
    ----------
    dimension : str
        Of the value; an expression gives it in the internal unit.
    shapes : bool
        Accept named shapes.
    constant : bool
        Accept quantities.
    """

    dimension: str
    shapes: bool = True
    constant: bool = True

    def read(self, value: Any) -> float | RateShape | str:
        """Return the float, shape or text."""
        unit = INTERNAL_UNITS[self.dimension]
        if isinstance(value, RateShape):
            value = str(value)
        if not isinstance(value, str):
            if not self.constant:
                raise ModelError(f"{HERE} = {value!r} must be an expression, as text")
            return quantity(value, self.dimension, name=HERE)
        text = value.strip()
        if self.shapes and (shape := read_shape(text, unit)):
            return shape
        number = _NUMBER.match(text)
        rest = text[number.end() :] if number else ""
        if self.constant and unit and rest.strip() and is_unit(rest, self.dimension):
            return quantity(text, self.dimension, name=HERE)
        try:
            parse(text)
        except ExpressionError as error:
            if number and is_unit(rest):
                quantity(text, self.dimension, name=HERE)
            raise ModelError(str(error)) from None
        return text

    def write(self, value: float | RateShape | str) -> str | float:
        """Return the text."""
        unit = INTERNAL_UNITS[self.dimension]
        if isinstance(value, float):
            return write_quantity(value, unit) if unit else value
        return str(value)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a string."""
        unit = INTERNAL_UNITS[self.dimension]
        return {"type": "string", "format": "law", "dimension": self.dimension, "unit": unit}


Rate = Annotated[float | RateShape | str, Law("rate")]
SteadyState = Annotated[float | RateShape | str, Law("fraction", constant=False)]
TimeConstant = Annotated[float | RateShape | str, Law("time")]
Potential = Annotated[float | str, Law("voltage", shapes=False)]
Concentration = Annotated[float | str, Law("concentration", shapes=False)]
Formula = Annotated[str, Law("fraction", shapes=False, constant=False)]
"""Text of an expression."""


class _Let(ValueKind):
    """An expression, or a shape with a rate of any unit."""

    def read(self, value: Any) -> RateShape | str:
        """Return the shape or text."""
        if isinstance(value, str | RateShape) and (shape := read_shape(str(value), None)):
            return shape
        found = Law("fraction", shapes=False, constant=False).read(value)
        assert isinstance(found, str)
        return found

    def write(self, value: RateShape | str) -> str:
        """Return the text."""
        return str(value)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a string."""
        return {"type": "string", "format": "law"}


LetLaw = Annotated[RateShape | str, _Let()]

"""`Control`: a knob, switch or field of an instrument, with its range and where that is from."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from loligo.cell.description import Description
from loligo.cell.quantity import OneOf, Quantity
from loligo.errors import ModelError
from loligo.units import convert, quantity, resolve

Value = Annotated[Quantity, OneOf(bare=True)]


class Range(Description):
    """What a control can be set to.

    Parameters
    ----------
    least, most : quantity, optional
        Both ends are allowed; left out where none was found documented.
    choices : tuple of quantity
        Of a switch: the only values.
    words : tuple of str
        Of a switch whose positions are no numbers.
    source : str
        The document and page that say so.
    checked : bool
        Whether the numbers were read there, rather than quoted without the page at hand.
    """

    least: Value | None = None
    most: Value | None = None
    choices: tuple[Value, ...] = ()
    words: tuple[str, ...] = ()
    source: str = ""
    checked: bool = True

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        ends = self.least is not None or self.most is not None
        if ends + bool(self.choices) + bool(self.words) > 1:
            raise ModelError("give least and most, or choices, or words")
        low, high = self.least, self.most
        if low and high and (low.unit != high.unit or low.value > high.value):
            raise ModelError(f"least = {low} and most = {high} are no range")
        return self

    @property
    def is_known(self) -> bool:
        """Whether anything is documented."""
        return bool(self.choices or self.words) or not self.least is self.most is None

    def told(self, unit: str) -> str:
        """Say in words what is allowed, in a unit."""
        if self.words:
            return ", ".join(self.words)
        if self.choices:
            return ", ".join(_shown(choice.value, unit) for choice in self.choices)
        ends = (self.least, self.most)
        low, high = ("" if end is None else _shown(end.value, unit) for end in ends)
        if low and high:
            return f"{low} to {high}"
        return f"from {low}" if low else f"up to {high}" if high else ""

    def holds(self, value: float) -> bool:
        """Tell whether a number in the internal unit is allowed."""
        slack = 1e-9 * abs(value)
        if self.choices:
            return any(abs(value - choice.value) <= slack for choice in self.choices)
        return not (
            (self.least is not None and value < self.least.value - slack)
            or (self.most is not None and value > self.most.value + slack)
        )


class Control(Range):
    """A control of an instrument.

    Parameters
    ----------
    label : str
        As it is written on the instrument or in its program.
    unit : str
        That it is read in: ``"pF"``, ``"%"``; empty for a plain number or a word.
    voltage_clamp, current_clamp : tuple of str
        What it sets in each mode: fields of a `Rig` by their dotted path, or one of
        `loligo.rig.instruments.settings.CONVERTED`. Empty: it has no counterpart there.
    notes : str
        What to know, such as why it has no counterpart.
    """

    label: str
    unit: str = ""
    voltage_clamp: tuple[str, ...] = ()
    current_clamp: tuple[str, ...] = ()
    notes: str = Field(default="")

    @model_validator(mode="after")
    def _in_its_unit(self) -> Self:
        wanted = resolve(self.unit).internal
        for value in (self.least, self.most, *self.choices):
            if value is not None and value.unit != wanted:
                raise ModelError(f"{self.label} is in {self.unit or 'no unit'}; {value} is not")
        return self

    def read(self, value: Any, name: str, allowed: Range, where: str) -> float | str:
        """Return a setting in the internal unit, or a word.

        Parameters
        ----------
        value : quantity or str
        name : str
            Of the control, for messages.
        allowed : Range
            Its own, or that of a headstage.
        where : str
            The instrument and headstage, for messages.

        Raises
        ------
        ModelError
            It is not allowed; the message tells what is.
        UnitError
            No unit or another dimension.
        """
        named = f"{where}: {self.label} ({name})"
        if allowed.words:
            if value not in allowed.words:
                raise ModelError(f"{named} = {value!r}; it has {allowed.told('')}")
            return str(value)
        number = quantity(value, resolve(self.unit).dimension, name=named)
        if not allowed.holds(number):
            verb = "it has" if allowed.choices else "allowed is"
            origin = f" ({allowed.source})" if allowed.source else ""
            raise ModelError(
                f"{named} = {_shown(number, self.unit)}; {verb} {allowed.told(self.unit)}{origin}"
            )
        return number


def _shown(value: float, unit: str) -> str:
    """Write a number of the internal unit in another."""
    shown = convert(value, resolve(unit).internal, unit) if unit else value
    return f"{float(f'{shown:.10g}'):g} {unit}".strip()

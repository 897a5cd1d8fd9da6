"""One entry of the glossary."""

from __future__ import annotations

from dataclasses import dataclass

from loligo.units import INTERNAL_UNITS, convert


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the glossary.

    Attributes
    ----------
    name : str
        The field's standard term, spelled out.
    symbol : str
        As written in formulas.
    dimension : str
        One of `loligo.units.INTERNAL_UNITS`, or ``"count"``.
    display_unit : str
        The unit people expect in tables.
    meaning : str
        The definition, in a sentence.
    aliases : tuple of str
        Other names in use for the same quantity.
    """

    name: str
    symbol: str
    dimension: str
    display_unit: str
    meaning: str
    aliases: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """The internal unit."""
        return INTERNAL_UNITS.get(self.dimension, "")

    def display(self, value: float) -> float:
        """Convert a value from the internal to the display unit."""
        return convert(value, self.unit, self.display_unit)

"""What the columns of tables are called: our names with their units, or another package's.

A quantity that equals the other package's takes its name and unit. One that only comes near keeps
ours, with theirs behind a tilde: ``spike_amplitude ~AP_amplitude [mV]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loligo.analysis.spikes.names import Counterpart, counterparts
from loligo.terms import TERMS


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of numbers.

    Attributes
    ----------
    name : str
    unit : str
        ``""`` where it has none.
    factor : float
        A value in the internal unit times this is in `unit`.
    """

    name: str
    unit: str = ""
    factor: float = 1.0

    @property
    def label(self) -> str:
        """The name with its unit."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    @property
    def status(self) -> str:
        """The label of the column that says whether there is a value."""
        return f"{self.name} status"

    def end(self, which: str) -> str:
        """Return the label of an end of the interval, ``"low"`` or ``"high"``."""
        return Heading(f"{self.name} {which}", self.unit).label


@dataclass(frozen=True, slots=True)
class Headings:
    """The names of one package, or our own.

    Attributes
    ----------
    package : str or None
    known : dict of str to Counterpart
        By our name.
    """

    package: str | None = None
    known: dict[str, Counterpart] = field(default_factory=dict)

    def heading(self, name: str) -> Heading:
        """Return the heading of a column of ours; one that is not in the glossary has no unit."""
        if name not in TERMS:
            return Heading(name)
        entry = TERMS[name]
        factor = 1.0 if entry.dimension == "count" else entry.display(1.0)
        other = self.known.get(name)
        if other is None:
            return Heading(name, entry.display_unit, factor)
        if other.is_same:
            unit = entry.display_unit if other.factor == factor else entry.unit
            return Heading(other.other, unit, other.factor)
        return Heading(f"{name} ~{other.other}", entry.display_unit, factor)

    def beside(self, name: str) -> dict[str, str]:
        """Return what stands beside an estimate: the other package's name, and the difference."""
        if self.package is None:
            return {}
        other = self.known.get(name)
        words = ("", "") if other is None else (other.other, other.difference or "equal")
        return dict(zip((f"{self.package}_name", f"{self.package}_difference"), words, strict=True))

    def differences(self, columns: Sequence[str]) -> list[str]:
        """Say how the quantities behind a tilde differ."""
        return [
            f"{name} is not {self.package}'s {other.other}: {other.difference}"
            for name, other in self.known.items()
            if not other.is_same and self.heading(name).label in columns
        ]


def headings_of(package: str | None = None) -> Headings:
    """Return the headings of a package (``"efel"``, ``"ipfx"``), ours by default.

    Raises
    ------
    SelectionError
        The package is not known.
    """
    return Headings() if package is None else Headings(package, counterparts(package))

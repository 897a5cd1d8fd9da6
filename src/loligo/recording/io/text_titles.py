"""What the titles of a text table say: names, units, the time column, and which are sweeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from loligo.recording.io.roles import known_unit

_BRACKETED = re.compile(r"(?P<name>[^(\[]*?)\s*[(\[]\s*(?P<unit>[^)\]]*?)\s*[)\]]")
_SEPARATED = re.compile(r"(?P<name>.+?)(?:\s*/\s*|,\s*|_|\s+)(?P<unit>[^\s_/,]+)")
_TIME = {"time", "times", "t"}
_COUNTED = re.compile(r"(?i)(sweep|trace|episode|step|run)?[ _#-]*[-+]?\d+(\.\d*)?")
_SETTINGS = {"resistance", "capacitance", "conductance"}
_SIGNALS = {"voltage", "current", "time", "pressure", "temperature", "frequency"}
_SINGLE_LETTERS = {"V", "A", "s"}


@dataclass(frozen=True, slots=True)
class Title:
    """A column's title, taken apart; `unit` is ``""`` where it states none."""

    text: str
    name: str
    unit: str

    @property
    def dimension(self) -> str:
        """The dimension of the unit, ``""`` where there is none."""
        unit = known_unit(self.unit)
        return unit.dimension if unit is not None else ""

    @property
    def is_time(self) -> bool:
        """Whether the column is a clock."""
        return self.dimension == "time" or (not self.unit and self.name.lower() in _TIME)

    @property
    def is_count(self) -> bool:
        """Whether the title only numbers a sweep, such as ``3``, ``-80.0`` or ``sweep 3``."""
        return bool(_COUNTED.fullmatch(self.name))

    @property
    def is_setting(self) -> bool:
        """Whether the column holds a setting of the rig or cell, never a recorded signal."""
        return self.dimension in _SETTINGS


def parsed_title(text: str) -> Title:
    """Take a title apart: ``"Vm [mV]"``, ``"time (ms)"``, ``"voltage_mV"``, ``"I / pA"``."""
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed and known_unit(bracketed["unit"]):
        return Title(text, bracketed["name"] or text, bracketed["unit"])
    separated = _SEPARATED.fullmatch(text)
    if separated:
        unit = known_unit(separated["unit"])
        letters = separated["unit"]
        if (
            unit is not None
            and unit.dimension in _SIGNALS | _SETTINGS
            and (len(letters) > 1 or letters in _SINGLE_LETTERS)
        ):
            return Title(text, separated["name"], letters)
    return Title(text, text, "")


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """A channel and the columns that are its sweeps, in order."""

    name: str
    unit: str
    columns: tuple[int, ...]
    labels: tuple[str, ...] = ()


def column_groups(titles: Sequence[Title], places: Sequence[int]) -> tuple[ColumnGroup, ...] | None:
    """Tell which columns are sweeps of one channel.

    Parameters
    ----------
    titles : sequence of Title
        Of all columns.
    places : sequence of int
        The columns that are no clock.

    Returns
    -------
    tuple of ColumnGroup or None
        One group where all titles only count sweeps; one for each distinct title where every
        title occurs equally often; ``None`` where the titles tell neither.
    """
    chosen = [titles[i] for i in places]
    if len(chosen) > 1 and all(title.is_count for title in chosen):
        units = {title.unit for title in chosen}
        if len(units) > 1:
            return None
        labels = tuple(title.text for title in chosen)
        return (ColumnGroup("response", units.pop(), tuple(places), labels),)
    counts = Counter((title.name, title.unit) for title in chosen)
    if len(set(counts.values())) != 1 or len({name for name, _ in counts}) != len(counts):
        return None
    return tuple(
        ColumnGroup(
            name,
            unit,
            tuple(i for i in places if (titles[i].name, titles[i].unit) == (name, unit)),
        )
        for name, unit in counts
    )

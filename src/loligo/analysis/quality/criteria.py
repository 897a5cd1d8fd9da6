"""What a recording has to fulfil: criteria, and how to write one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from loligo.errors import SelectionError, suggest
from loligo.recording import ClampMode
from loligo.terms import TERMS, term
from loligo.units import convert, quantity


class Comparison(StrEnum):
    """Which side of the limit is good."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    WITHIN = "within"
    """Without its sign at most."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing asked of a recording.

    Attributes
    ----------
    name : str
        Of the criterion; where it is another program's, that program's name for it.
    quantity : str
        What is judged: a name of the glossary, ``""`` where loligo has no such quantity.
    limit : float
        In `unit`.
    unit : str
        ``""`` for counts and shares.
    comparison : Comparison
    meaning : str
        What it guards against, in a sentence.
    source : str
        Where the limit comes from.
    is_warning : bool
        Whether to miss it is a warning, not a failure.
    each_sweep : bool
        Whether every sweep is judged, not the recording as a whole.
    mode : ClampMode or None
        The clamp mode it belongs to, None for any.
    unavailable : str
        Why loligo cannot judge it, where that is so of any recording.
    """

    name: str
    quantity: str
    limit: float
    unit: str
    comparison: Comparison
    meaning: str
    source: str = ""
    is_warning: bool = False
    each_sweep: bool = False
    mode: ClampMode | None = None
    unavailable: str = ""

    @property
    def internal_limit(self) -> float:
        """The limit in the internal unit of its quantity."""
        if not self.unit or self.quantity not in TERMS:
            return self.limit
        return convert(self.limit, self.unit, term(self.quantity).unit)

    @property
    def words(self) -> str:
        """The demand: ``"at most 20 MOhm"``, or ``"none allowed"`` where the limit is nothing."""
        if self.limit == 0 and self.comparison is Comparison.AT_MOST:
            return "none allowed"
        side = "\N{PLUS-MINUS SIGN}" if self.comparison is Comparison.WITHIN else ""
        unit = f" {self.unit}" if self.unit not in {"", "%"} else self.unit
        return f"{self.comparison.value.replace('_', ' ')} {side}{self.limit:g}{unit}"


@dataclass(frozen=True, slots=True)
class Criteria:
    """A named set of criteria.

    Attributes
    ----------
    name : str
    members : tuple of Criterion
    source : str
    """

    name: str
    members: tuple[Criterion, ...]
    source: str = ""


_KEYS = {
    "quantity",
    *(comparison.value for comparison in Comparison),
    "meaning",
    "source",
    "warning",
    "each_sweep",
    "mode",
}


def criteria_from(table: Mapping[str, Mapping[str, Any]], name: str = "own") -> Criteria:
    """Return criteria from a table, such as one read from a TOML file.

    Parameters
    ----------
    table : mapping of name to mapping
        Of each criterion ``quantity`` (a name of the glossary, else the criterion's own name is
        one), and one of ``at_most``, ``at_least``, ``within`` with a quantity such as
        ``"20 MOhm"``; also ``meaning``, ``source``, ``warning`` and ``each_sweep`` (true or
        false) and ``mode`` (a clamp mode).
    name : str
        Of the set.

    Returns
    -------
    Criteria

    Raises
    ------
    SelectionError
        An unknown key, quantity or mode, or not exactly one limit.
    UnitError
        A limit without a unit, or with a unit of another dimension.

    Examples
    --------
    >>> own = criteria_from({"series_resistance": {"at_most": "15 MOhm"}})
    >>> own.members[0].words
    'at most 15 MOhm'
    """
    return Criteria(name, tuple(_criterion(key, dict(entry)) for key, entry in table.items()))


def _criterion(name: str, entry: dict[str, Any]) -> Criterion:
    for key in entry:
        if key not in _KEYS:
            raise SelectionError(f"criterion {name!r} has no {key!r}; {suggest(key, _KEYS)}")
    judged = term(str(entry.get("quantity", name)))
    limits = [comparison for comparison in Comparison if comparison.value in entry]
    if len(limits) != 1:
        raise SelectionError(
            f"criterion {name!r} needs one limit, at_most, at_least or within; it has {len(limits)}"
        )
    stated = entry[limits[0].value]
    if judged.dimension == "count":
        value = quantity(stated, "fraction", name=name)
    else:
        value = judged.display(quantity(stated, judged.dimension, name=name))
    return Criterion(
        name=name,
        quantity=judged.name,
        limit=value,
        unit=judged.display_unit,
        comparison=limits[0],
        meaning=str(entry.get("meaning", judged.meaning)),
        source=str(entry.get("source", "given by the user")),
        is_warning=bool(entry.get("warning", False)),
        each_sweep=bool(entry.get("each_sweep", False)),
        mode=_mode(name, entry.get("mode")),
    )


def _mode(name: str, value: Any) -> ClampMode | None:
    if value is None:
        return None
    modes = [mode.value for mode in ClampMode]
    if value not in modes:
        raise SelectionError(
            f"criterion {name!r}: no clamp mode {value!r}; {suggest(value, modes)}"
        )
    return ClampMode(value)

"""What a comparison of two routes may find, and how it is said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from loligo.analysis.agreement.route import Route
from loligo.analysis.digits import interval, number
from loligo.analysis.interval import Interval

SAME_POTENTIAL = 3.0
"""Ranges whose ends differ by less are the same [mV]."""


class Reason(StrEnum):
    """What explains that two routes give different values."""

    POTENTIAL = "membrane potential"
    """The resistance depends on the potential (rectification)."""
    TIME = "time after the onset"
    """The resistance falls with time (sag, by a slow current such as Ih)."""
    OFFSET = "potential without current"
    """The potential at which no current flows is not the same in both."""
    SERIES_RESISTANCE = "series resistance"
    """One of the values includes it."""


class Outcome(StrEnum):
    """Whether two routes agree."""

    AGREE = "agree"
    MATCHED = "agree at matched conditions"
    UNTOLD = "cannot be told"
    """The recordings hold too little to compare at the same potential and time."""
    DISAGREE = "do not agree"


@dataclass(frozen=True)
class Verdict:
    """The comparison of two routes.

    Attributes
    ----------
    first, second : str
        Labels of the routes.
    outcome : Outcome
    reasons : tuple of Reason
        What explains the difference, shown by the recordings themselves.
    matched : tuple of Interval, or None
        Both values at the same potential and time [GOhm], where they were compared so.
    sentence : str
    """

    first: str
    second: str
    outcome: Outcome
    reasons: tuple[Reason, ...]
    matched: tuple[Interval, Interval] | None
    sentence: str


def differ(a: Interval, b: Interval) -> bool:
    """Tell whether the 95 % interval of ``a - b`` excludes zero, of independent values."""
    upper, lower = (a, b) if a.value > b.value else (b, a)
    reach = math.hypot(upper.value - upper.low, lower.high - lower.value)
    return upper.value - lower.value > reach


def near(a: Route, b: Route) -> bool:
    """Tell whether two routes were measured between the same potentials."""
    return max(abs(a.low - b.low), abs(a.high - b.high)) < SAME_POTENTIAL


def in_megaohm(found: Interval) -> str:
    """Write a resistance [GOhm] with its interval."""
    value, low, high = (1e3 * end for end in (found.value, found.low, found.high))
    return f"{number(value, low, high)} MΩ [{interval(value, low, high)}]"


def both(pair: tuple[Interval, Interval]) -> str:
    """Write two resistances."""
    return f"{in_megaohm(pair[0])} and {in_megaohm(pair[1])}"


def span(low: float, high: float) -> str:
    """Write a range of potentials."""
    return f"{low:.0f} to {high:.0f} mV".replace("-", "\N{MINUS SIGN}")


def told(a: Route, b: Route) -> str:
    """Write two routes with their values."""
    words = [f"{r.label} gives {in_megaohm(r.interval)} over {span(r.low, r.high)}" for r in (a, b)]
    return f"{words[0]}, {words[1]}"

"""Two routes to the input resistance: do they agree, and if not, what explains the difference.

Nothing is guessed. Where two values differ, both recordings are asked again between the same
potentials, at the same time after the onset, or both, and with potentials counted from where no
current flows. What makes them agree, and is shown to matter by the recordings themselves, is the
reason. The series resistance is one where taking it off makes them agree and nothing else matters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from loligo.analysis.agreement.route import Route
from loligo.analysis.agreement.verdict import (
    SAME_POTENTIAL,
    Outcome,
    Reason,
    Verdict,
    both,
    differ,
    in_megaohm,
    near,
    span,
    told,
)
from loligo.analysis.interval import Interval

NARROWEST_RANGE = 4.0
"""Ranges that overlap by less cannot be compared [mV]."""

WIDEST = 2.0
"""Values whose intervals' ends differ by a larger factor agree with anything."""

SMALLEST_OFFSET = 1.0
"""Potentials without current that differ by less are the same [mV]."""

Window = tuple[float, float]


@dataclass(frozen=True)
class _Condition:
    """What two routes are asked for: potentials of the first, a time, an offset of the second."""

    low: float
    high: float
    window: Window | None = None
    offset: float = 0.0

    def of(self, route: Route, is_second: bool) -> Interval | None:
        """Return what a route says under it."""
        shift = self.offset if is_second else 0.0
        low, high = self.low + shift, self.high + shift
        if self.window is None:
            return _asked(route, low, high, None)
        return _around(route, low, high, self.window)

    @property
    def words(self) -> str:
        """The condition in words."""
        text = f"over {span(self.low, self.high)}"
        if self.window is not None:
            text += f" and {self.window[0]:.0f} to {self.window[1]:.0f} ms after the onset"
        if self.offset:
            text += f" (the second at potentials {self.offset:+.1f} mV from these)"
        return text


def compare(a: Route, b: Route, series_resistance: Interval | None = None) -> Verdict:
    """Compare two routes to the input resistance of one cell.

    Parameters
    ----------
    a, b : Route
    series_resistance : Interval, optional
        [GOhm] What a value from voltage steps holds beside the input resistance.

    Returns
    -------
    Verdict
    """
    if not differ(a.interval, b.interval):
        return Verdict(a.label, b.label, Outcome.AGREE, (), None, f"{told(a, b)}: they agree")
    lifted = _without_series(a, b, series_resistance)
    if lifted is not None:
        return lifted
    found = [(c, c.of(a, False), c.of(b, True)) for c in _conditions(a, b)]
    pairs = [(c, (x, y)) for c, x, y in found if x is not None and y is not None]
    for condition, pair in pairs:
        shown = _evidence(a, b, condition)
        if differ(*pair) or shown is None or max(v.high / v.low for v in pair) > WIDEST:
            continue
        words = "; ".join(shown.values())
        sentence = (
            f"{told(a, b)}: they agree {condition.words}, {both(pair)}, since {words}"
            f"{_included(a, b, series_resistance)}"
        )
        return Verdict(a.label, b.label, Outcome.MATCHED, tuple(shown), pair, sentence)
    return _unexplained(a, b, pairs)


def _conditions(a: Route, b: Route) -> list[_Condition]:
    """Return the conditions to compare under, the one that changes least first."""
    windows: list[Window | None] = [None]
    if _times_differ(a, b):
        shared = [(r.start, r.stop) for r in a.relations]
        other = [(r.start, r.stop) for r in b.relations]
        windows += [window for window in reversed(shared) if window in other][:1]
    found = []
    if near(a, b) or not (a.relations and b.relations):
        found += [_Condition(a.low, a.high, window) for window in windows[1:]]
    for offset in _offsets(a, b):
        shared_range = _shared_potentials(a, b, offset)
        if shared_range is not None:
            found += [_Condition(*shared_range, window, offset) for window in windows]
    return found


def _times_differ(a: Route, b: Route) -> bool:
    """Tell whether two routes by steps look at different times; a chirp has no one time."""
    if not a.relations or not b.relations:
        return False
    return (a.start, a.stop) != (b.start, b.stop)


def _offsets(a: Route, b: Route) -> list[float]:
    """Return by how much the second's potentials may be shifted, none first."""
    offset = b.zero - a.zero
    known = math.isfinite(offset) and abs(offset) >= SMALLEST_OFFSET
    return [0.0, offset] if known else [0.0]


def _shared_potentials(a: Route, b: Route, offset: float) -> tuple[float, float] | None:
    """Return the potentials (of the first) both can be asked for, ``None`` where there are none."""
    lows, highs = (a.low, b.low - offset), (a.high, b.high - offset)
    if a.is_fixed and b.is_fixed:
        near = max(abs(lows[0] - lows[1]), abs(highs[0] - highs[1])) < SAME_POTENTIAL
        return (a.low, a.high) if near else None
    if a.is_fixed:
        return lows[0], highs[0]
    if b.is_fixed:
        return lows[1], highs[1]
    low = max(a.relations[-1].low, b.relations[-1].low - offset)
    high = min(a.relations[-1].high, b.relations[-1].high - offset)
    return (low, high) if high - low >= NARROWEST_RANGE else None


def _asked(route: Route, low: float, high: float, window: Window | None) -> Interval | None:
    """Return the resistance of a route between potentials, at a time (its own by default)."""
    if not route.relations:
        return route.interval
    for entry in reversed(route.relations):
        if window is None or window == (entry.start, entry.stop):
            if route.is_fixed:
                return entry.resistance(route.low, route.high)
            return entry.resistance(low, high)
    return None


def _around(route: Route, low: float, high: float, window: Window) -> Interval | None:
    """Return the resistance at a time, its interval holding those of the windows beside it.

    A current step charges the membrane first, so that what follows comes later than after a
    voltage step.
    """
    value = _asked(route, low, high, window)
    if value is None:
        return None
    beside = [
        _asked(route, low, high, (entry.start, entry.stop))
        for entry in route.relations
        if window[1] in {entry.start, entry.stop} or window[0] == entry.stop
    ]
    ends = [entry.value for entry in beside if entry is not None]
    return Interval(value.value, min(value.low, *ends), max(value.high, *ends))


def _evidence(a: Route, b: Route, condition: _Condition) -> dict[Reason, str] | None:
    """Return what the recordings show of each thing a condition changes; ``None`` if not all."""
    shown: dict[Reason, str] = {}
    if not near(a, b):
        texts = [_of_potential(r, condition, s) for r, s in ((a, False), (b, True))]
        shown[Reason.POTENTIAL] = " and ".join(filter(None, texts))
    if condition.window is not None:
        texts = [_of_time(route, condition.window) for route in (a, b)]
        shown[Reason.TIME] = " and ".join(filter(None, texts))
    if condition.offset:
        shown[Reason.OFFSET] = (
            f"no current flows at {_mv(a.zero)} in {a.label} but at {_mv(b.zero)} in {b.label}"
        )
    return shown if shown and all(shown.values()) else None


def _mv(potential: float) -> str:
    return f"{potential:.1f} mV".replace("-", "\N{MINUS SIGN}")


def _of_potential(route: Route, condition: _Condition, is_second: bool) -> str:
    """Say that the resistance of a route depends on the potential, where it does."""
    if not route.relations or route.is_fixed:
        return ""
    shift = condition.offset if is_second else 0.0
    low, high = condition.low + shift, condition.high + shift
    own = _asked(route, route.low, route.high, None)
    moved = _asked(route, low, high, None)
    if own is None or moved is None or not differ(own, moved):
        return ""
    return (
        f"{route.label} depends on the potential: {in_megaohm(own)} over "
        f"{span(route.low, route.high)}, {in_megaohm(moved)} over {span(low, high)}"
    )


def _of_time(route: Route, window: Window) -> str:
    """Say that the resistance of a route falls with time, where it does."""
    own = _asked(route, route.low, route.high, None)
    for entry in route.relations:
        early = entry.resistance(route.low, route.high)
        if entry.stop > window[1] or early is None or own is None:
            continue
        if early.value > own.value and differ(early, own):
            return (
                f"{route.label} falls with time: {in_megaohm(early)} at {entry.start:.0f} to "
                f"{entry.stop:.0f} ms, {in_megaohm(own)} at {route.start:.0f} to "
                f"{route.stop:.0f} ms"
            )
    return ""


def _unexplained(
    a: Route, b: Route, pairs: list[tuple[_Condition, tuple[Interval, Interval]]]
) -> Verdict:
    """Return the verdict where nothing explains the difference."""
    names = a.label, b.label
    slower = _too_short_for(a, b) or _too_short_for(b, a)
    if slower:
        sentence = f"{told(a, b)}: they differ, and {slower}"
        return Verdict(*names, Outcome.UNTOLD, (), None, sentence)
    matched = [entry for entry in pairs if entry[0].window is not None or not _times_differ(a, b)]
    if not matched:
        sentence = (
            f"{told(a, b)}: they differ, and it cannot be told why, as no potential and time is "
            "covered by both"
        )
        return Verdict(*names, Outcome.UNTOLD, (), None, sentence)
    condition, pair = next((entry for entry in matched if not differ(*entry[1])), matched[-1])
    if differ(*pair):
        sentence = f"{told(a, b)}: they do not agree, also not {condition.words}: {both(pair)}"
        return Verdict(*names, Outcome.DISAGREE, (), pair, sentence)
    sentence = (
        f"{told(a, b)}: they differ; {condition.words} they are {both(pair)}, too uncertain to "
        "tell whether this is why"
    )
    return Verdict(*names, Outcome.UNTOLD, (), pair, sentence)


def _too_short_for(chirp: Route, steps: Route) -> str:
    """Say that steps end before what a chirp sees is over, where they still change."""
    if chirp.relations or not steps.relations or steps.stop >= chirp.stop:
        return ""
    falls = _of_time(steps, (steps.start, steps.stop))
    if not falls or chirp.interval.value > steps.interval.value:
        return ""
    return f"{falls}, while the chirp sees what happens within {chirp.stop:.0f} ms"


def _without_series(a: Route, b: Route, series: Interval | None) -> Verdict | None:
    """Return the verdict that the series resistance makes the difference, if it does."""
    clamped = [route.kind == "voltage steps" for route in (a, b)]
    if series is None or clamped[0] == clamped[1] or series.low <= 0:
        return None
    if any(_evidence(a, b, condition) for condition in _conditions(a, b)):
        return None
    route, other = (a, b) if clamped[0] else (b, a)
    whole = route.interval
    value = whole.value - series.value
    bare = Interval(
        value,
        value - math.hypot(whole.value - whole.low, series.high - series.value),
        value + math.hypot(whole.high - whole.value, series.value - series.low),
    )
    if differ(bare, other.interval):
        return None
    pair = (bare, other.interval) if clamped[0] else (other.interval, bare)
    sentence = (
        f"{told(a, b)}: they agree without the series resistance of {in_megaohm(series)} that "
        f"{route.label} includes, {both(pair)}"
    )
    return Verdict(a.label, b.label, Outcome.MATCHED, (Reason.SERIES_RESISTANCE,), pair, sentence)


def _included(a: Route, b: Route, series: Interval | None) -> str:
    """Say which series resistance is still in one of the values."""
    clamped = [route for route in (a, b) if route.kind == "voltage steps"]
    if series is None or len(clamped) != 1:
        return ""
    return f"; {clamped[0].label} includes a series resistance of {in_megaohm(series)}"

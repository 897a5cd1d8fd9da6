"""What the cell does before the stimulus: resting and baseline potential, holding current.

The window is the stretch at the sweep's first commanded level, up to the first change of command,
light, pressure or a digital line in any sweep. Each sweep gives one value; the recording's value is
their mean, with an interval from the spread between sweeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import (
    Interval,
    Location,
    digitized_median,
    interval_of_mean,
    location,
)
from loligo.analysis.layout import (
    Layout,
    Window,
    holding_windows,
    layout_of,
    load,
    no_command,
    not_searched,
    same_level,
)
from loligo.analysis.rig_notes import events, leak_subtraction, stated, subtracted
from loligo.analysis.steady import rises
from loligo.analysis.validity import implausible, not_a_signal
from loligo.analysis.wording import sweeps_in_words
from loligo.recording import Channel, ClampMode, Recording

NO_CURRENT = 1.0
"""A commanded current smaller than this counts as none [pA]."""

UNTOLD = 30.0
"""An interval that reaches this far to either side holds the potential of any cell [mV]."""

_FEWEST_SAMPLES = 10


def resting_potential(
    recording: Recording, response: Channel | str | None = None
) -> tuple[Estimate, ...]:
    """Return the resting potential of the recording, then each sweep's baseline potential.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    tuple of Estimate
        The first is `resting_potential`; then one `baseline_potential` a sweep.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.
    """
    return resting_estimates(layout_of(recording, response))


def holding_current(
    recording: Recording, response: Channel | str | None = None
) -> tuple[Estimate, ...]:
    """Return the holding current of the recording, then of each sweep.

    Parameters and errors as for `resting_potential`.
    """
    return holding_estimates(layout_of(recording, response))


def resting_estimates(layout: Layout) -> tuple[Estimate, ...]:
    """Return the resting potential, then the baseline potential of each sweep."""
    name = "resting_potential"
    mode = layout.response.clamp_mode
    if mode not in {ClampMode.CURRENT_CLAMP, ClampMode.ZERO_CURRENT}:
        why = f"it needs current clamp; this is {_words(mode)}"
        return (_refused(layout, name, Status.WRONG_MODE, why),)
    windows = _windows(layout)
    if isinstance(windows, Estimate):
        return (windows,)
    lost = _without_signal(layout, windows)
    seen = _locations(layout, windows, lost, digitized_median)
    sweeps = _each(layout, "baseline_potential", windows, seen, "median")
    bias = _bias(layout)
    if bias:
        return (_refused(layout, name, Status.NO_BASELINE, bias), *sweeps)
    if not seen:
        return (_nothing_seen(layout, name, lost),)
    rest = {index: place for index, place in seen.items() if abs(windows[index][1]) < NO_CURRENT}
    if not rest:
        why = _not_at_rest([windows[index][1] for index in seen])
        return (_refused(layout, name, Status.NO_BASELINE, why), *sweeps)
    notes = [_left_out(lost)]
    if len(rest) < len(seen):
        notes.append(f"from {len(rest)} of {len(seen)} sweeps, those with no current injected")
    firing = [index for index in rest if rises(_samples(layout, index, windows[index][0]))]
    if firing:
        notes.append(f"the cell fires in the baseline of {len(firing)} of {len(rest)} sweeps")
    definition = (
        "mean over sweeps of the median potential before the stimulus, where the commanded "
        f"current is zero ({_span(windows, rest)}); a current added on the amplifier itself is "
        "not seen; no junction potential subtracted"
    )
    return (_told(layout, _pooled(layout, name, rest, definition, notes)), *sweeps)


def _told(layout: Layout, found: Estimate) -> Estimate:
    """Refuse a resting potential whose interval holds that of any cell."""
    if found.low is None or found.high is None or found.high - found.low <= 2 * UNTOLD:
        return found
    why = (
        f"the 95 % interval ({found.low:.3g} to {found.high:.3g} mV) tells no resting potential: "
        "too few sweeps, too far apart; see the values of each sweep"
    )
    reason = f"{why}; {found.reason}" if found.reason else why
    return _refused(layout, found.name, Status.TOO_NOISY, reason)


def _not_at_rest(levels: list[float]) -> str:
    low, high = min(levels), max(levels)
    shown = f"{low:.4g}" + ("" if same_level(low, high) else f" to {high:.4g}")
    return (
        f"a current of {shown} pA is commanded before the stimulus; baseline_potential tells the "
        "potential with it"
    )


def holding_estimates(layout: Layout) -> tuple[Estimate, ...]:
    """Return the holding current, then that of each sweep."""
    name = "holding_current"
    mode = layout.response.clamp_mode
    if mode is not ClampMode.VOLTAGE_CLAMP:
        why = f"it needs voltage clamp; this is {_words(mode)}"
        return (_refused(layout, name, Status.WRONG_MODE, why),)
    removed = subtracted(layout)
    if removed:
        return (_refused(layout, name, Status.COMPENSATED, removed),)
    windows = _windows(layout)
    if isinstance(windows, Estimate):
        return (windows,)
    lost = _without_signal(layout, windows)
    seen = _locations(layout, windows, lost, _mean)
    sweeps = _each(layout, name, windows, seen, "mean")
    levels = [windows[index][1] for index in seen]
    if not seen:
        return (_nothing_seen(layout, name, lost),)
    if not all(same_level(level, levels[0]) for level in levels):
        why = (
            f"the holding potential differs between sweeps ({min(levels):.4g} to "
            f"{max(levels):.4g} mV); see the values of each sweep"
        )
        return (_refused(layout, name, Status.NO_BASELINE, why), *sweeps)
    definition = (
        f"mean over sweeps of the mean current before the first change of an output, at "
        f"{levels[0]:.4g} mV ({_span(windows, seen)})"
    )
    notes = [_left_out(lost), _skewed(layout, windows, seen), leak_subtraction(layout)]
    return (_pooled(layout, name, seen, definition, notes), *sweeps)


def _skewed(
    layout: Layout, windows: dict[int, tuple[Window, float]], seen: dict[int, Location]
) -> str:
    """Caution where events (synaptic currents, spikes) shift the mean beyond its interval."""
    if len(seen) < 2:
        return ""
    medians = []
    for index in seen:
        step = layout.recording.trace(index, layout.response).resolution
        medians.append(digitized_median(_samples(layout, index, windows[index][0]), step))
    means = [place.value for place in seen.values()]
    shift = interval_of_mean([a - b for a, b in zip(means, medians, strict=True)])
    whole = interval_of_mean(means)
    if not shift.excludes_zero or abs(shift.value) <= whole.high - whole.value:
        return ""
    middle = float(np.mean(medians))
    return (
        f"transient currents (events) shift the mean by {shift.value:.3g} pA; the median is "
        f"{middle:.4g} pA"
    )


def _nothing_seen(layout: Layout, name: str, lost: dict[int, str]) -> Estimate:
    if not lost:
        return _refused(layout, name, Status.NO_BASELINE, "no sweep has a usable baseline")
    return _refused(layout, name, Status.SATURATED, _left_out(lost))


def _words(mode: ClampMode | None) -> str:
    return "unknown" if mode is None else mode.value.replace("_", " ")


def _refused(layout: Layout, name: str, status: Status, why: str) -> Estimate:
    return Estimate(name, None, None, None, status, why, channel=layout.response.name)


def _windows(layout: Layout) -> dict[int, tuple[Window, float]] | Estimate:
    """Return each sweep's baseline window and commanded level, or the refusal."""
    voltage = layout.response.clamp_mode is not ClampMode.VOLTAGE_CLAMP
    name = "resting_potential" if voltage else "holding_current"
    if layout.response.clamp_mode is ClampMode.ZERO_CURRENT:
        windows = {}
        for index in layout.sweeps:
            trace = layout.recording.trace(index, layout.response)
            windows[index] = Window(trace.start, trace.start + trace.duration), 0.0
        return windows
    if layout.command is None:
        return _refused(layout, name, Status.NO_COMMAND, no_command(layout))
    windows = holding_windows(layout)
    if not windows:
        why = f"no sweep begins with a constant command{not_searched(layout)}"
        return _refused(layout, name, Status.NO_BASELINE, why)
    return windows


def _samples(layout: Layout, index: int, window: Window) -> Any:
    return load(layout.recording.trace(index, layout.response), window)


def _locations(
    layout: Layout,
    windows: dict[int, tuple[Window, float]],
    lost: dict[int, str],
    statistic: Callable[..., Any],
) -> dict[int, Location]:
    """Return where each sweep's baseline lies, of those with enough finite samples."""
    found = {}
    for index, (window, _) in windows.items():
        if index in lost:
            continue
        values = _samples(layout, index, window)
        if values.size >= _FEWEST_SAMPLES and np.isfinite(values).all():
            trace = layout.recording.trace(index, layout.response)
            step = trace.resolution
            found[index] = location(values, partial(statistic, resolution=step), step)
    return found


def _without_signal(layout: Layout, windows: dict[int, tuple[Window, float]]) -> dict[int, str]:
    """Return the sweeps whose baseline measures nothing, each with the reason."""
    found = {}
    for index, (window, _) in windows.items():
        trace = layout.recording.trace(index, layout.response)
        whole = load(trace, Window(trace.start, trace.start + trace.duration))
        why = not_a_signal(trace, load(trace, window), whole) if np.isfinite(whole).all() else ""
        if why:
            found[index] = why
    return found


def _left_out(lost: dict[int, str]) -> str:
    """Return a note on sweeps left out, with the first one's reason."""
    if not lost:
        return ""
    return f"left out: {sweeps_in_words(lost)} ({next(iter(lost.values()))})"


def _mean(values: NDArray[np.float64], resolution: float) -> float:
    return float(values.mean())


def _each(
    layout: Layout,
    name: str,
    windows: dict[int, tuple[Window, float]],
    seen: dict[int, Location],
    word: str,
) -> tuple[Estimate, ...]:
    unit = layout.command.unit if layout.command else "pA"
    estimates = []
    for index, place in seen.items():
        window, level = windows[index]
        definition = (
            f"{word} of {window.start:.4g} to {window.stop:.4g} ms, with {level:.4g} {unit} "
            "commanded; interval from the noise in this window"
        )
        estimates.append(_one(layout, name, place.interval, definition, "", index))
    return tuple(estimates)


def _one(
    layout: Layout,
    name: str,
    interval: Interval,
    definition: str,
    note: str,
    sweep: int | None = None,
) -> Estimate:
    unit_is_wrong = implausible(interval.value, layout.response.unit)
    if unit_is_wrong:
        refused = _refused(layout, name, Status.IMPLAUSIBLE, unit_is_wrong)
        return replace(refused, sweep=sweep)
    return Estimate(
        name,
        interval.value,
        interval.low,
        interval.high,
        Status.OK,
        note,
        channel=layout.response.name,
        sweep=sweep,
        definition=definition,
    )


def _pooled(
    layout: Layout, name: str, seen: dict[int, Location], definition: str, notes: list[str]
) -> Estimate:
    """Return the mean over sweeps; of a single sweep, its own value and interval."""
    notes = [*notes, *filter(None, [events(layout)])]
    if len(seen) == 1:
        interval = next(iter(seen.values())).interval
        definition += "; one sweep, so the interval is from the noise within it"
    else:
        rounding = max(place.rounding for place in seen.values())
        interval = interval_of_mean([place.value for place in seen.values()], rounding)
        definition += "; interval from the spread between sweeps"
    return _one(layout, name, interval, definition, "; ".join(filter(None, notes)))


def _span(windows: dict[int, tuple[Window, float]], seen: dict[int, Location]) -> str:
    chosen = [windows[index][0] for index in seen]
    start, stop = min(w.start for w in chosen), max(w.stop for w in chosen)
    return f"{start:.4g} to {stop:.4g} ms of each sweep"


def _bias(layout: Layout) -> str:
    """Say which current the amplifier added beside the protocol, where the file states one."""
    for current in stated(layout, "bias_current"):
        if abs(current) >= NO_CURRENT:
            return f"the amplifier adds {current:.4g} pA (bias_current) beside the protocol"
    return ""

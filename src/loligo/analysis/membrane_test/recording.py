"""The membrane test of a recording: its steps and ramps, measured and said."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout, layout_of, no_command, not_searched
from loligo.analysis.membrane_test.fit import TransientFit
from loligo.analysis.membrane_test.judge import (
    NAMES,
    Refusal,
    estimates,
    fit_or_refuse,
    of_sweep,
)
from loligo.analysis.membrane_test.protocol import LARGEST_STEP, Stretch, tests
from loligo.analysis.membrane_test.ramp import ramp_or_refuse
from loligo.analysis.membrane_test.two_electrodes import without_transient
from loligo.analysis.rig_notes import events, stated, subtracted
from loligo.analysis.validity import is_at_limit
from loligo.recording import Channel, ClampMode, Recording

_FEWEST_BEFORE = 8


@dataclass(frozen=True, eq=False)
class EpochTest:
    """One test: the identical sweeps of one epoch, and what was fitted to their mean.

    Attributes
    ----------
    label : str
        Of the epoch.
    is_ramp : bool
    height : float [mV]
        Of the step or ramp.
    sweeps : tuple of int
        The identical sweeps that are used.
    starts : (n,) array [ms]
        Of these sweeps after the start of the recording.
    time : (k,) array [ms]
        After the sweep's start.
    mean : (k,) array [pA]
        Of the sweeps.
    command : (k,) array [mV]
        As the model has it.
    fitted : (k,) array [pA] or None
        The model's current, with hum.
    fit : TransientFit or None
    pooled, each : tuple of Estimate
        Of the mean sweep, and of single sweeps.
    """

    label: str
    is_ramp: bool
    height: float
    sweeps: tuple[int, ...]
    starts: NDArray[np.float64]
    time: NDArray[np.float64]
    mean: NDArray[np.float64]
    command: NDArray[np.float64]
    fitted: NDArray[np.float64] | None
    fit: TransientFit | None
    pooled: tuple[Estimate, ...]
    each: tuple[Estimate, ...]


@dataclass(frozen=True, eq=False)
class MembraneTest:
    """What the membrane tests of one response tell.

    Attributes
    ----------
    channel : str
        The response.
    estimates : tuple of Estimate
        Of the mean over identical sweeps, then those of single sweeps. Refused ones are there too.
    tests : tuple of EpochTest
        What the figures show; empty where the protocol has no test.
    """

    channel: str
    estimates: tuple[Estimate, ...]
    tests: tuple[EpochTest, ...] = ()


def membrane_test(recording: Recording, response: Channel | str | None = None) -> MembraneTest:
    """Return what small steps and triangle ramps of command tell of cell and electrode.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    MembraneTest
        For each test epoch `series_resistance`, `membrane_resistance`, `capacitance`,
        `clamp_time_constant`, `total_resistance` and `holding_current` of the mean over identical
        sweeps (of ramps `capacitance` alone), then those of each sweep. Where an epoch's steps
        differ, the mean is of those closest to 10 mV; other steps downward give values of sweeps.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.

    See Also
    --------
    loligo.analysis.membrane_test.measure_transient : the same for arrays.
    """
    layout = layout_of(recording, response)
    channel = layout.response.name
    refusal = _unfit(layout)
    if refusal is not None:
        return MembraneTest(channel, _refused(layout, refusal))
    found = tests(layout)
    if not found:
        why = (
            "the protocol has no step or triangle ramp at or below the holding level of at most "
            f"{LARGEST_STEP:g} mV after a constant baseline{not_searched(layout)}"
        )
        return MembraneTest(channel, _refused(layout, Refusal(Status.NO_STEP, why)))
    measured = [
        _measure(layout, stretches, is_first=not place)
        for groups in found.values()
        for place, stretches in enumerate(groups)
    ]
    pooled = [e for test in measured for e in test.pooled]
    single = [e for test in measured for e in test.each]
    return MembraneTest(channel, (*pooled, *single), tuple(measured))


def _unfit(layout: Layout) -> Refusal | None:
    mode = layout.response.clamp_mode
    if mode is not ClampMode.VOLTAGE_CLAMP:
        have = "unknown" if mode is None else mode.value.replace("_", " ")
        return Refusal(Status.WRONG_MODE, f"it needs voltage clamp; this is {have}")
    if layout.command is None:
        return Refusal(Status.NO_COMMAND, no_command(layout))
    removed = subtracted(layout)
    return Refusal(Status.COMPENSATED, removed) if removed else None


def _refused(layout: Layout, refusal: Refusal) -> tuple[Estimate, ...]:
    whole = estimates(None, refusal, None).values()
    return tuple(replace(e, channel=layout.response.name) for e in whole)


def _measure(layout: Layout, stretches: tuple[Stretch, ...], is_first: bool) -> EpochTest:
    """Measure the identical sweeps of one test.

    Of a further command (not `is_first`) the pooled values become those of its only sweep.
    """
    model = stretches[0]
    kept, rate, lost, used = _load(layout, stretches)
    fit, whole, linear = _fitted(layout, model, kept, rate, lost)
    noted = [_noted(layout, model, entry, lost) for entry in whole]
    each = _each(fit, used, noted) if linear and fit is not None else []
    if not is_first:
        if len(stretches) == 1 or not each:
            each = [replace(e, sweep=s.sweep) for s in stretches for e in noted]
        noted = []
    channel, epoch = layout.response.name, model.epoch
    time = np.arange(kept.shape[1]) / rate
    return EpochTest(
        label=model.epoch,
        is_ramp=model.is_ramp,
        height=model.height,
        sweeps=tuple(stretch.sweep for stretch in used),
        starts=np.array([layout.recording.sweep(s.sweep).start for s in used]),
        time=model.start + time,
        mean=kept.mean(axis=0) if len(kept) else np.empty(0),
        command=model.base + model.command.at(time),
        fitted=None if fit is None else fit.curve(time),
        fit=fit,
        pooled=tuple(replace(e, channel=channel, epoch=epoch) for e in noted),
        each=tuple(replace(e, channel=channel, epoch=epoch) for e in each),
    )


def _fitted(
    layout: Layout, model: Stretch, kept: NDArray[np.float64], rate: float, lost: str
) -> tuple[TransientFit | None, list[Estimate], bool]:
    """Return the fit, its estimates, and whether single sweeps may be had from it."""
    first = model.edges[0][0] * rate
    if not len(kept):
        why = lost or "the sweeps are sampled differently"
        return None, list(estimates(None, Refusal(Status.SATURATED, why), None).values()), False
    if first < _FEWEST_BEFORE:
        why = f"only {first:.0f} samples before the command changes; {_FEWEST_BEFORE} are needed"
        return None, list(estimates(None, Refusal(Status.NO_BASELINE, why), None).values()), False
    corner = stated(layout, "filter_frequency")
    filter_frequency = corner[0] if len(corner) == 1 else None
    cancelled = max(stated(layout, "whole_cell_capacitance_compensation"), default=0.0)
    if model.is_ramp:
        fit, result = ramp_or_refuse(kept, rate, model.command, filter_frequency, cancelled)
        return fit, [result], result.is_ok
    if layout.recording.has_two_electrodes(layout.response):
        steady = without_transient(kept, rate, model.command)
        return None, [steady[name] for name in NAMES if name in steady], False
    fit, refusal, plain = fit_or_refuse(
        kept, rate, model.command, filter_frequency, cancelled, _corrected(layout)
    )
    if refusal is not None and refusal.status is Status.UNRESOLVED and model.command.jumps[0] > 0:
        plain = None  # what a depolarization activates is no steady state of the membrane
    whole = estimates(fit, refusal, plain)
    return fit, [whole[name] for name in NAMES if name in whole], refusal is None


def _corrected(layout: Layout) -> float:
    """Return the resistance whose voltage drop the amplifier adds [GOhm], 0 where it is unknown."""
    share = stated(layout, "series_resistance_correction")
    of = stated(layout, "whole_cell_series_resistance_compensation")
    return share[0] * of[0] if len(share) == len(of) == 1 else 0.0


def _load(
    layout: Layout, stretches: tuple[Stretch, ...]
) -> tuple[NDArray[np.float64], float, str, list[Stretch]]:
    """Return samples ``(sweeps, time)``, their rate, what was left out in words, and what not."""
    rows, rates, out, used = [], [], [], []
    for stretch in stretches:
        trace = layout.recording.trace(stretch.sweep, layout.response)
        first = trace.index(stretch.start)
        count = int(round((stretch.stop - stretch.start) * trace.sampling_rate, 6))
        values = trace.values(first, first + count)
        edge = int(stretch.edges[0][0] * trace.sampling_rate)
        peak = values[edge : edge + max(round(trace.sampling_rate), 10)]
        if values.size < count or is_at_limit(trace, values) or is_at_limit(trace, peak):
            out.append(stretch.sweep)
            continue
        rows.append(values)
        rates.append(trace.sampling_rate)
        used.append(stretch)
    note = f"left out: sweeps {', '.join(map(str, out))} (out of range or cut short)" if out else ""
    if not rows or len(set(rates)) > 1 or len({row.size for row in rows}) > 1:
        return np.empty((0, 0)), 1.0, note, []
    return np.array(rows), rates[0], note, used


def _noted(layout: Layout, stretch: Stretch, estimate: Estimate, lost: str) -> Estimate:
    corrected = max(stated(layout, "series_resistance_correction"), default=0.0)
    words = [estimate.reason, stretch.caution, lost]
    if corrected > 0 and estimate.name == "series_resistance":
        words.append(f"the amplifier corrected {corrected:.0%}: this is what it left")
    if estimate.is_ok:
        words.append(events(layout))
    return replace(estimate, reason="; ".join(filter(None, words)))


def _each(fit: TransientFit, stretches: list[Stretch], whole: list[Estimate]) -> list[Estimate]:
    """Return the values of single sweeps of what the pooled fit gives."""
    if len(stretches) == 1:
        return [replace(entry, sweep=stretches[0].sweep) for entry in whole if entry.is_ok]
    return [
        _no_narrower(of_sweep(fit, entry.name, row, stretch.sweep), entry)
        for row, stretch in zip(fit.sweeps, stretches, strict=True)
        for entry in whole
        if entry.is_ok
    ]


def _no_narrower(single: Estimate, mean: Estimate) -> Estimate:
    """Return a sweep's estimate, at least as uncertain as that of the mean over all sweeps.

    What the mean cannot tell for other reasons than noise, none of its sweeps can.
    """
    numbers = (single.value, single.low, single.high, mean.value, mean.low, mean.high)
    if not (single.is_ok and mean.is_ok) or None in numbers:
        return single
    value, low, high, middle, below, above = (float(x) for x in numbers if x is not None)
    if value - low >= middle - below and high - value >= above - middle:
        return single
    words = filter(None, (single.reason, "as uncertain as the mean of all sweeps"))
    return replace(
        single,
        low=min(low, value - (middle - below)),
        high=max(high, value + (above - middle)),
        reason="; ".join(words),
    )

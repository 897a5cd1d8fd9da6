"""The membrane test of a recording: its steps and ramps, measured and said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout, layout_of, no_command, not_searched
from loligo.analysis.membrane_test.fit import QUANTITIES, TransientFit
from loligo.analysis.membrane_test.judge import NAMES, Refusal, estimates, fit_or_refuse
from loligo.analysis.membrane_test.protocol import LARGEST_STEP, Stretch, tests
from loligo.analysis.membrane_test.ramp import ramp_or_refuse
from loligo.analysis.rig_notes import events, stated
from loligo.analysis.validity import is_at_limit
from loligo.recording import Channel, ClampMode, Recording

_FEWEST_BEFORE = 8


def membrane_test(
    recording: Recording, response: Channel | str | None = None
) -> tuple[Estimate, ...]:
    """Return what small steps and triangle ramps of command tell of cell and electrode.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    tuple of Estimate
        For each test epoch `series_resistance`, `membrane_resistance`, `capacitance`,
        `clamp_time_constant`, `total_resistance` and `holding_current` of the mean over identical
        sweeps (of ramps `capacitance` alone), then those of each sweep. Refused ones are there too,
        with a status and its reason.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.

    See Also
    --------
    loligo.analysis.membrane_test.measure_transient : the same for arrays.
    """
    layout = layout_of(recording, response)
    refusal = _unfit(layout)
    if refusal is not None:
        return _refused(layout, refusal)
    found = tests(layout)
    if not found:
        why = (
            "the protocol has no step or triangle ramp at or below the holding level of at most "
            f"{LARGEST_STEP:g} mV after a constant baseline{not_searched(layout)}"
        )
        return _refused(layout, Refusal(Status.NO_STEP, why))
    pooled: list[Estimate] = []
    single: list[Estimate] = []
    for label, stretches in found.items():
        whole, each = _measure(layout, stretches)
        channel = layout.response.name
        pooled += [replace(e, channel=channel, epoch=label) for e in whole]
        single += [replace(e, channel=channel, epoch=label) for e in each]
    return (*pooled, *single)


def _unfit(layout: Layout) -> Refusal | None:
    mode = layout.response.clamp_mode
    if mode is not ClampMode.VOLTAGE_CLAMP:
        have = "unknown" if mode is None else mode.value.replace("_", " ")
        return Refusal(Status.WRONG_MODE, f"it needs voltage clamp; this is {have}")
    if layout.command is None:
        return Refusal(Status.NO_COMMAND, no_command(layout))
    return None


def _refused(layout: Layout, refusal: Refusal) -> tuple[Estimate, ...]:
    whole = estimates(None, refusal, None).values()
    return tuple(replace(e, channel=layout.response.name) for e in whole)


def _measure(
    layout: Layout, stretches: tuple[Stretch, ...]
) -> tuple[list[Estimate], list[Estimate]]:
    """Return the estimates of one epoch's test, then those of its sweeps."""
    model = stretches[0]
    kept, rate, lost, used = _load(layout, stretches)
    first = model.edges[0][0] * rate
    if not len(kept):
        why = lost or "the sweeps are sampled differently"
        return list(estimates(None, Refusal(Status.SATURATED, why), None).values()), []
    if first < _FEWEST_BEFORE:
        why = f"only {first:.0f} samples before the command changes; {_FEWEST_BEFORE} are needed"
        return list(estimates(None, Refusal(Status.NO_BASELINE, why), None).values()), []
    corner = stated(layout, "filter_frequency")
    filter_frequency = corner[0] if len(corner) == 1 else None
    cancelled = max(stated(layout, "whole_cell_capacitance_compensation"), default=0.0)
    if model.is_ramp:
        result = ramp_or_refuse(kept, rate, model.command, filter_frequency, cancelled)
        return [_noted(layout, model, result, lost)], []
    fit, refusal, plain = fit_or_refuse(kept, rate, model.command, filter_frequency, cancelled)
    whole = estimates(fit, refusal, plain)
    notes = [_noted(layout, model, whole[name], lost) for name in NAMES if name in whole]
    each = [] if fit is None or refusal is not None else _each(fit, used, whole)
    return notes, each


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


def _each(
    fit: TransientFit, stretches: list[Stretch], whole: dict[str, Estimate]
) -> list[Estimate]:
    """Return the values of single sweeps of what the pooled fit gives."""
    definition = (
        "of one sweep, linearized about the fit to the mean sweep; interval from the noise's "
        "spectrum"
    )
    found = []
    for row, stretch in zip(fit.sweeps, stretches, strict=True):
        for name in NAMES:
            if name not in whole or not whole[name].is_ok:
                continue
            low, value, high = fit.of_sweep(row, QUANTITIES.index(name))
            found.append(
                Estimate(name, value, low, high, Status.OK, "", "", stretch.sweep, "", definition)
            )
    return found

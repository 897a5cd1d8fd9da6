"""From the simulated response to what the digitizer stored, through all that saturates on the way.

In the order of the signal: the headstage's converter, the output filter, the output stage behind
the gain, the digitizer. Of a cell behind a voltage clamp the coupled equations know the headstage's
limit, and the filtered response is theirs. Of a neuron and of two electrodes they do not: what a
saturated headstage leaves out is then filtered on its own and taken away. Noise enters at the
headstage, outside the equations, and does not come through while that is saturated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.experiment.subject import NeuronSubject, Subject
from loligo.recording import Basis, Finding, TrueTrace
from loligo.rig import Rig, TwoElectrodeClamp, VoltageClamp
from loligo.rig.digitizer import Digitized

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

HEADSTAGE, OUTPUT, DIGITIZER, DRIVE = "headstage", "output", "digitizer", "drive"
_WHERE = {
    HEADSTAGE: "beyond the largest current that the headstage measures",
    OUTPUT: "beyond the output stage's largest potential",
    DIGITIZER: "beyond the digitizer's range",
    DRIVE: "at the largest potential of the current electrode's amplifier",
}
_APART = {
    HEADSTAGE: "; the neuron did not feel it",
    DRIVE: "; the neuron did not feel it",
}
"""Of what is told of a neuron, whose rigs are solved without it."""
_RESPONSE, _UNFILTERED, _NEEDED = "rig.response", "rig.unfiltered", "rig.needed"
_AT = 1.0 - 1e-9
"""Share of a limit from which on a signal is at it."""
_POTENTIAL, _DRIVE = "rig.potential", "rig.drive"


@dataclass(frozen=True, eq=False, slots=True)
class Measured:
    """What was stored, and where the rig was beyond a limit.

    Attributes
    ----------
    stored : list of Digitized
        One a sweep.
    beyond : dict of str to list of bool arrays
        For each stage that was, one a sweep, of the length of the sweep.
    """

    stored: list[Digitized]
    beyond: dict[str, list[Mask]]


def is_felt(subject: Subject) -> bool:
    """Tell whether what saturates in the rig's feedback acts back on what is recorded.

    On a neuron it does not: at the sites of a tree rigs are linear.
    """
    return not isinstance(subject, NeuronSubject)


def seen(rig: Rig, felt: bool) -> list[str]:
    """Return what has to be simulated of a rig to know what it puts out."""
    found = [_RESPONSE]
    if _is_inside(rig, felt):
        found.append(_NEEDED)
    elif _is_filtered_late(rig):
        found.append(_UNFILTERED)
    return [*found, _POTENTIAL, _DRIVE] if _has_two(rig) else found


def refinement(rig: Rig, dt: float) -> int:
    """Return how many values a sample have to be simulated, so that no short peak is missed.

    Parameters
    ----------
    rig : Rig
    dt : float [ms]
        Longest step of the simulation.
    """
    if not _is_filtered_late(rig):
        return 1
    return max(1, math.ceil(1.0 / (rig.digitizer.sampling * dt) - 1e-9))


def _has_two(rig: Rig) -> bool:
    return isinstance(rig.amplifier, TwoElectrodeClamp)


def _is_inside(rig: Rig, felt: bool) -> bool:
    """Tell whether the headstage saturates in the equations themselves."""
    return felt and isinstance(rig.amplifier, VoltageClamp) and _headstage(rig) is not None


def _is_filtered_late(rig: Rig) -> bool:
    return rig.filter is not None and _headstage(rig) is not None


def _headstage(rig: Rig) -> float | None:
    is_voltage = rig.clamp == "voltage_clamp"
    return rig.limits.headstage_current if rig.limits is not None and is_voltage else None


def measured(
    rig: Rig,
    traces: Mapping[str, Array],
    unit: str,
    noise: Array | None,
    lengths: Sequence[int],
    every: int,
    felt: bool,
) -> Measured:
    """Return what the digitizer stored.

    Parameters
    ----------
    rig : Rig
    traces : mapping of str to (sweep, time) array
        With what `seen` names, `every` values a sample.
    unit : str
        Of the response.
    noise : (sweep, time) array, optional
    lengths : sequence of int
        Samples of each sweep.
    every : int
        As of `refinement`.
    felt : bool
        As of `is_felt`.
    """
    gain = rig.digitizer.current_gain if unit == "pA" else rig.digitizer.voltage_gain
    top = None if rig.limits is None or rig.limits.output is None else rig.limits.output / gain
    stored: list[Digitized] = []
    beyond: dict[str, list[Mask]] = {HEADSTAGE: [], OUTPUT: [], DIGITIZER: [], DRIVE: []}
    for sweep, length in enumerate(lengths):
        added = 0.0 if noise is None else noise[sweep, :length]
        if _is_inside(rig, felt):
            response, out = _held(rig, traces, sweep, length, every, added)
        else:
            response, out = _converted(rig, traces, sweep, length, every, added)
        beyond[HEADSTAGE].append(out)
        over = np.zeros(length, dtype=bool) if top is None else np.abs(response) > top
        beyond[OUTPUT].append(over)
        stored.append(
            rig.digitizer.quantize(response if top is None else _within(response, top), unit)
        )
        beyond[DIGITIZER].append(stored[-1].saturated)
        beyond[DRIVE].append(_driven_beyond(rig, traces, sweep, length, every))
    return Measured(
        stored, {stage: masks for stage, masks in beyond.items() if any(m.any() for m in masks)}
    )


def _driven_beyond(
    rig: Rig, traces: Mapping[str, Array], sweep: int, length: int, every: int
) -> Mask:
    most = None if rig.limits is None else rig.limits.electrode_drive
    if most is None or not _has_two(rig):
        return np.zeros(length, dtype=bool)
    return np.asarray(np.abs(traces[_DRIVE][sweep, ::every][:length]) > most * _AT)


def _within(values: Array, limit: float) -> Array:
    return np.clip(values, -limit, limit)


def _held(
    rig: Rig,
    traces: Mapping[str, Array],
    sweep: int,
    length: int,
    every: int,
    noise: Array | float,
) -> tuple[Array, Mask]:
    """Return a sweep of which the equations know the limit, with noise, and where it was there."""
    linear, limit = traces[_RESPONSE][sweep, ::every][:length], _headstage(rig)
    assert limit is not None  # else it was not inside
    needed = traces[_NEEDED][sweep, : length * every]
    out = np.abs(needed[np.isfinite(needed)]) > limit
    if rig.filter is None:
        total = linear + np.where(out[:length], 0.0, noise)
        return _within(total, limit), out[:length] | (np.abs(total) > limit)
    if not out.any():
        return linear + noise, np.zeros(length, dtype=bool)
    return linear + _heard(rig, out, every) * noise, _any_of(out, every)[:length]


def _heard(rig: Rig, out: Mask, every: int) -> Array:
    """Return how much of the noise comes through the filter, of a headstage that was out at times.

    Parameters
    ----------
    rig : Rig
    out : ndarray of bool, shape (time,)
        `every` a sample.
    every : int
    """
    assert rig.filter is not None  # what is not filtered is heard or not
    rate = f"{rig.digitizer.sampling * every!r} kHz"
    share = np.clip(rig.filter.apply(out.astype(np.float64), rate)[::every], 0.0, 1.0)
    return np.asarray(1.0 - share)


def _any_of(out: Mask, every: int) -> Mask:
    """Tell of each sample whether anything was between it and the next."""
    return np.asarray(np.logical_or.reduceat(out, np.arange(0, out.size, every)))


def _converted(
    rig: Rig,
    traces: Mapping[str, Array],
    sweep: int,
    length: int,
    every: int,
    noise: Array | float,
) -> tuple[Array, Mask]:
    """Return a sweep behind headstage and filter, with noise, and where the headstage saturated.

    The equations do not know the limit.
    """
    linear = traces[_RESPONSE][sweep, ::every][:length]
    limit = _headstage(rig)
    if limit is None:
        return linear + noise, np.zeros(length, dtype=bool)
    if rig.filter is None:
        total = linear + noise
        return _within(total, limit), np.abs(total) > limit
    before = traces[_UNFILTERED][sweep, : length * every]
    before = before[np.isfinite(before)]
    out = np.abs(before) > limit
    if not out.any():
        return linear + noise, np.zeros(length, dtype=bool)
    rate = f"{rig.digitizer.sampling * every!r} kHz"
    lost = rig.filter.apply(before - _within(before, limit), rate)[::every]
    return linear - lost + _heard(rig, out, every) * noise, _any_of(out, every)[:length]


def findings(found: Measured, rate: float, felt: bool) -> list[Finding]:
    """Say how many samples of which sweeps were beyond a limit, and from when on.

    Parameters
    ----------
    found : Measured
    rate : float [kHz]
    felt : bool
        As of `is_felt`.
    """
    told = []
    for stage, masks in found.beyond.items():
        total = sum(int(np.count_nonzero(mask)) for mask in masks)
        sweeps = [index for index, mask in enumerate(masks) if mask.any()]
        first = float(np.argmax(masks[sweeps[0]])) / rate
        value = (
            f"{total} samples were {_WHERE[stage]}, in {len(sweeps)} of {len(masks)} sweeps, first "
            f"at {first:.4g} ms of sweep {sweeps[0]}{'' if felt else _APART.get(stage, '')}"
        )
        told.append(Finding("saturation", value, Basis.STATED, "simulated"))
    return told


def marks(found: Measured, rate: float) -> dict[str, TrueTrace]:
    """Return for each stage that saturated a trace that is 1 where it did, else 0.

    Of the headstage: at any time from a sample to the next, before the filter made it late.
    """
    return {
        f"saturated.{stage}": TrueTrace(tuple(mask.astype(np.float64) for mask in masks), "", rate)
        for stage, masks in found.beyond.items()
    }

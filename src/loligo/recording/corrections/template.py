"""The pipette's transient as another recording has it, scaled and subtracted: a template.

Before break-in, or in the bath, a pipette gives its capacitive transient alone. It is known then as
it is, whatever shaped it, and needs no corner, lag or delay.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from loligo.errors import CorrectionError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import Target, refuse_saturated, target
from loligo.recording.corrections.derived import derived
from loligo.recording.corrections.number import Measured
from loligo.recording.corrections.path import path_of, through
from loligo.recording.corrections.pipette_capacitance import NAME
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace

_WHAT = "pipette capacitance by a template"
_ALIKE = 0.01
"""Commands may differ from scaled copies by this share of their excursion (digitizer's steps)."""
_LATE = 0.25
"""Share of a held level, its end, over which the template is steady."""
_FEWEST = 8
"""Samples of that at least."""
_SETTLED = 0.02
"""Change of the template over the late part that is still called steady, as a share of its peak."""


def pipette_template(
    recording: Recording,
    template: Recording,
    *,
    response: Channel | str | None = None,
    sweeps: Iterable[int] | None = None,
) -> Recording:
    """Subtract the pipette's transient as another recording measured it.

    Parameters
    ----------
    recording : Recording
    template : Recording
        With the same pipette and settings before break-in; its sweeps are averaged.
    response : Channel or str, optional
        Needed where there are several.
    sweeps : iterable of int, optional
        Indices; all by default.

    Returns
    -------
    Recording
        Without the transient; the seal's steady current, which the template has too, stays in.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, out of range, corrected already; another sampling; commands
        that are no scaled copies of each other; a template that is not steady in the end; series
        resistance that was corrected while recording.

    Notes
    -----
    ``I - k (I_T - g u)``, where ``u`` and ``I_T`` are the changes of command and current in the
    template, ``g`` is its steady conductance and ``k`` the scale between the commands. Currents
    add where nothing feeds them back, so that it is exact without series-resistance correction.
    """
    found = target(recording, response, sweeps, ClampMode.VOLTAGE_CLAMP, NAME)
    other = target(template, None, None, ClampMode.VOLTAGE_CLAMP, NAME)
    for one in (found, other):
        refuse_saturated(one, _WHAT)
        _refuse_fed_back(one)
    command, transient, conductance, capacitance = _transient(other)
    rate = other.trace(other.sweeps[0]).sampling_rate
    scales = {index: _scale(found, index, command, rate) for index in found.sweeps}
    words = (
        f"the transient of {template.provenance.source or 'another recording'!r}, mean of "
        f"{len(other.sweeps)} sweeps, scaled by the commands and subtracted; its steady "
        f"{conductance:.3g} nS is left in"
    )
    number = Measured(capacitance, source="charge of the template's first edge")

    def change(index: int, trace: Trace) -> Trace:
        return derived(trace, lambda: trace.values() - scales[index] * transient[: len(trace)])

    return apply(recording, record(found, NAME, number, words), change)


def _refuse_fed_back(found: Target) -> None:
    for index in found.sweeps:
        share = found.setting(index, "series_resistance_correction")
        if share:
            raise CorrectionError(
                f"{_WHAT}: series resistance was corrected by {share:.0%} in sweep {index}, so "
                "that the pipette's current does not simply add; use series_resistance_by_model"
            )


def _transient(
    other: Target,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Return command and transient of a template, its conductance [nS] and capacitance [pF]."""
    first = other.sweeps[0]
    rate, length = other.trace(first).sampling_rate, len(other.trace(first))
    command = other.commanded(first)
    total = np.zeros(length)
    for index in other.sweeps:
        trace = other.trace(index)
        same = trace.sampling_rate == rate and len(trace) == length
        if not same or not np.allclose(other.commanded(index), command, atol=1e-6):
            raise CorrectionError(
                f"{_WHAT}: sweep {index} of the template has another command or sampling than its "
                "first; select those that are alike"
            )
        total += trace.values()
    moved = np.flatnonzero(command != command[0])
    if not moved.size or moved[0] < 2:
        raise CorrectionError(
            f"{_WHAT}: the template has no step after a baseline, from which to take it"
        )
    edge = int(moved[0])
    change = total / len(other.sweeps)
    change = change - change[edge // 2 : edge].mean()
    excursion = command - command[0]
    stops = np.flatnonzero(command[edge:] != command[edge])
    stop = edge + int(stops[0]) if stops.size else length
    late = change[stop - int(_LATE * (stop - edge)) : stop]
    if late.size < _FEWEST:
        raise CorrectionError(f"{_WHAT}: the template's first step is too short to become steady")
    halves = late[: late.size // 2].mean(), late[late.size // 2 :].mean()
    if abs(halves[1] - halves[0]) > _SETTLED * np.abs(change).max():
        raise CorrectionError(f"{_WHAT}: the template is not steady at the end of its first step")
    conductance = float(late.mean()) / float(excursion[edge])
    path = path_of(other, first, None)
    transient = change - conductance * through(excursion, rate, path)
    charge = float(transient[edge:stop].sum()) / rate
    return command, transient, conductance, charge / float(excursion[edge])


def _scale(found: Target, index: int, command: NDArray[np.float64], rate: float) -> float:
    """Return how many times larger the command of a sweep is than the template's."""
    trace = found.trace(index)
    if trace.sampling_rate != rate or len(trace) > command.size:
        raise CorrectionError(
            f"{_WHAT}: sweep {index} is longer than the template, or sampled otherwise"
        )
    own = found.commanded(index)
    own, other = own - own[0], command[: own.size] - command[0]
    power = float(other @ other)
    scale = float(own @ other) / power if power else 0.0
    largest, apart = float(np.abs(own).max()), float(np.abs(own - scale * other).max())
    if apart > _ALIKE * largest:
        raise CorrectionError(
            f"{_WHAT}: the command of sweep {index} is no scaled copy of the template's (up to "
            f"{apart:.3g} mV apart)"
        )
    return scale

"""At which potentials an I-V curve was really measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loligo.analysis.layout import layout_of, load, no_command, steps
from loligo.analysis.validity import is_at_limit
from loligo.errors import CorrectionError
from loligo.recording import Channel, ClampMode, Recording
from loligo.recording.corrections.number import measured
from loligo.recording.corrections.series_resistance import membrane_potential


@dataclass(frozen=True, slots=True)
class SteadyLevel:
    """The steady state of one step.

    Attributes
    ----------
    sweep : int
    epoch : str
    command : float [mV]
    current : float [pA]
        Mean of the last fifth of the step.
    potential : float [mV]
        Of the membrane: command less the voltage drop.
    low, high : float or None [mV]
        95 % interval by that of the resistance, where it has one.
    """

    sweep: int
    epoch: str
    command: float
    current: float
    potential: float
    low: float | None
    high: float | None


def steady_current_voltage(
    recording: Recording,
    resistance: Any,
    *,
    response: Channel | str | None = None,
    epoch: str | None = None,
) -> tuple[SteadyLevel, ...]:
    """Return the steady states of a family of steps, at the membrane's potentials.

    Parameters
    ----------
    recording : Recording
        In voltage clamp.
    resistance : quantity or Estimate
        What the amplifier left of the series resistance: ``R_s (1 - correction)``; a membrane
        test's `series_resistance` is that.
    response : Channel or str, optional
        Needed where there are several.
    epoch : str, optional
        Label of the steps; the first that the protocol has by default.

    Returns
    -------
    tuple of SteadyLevel
        By sweep. In the steady state no more is needed to correct the axis of an I-V curve: the
        currents are right, at other potentials than those commanded.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, no such steps, out of range, or corrected already.
    """
    layout = layout_of(recording, response)
    channel = layout.response
    if channel.clamp_mode is not ClampMode.VOLTAGE_CLAMP:
        raise CorrectionError(f"current-voltage relation: {channel.name!r} is not voltage clamp")
    if layout.command is None:
        raise CorrectionError(f"current-voltage relation: {no_command(layout)}")
    if any(
        c.applied and c.channel == channel.name and c.name == "series_resistance"
        for c in recording.corrections
    ):
        raise CorrectionError(
            "current-voltage relation: series resistance is corrected already, currents are those "
            "of the commanded potentials; use the recording as it was"
        )
    groups = steps(layout)
    label = next(iter(groups), None) if epoch is None else epoch
    if label not in groups:
        raise CorrectionError(
            f"current-voltage relation: no steps {label or ''}; there are "
            f"{', '.join(groups) or 'none'}"
        )
    number = measured(resistance, "resistance", name="series resistance")
    found = []
    for step in groups[label]:
        trace = recording.trace(step.sweep, channel)
        values = load(trace, step.steady)
        if not values.size or is_at_limit(trace, values):
            raise CorrectionError(
                f"current-voltage relation: sweep {step.sweep} is out of range, or ends, in the "
                "steady state; select the others"
            )
        current = float(values.mean())
        at = [
            None if r is None else float(membrane_potential(step.level, current, r))
            for r in (number.value, number.low, number.high)
        ]
        ends = sorted(value for value in at[1:] if value is not None)
        low, high = (ends[0], ends[-1]) if len(ends) == 2 else (None, None)
        assert at[0] is not None
        found.append(SteadyLevel(step.sweep, label, step.level, current, at[0], low, high))
    return tuple(sorted(found, key=lambda level: level.sweep))

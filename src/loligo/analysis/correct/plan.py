"""Several corrections at once, in the order in which they do not disturb each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loligo.analysis.correct.bridge import correct_bridge
from loligo.analysis.correct.leak import correct_leak
from loligo.analysis.correct.series_resistance import correct_series_resistance
from loligo.errors import CorrectionError
from loligo.recording import ClampMode, Recording
from loligo.recording.corrections import (
    bridge,
    copies_of,
    filter_delay,
    junction_potential,
    leak,
    p_over_n,
    pipette_capacitance,
    seal_leak,
    series_resistance,
)

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to correct, as words: quantities with their units, ``"auto"`` to find the value.

    Attributes
    ----------
    response : str or None
        Needed where there are several.
    sweeps : tuple of int or None
        Of bridge, series resistance, pipette and leak by a line; all by default.
    junction_potential : str or None
    bridge : str or None
        Or ``"auto"``.
    pipette_capacitance, clamp_lag : str or None
    series_resistance : str or None
        Or ``"auto"``, with the capacitance.
    capacitance, reversal, bandwidth : str or None
        For the correction of series resistance.
    amplifier_correction : float or None
        Share of the series resistance that the amplifier corrected.
    leak : str or None
        ``"linear"``, ``"p/n"``, or conductance and reversal: ``"2 nS at -70 mV"``.
    leak_up_to : str or None
        Highest level that counts as leak.
    seal, seal_reversal : str or None
    filter_frequency : str or None
        In place of the file's, and of what a fit finds.
    filter_delay : bool
    """

    response: str | None = None
    sweeps: tuple[int, ...] | None = None
    junction_potential: str | None = None
    bridge: str | None = None
    pipette_capacitance: str | None = None
    clamp_lag: str | None = None
    series_resistance: str | None = None
    capacitance: str | None = None
    reversal: str | None = None
    bandwidth: str | None = None
    amplifier_correction: float | None = None
    leak: str | None = None
    leak_up_to: str | None = None
    seal: str | None = None
    seal_reversal: str | None = None
    filter_frequency: str | None = None
    filter_delay: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it asks for no correction."""
        asked = (
            self.junction_potential,
            self.bridge,
            self.pipette_capacitance,
            self.series_resistance,
            self.leak,
            self.seal,
        )
        return not self.filter_delay and all(word is None for word in asked)


def carry_out(recording: Recording, plan: Plan) -> Recording:
    """Return the recording with all corrections of a plan.

    Their order: junction potential, bridge, pipette capacitance, series resistance, leak, filter
    delay. So a reversal potential is one of the corrected axis, and what is found is found in the
    recording as it was.

    Raises
    ------
    CorrectionError
        One of them cannot be made; nothing is, then.
    """
    if plan.is_empty:
        raise CorrectionError("no correction is asked for")
    channel = _channel(recording, plan)
    copies = copies_of(recording, channel) if plan.leak == "p/n" else None
    for asked, step in (
        (plan.junction_potential, _junction),
        (plan.bridge, _bridge),
        (plan.pipette_capacitance, _pipette),
        (plan.series_resistance, _series),
        (plan.seal, _seal),
    ):
        if asked is not None:
            recording = step(recording, plan, channel)
    if plan.leak is not None:
        recording = _leak(recording, plan, channel, copies)
    if plan.filter_delay:
        recording = filter_delay(
            recording, filter_frequency=plan.filter_frequency, response=channel
        )
    return recording


def _channel(recording: Recording, plan: Plan) -> str:
    """Return the response: the one named, or the only one of the clamp mode that is asked for."""
    if plan.response is not None:
        return recording.channel(plan.response).name
    found = recording.responses
    if len(found) > 1:
        mode = _mode(plan)
        found = tuple(c for c in found if c.clamp_mode is mode) if mode else found
        if len(found) == 1:
            return found[0].name
    return recording.response.name


def _mode(plan: Plan) -> ClampMode | None:
    if plan.bridge is not None:
        return ClampMode.CURRENT_CLAMP
    words = (plan.pipette_capacitance, plan.series_resistance, plan.leak, plan.seal)
    return ClampMode.VOLTAGE_CLAMP if any(word is not None for word in words) else None


def _junction(recording: Recording, plan: Plan, channel: str) -> Recording:
    return junction_potential(recording, plan.junction_potential, response=channel)


def _bridge(recording: Recording, plan: Plan, channel: str) -> Recording:
    if plan.bridge == AUTO:
        return correct_bridge(recording, channel, sweeps=plan.sweeps)
    return bridge(
        recording,
        plan.bridge,
        response=channel,
        sweeps=plan.sweeps,
        filter_frequency=plan.filter_frequency,
    )


def _pipette(recording: Recording, plan: Plan, channel: str) -> Recording:
    return pipette_capacitance(
        recording,
        plan.pipette_capacitance,
        clamp_lag=plan.clamp_lag or 0,
        filter_frequency=plan.filter_frequency,
        response=channel,
        sweeps=plan.sweeps,
    )


def _series(recording: Recording, plan: Plan, channel: str) -> Recording:
    common: dict[str, Any] = {
        "reversal": plan.reversal,
        "bandwidth": plan.bandwidth,
        "sweeps": plan.sweeps,
    }
    if plan.series_resistance == AUTO:
        return correct_series_resistance(recording, channel, **common)
    return series_resistance(
        recording,
        plan.series_resistance,
        correction=plan.amplifier_correction,
        capacitance=plan.capacitance or 0,
        filter_frequency=plan.filter_frequency,
        response=channel,
        **common,
    )


def _seal(recording: Recording, plan: Plan, channel: str) -> Recording:
    return seal_leak(
        recording,
        plan.seal,
        seal_reversal=plan.seal_reversal or 0,
        filter_frequency=plan.filter_frequency,
        response=channel,
        sweeps=plan.sweeps,
    )


def _leak(recording: Recording, plan: Plan, channel: str, copies: Any) -> Recording:
    assert plan.leak is not None
    if plan.leak == "p/n":
        return p_over_n(recording, copies, response=channel)
    if plan.leak == "linear":
        return correct_leak(recording, channel, highest=plan.leak_up_to, sweeps=plan.sweeps)
    conductance, word, reversal = plan.leak.partition(" at ")
    if not word:
        raise CorrectionError(
            f"leak = {plan.leak!r}; allowed: 'linear', 'p/n', or conductance and reversal such as "
            "'2 nS at -70 mV'"
        )
    return leak(
        recording,
        conductance,
        reversal,
        filter_frequency=plan.filter_frequency,
        response=channel,
        sweeps=plan.sweeps,
    )

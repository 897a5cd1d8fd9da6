"""`analyze`: every analysis the clamp mode of a recording allows, or those that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from loligo.analysis.baseline import holding_estimates, resting_estimates
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.impedance import impedance
from loligo.analysis.layout import layout_of
from loligo.analysis.membrane_test import MembraneTest, membrane_test
from loligo.analysis.passive import PassiveProperties, passive_properties
from loligo.analysis.quality import DEFAULT, Criteria, quality
from loligo.analysis.resistance import ResistanceFit, fit_resistance
from loligo.analysis.result import Analysis, Result, analysis_of
from loligo.analysis.rig_effects import rig_effects
from loligo.analysis.spikes import spikes
from loligo.errors import SelectionError, suggest
from loligo.recording import Channel, ClampMode, Recording
from loligo.recording.found_epochs import with_found_epochs


class Part(StrEnum):
    """What a recording can be analyzed as."""

    MEMBRANE_TEST = "membrane_test"
    """Voltage clamp: series and membrane resistance, capacitance, holding current."""
    PASSIVE = "passive"
    """Current clamp: resting potential, input resistance, time constant, sag, bridge."""
    SPIKES = "spikes"
    """Current clamp: action potentials and how firing depends on the current."""
    CURRENT_VOLTAGE = "current_voltage"
    """Voltage clamp: currents of a family of steps, reversal, activation, inactivation."""
    QUALITY = "quality"
    """Noise, drift, clipping, leak, and what the criteria make of them."""
    RIG = "rig"
    """What the rig did: series resistance, bridge, seal, voltage error, bandwidth."""


@dataclass(frozen=True, eq=False, slots=True)
class Steady:
    """What is steady: the level before the stimulus, and how it changes with steps.

    Attributes
    ----------
    channel : str
    estimates : tuple of Estimate
    fits : tuple of ResistanceFit
    """

    channel: str
    estimates: tuple[Estimate, ...]
    fits: tuple[ResistanceFit, ...] = ()


def checked_parts(names: str | Iterable[str] | None) -> tuple[Part, ...]:
    """Return parts by name; hyphens may stand for underscores, and ``None`` is all of them.

    Raises
    ------
    SelectionError
        There is no such part.
    """
    if names is None:
        return tuple(Part)
    found = []
    for name in [names] if isinstance(names, str) else names:
        plain = str(name).strip().lower().replace("-", "_").replace(" ", "_")
        if plain not in set(Part):
            choices = [part.value for part in Part]
            raise SelectionError(f"no analysis is named {name!r}; {suggest(plain, choices)}")
        found.append(Part(plain))
    return tuple(dict.fromkeys(found))


def analyze(
    recording: Recording,
    parts: str | Iterable[str] | None = None,
    criteria: Criteria | str = DEFAULT,
) -> Analysis:
    """Analyze each response of a recording.

    Parameters
    ----------
    recording : Recording
    parts : str or iterable of str, optional
        Of `Part`: ``"membrane_test"``, ``"passive"``, ``"spikes"``, ``"current_voltage"``,
        ``"quality"``, ``"rig"``. All that the clamp mode and the protocol allow by default; one
        that they do not allow is refused, with the reason.
    criteria : Criteria or str
        What quality is judged by: of `loligo.analysis.quality.PRESETS`, or one's own.

    Returns
    -------
    Analysis
        A sequence of estimates, those of the recording first, then those of single sweeps. What
        cannot be estimated is there too, with a status and its reason.

    Raises
    ------
    TypeError
        Not a `Recording`.
    SelectionError
        There is no such part or preset.
    """
    if not isinstance(recording, Recording):
        raise TypeError(f"analyze takes a Recording, not {recording!r}; read the file first")
    chosen = checked_parts(parts)
    recording = with_found_epochs(recording)
    return analysis_of(
        result
        for response in recording.responses
        for result in _of_response(recording, response, chosen, criteria, parts is None)
    )


def _of_response(
    recording: Recording,
    response: Channel,
    chosen: tuple[Part, ...],
    criteria: Criteria | str,
    by_mode: bool,
) -> list[Result]:
    """Return the results of the chosen parts; `by_mode` leaves out what the mode does not allow.

    Quality and rig judge what the other parts measured, so that they are all worked on where one of
    the two is asked.
    """
    with_quality = Part.QUALITY in chosen
    judging = with_quality or Part.RIG in chosen
    fitting = _allowed(response)
    found: dict[Part, list[Result]] = {}
    for part in (Part.MEMBRANE_TEST, Part.PASSIVE, Part.SPIKES):
        if (part in chosen and not by_mode) or (part in fitting and (part in chosen or judging)):
            found[part] = list(_WORK[part](recording, response))
    measured = [e for results in found.values() for result in results for e in result.estimates]
    kept = [result for part, results in found.items() if part in chosen for result in results]
    if Part.CURRENT_VOLTAGE in chosen:
        kept += _families(recording, response, by_mode)
    if with_quality:
        kept.append(quality(recording, response, criteria, measured))
    if Part.RIG in chosen:
        every = [result for results in found.values() for result in results]
        test = next((r for r in every if isinstance(r, MembraneTest | PassiveProperties)), None)
        kept.append(rig_effects(recording, response, measured, test))
    return kept


def _families(recording: Recording, response: Channel, by_mode: bool) -> list[Result]:
    """Return the current-voltage relations; `by_mode` leaves out that there are none."""
    from loligo.analysis.current_voltage import current_voltage

    found = current_voltage(recording, response)
    return [found] if found.families or not by_mode else []


def _allowed(response: Channel) -> tuple[Part, ...]:
    if response.clamp_mode is ClampMode.VOLTAGE_CLAMP:
        return (Part.MEMBRANE_TEST,)
    if response.clamp_mode in {ClampMode.CURRENT_CLAMP, ClampMode.ZERO_CURRENT}:
        return Part.PASSIVE, Part.SPIKES
    return (Part.PASSIVE,)


def _voltage_clamp(recording: Recording, response: Channel) -> Iterator[Result]:
    layout = layout_of(recording, response)
    fits, single = fit_resistance(layout, "total_resistance")
    steady = (*holding_estimates(layout), *(fit.estimate for fit in fits), *single)
    yield Steady(response.name, steady, fits)
    yield _without(steady, membrane_test(recording, response))


def _without(steady: Iterable[Estimate], test: MembraneTest) -> MembraneTest:
    """Return a membrane test without the levels that the steady state tells, or that neither does.

    What the steady state refuses for good is no better known to the test.
    """
    whole = [entry for entry in steady if entry.sweep is None]
    told = {entry.name for entry in whole if entry.is_ok or entry.status in _SETTLED}
    refused = {entry.name for entry in whole} - told
    kept = (e for e in test.estimates if e.name not in told and (e.is_ok or e.name not in refused))
    return replace(test, estimates=tuple(kept))


def _current_clamp(recording: Recording, response: Channel) -> Iterator[Result]:
    """Yield the steady state, the passive properties, and the impedance where a waveform played."""
    layout = layout_of(recording, response)
    resting = resting_estimates(layout)
    if response.clamp_mode is not ClampMode.CURRENT_CLAMP:
        yield Steady(response.name, resting)
        return
    fits, single = fit_resistance(layout, "input_resistance")
    yield Steady(response.name, (*resting, *(fit.estimate for fit in fits), *single), fits)
    yield passive_properties(recording, response)
    found = impedance(recording, response)
    if any(entry.status is not Status.NO_WAVEFORM for entry in found.estimates):
        yield found


def _spikes(recording: Recording, response: Channel) -> Iterator[Result]:
    yield spikes(recording, response)


_SETTLED = {
    Status.NO_BASELINE,
    Status.SATURATED,
    Status.IMPLAUSIBLE,
    Status.NOT_FINITE,
    Status.COMPENSATED,
}
"""What is refused for these is no better known to the membrane test."""

_WORK = {
    Part.MEMBRANE_TEST: _voltage_clamp,
    Part.PASSIVE: _current_clamp,
    Part.SPIKES: _spikes,
}

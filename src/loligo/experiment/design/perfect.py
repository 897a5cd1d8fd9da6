"""What a perfect rig would have shown: the truth that estimates are compared with."""

from __future__ import annotations

from dataclasses import replace

from loligo.analysis import analyze
from loligo.analysis.correct import Plan, carry_out
from loligo.engine import simulate
from loligo.experiment.design.cells import subject_in, true_numbers
from loligo.experiment.file import Experiment
from loligo.recording import Recording, RigState, Trace

OF_RIG = frozenset(
    {
        "series_resistance",
        "pipette_capacitance",
        "seal_resistance",
        "liquid_junction_potential",
        "bridge_error",
        "filter_frequency",
    }
)
"""What is a property of the rig: true is what the rig has."""
OF_CELL = frozenset({"capacitance", "membrane_resistance"})
"""What an analysis finds by means of the rig's own resistance: true is what the cell has."""
OF_HOLDING = frozenset({"holding_current", "baseline_potential"})
"""What follows from the cell and what holds it: true is what a perfect rig shows, or nothing."""

Key = tuple[str, str]
"""Glossary name and epoch."""

RIG, CELL, ANALYSIS = "the rig", "the cell", "the same analysis behind a perfect rig"


def perfect_recording(experiment: Experiment, recording: Recording) -> Recording:
    """Return a recording as it would be without pipette, amplifier, filter, noise and digitizer.

    Parameters
    ----------
    experiment : Experiment
    recording : Recording
        Made of it, whose sweeps and epochs are kept.

    Raises
    ------
    LoligoError
        The cell cannot be simulated.
    """
    response = recording.response.name
    rate = experiment.rig.digitizer.sampling
    name = "i.clamp" if experiment.rig.clamp == "voltage_clamp" else "v"
    subject = subject_in(experiment)
    found = simulate(
        subject.described,
        experiment.protocol,
        initial="rest",
        record=[name],
        sampling=f"{1.0 / rate!r} ms",
        dt=experiment.dt or "5 us",
        parameters=experiment.parameters,
        **subject.where,
    )
    sweeps = []
    for index, sweep in enumerate(recording.sweeps):
        length = len(sweep.trace(response))
        trace = Trace(found[name][0, index, :length], rate, rig_state=RigState())
        sweeps.append(replace(sweep, traces={**sweep.traces, response: trace}))
    return replace(recording, sweeps=tuple(sweeps), corrections=())


Truths = dict[Key, tuple[float, str]]
"""What is true and by what, for each name and epoch that an analysis can give."""


def truths_of_cell(
    experiment: Experiment, recording: Recording, parts: tuple[str, ...] | None, plan: Plan
) -> Truths:
    """Return what is true whatever the rig is.

    Of the cell's capacitance and membrane resistance true is what the cell has; of everything else
    what the same analysis finds behind a perfect rig, and where it finds nothing what is known of
    the cell at rest.

    Parameters
    ----------
    experiment : Experiment
    recording : Recording
        Made of it; only its sweeps and epochs are used.
    parts : tuple of str or None
        Of `loligo.analyze`.
    plan : Plan
        Corrections made before the analysis; of them leak is subtracted here too.

    Raises
    ------
    LoligoError
        The cell cannot be simulated, or its leak not be subtracted.
    """
    found: Truths = {(name, ""): (value, CELL) for name, value in _of_cell(experiment).items()}
    ideal = perfect_recording(experiment, recording)
    leak = Plan(leak=plan.leak, leak_up_to=plan.leak_up_to)
    ideal = ideal if leak.is_empty else carry_out(ideal, leak)
    for entry in analyze(ideal, parts):
        known = entry.is_ok and entry.sweep is None and entry.value is not None
        if known and entry.name not in OF_CELL | OF_RIG:
            assert entry.value is not None
            found[entry.name, entry.epoch] = (entry.value, ANALYSIS)
    return found


def truths_of_rig(experiment: Experiment) -> Truths:
    """Return the rig's own numbers."""
    own = true_numbers(experiment)
    return {(name, ""): (own[name], RIG) for name in OF_RIG & set(own)}


def truth_for(truths: Truths, name: str, epoch: str) -> tuple[float, str] | None:
    """Return the truth of one estimate: of its epoch, or else of its name."""
    return truths.get((name, epoch)) or truths.get((name, ""))


def _of_cell(experiment: Experiment) -> dict[str, float]:
    """Return what is true of the cell alone: no seal beside it, no resistance before it."""
    alone = experiment.rig.with_(**{"pipette.seal_resistance": None})
    known = true_numbers(experiment, alone)
    found = {name: value for name, value in known.items() if name not in OF_RIG | OF_HOLDING}
    if "membrane_resistance" in found:
        found["total_resistance"] = found["membrane_resistance"]
    return found

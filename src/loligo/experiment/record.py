"""`record`: a cell or neuron behind a rig under a protocol, as the recording of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell, Neuron
from loligo.engine import Simulation, simulate
from loligo.experiment.saturation import findings, marks, measured, refinement, seen
from loligo.experiment.subject import Subject, subject_of
from loligo.protocol import Protocol
from loligo.recording import (
    Basis,
    Channel,
    ClampMode,
    Electrode,
    Finding,
    Provenance,
    Recording,
    RigState,
    Role,
    Sweep,
    Trace,
    TrueTrace,
    Truth,
)
from loligo.recording.protocol import epochs_from
from loligo.rig import CurrentClamp, Rig, VoltageClamp
from loligo.rig.digitizer import Digitized
from loligo.rig.limits import refuse_command
from loligo.rig.model_cells import ModelCell
from loligo.units import INTERNAL_UNITS, quantity

Array = NDArray[np.float64]

ELECTRODE, RESPONSE, COMMAND = "electrode 0", "response", "command"
_DT = "5 us"


def record(
    cell: Cell | Neuron | ModelCell,
    rig: Rig,
    protocol: Protocol,
    *,
    at: str | None = None,
    seed: int = 0,
    dt: Any = _DT,
    parameters: Mapping[str, Any] | None = None,
    truth: Sequence[str] = ("v",),
) -> Recording:
    """Record a cell through a rig.

    Parameters
    ----------
    cell : Cell, Neuron or ModelCell
        Synapses of a neuron's own are active in every sweep. A model cell takes the place of cell
        and pipette: of the rig's pipette only the electrode offset counts.
    rig : Rig
    protocol : Protocol
        It commands what the amplifier takes: a potential in voltage clamp, a current in current
        clamp. Each sweep starts at rest under the level between sweeps.
    at : str, optional
        Where on a neuron the pipette is, ``"soma(0.5)"``; by default the middle of the first
        branch.
    seed : int
        Of the noise: the same seed gives the same recording.
    dt : quantity
        Longest step; an eighth of it after each edge of the command.
    parameters : mapping of str to quantity, optional
        Other values than the cell's, by path.
    truth : sequence of str
        What to keep beside the recording in `Recording.truth`, as `simulate` records it: ``"v"``,
        ``"na.m"``, ``"i.na"``, ``"rig.into_cell"``; of a neuron at other sites than the pipette's
        too, ``"v at dendrite(1)"``.

    Returns
    -------
    Recording
        Of the same type as `read` gives, marked as simulated: response and command of one
        electrode, the amplifier's settings, the epochs, samples as the digitizer stored them.

    Raises
    ------
    ModelError, SelectionError, UnitError
        The protocol commands what the amplifier does not take; a cell without rest; a name or value
        that does not fit.
    SimulationError
        The simulation diverged, as that of an unstable rig may.
    """
    subject = subject_of(cell, at, parameters)
    rig = subject.mounted(rig)
    sampling = 1.0 / rig.digitizer.sampling
    lengths = [_length(protocol, sweep, sampling) for sweep in range(protocol.n_sweeps)]
    _refuse_commands(rig, protocol, lengths)
    every = refinement(rig, quantity(dt, "time", name="dt"))
    names = list(dict.fromkeys(["v", *truth]))
    found = simulate(
        subject.described,
        protocol,
        rig=rig.system,
        initial="rest",
        record=[*seen(rig), *names],
        sampling=f"{sampling / every!r} ms",
        dt=dt,
        parameters=parameters,
        **subject.where,
    )
    starts = _starts(protocol)
    noise = _noise(rig, subject, lengths, starts, seed)
    response = measured(rig, found, noise, lengths, every)
    rate, unit = rig.digitizer.sampling, rig.system.units["response"]
    state = RigState(**rig.settings())
    sweeps = tuple(
        _sweep(protocol, sweep, response.stored[sweep], rate, start, state)
        for sweep, start in enumerate(starts)
    )
    return Recording(
        channels=_channels(rig, unit, protocol),
        sweeps=sweeps,
        provenance=Provenance(
            source="simulation",
            format="loligo",
            creator="loligo.record",
            protocol=protocol.name,
            identifier=f"{subject.in_words} behind {rig.name}, seed {seed}",
            comment=f"Simulated: {subject.in_words} behind {rig.name}. No animal, no cell.",
        ),
        electrodes=(_electrode(rig, str(subject.where.get("at", ""))),),
        findings=(
            Finding(RESPONSE, unit, Basis.STATED, "simulated"),
            Finding("clamp_mode", rig.clamp, Basis.STATED, "simulated"),
            *findings(response, rate),
        ),
        truth=Truth(
            subject.truth(rig),
            _described(subject, rig),
            {**_traces(found, names, lengths, rig, every), **marks(response, rate)},
        ),
        protocols={COMMAND: protocol},
    )


def _length(protocol: Protocol, sweep: int, sampling: float) -> int:
    from loligo.engine.grid import n_samples

    return n_samples(protocol.duration(sweep), sampling)


def _starts(protocol: Protocol) -> list[float]:
    """Return when each sweep starts after the first [ms]; end to end without an interval."""
    lengths = [protocol.duration(sweep) for sweep in range(protocol.n_sweeps)]
    if protocol.sweep_interval is None:
        return [float(x) for x in np.cumsum([0.0, *lengths[:-1]])]
    gaps = [protocol.sweep_interval.at(protocol.main_sweep(i)) for i in range(len(lengths))]
    return [float(x) for x in np.cumsum([0.0, *gaps[:-1]])]


def _refuse_commands(rig: Rig, protocol: Protocol, lengths: list[int]) -> None:
    """Refuse a protocol that commands more than the amplifier takes."""
    if rig.limits is None:
        return
    unit = INTERNAL_UNITS.get(protocol.dimension, "pA")
    amplifier = rig.amplifier
    added = amplifier.bias_current if isinstance(amplifier, CurrentClamp) else 0.0
    predicted = (
        amplifier.series_resistance_prediction if isinstance(amplifier, VoltageClamp) else 0.0
    )
    for sweep, length in enumerate(lengths):
        command = protocol.command(sweep, np.arange(length) / rig.digitizer.sampling)
        refuse_command(rig.limits, command, unit, added=added, prediction=predicted)


def _noise(
    rig: Rig, subject: Subject, lengths: list[int], starts: list[float], seed: int
) -> Array | float:
    """Return the noise of each sweep, shape (sweep, time), or 0."""
    if rig.noise is None:
        return 0.0
    return rig.noise.trace(
        subject.circuit(rig.pipette),
        rig.clamp,
        max(lengths),
        f"{rig.digitizer.sampling!r} kHz",
        seed=seed,
        sweeps=range(len(lengths)),
        starts=starts,
        output_filter=rig.filter,
    )


def _sweep(
    protocol: Protocol, sweep: int, stored: Digitized, rate: float, start: float, state: RigState
) -> Sweep:
    times = np.arange(stored.stored.size) / rate
    traces = {
        RESPONSE: Trace(stored.stored, rate, stored.gain, rig_state=state),
        COMMAND: Trace(protocol.command(sweep, times), rate),
    }
    return Sweep(sweep, start, traces, epochs_from(protocol, sweep, COMMAND), protocol.name)


def _channels(rig: Rig, unit: str, protocol: Protocol) -> tuple[Channel, ...]:
    mode = ClampMode(rig.clamp)
    commanded = INTERNAL_UNITS.get(protocol.dimension, "pA")
    return (
        Channel(RESPONSE, Role.RESPONSE, unit, mode, ELECTRODE, unit, "simulated"),
        Channel(COMMAND, Role.COMMAND, commanded, mode, ELECTRODE, commanded, "simulated"),
    )


def _electrode(rig: Rig, site: str) -> Electrode:
    pipette = rig.pipette
    seal = "" if pipette.seal_resistance is None else f"{pipette.seal_resistance:g} GOhm"
    return Electrode(
        ELECTRODE,
        description="simulated pipette",
        location=site,
        seal=seal,
        resistance=f"{1e3 * pipette.series_resistance:g} MOhm",
        filtering="" if rig.filter is None else f"{rig.filter.kind}, {rig.filter.corner:g} kHz",
        device=rig.name,
        device_description=f"simulated {rig.amplifier.kind} amplifier",
    )


def _described(subject: Subject, rig: Rig) -> str:
    told = f"{subject.in_words} behind {rig.name}, a {rig.amplifier.kind} amplifier"
    return f"{told}; see the parameters."


def _traces(
    found: Simulation, names: list[str], lengths: list[int], rig: Rig, every: int
) -> dict[str, TrueTrace]:
    return {
        name: TrueTrace(
            tuple(found[name][0, sweep, ::every][:length] for sweep, length in enumerate(lengths)),
            found.units[name],
            rig.digitizer.sampling,
        )
        for name in names
    }

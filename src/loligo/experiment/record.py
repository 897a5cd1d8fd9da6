"""`record`: a cell or neuron behind a rig under a protocol, as the recording of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell, Neuron
from loligo.errors import ModelError
from loligo.experiment.behind import Behind, behind
from loligo.experiment.layout import (
    ELECTRODE,
    RESPONSE,
    channels_of,
    mode_of,
    played_in,
    sweep_of,
)
from loligo.experiment.noisy import noise_of, noise_of_two
from loligo.experiment.saturation import findings, is_felt, marks, measured, refinement, seen
from loligo.experiment.stability import Stability
from loligo.experiment.stepped import is_sampled, stepped
from loligo.experiment.subject import CellSubject, Subject, subject_of
from loligo.experiment.truth import by_sweep, held
from loligo.protocol import Protocol
from loligo.recording import (
    Basis,
    ClampMode,
    Electrode,
    Finding,
    Provenance,
    Recording,
    TrueTrace,
    Truth,
)
from loligo.rig import CurrentClamp, DynamicClamp, Rig, TwoElectrodeClamp, VoltageClamp
from loligo.rig.limits import refuse_command
from loligo.rig.model_cells import ModelCell
from loligo.units import INTERNAL_UNITS, quantity

Array = NDArray[np.float64]

_DT = "5 us"
_OF_LOOPS = ("rig.sampled",)
_SETTLED = 0.01
"""Share of the electrode's potential at a sample that needs no word."""


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
        What of it drifts (`Rig.drift`) is another number in each sweep.
    protocol : Protocol
        It commands what the amplifier takes: a potential in voltage clamp, a current in current
        clamp; one that commands nothing records at I=0 (`Rig.at_zero_current`). Each sweep starts
        at rest under the level between sweeps.
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
        The simulation diverged, as that of an unstable rig does in the end; the message says how it
        grows.
    """
    subject = subject_of(cell, at, parameters)
    rig = subject.mounted(rig)
    sampling = 1.0 / rig.digitizer.sampling
    names = list(dict.fromkeys(["v", *truth]))
    starts = _starts(protocol)
    mode = mode_of(rig, protocol)
    rigs = rig.over(starts)
    if protocol.dimension == "none" and not isinstance(rig.amplifier, DynamicClamp):
        rigs = tuple(each.at_zero_current() for each in rigs)
    lengths = [_length(protocol, sweep, sampling) for sweep in range(protocol.n_sweeps)]
    _refuse_commands(rig, protocol, lengths)
    felt = is_felt(subject)
    noise: Array | None = None
    beside: Sequence[Array | None] = [None] * len(rigs)
    if is_sampled(rig):
        found, every = _stepped(subject, rigs, protocol, names, dt, starts, seed), 1
    else:
        every = refinement(rig, quantity(dt, "time", name="dt"))
        found = behind(
            subject, rigs, protocol, [*seen(rig, felt), *names],
            dt=dt, every=every, parameters=parameters,
        )  # fmt: skip
        noise, beside = _noise(subject, rigs, max(lengths), starts, seed)
    rate, unit = rig.digitizer.sampling, found.units["rig.response"]
    response = measured(rig, found.traces, unit, noise, lengths, every, felt)
    sweeps = tuple(
        sweep_of(
            rigs[sweep], protocol, sweep, start, response.stored[sweep], found, every, beside[sweep]
        )
        for sweep, start in enumerate(starts)
    )
    true = {each: subject.truth(each, held(protocol)) for each in dict.fromkeys(rigs)}
    if mode is ClampMode.ZERO_CURRENT:
        for numbers in true.values():
            numbers.pop("bridge_error", None)
    known, changing = by_sweep(
        [true[each] | stable.numbers for each, stable in zip(rigs, found.stabilities, strict=True)]
    )
    return Recording(
        channels=channels_of(rig, unit, protocol),
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
            Finding("clamp_mode", mode.value, Basis.STATED, "simulated"),
            *_stability(found.stabilities),
            *_settling(list(true.values())),
            *findings(response, rate, felt),
        ),
        truth=Truth(
            known,
            _described(subject, rig),
            {**_traces(found, names, lengths, rig, every), **marks(response, rate)},
            changing,
        ),
        protocols={played: protocol} if (played := played_in(rig, protocol)) else {},
    )


def _noise(
    subject: Subject, rigs: Sequence[Rig], count: int, starts: list[float], seed: int
) -> tuple[Array, Sequence[Array | None]]:
    """Return the noise of the response, and by sweep that of a potential measured beside it."""
    told = (rigs, subject.circuit, count, rigs[0].digitizer.sampling, starts, seed)
    if not isinstance(rigs[0].amplifier, TwoElectrodeClamp):
        return noise_of(*told), [None] * len(rigs)
    current, potential = noise_of_two(*told)
    return current, list(potential)


def _stepped(
    subject: Subject,
    rigs: Sequence[Rig],
    protocol: Protocol,
    names: list[str],
    dt: Any,
    starts: list[float],
    seed: int,
) -> Behind:
    """Return what a cell does behind a digital loop.

    Raises
    ------
    ModelError
        A neuron, or a limit of the headstage.
    """
    if not isinstance(subject, CellSubject):
        raise ModelError(
            f"a {rigs[0].amplifier.kind} amplifier records cells without a shape so far; give a "
            "Cell (a neuron's region has one: neuron.patch(region))"
        )
    limits = rigs[0].limits
    if limits is not None and limits.headstage_current is not None:
        raise ModelError(
            f"limits.headstage_current: a {rigs[0].amplifier.kind} amplifier injects a current and "
            "measures none; leave it out"
        )
    return stepped(
        subject.cell, rigs, protocol, names, dt=dt, parameters=subject.parameters,
        values=subject.values, seen=subject.circuit, starts=starts, seed=seed,
    )  # fmt: skip


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


def _stability(found: Sequence[Stability]) -> list[Finding]:
    """Return what is to be said of rigs that ring or oscillate."""
    told: dict[str, list[int]] = {}
    for sweep, each in enumerate(found):
        if each.in_words:
            told.setdefault(each.in_words, []).append(sweep)
    return [
        Finding(
            "stability",
            words,
            Basis.STATED,
            "simulated"
            if len(sweeps) == len(found)
            else f"simulated; sweeps {', '.join(map(str, sweeps))}",
        )
        for words, sweeps in told.items()
    ]


def _settling(true: Sequence[Mapping[str, float]]) -> list[Finding]:
    """Return what is to be said of an electrode that a discontinuous clamp samples too soon."""
    left = max((each.get("electrode_residual", 0.0) for each in true), default=0.0)
    if left <= _SETTLED:
        return []
    told = (
        f"{100.0 * left:.2g} % of the potential across the electrode is left at a sample; "
        "neutralize more of its capacitance, or switch more slowly"
    )
    return [Finding("settling", told, Basis.STATED, "simulated")]


def _shown(found: Behind, names: list[str]) -> list[str]:
    """Return what was asked for, and what a sampled rig shows of itself."""
    return list(dict.fromkeys([*names, *(n for n in found.traces if n in _OF_LOOPS)]))


def _described(subject: Subject, rig: Rig) -> str:
    told = f"{subject.in_words} behind {rig.name}, a {rig.amplifier.kind} amplifier"
    return f"{told}; see the parameters."


def _traces(
    found: Behind, names: list[str], lengths: list[int], rig: Rig, every: int
) -> dict[str, TrueTrace]:
    return {
        name: TrueTrace(
            tuple(
                found.traces[name][sweep, ::every][:length] for sweep, length in enumerate(lengths)
            ),
            found.units[name],
            rig.digitizer.sampling,
        )
        for name in _shown(found, names)
    }

"""`record`: a cell behind a rig under a protocol, as the recording it would have given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.expression import evaluate
from loligo.engine.parameters import cell_values
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
from loligo.experiment.noisy import noise_of
from loligo.experiment.stability import Stability
from loligo.experiment.stepped import is_sampled, stepped
from loligo.experiment.truth import by_sweep, truth_of
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
from loligo.rig import DynamicClamp, Rig
from loligo.rig.digitizer import Digitized

Array = NDArray[np.float64]

_DT = "5 us"
_OF_LOOPS = ("rig.sampled",)
_SETTLED = 0.01
"""Share of the electrode's potential at a sample that needs no word."""


def record(
    cell: Cell,
    rig: Rig,
    protocol: Protocol,
    *,
    seed: int = 0,
    dt: Any = _DT,
    parameters: Mapping[str, Any] | None = None,
    truth: Sequence[str] = ("v",),
) -> Recording:
    """Record a cell through a rig.

    Parameters
    ----------
    cell : Cell
    rig : Rig
        What of it drifts (`Rig.drift`) is another number in each sweep.
    protocol : Protocol
        It commands what the amplifier takes: a potential in voltage clamp, a current in current
        clamp; one that commands nothing records at I=0 (`Rig.at_zero_current`). Each sweep starts
        at rest under the level between sweeps.
    seed : int
        Of the noise: the same seed gives the same recording.
    dt : quantity
        Longest step; an eighth of it after each edge of the command.
    parameters : mapping of str to quantity, optional
        Other values than the cell's, by path.
    truth : sequence of str
        What to keep beside the recording in `Recording.truth`, as `simulate` records it: ``"v"``,
        ``"na.m"``, ``"i.na"``, ``"rig.into_cell"``.

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
    if not isinstance(cell, Cell):
        raise ModelError(
            f"a {type(cell).__name__} cannot be recorded behind a rig; give a Cell (a neuron's "
            "region has one: neuron.patch(region))"
        )
    sampling = 1.0 / rig.digitizer.sampling
    names = list(dict.fromkeys(["v", *truth]))
    starts = _starts(protocol)
    mode = mode_of(rig, protocol)
    rigs = rig.over(starts)
    if protocol.dimension == "none" and not isinstance(rig.amplifier, DynamicClamp):
        rigs = tuple(each.at_zero_current() for each in rigs)
    values = _values(cell, parameters)
    capacitance = _capacitance(cell, values)
    told: dict[str, Any] = {"dt": dt, "parameters": parameters, "values": values}
    lengths = [_length(protocol, sweep, sampling) for sweep in range(protocol.n_sweeps)]
    if is_sampled(rig):
        told |= {"capacitance": capacitance, "starts": starts, "seed": seed}
        found = stepped(cell, rigs, protocol, names, **told)
    else:
        found = behind(cell, rigs, protocol, names, **told)
        rate = rig.digitizer.sampling
        found.traces["rig.response"] += noise_of(
            rigs, capacitance, max(lengths), rate, starts, seed
        )
    response = found.traces["rig.response"]
    unit = found.units["rig.response"]
    stored = [
        rig.digitizer.quantize(response[sweep, :length], unit)
        for sweep, length in enumerate(lengths)
    ]
    sweeps = tuple(
        sweep_of(rigs[sweep], protocol, sweep, start, stored[sweep], found)
        for sweep, start in enumerate(starts)
    )
    true = {each: truth_of(cell, each, values) for each in dict.fromkeys(rigs)}
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
            identifier=f"{cell.name} behind {rig.name}, seed {seed}",
            comment=f"Simulated: {cell.name} behind {rig.name}. No animal, no cell.",
        ),
        electrodes=(_electrode(rig),),
        findings=(
            Finding(RESPONSE, unit, Basis.STATED, "simulated"),
            Finding("clamp_mode", mode.value, Basis.STATED, "simulated"),
            *_stability(found.stabilities),
            *_settling(list(true.values())),
            *_saturations(stored),
        ),
        truth=Truth(known, _described(cell, rig), _traces(found, names, lengths, rig), changing),
        protocols={played: protocol} if (played := played_in(rig, protocol)) else {},
    )


def _values(cell: Cell, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the cell's parameters in internal units."""
    given, n_cells = cell_values(equations(cell).parameters, dict(parameters or {}), "pA")
    if n_cells != 1 or any(value.ndim for value in given.values()):
        raise ModelError("a recording is of one cell; give one value for each parameter")
    return {name: float(value) for name, value in given.items() if not name.startswith("command.")}


def _capacitance(cell: Cell, values: dict[str, Any]) -> float:
    """Return the capacitance of the cell [pF]."""
    return float(evaluate(equations(cell).capacitance, values))


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


def _electrode(rig: Rig) -> Electrode:
    pipette = rig.pipette
    seal = "" if pipette.seal_resistance is None else f"{pipette.seal_resistance:g} GOhm"
    return Electrode(
        ELECTRODE,
        description="simulated pipette",
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


def _saturations(stored: list[Digitized]) -> list[Finding]:
    total = sum(part.n_saturated for part in stored)
    if not total:
        return []
    told = f"{total} samples were beyond the digitizer's range"
    return [Finding("saturation", told, Basis.STATED, "simulated")]


def _shown(found: Behind, names: list[str]) -> list[str]:
    """Return what was asked for, and what a sampled rig shows of itself."""
    return list(dict.fromkeys([*names, *(n for n in found.traces if n in _OF_LOOPS)]))


def _described(cell: Cell, rig: Rig) -> str:
    return f"{cell.name} behind {rig.name}, a {rig.amplifier.kind} amplifier; see the parameters."


def _traces(found: Behind, names: list[str], lengths: list[int], rig: Rig) -> dict[str, TrueTrace]:
    return {
        name: TrueTrace(
            tuple(found.traces[name][sweep, :length] for sweep, length in enumerate(lengths)),
            found.units[name],
            rig.digitizer.sampling,
        )
        for name in _shown(found, names)
    }

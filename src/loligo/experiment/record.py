"""`record`: a cell behind a rig under a protocol, as the recording it would have given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.expression import evaluate
from loligo.engine import Simulation, simulate
from loligo.engine.parameters import cell_values
from loligo.errors import ModelError
from loligo.experiment.truth import truth_of
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
from loligo.rig import Circuit, Rig
from loligo.rig.digitizer import Digitized
from loligo.units import INTERNAL_UNITS

Array = NDArray[np.float64]

ELECTRODE, RESPONSE, COMMAND = "electrode 0", "response", "command"
_DT = "5 us"


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
    protocol : Protocol
        It commands what the amplifier takes: a potential in voltage clamp, a current in current
        clamp. Each sweep starts at rest under the level between sweeps.
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
        The simulation diverged, as that of an unstable rig may.
    """
    if not isinstance(cell, Cell):
        raise ModelError(
            f"a {type(cell).__name__} cannot be recorded behind a rig; give a Cell (a neuron's "
            "region has one: neuron.patch(region))"
        )
    sampling = 1.0 / rig.digitizer.sampling
    names = list(dict.fromkeys(["v", *truth]))
    found = simulate(
        cell,
        protocol,
        rig=rig.system,
        initial="rest",
        record=["rig.response", *names],
        sampling=f"{sampling!r} ms",
        dt=dt,
        parameters=parameters,
    )
    lengths = [_length(protocol, sweep, sampling) for sweep in range(protocol.n_sweeps)]
    starts = _starts(protocol)
    values = _values(cell, parameters)
    noise = _noise(rig, _capacitance(cell, values), lengths, starts, seed)
    response = found["rig.response"][0] + noise
    unit = rig.system.units["response"]
    stored = [
        rig.digitizer.quantize(response[sweep, :length], unit)
        for sweep, length in enumerate(lengths)
    ]
    state = RigState(**rig.settings())
    sweeps = tuple(
        _sweep(protocol, sweep, stored[sweep], rig.digitizer.sampling, start, state)
        for sweep, start in enumerate(starts)
    )
    held = 0.0 if protocol.holding is None else protocol.holding.at(0)
    known = truth_of(cell, rig, values, held)
    return Recording(
        channels=_channels(rig, unit, protocol),
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
            Finding("clamp_mode", rig.clamp, Basis.STATED, "simulated"),
            *_saturations(stored),
        ),
        truth=Truth(known, _described(cell, rig), _traces(found, names, lengths, rig)),
        protocols={COMMAND: protocol},
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


def _noise(
    rig: Rig, capacitance: float, lengths: list[int], starts: list[float], seed: int
) -> Array | float:
    """Return the noise of each sweep, shape (sweep, time), or 0."""
    if rig.noise is None:
        return 0.0
    pipette = rig.pipette
    circuit: dict[str, Any] = {
        "series_resistance": f"{pipette.series_resistance!r} GOhm",
        "membrane_capacitance": f"{capacitance!r} pF",
        "pipette_capacitance": f"{pipette.capacitance + pipette.wall_capacitance!r} pF",
    }
    if pipette.seal_resistance is not None:
        circuit["seal_resistance"] = f"{pipette.seal_resistance!r} GOhm"
    return rig.noise.trace(
        Circuit(**circuit),
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


def _saturations(stored: list[Digitized]) -> list[Finding]:
    total = sum(part.n_saturated for part in stored)
    if not total:
        return []
    told = f"{total} samples were beyond the digitizer's range"
    return [Finding("saturation", told, Basis.STATED, "simulated")]


def _described(cell: Cell, rig: Rig) -> str:
    return f"{cell.name} behind {rig.name}, a {rig.amplifier.kind} amplifier; see the parameters."


def _traces(
    found: Simulation, names: list[str], lengths: list[int], rig: Rig
) -> dict[str, TrueTrace]:
    return {
        name: TrueTrace(
            tuple(found[name][0, sweep, :length] for sweep, length in enumerate(lengths)),
            found.units[name],
            rig.digitizer.sampling,
        )
        for name in names
    }

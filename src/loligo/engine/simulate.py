"""`simulate`: cells under a protocol, ideally clamped; the engine's interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from loligo.cell import Cell, Neuron, PointNeuron, Synapse
from loligo.cell.equations import equations as equations_of
from loligo.cell.expression import evaluate
from loligo.cell.lowered import Equations, Parameter
from loligo.engine import stepper
from loligo.engine.checks import listed, of_kind, one_protocol, pool_units, states_alone
from loligo.engine.counts import as_fractions
from loligo.engine.features import FEATURES
from loligo.engine.guard import GUARD
from loligo.engine.noise import check_noise, noise_parameters
from loligo.engine.parameters import cell_values
from loligo.engine.request import Array, Outcome, Request
from loligo.engine.result import Simulation
from loligo.engine.stepper import Method, Target
from loligo.engine.system import Clamp, Options, Rule
from loligo.engine.wiring import RigsAtSites, Wired, Wiring, rigs_alone
from loligo.errors import ModelError
from loligo.protocol import Protocol
from loligo.units import INTERNAL_UNITS

_CLAMP: dict[str, Clamp] = {
    "none": "current",
    "current": "current",
    "current_density": "current",
    "voltage": "voltage",
    "conductance": "conductance",
}


def simulate(
    cell: Cell | PointNeuron | Neuron,
    protocol: Protocol | Mapping[str, Protocol],
    *,
    at: str | Sequence[str] | None = None,
    record: Sequence[str] = ("v",),
    sampling: Any = "0.1 ms",
    dt: Any = None,
    method: Method = "staggered",
    tolerance: float | None = None,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | Literal["rest"] | None = None,
    temperature: Any = None,
    series_resistance: Any = None,
    reversal: Any = None,
    rig: RigsAtSites | None = None,
    synapses: Mapping[str, Synapse] | Sequence[Synapse] = (),
    spikes: bool = False,
    threshold: Any = "0 mV",
    features: Sequence[str] = (),
    rule: Literal["trapezoidal", "exact"] | None = None,
    precision: Literal["double", "single"] = "double",
    threads: int | None = 1,
    progress: bool | Callable[[float], None] = False,
    target: Target = "kernel",
    stochastic: bool | Sequence[str] = False,
    noise: Mapping[str, Any] | None = None,
    seed: int | None = None,
) -> Simulation:
    """Simulate cells under a protocol.

    Parameters
    ----------
    cell : Cell, PointNeuron or Neuron
        A point neuron is solved from spike to spike, see `loligo.engine.point`; its spikes are what
        its own rule says. A neuron has a shape, see `loligo.engine.tree`.
    protocol : Protocol
        The dimension of its levels is the clamp: mV an ideal voltage clamp (or one through
        `series_resistance`), pA or uA/cm2 a current clamp, nS a dynamic clamp (with `reversal`).
        On a neuron several may act at once, by site: ``{"soma": step, "dendrite(1)": pulse}``; all
        have as many sweeps, or one.
    at : str or sequence of str, optional
        Where on a neuron the protocol acts, ``"soma(0.5)"``: branch and fraction of its length; at
        each of several sites. By default the middle of the first branch.
    record : sequence of str
        What to sample: ``"v"``, a gate or pool (``"na.m"``), a channel's current (``"i.na"``), all
        of them (``"i.membrane"``), the injected current (``"i.injected"``), or, under an ideal
        voltage clamp, the clamp's (``"i.clamp"``, the membrane's with that of its capacitance but
        without the impulses at jumps). Of a neuron at sites, ``"v at axon(1)"``, and the axial
        current into the compartment too (``"i.axial at axon(1)"``); without a site where the
        protocol acts first.
    sampling : quantity
        Interval between samples, the first at 0; the end of a sweep is not sampled.
    dt : quantity, optional
        Longest step. Staggered steps, by default 0.025 ms, are equal between edges of the protocol
        and end on each edge and sample; under error control no step is too long by default.
    method : {"staggered", "error-controlled", "multistep"}
        Steps of equal length, or as long as `tolerance` lets, for stiff clamps and for reference;
        see `loligo.engine.adaptive`; or steps of equal length that look back at those before them,
        of third order though not L-stable, see `loligo.engine.multistep`.
    tolerance : float, optional
        Allowed error of a step under error control: of each state, as a share of its size plus
        1 mV, 1 (gates, occupancies) or the pool's value at the start. By default 1e-6, for point
        neurons 1e-9.
    parameters : mapping of str to quantities, optional
        Other values than the cell's by dotted path, one for all cells or one per cell:
        ``{"channel.na.conductance": (array, "mS/cm2")}``. ``"command.scale"`` and
        ``"command.offset"`` vary the command between cells.
    initial : mapping of str to quantities or "rest", optional
        States at the start, one for all cells, one per cell, or one per cell and sweep; the others
        are in the steady state of the potential at the start. `Simulation.final` fits. ``"rest"``:
        the potential at which no net current flows under the command between sweeps, the nearest
        to the cell's initial potential. Of a neuron one for all compartments, or one for each;
        at rest it is where it settles from its initial potential, gates following at once.
    temperature : quantity, optional
        Other than the cell's.
    series_resistance : quantity, optional
        The voltage command acts through it. Of a neuron one for each site too, as a mapping.
    reversal : quantity, optional
        Reversal potential of a conductance that the protocol commands; of a neuron by site too.
    rig : LinearSystem or sequence of LinearSystem, optional
        Electrode and amplifier that the command acts through (see `loligo.rig`), one for all cells,
        one for each, or for each cell one for each sweep, ``[[first, second]]``; its outputs are
        recorded as ``"rig.response"``, ``"rig.pipette"`` and so on. Cell and rig start in steady
        state at the potential at the start. Of a neuron by site too, ``{"soma": system}``: at the
        others commands act as without a rig.
    synapses : mapping of str to Synapse, or sequence of Synapse
        On a neuron, besides its own or in place of one of the same name; ``"i.synapse.NAME"``
        records the current through one.
    spikes : bool
        Keep the time of every spike.
    threshold : quantity
        A spike is an upward crossing of it.
    features : sequence of str
        Running features kept of every cell, see `FEATURES`; of a neuron where the protocol acts
        first, or ``"spike_count at axon(1)"``.
    rule : {"trapezoidal", "exact"}, optional
        How gates take staggered steps. By default exactly at the clamped potential under an ideal
        voltage clamp, else by the bounded trapezoidal rule.
    precision : {"double", "single"}
    threads : int or None
        ``None`` for as many as there are processors. It changes no number.
    progress : bool or callable
        Show a bar, or call with the fraction done.
    target : {"kernel", "cuda", "twin"}
        The kernel compiled for the processor; the same for an NVIDIA graphics card; or the same
        assignments in plain NumPy, the executable specification.
    stochastic : bool or sequence of str
        Channels whose Markov scheme runs channel by channel, ``True`` for all that have a
        `single_channel_conductance`. Their numbers are rounded to whole numbers (see
        `Simulation.n_channels`), and their conductances with them; of a neuron in each compartment.
    noise : mapping of str to quantities, optional
        A random current that is injected besides: ``{"sigma": "5 pA", "tau": "2 ms"}``, normal with
        this standard deviation and correlation time; one value each, or one per cell.
    seed : int, optional
        Of everything random; a new one where none is given, kept in `Simulation.seed`.

    Returns
    -------
    Simulation

    Raises
    ------
    ModelError, SelectionError, UnitError
        Something that the cell or protocol does not have, or that does not fit.
    SimulationError
        A run diverged; the message names cell, sweep, time and state.

    Notes
    -----
    Second order in the step: gates half a step ahead of the potential, both by the bounded
    trapezoidal rule (see `loligo.engine.rules`), with the currents linear around the old potential.
    Numbers do not depend on threads, nor on what else is in the batch; random ones follow from
    seed, cell, sweep and step alone. Channels start in states drawn from the steady state, or
    from `initial` where that is no whole number of them.

    Examples
    --------
    >>> from loligo.cell import catalogue
    >>> from loligo.protocol import Protocol
    >>> axon = catalogue.load("hodgkin_huxley1952")
    >>> pulse = Protocol("pulse", ["step 10 uA/cm2 for 50 ms"], holding="0 uA/cm2")
    >>> simulation = simulate(axon, pulse, spikes=True, dt="0.01 ms")
    >>> simulation.spike_times().round(1)
    array([ 1.9, 16.8, 31.5, 46.1])
    """
    of_cells_alone = {
        "rule": rule is not None, "precision": precision != "double", "target": target != "kernel",
        "noise": noise is not None,
    }  # fmt: skip
    if isinstance(cell, PointNeuron):
        from loligo.engine.point.simulate import simulate_point

        stepper.refuse_for_point_neurons(
            at=at is not None,
            temperature=temperature is not None,
            series_resistance=series_resistance is not None,
            threshold=threshold != "0 mV",
            synapses=bool(synapses),
            method=method != "staggered",
            rig=rig is not None,
            stochastic=bool(stochastic),
            **of_cells_alone,
        )
        return simulate_point(
            cell, one_protocol(protocol), record=record, sampling=sampling, dt=dt,
            tolerance=tolerance, parameters=parameters, initial=states_alone(initial),
            reversal=reversal, spikes=spikes, features=features, threads=threads,
            progress=progress,
        )  # fmt: skip
    if isinstance(cell, Neuron):
        from loligo.engine.tree.simulate import simulate_neuron

        stepper.refuse_for_neurons(
            method, rig=rig is not None, stochastic=bool(stochastic),
            tolerance=tolerance is not None, **of_cells_alone,
        )  # fmt: skip
        return simulate_neuron(
            cell, protocol, at=at, record=record, sampling=sampling, dt=dt, method=method,
            parameters=parameters, temperature=temperature,
            series_resistance=series_resistance, reversal=reversal, rig=rig, synapses=synapses,
            initial=initial, features=features, spikes=spikes, threshold=threshold,
            threads=threads, progress=progress, stochastic=stochastic, seed=seed,
        )  # fmt: skip
    of_kind("cell", cell, Cell)
    stepper.refuse_sites(at, synapses)
    from loligo.engine.isopotential import simulate_cell

    return simulate_cell(
        cell, one_protocol(protocol), record=record, sampling=sampling, dt=dt, method=method,
        tolerance=tolerance, parameters=parameters, initial=initial, temperature=temperature,
        series_resistance=series_resistance, reversal=reversal, rig=rigs_alone(rig), spikes=spikes,
        threshold=threshold, features=features, rule=rule, precision=precision, threads=threads,
        progress=progress, target=target, stochastic=stochastic, noise=noise, seed=seed,
    )  # fmt: skip


def options_of(
    protocol: Protocol,
    equations: Equations,
    values: dict[str, Array],
    *,
    record: Sequence[str],
    features: Sequence[str],
    rule: Rule | None,
    wiring: Wiring | None = None,
) -> Options:
    """Return what is built into the equations of a run, from its parameters and what is kept."""
    through_resistance = "series_resistance" in values
    held = protocol.dimension == "voltage" and not through_resistance and wiring is None
    return Options(
        clamp=_CLAMP[protocol.dimension],
        through_resistance=through_resistance,
        rule=rule or ("exact" if held else "trapezoidal"),
        record=listed("record", record),
        features=listed("features", features),
        free=frozenset(p.name for p in equations.parameters if values[p.name].ndim),
        unity=unity_of(equations, values),
        wiring=wiring,
    )


def parameters_of(
    cell: Cell,
    protocol: Protocol,
    given: dict[str, Any],
    temperature: Any,
    series_resistance: Any,
    reversal: Any,
    noise: Mapping[str, Any] | None = None,
    mounted: Wired | None = None,
) -> tuple[Equations, dict[str, Array], int]:
    """Return the equations with the given single values in them, all values, and how many cells."""
    equations = equations_of(cell)
    known = equations.parameters
    if temperature is not None:
        given["temperature"] = temperature
    if series_resistance is not None:
        if protocol.dimension != "voltage":
            raise ModelError("a series resistance needs a protocol that commands a potential (mV)")
        known += (Parameter("series_resistance", 0.0, "GOhm", "constant"),)
        given["series_resistance"] = series_resistance
    if protocol.dimension == "conductance":
        if reversal is None:
            raise ModelError("a commanded conductance (nS) needs `reversal`, for example '0 mV'")
        known += (Parameter("drive.reversal", 0.0, "mV", "constant"),)
        given["drive.reversal"] = reversal
    if noise is not None:
        known += noise_parameters(protocol, noise)
        given |= {f"noise.{name}": value for name, value in noise.items()}
    by_sweep: dict[str, Array] = {}
    if mounted is not None:
        known += mounted.parameters
        by_sweep = mounted.weights if mounted.is_by_sweep else {}
        given |= {n: w[:, 0] if by_sweep else w for n, w in mounted.weights.items()}
    unit = INTERNAL_UNITS.get(protocol.dimension, "pA")
    values, n_cells = cell_values(known, given, unit)
    values |= by_sweep
    if "series_resistance" in values and np.any(values["series_resistance"] <= 0):
        raise ModelError("series_resistance must be above 0; leave it out for an ideal clamp")
    check_noise(values)
    return with_rates(equations, values), values, n_cells


def with_rates(equations: Equations, values: dict[str, Array]) -> Equations:
    """Return the equations with the single values of rate parameters in them."""
    changed = {
        p.name: replace(p, value=float(values[p.name]))
        for p in equations.parameters
        if p.kind == "rate parameter" and values[p.name].ndim == 0 and values[p.name] != p.value
    }
    if not changed:
        return equations
    parameters = tuple(changed.get(p.name, p) for p in equations.parameters)
    return replace(equations, parameters=parameters)


def unity_of(equations: Equations, values: dict[str, Array]) -> frozenset[str]:
    """Return the states whose temperature factor is 1 everywhere."""
    return frozenset(
        gate.state for gate in equations.relaxations if (evaluate(gate.factor, values) == 1.0).all()
    )


class Shown:
    """A progress bar where one is asked for, and what to tell it."""

    def __init__(self, progress: bool | Callable[[float], None]) -> None:
        self.progress = progress
        self.bar: Any = None

    def __enter__(self) -> Callable[[float], None] | None:
        if not self.progress:
            return None
        if callable(self.progress):
            return self.progress
        from rich.progress import Progress

        self.bar = Progress(transient=True)
        self.bar.start()
        task = self.bar.add_task("simulating", total=1.0)
        return lambda done: self.bar.update(task, completed=done)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()


def simulation_of(
    request: Request, outcome: Outcome, units: Mapping[str, str] | None = None
) -> Simulation:
    """Return what came out under its names; `units` are those of a rig's states and outputs."""
    shape = (request.n_cells, request.n_sweeps)
    options = request.options
    count = outcome.samples.shape[2]
    traces = {
        name: outcome.samples[:, i, :].reshape(*shape, count)
        for i, name in enumerate(options.record)
    }
    rows = {row for name in options.features for row in FEATURES[name].start}
    ends = as_fractions(request, outcome.states)
    hidden = {GUARD, *options.past(request.equations)}
    states = {name: values.reshape(shape) for name, values in ends.items() if name not in hidden}
    features = {name: states[name] for name in states if name in rows}
    if "mean_potential" in features:
        durations = [request.protocol.duration(i) for i in range(request.n_sweeps)]
        features["mean_potential"] = features["mean_potential"] / np.array(durations)
    return Simulation(
        cell=request.equations.name,
        protocol=request.protocol,
        times=(request.sampling or 1.0) * np.arange(count, dtype=np.float64),
        traces=traces,
        units={
            **{n: unit_of(n, request.equations) for n in traces},
            **{n: FEATURES[n].unit for n in features},
            **{n: unit_of(n, request.equations) for n in ("v", *request.equations.states)},
            **(units or {}),
        },
        features=features,
        final={name: values for name, values in states.items() if name not in rows},
        threshold=request.threshold,
        n_channels={
            name: np.broadcast_to(number, request.n_cells).astype(np.int64)
            for name, number in request.n_channels.items()
        },
        seed=request.seed if request.is_random else None,
        _spike_times=outcome.spike_times,
        _spike_runs=outcome.spike_runs,
        _kept_spikes=request.spikes,
    )


def unit_of(name: str, equations: Equations) -> str:
    """Return the unit of a state or a current."""
    if name == "v":
        return "mV"
    if name.startswith("i."):
        return "pA"
    return {**dict(equations.units), **pool_units(equations)}.get(name, "")

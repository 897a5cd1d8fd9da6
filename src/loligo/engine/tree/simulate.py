"""From a neuron and a protocol to a request for the kernel of trees, and back to a `Simulation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.equations import equations as equations_of
from loligo.cell.membrane import Membrane
from loligo.cell.morphology import Compartments
from loligo.cell.neuron import Neuron
from loligo.cell.profile import profiles
from loligo.engine import stepper
from loligo.engine.checks import listed, positive, single, thread_count
from loligo.engine.parameters import COMMAND_OFFSET, COMMAND_SCALE, cell_values
from loligo.engine.result import Simulation
from loligo.engine.simulate import Shown, unity_of, with_rates
from loligo.engine.system import Options
from loligo.engine.tree.derived import Combination, Entry, axial
from loligo.engine.tree.layout import Tree
from loligo.engine.tree.request import Array, Command, Patch, TreeRequest
from loligo.engine.tree.run import run
from loligo.errors import ModelError, SelectionError, suggest
from loligo.protocol import Protocol
from loligo.units import INTERNAL_UNITS, quantity

Ints = NDArray[np.int64]
_PER_AREA = 0.01


@dataclass(frozen=True)
class _Wanted:
    """A trace: its name, where and what it is, and how it is made of samples."""

    text: str
    compartment: int
    name: str
    made: Combination


def simulate_neuron(
    neuron: Neuron,
    protocol: Protocol,
    *,
    at: str | Sequence[str] | None,
    record: Sequence[str],
    sampling: Any,
    dt: Any,
    parameters: Mapping[str, Any] | None,
    temperature: Any,
    series_resistance: Any,
    reversal: Any,
    spikes: bool,
    threshold: Any,
    threads: int | None,
    progress: bool | Callable[[float], None],
) -> Simulation:
    """Simulate neurons of one shape; see `loligo.engine.simulate`.

    Raises
    ------
    ModelError, SelectionError, UnitError
        Something that the neuron or protocol does not have, or that does not fit.
    SimulationError
        A run diverged; the message names cell, sweep, time and compartment.
    """
    cut = neuron.compartments
    sites = [at] if isinstance(at, str) else list(at or [neuron.morphology.branches[0].name])
    places = [neuron.at(site) for site in sites]
    if len(set(places)) < len(places):
        raise ModelError(f"at = {sites}: two of the sites are in the same compartment")
    given = dict(parameters or {})
    command = {n: given.pop(n) for n in (COMMAND_SCALE, COMMAND_OFFSET) if n in given}
    unit = INTERNAL_UNITS.get(protocol.dimension, "pA")
    scales, n_scaled = cell_values((), command, unit)
    commands, held = _commands(neuron, protocol, places, series_resistance, reversal)
    wanted = [_wanted(text, neuron, places, held) for text in listed("record", record)]
    entries = tuple(dict.fromkeys(entry for w in wanted for entry, _ in w.made.terms))
    if temperature is not None:
        given["temperature"] = temperature
    patches, n_cells = _patches(neuron, given, entries)
    if 1 not in {n_cells, n_scaled} and n_cells != n_scaled:
        raise ModelError(f"parameters say {n_cells} cells, the command {n_scaled}")
    kinds = np.zeros(cut.n_compartments, dtype=np.int64)
    for kind, patch in enumerate(patches):
        kinds[patch.compartments] = kind
    request = TreeRequest(
        name=neuron.name,
        trees=(_tree(cut, tuple(kinds.tolist()), held),),
        capacitance=_capacitance(patches, cut),
        patches=patches,
        protocol=protocol,
        n_cells=max(n_cells, n_scaled),
        commands=commands,
        command_scale=scales[COMMAND_SCALE],
        command_offset=scales[COMMAND_OFFSET],
        record=entries,
        watched=places[0] if spikes else -1,
        potential=np.array(neuron.initial_potential),
        dt=stepper.longest_step("staggered", dt),
        threshold=single("threshold", threshold, "mV"),
        sampling=positive("sampling", sampling, "ms") if record else None,
        threads=thread_count(threads),
    )
    with Shown(progress) as tell:
        outcome = run(_telling(request, tell))
    shape = (request.n_cells, request.n_sweeps)
    count = outcome.samples.shape[2]
    times = (request.sampling or 1.0) * np.arange(count, dtype=np.float64)
    traces = {w.text: w.made.value(entries, outcome.samples).reshape(*shape, count) for w in wanted}
    for w in wanted:
        traces[w.text] += _capacitive(w, request, times)
    return Simulation(
        cell=neuron.name,
        protocol=protocol,
        times=times,
        traces=traces,
        units={**{w.text: _unit(w.name) for w in wanted}, "v": "mV"},
        features={},
        final={"v": outcome.potential.reshape(*shape, cut.n_compartments)},
        threshold=request.threshold,
        _spike_times=outcome.spike_times,
        _spike_runs=outcome.spike_runs,
        _kept_spikes=spikes,
    )


@lru_cache(maxsize=16)
def _tree(cut: Compartments, kinds: tuple[int, ...], held: tuple[int, ...]) -> Tree:
    """Return the tree of compartments; the same one when asked again, with what is made of it."""
    return Tree(cut.n_compartments, cut.parent, cut.conductance, np.array(kinds), held)


def _telling(request: TreeRequest, tell: Callable[[float], None] | None) -> TreeRequest:
    from dataclasses import replace

    return replace(request, progress=tell)


def _unit(name: str) -> str:
    if name == "v":
        return "mV"
    return "pA" if name.startswith("i.") else ""


def _commands(
    neuron: Neuron, protocol: Protocol, places: list[int], series_resistance: Any, reversal: Any
) -> tuple[tuple[Command, ...], tuple[int, ...]]:
    """Return what the protocol does at each site, or which compartments it holds."""
    cut, dimension = neuron.compartments, protocol.dimension
    if series_resistance is not None and dimension != "voltage":
        raise ModelError("a series resistance needs a protocol that commands a potential (mV)")
    if dimension == "voltage":
        if series_resistance is None:
            return (), tuple(places)
        resistance = quantity(series_resistance, "resistance", name="series_resistance")
        if resistance <= 0.0:
            raise ModelError("series_resistance must be above 0; leave it out for an ideal clamp")
        return tuple(Command(place, access=1.0 / resistance) for place in places), ()
    if dimension == "conductance":
        if reversal is None:
            raise ModelError("a commanded conductance (nS) needs `reversal`, for example '0 mV'")
        level = quantity(reversal, "voltage", name="reversal")
        return tuple(Command(place, conductance=1.0, reversal=level) for place in places), ()
    found = []
    density = neuron.values("capacitance")
    for place in places:
        factor = _PER_AREA * cut.area[place] if dimension == "current_density" else 1.0
        capacitance = _PER_AREA * cut.area[place] * density[place]
        found.append(Command(place, current=factor, jump=factor / capacitance))
    return tuple(found), ()


def _wanted(text: str, neuron: Neuron, places: list[int], held: tuple[int, ...]) -> _Wanted:
    """Return how a trace is made; ``"v at soma(0.5)"``, without a site where the command acts."""
    cut = neuron.compartments
    name, _, site = (part.strip() for part in text.partition(" at "))
    place = neuron.at(site) if site else places[0]
    if name == "i.axial":
        return _Wanted(text, place, name, axial(cut, place))
    if name == "i.clamp":
        if place not in held:
            raise SelectionError(f"{text!r}: no ideal voltage clamp acts there")
        inward = axial(cut, place)
        terms = (
            ((place, "i.membrane"), 1.0),
            *((entry, -weight) for entry, weight in inward.terms),
        )
        return _Wanted(text, place, name, Combination(terms))
    if name == "i.injected":
        raise SelectionError(
            f"{text!r}: record 'v' there; what is injected follows from the command"
        )
    return _Wanted(text, place, name, Combination((((place, name), 1.0),)))


def _capacitive(wanted: _Wanted, request: TreeRequest, times: Array) -> Array:
    """Return the current into the capacitance of a held compartment, shape (cell, sweep, time)."""
    shape = (request.n_cells, request.n_sweeps, times.size)
    if wanted.name != "i.clamp":
        return np.zeros(shape)
    slope = np.full((request.n_sweeps, times.size), 0.0)
    for sweep in range(request.n_sweeps):
        for segment in request.protocol.segments(sweep):
            inside = (times >= segment.start - 1e-9) & (times < segment.stop - 1e-9)
            if segment.shape is not None:
                slope[sweep, inside] = segment.scale * segment.shape.derivative(
                    times[inside] - segment.start
                )
    scale = np.broadcast_to(request.command_scale, (request.n_cells,))
    capacitance = request.capacitance[:, wanted.compartment]
    return np.broadcast_to((scale * capacitance)[:, None, None] * slope, shape)


def _patches(
    neuron: Neuron, given: dict[str, Any], entries: tuple[Entry, ...]
) -> tuple[tuple[Patch, ...], int]:
    """Return the membrane of each kind with its values, and how many cells there are."""
    cut, regions = neuron.compartments, neuron.compartments.regions
    kinds: dict[Membrane, list[str]] = {}
    for region, membrane in neuron.membrane:
        kinds.setdefault(membrane, []).append(region)
    used: set[str] = set()
    counts = {1}
    patches = []
    for mine in kinds.values():
        inside = np.flatnonzero(np.isin(regions, mine))
        equations = equations_of(neuron.patch(mine[0]))
        names = {parameter.name for parameter in equations.parameters}
        shared = {name: value for name, value in given.items() if name in names}
        used |= shared.keys()
        single_values, n_cells = cell_values(equations.parameters, shared, "pA")
        counts.add(n_cells)
        equations = with_rates(equations, single_values)
        values = {
            parameter.name: _column(single_values[parameter.name])
            for parameter in equations.parameters
        }
        values["area"] = cut.area[inside][None, :]
        for region in mine:
            prefix = f"{region}."
            own = {n.removeprefix(prefix): v for n, v in given.items() if n.startswith(prefix)}
            used |= {prefix + name for name in own}
            found, n_cells = cell_values(equations.parameters, own, "pA")
            counts.add(n_cells)
            at_home = regions[inside] == region
            for name in own:
                values[name] = np.where(at_home, _column(found[name]), values[name])
            said = {n: _column((found if n in own else single_values)[n]) for n in (*own, *shared)}
            for name, profile in profiles(neuron, region, inside, at_home, said).items():
                values[name] = np.where(at_home, profile, values[name])
        record = tuple(dict.fromkeys(name for place, name in entries if place in set(inside)))
        rates = {p.name for p in equations.parameters if p.kind == "rate parameter"}
        options = Options(
            record=record,
            free=frozenset(name for name in rates if values[name].ndim),
            unity=unity_of(equations, values),
        )
        patches.append(Patch(equations, options, inside, values))
    unknown = set(given) - used
    if unknown:
        known = {p.name for patch in patches for p in patch.equations.parameters}
        name = min(unknown)
        raise SelectionError(
            f"the neuron has no parameter {name!r}; {suggest(name, known)}, or with a region "
            f"before it ({', '.join(neuron.morphology.regions)})"
        )
    if len(counts - {1}) > 1:
        told = ", ".join(map(str, sorted(counts - {1})))
        raise ModelError(f"parameters must have one value, or one per cell; got {told} values")
    return tuple(patches), max(counts)


def _column(values: Array) -> Array:
    """Return values of shape () or (cell,) so that they broadcast with compartments."""
    return values[:, None] if values.ndim else values


def _capacitance(patches: tuple[Patch, ...], cut: Compartments) -> Array:
    """Return the capacitance of each compartment [pF], shape (cell or 1, compartment)."""
    parts = [_PER_AREA * patch.values["area"] * patch.values["capacitance"] for patch in patches]
    total = np.zeros((max(part.shape[0] for part in parts), cut.n_compartments))
    for patch, part in zip(patches, parts, strict=True):
        total[:, patch.compartments] = part
    return total

"""From a neuron and a protocol to a request for the kernel of trees, and back to a `Simulation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from loligo.cell.equations import equations as equations_of
from loligo.cell.membrane import Membrane
from loligo.cell.morphology import Compartments
from loligo.cell.neuron import Neuron
from loligo.cell.profile import DEPTH, profiles
from loligo.cell.synapse import Synapse
from loligo.engine import stepper
from loligo.engine.checks import listed, positive, single, thread_count, told_states
from loligo.engine.noise import checked_seed
from loligo.engine.parameters import COMMAND_OFFSET, COMMAND_SCALE, cell_values
from loligo.engine.result import Simulation
from loligo.engine.simulate import Shown, unity_of, with_rates
from loligo.engine.system import Options
from loligo.engine.tree.acting import Acting, acting
from loligo.engine.tree.counted import with_counts
from loligo.engine.tree.joint import n_sweeps
from loligo.engine.tree.layout import Tree
from loligo.engine.tree.request import Array, Patch, TreeRequest
from loligo.engine.tree.rest import by_distance, resting_potentials
from loligo.engine.tree.run import run
from loligo.engine.tree.seen import Seen, seen_of, simulation
from loligo.engine.tree.spreading import Spread
from loligo.engine.tree.start import initial_of
from loligo.engine.wiring import RigsAtSites
from loligo.errors import ModelError, SelectionError, suggest
from loligo.protocol import Protocol
from loligo.units import INTERNAL_UNITS

Ints = NDArray[np.int64]
_PER_AREA = 0.01


def simulate_neuron(
    neuron: Neuron,
    protocol: Protocol | Mapping[str, Protocol],
    *,
    at: str | Sequence[str] | None,
    record: Sequence[str],
    sampling: Any,
    dt: Any,
    method: str,
    parameters: Mapping[str, Any] | None,
    temperature: Any,
    series_resistance: Any,
    reversal: Any,
    rig: RigsAtSites | None,
    synapses: Mapping[str, Synapse] | Sequence[Synapse],
    initial: Mapping[str, Any] | Literal["rest"] | None,
    features: Sequence[str],
    spikes: bool,
    threshold: Any,
    threads: int | None,
    progress: bool | Callable[[float], None],
    stochastic: bool | Sequence[str],
    seed: int | None,
) -> Simulation:
    """Simulate neurons of one shape; see `loligo.engine.simulate`.

    Raises
    ------
    ModelError, SelectionError, UnitError
        Something that the neuron or protocol does not have, or that does not fit.
    SimulationError
        A run diverged; the message names cell, sweep, time and compartment.
    """
    acts = acting(neuron, protocol, at, series_resistance, reversal, synapses, rig)
    seen = seen_of(neuron, acts, listed("record", record), listed("features", features))
    if temperature is not None:
        parameters = {**(parameters or {}), "temperature": temperature}
    request = replace(
        request_of(neuron, acts, seen, parameters, initial, stochastic),
        seed=checked_seed(seed),
        watched=acts.places[0] if spikes else -1,
        dt=stepper.longest_step(method, dt),
        looks_back=method == "multistep",
        threshold=single("threshold", threshold, "mV"),
        sampling=positive("sampling", sampling, "ms") if record else None,
        threads=thread_count(threads),
    )
    if isinstance(initial, str):
        request = replace(request, initial={"v": resting_potentials(request)})
    with Shown(progress) as tell:
        outcome = run(replace(request, progress=tell))
    return simulation(neuron, acts, seen, request, outcome)


def request_of(
    neuron: Neuron,
    acts: Acting,
    seen: Seen,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | Literal["rest"] | None = None,
    stochastic: bool | Sequence[str] = False,
) -> TreeRequest:
    """Return the request of what acts on neurons and what is seen, of single steps by default.

    Raises
    ------
    ModelError, SelectionError, UnitError
        See `simulate_neuron`.
    """
    cut = neuron.compartments
    given = dict(parameters or {})
    command = {n: given.pop(n) for n in (COMMAND_SCALE, COMMAND_OFFSET) if n in given}
    if command and len(acts.protocols) > 1:
        raise ModelError(f"{min(command)}: of several protocols no one is the command")
    unit = INTERNAL_UNITS.get(acts.protocols[0].dimension, "pA")
    scales, n_scaled = cell_values((), command, unit)
    patches, n_cells = _patches(neuron, given, seen)
    patches = with_counts(patches, stochastic)
    told, n_told = initial_of(
        told_states(initial), patches, n_sweeps(acts.protocols), acts.rig_units
    )
    n_rigs = [mounted.n_cells for mounted in acts.rigs]
    if len({n_cells, n_scaled, n_told, *n_rigs} - {1}) > 1:
        raise ModelError(
            f"parameters say {n_cells} cells, the command {n_scaled}, initial states {n_told}"
            + "".join(f", rigs {n}" for n in n_rigs)
        )
    kinds = np.zeros(cut.n_compartments, dtype=np.int64)
    for kind, patch in enumerate(patches):
        kinds[patch.compartments] = kind
    return TreeRequest(
        name=neuron.name,
        trees=(_tree(cut, tuple(kinds.tolist()), acts.held),),
        capacitance=_capacitance(patches, cut),
        patches=patches,
        protocols=(*acts.protocols, *acts.synapses.values()),
        n_cells=max(n_cells, n_scaled, n_told, *n_rigs),
        commands=acts.commands,
        held_by=acts.held_by,
        rigs=acts.rigs,
        command_scale=scales[COMMAND_SCALE],
        command_offset=scales[COMMAND_OFFSET],
        record=seen.entries,
        rig_record=seen.rig_entries,
        watched=-1,
        potential=neuron.initial_potential,
        initial=told,
        dt=stepper.longest_step("staggered", None),
        spread=_spread(neuron),
        threshold=0.0,
        sampling=None,
    )


def _spread(neuron: Neuron) -> Spread | None:
    """Return the ions that spread along a neuron, if any do."""
    moving = {ion: value for ion, value in neuron.diffusion if value > 0.0}
    if not moving:
        return None
    cut = neuron.compartments
    levels = by_distance(cut.parent)
    points = np.zeros(cut.parent.size - cut.n_compartments)
    return Spread(
        ions=tuple(moving),
        links=np.outer(list(moving.values()), cut.links),
        volume=np.concatenate([cut.volume, points]),
        parent=np.asarray(cut.parent, dtype=np.int64),
        order=np.concatenate(levels).astype(np.int64),
    )


@lru_cache(maxsize=16)
def _tree(cut: Compartments, kinds: tuple[int, ...], held: tuple[int, ...]) -> Tree:
    """Return the tree of compartments; the same one when asked again, with what is made of it."""
    return Tree(cut.n_compartments, cut.parent, cut.conductance, np.array(kinds), held)


def _patches(neuron: Neuron, given: dict[str, Any], seen: Seen) -> tuple[tuple[Patch, ...], int]:
    """Return the membrane of each kind with its values, and how many cells there are."""
    cut, regions = neuron.compartments, neuron.compartments.regions
    kinds: dict[Membrane, list[str]] = {}
    for region, membrane in neuron.membrane:
        kinds.setdefault(membrane, []).append(region)
    used: set[str] = set()
    counts = {1}
    patches = []
    for membrane, mine in kinds.items():
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
            if membrane.fills and DEPTH in (*own, *shared):
                raise ModelError(f"{DEPTH}: geometry tells it in {region!r}, 'whole'; leave it out")
        if membrane.fills:
            values[DEPTH] = cut.depth[inside][None, :]
        record = tuple(dict.fromkeys(n for place, n in seen.entries if place in set(inside)))
        rates = {p.name for p in equations.parameters if p.kind == "rate parameter"}
        options = Options(
            record=record,
            free=frozenset(name for name in rates if values[name].ndim),
            unity=unity_of(equations, values),
            features=tuple(dict.fromkeys(r.name for r in seen.running if r.place in set(inside))),
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

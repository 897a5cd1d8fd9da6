"""What is kept of a neuron: traces and running features at sites, of what the kernel samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.cell.neuron import Neuron
from loligo.engine.checks import pool_units
from loligo.engine.features import FEATURES, check_features
from loligo.engine.result import Simulation
from loligo.engine.tree.acting import Acting
from loligo.engine.tree.counted import numbers_of
from loligo.engine.tree.derived import Combination, Entry, axial
from loligo.engine.tree.joint import duration
from loligo.engine.tree.request import TreeOutcome, TreeRequest
from loligo.engine.tree.rigs import check_seen
from loligo.engine.wiring import PREFIX
from loligo.errors import SelectionError, suggest
from loligo.protocol import Protocol

Array = NDArray[np.float64]
_SYNAPTIC = "i.synapse."


@dataclass(frozen=True)
class Wanted:
    """A trace: its name, where and what it is, and how it is made of samples.

    Of what a rig shows, `rig` says which rig it is.
    """

    text: str
    compartment: int
    name: str
    made: Combination
    rig: int | None = None


@dataclass(frozen=True)
class Running:
    """A running feature: as it was asked for, its name, and the compartment."""

    text: str
    name: str
    place: int


@dataclass(frozen=True)
class Seen:
    """What is kept.

    Attributes
    ----------
    wanted : tuple of Wanted
    running : tuple of Running
    """

    wanted: tuple[Wanted, ...]
    running: tuple[Running, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What the kernel samples."""
        return tuple(dict.fromkeys(entry for w in self.wanted for entry, _ in w.made.terms))

    @property
    def rig_entries(self) -> tuple[tuple[int, str], ...]:
        """What the kernel samples of rigs: rig and quantity."""
        return tuple(dict.fromkeys((w.rig, w.name) for w in self.wanted if w.rig is not None))


def seen_of(neuron: Neuron, acts: Acting, record: Sequence[str], features: Sequence[str]) -> Seen:
    """Return what is kept, from what was asked for.

    Raises
    ------
    SelectionError
        A site, synapse or feature that there is not, or a current that does not flow there.
    """
    return Seen(
        tuple(_wanted(text, neuron, acts) for text in record),
        tuple(_running(text, neuron, acts) for text in features),
    )


def simulation(
    neuron: Neuron, acts: Acting, seen: Seen, request: TreeRequest, outcome: TreeOutcome
) -> Simulation:
    """Return what came out under its names."""
    shape = (request.n_cells, request.n_sweeps)
    count = outcome.samples.shape[2]
    times = (request.sampling or 1.0) * np.arange(count, dtype=np.float64)
    rows = {row for running in seen.running for row in FEATURES[running.name].start}
    pools = {
        n: unit for patch in request.patches for n, unit in pool_units(patch.equations).items()
    }
    known = {n: unit for patch in request.patches for n, unit in patch.equations.units} | pools
    return Simulation(
        cell=neuron.name,
        protocol=max(acts.protocols, key=lambda played: played.n_sweeps),
        protocols=dict(zip(acts.sites, (acts.protocols[i] for i in acts.plays), strict=True)),
        times=times,
        traces={w.text: _trace(w, acts, seen, request, outcome, times) for w in seen.wanted},
        units={
            **{w.text: _unit(w, acts, known) for w in seen.wanted},
            **{r.text: FEATURES[r.name].unit for r in seen.running},
            **pools,
            **acts.rig_units,
            "v": "mV",
        },
        features={
            r.text: _feature(r, outcome.states, request).reshape(shape) for r in seen.running
        },
        final={
            name: values.reshape(*shape, request.n_compartments)
            for name, values in outcome.states.items()
            if name not in rows
        },
        threshold=request.threshold,
        n_channels=numbers_of(request),
        seed=request.seed if request.is_random else None,
        _spike_times=outcome.spike_times,
        _spike_runs=outcome.spike_runs,
        _kept_spikes=request.watched >= 0,
    )


def _trace(
    wanted: Wanted,
    acts: Acting,
    seen: Seen,
    request: TreeRequest,
    outcome: TreeOutcome,
    times: Array,
) -> Array:
    """Return a trace, shape (cell, sweep, time)."""
    if wanted.rig is not None:
        found = outcome.rig_samples[:, seen.rig_entries.index((wanted.rig, wanted.name))]
        return found.reshape(request.n_cells, request.n_sweeps, times.size)
    made = wanted.made.value(seen.entries, outcome.samples)
    made = made.reshape(request.n_cells, request.n_sweeps, times.size)
    if wanted.name == "i.clamp":
        return made + _capacitive(wanted, request, acts.protocol_at(wanted.compartment), times)
    if wanted.name.startswith(_SYNAPTIC):
        synapse = acts.synapses[wanted.name.removeprefix(_SYNAPTIC)]
        return synapse.conductance_at(times) * (made - synapse.reversal)
    return made


def _unit(wanted: Wanted, acts: Acting, known: Mapping[str, str]) -> str:
    name = wanted.name
    if wanted.rig is not None:
        return acts.rigs[wanted.rig].wired.units[name]
    if name == "v":
        return "mV"
    return "pA" if name.startswith("i.") else known.get(name, "")


def _wanted(text: str, neuron: Neuron, acts: Acting) -> Wanted:
    """Return how a trace is made; ``"v at soma(0.5)"``, without a site where the command acts."""
    name, _, site = (part.strip() for part in text.partition(" at "))
    if name.startswith(_SYNAPTIC):
        return _synaptic(text, name, site, acts)
    place = neuron.at(site) if site else acts.places[0]
    if name.startswith(PREFIX):
        return _of_rig(text, name, place, acts)
    if name == "i.axial":
        return Wanted(text, place, name, axial(neuron.compartments, place))
    if name == "i.clamp":
        if place not in acts.held:
            there = acts.rig_at(place) is not None
            hint = "; of the rig there, 'rig.into_cell' is what flows into the cell" * there
            raise SelectionError(f"{text!r}: no ideal voltage clamp acts there{hint}")
        inward = axial(neuron.compartments, place)
        terms = (
            ((place, "i.membrane"), 1.0),
            *((entry, -weight) for entry, weight in inward.terms),
        )
        return Wanted(text, place, name, Combination(terms))
    if name == "i.injected":
        raise SelectionError(
            f"{text!r}: record 'v' there; what is injected follows from the command"
        )
    return Wanted(text, place, name, Combination((((place, name), 1.0),)))


def _of_rig(text: str, name: str, place: int, acts: Acting) -> Wanted:
    """Return what is seen of the rig in a compartment."""
    rig = acts.rig_at(place)
    if rig is None:
        raise SelectionError(f"{text!r}: no rig is there; rigs are at {_rig_sites(acts)}")
    check_seen(acts.rigs[rig], name, text)
    return Wanted(text, place, name, Combination(()), rig)


def _rig_sites(acts: Acting) -> str:
    places = [rig.compartment for rig in acts.rigs]
    sites = [s for s, place in zip(acts.sites, acts.places, strict=True) if place in places]
    return ", ".join(sites) or "no site"


def _running(text: str, neuron: Neuron, acts: Acting) -> Running:
    name, _, site = (part.strip() for part in text.partition(" at "))
    check_features((name,))
    return Running(text, name, neuron.at(site) if site else acts.places[0])


def _feature(running: Running, states: dict[str, Array], request: TreeRequest) -> Array:
    """Return a running feature of one compartment, shape (run,)."""
    values = states[running.name][:, running.place]
    if running.name != "mean_potential":
        return values
    lengths = [duration(request.protocols, sweep) for sweep in range(request.n_sweeps)]
    found: Array = values / np.tile(lengths, request.n_cells)
    return found


def _synaptic(text: str, name: str, site: str, acts: Acting) -> Wanted:
    """Return how the current through a synapse is made: of the potential where it is."""
    wanted = name.removeprefix(_SYNAPTIC)
    if wanted not in acts.synaptic:
        raise SelectionError(f"{text!r}: no synapse {wanted!r}; {suggest(wanted, acts.synaptic)}")
    if site:
        raise SelectionError(f"{text!r}: the synapse has its place; leave out the site")
    place = acts.synaptic[wanted]
    return Wanted(text, place, name, Combination((((place, "v"), 1.0),)))


def _capacitive(wanted: Wanted, request: TreeRequest, protocol: Protocol, times: Array) -> Array:
    """Return the current into the capacitance of a held compartment, shape (cell, sweep, time)."""
    shape = (request.n_cells, request.n_sweeps, times.size)
    slope = np.full((request.n_sweeps, times.size), 0.0)
    for sweep in range(request.n_sweeps):
        for segment in protocol.segments(sweep if protocol.n_sweeps > 1 else 0):
            inside = (times >= segment.start - 1e-9) & (times < segment.stop - 1e-9)
            if segment.shape is not None:
                slope[sweep, inside] = segment.scale * segment.shape.derivative(
                    times[inside] - segment.start
                )
    scale = np.broadcast_to(request.command_scale, (request.n_cells,))
    capacitance = request.capacitance[:, wanted.compartment]
    return np.broadcast_to((scale * capacitance)[:, None, None] * slope, shape)

"""Who does what where: protocols at sites as commands of compartments, or as held potentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loligo.cell.neuron import Neuron
from loligo.cell.synapse import Synapse
from loligo.engine.checks import of_kind
from loligo.engine.tree.request import Command, Mounted
from loligo.engine.wiring import RigsAtSites, free, mounted_on
from loligo.errors import ModelError, SelectionError, suggest
from loligo.protocol import Protocol
from loligo.units import quantity

_PER_AREA = 0.01


@dataclass(frozen=True, eq=False)
class Acting:
    """What acts on a neuron.

    Attributes
    ----------
    sites : tuple of str
        As they were said.
    places : tuple of int
        Their compartments.
    protocols : tuple of Protocol
    plays : tuple of int
        Which protocol plays at each site.
    synapses : dict of str to Synapse
    synaptic : dict of str to int
        The compartment of each synapse.
    commands : tuple of Command
    held, held_by : tuple of int
        Compartments whose potential is commanded, and by which protocol.
    rigs : tuple of Mounted
        Electrodes and amplifiers through which protocols act.
    """

    sites: tuple[str, ...]
    places: tuple[int, ...]
    protocols: tuple[Protocol, ...]
    plays: tuple[int, ...]
    synapses: dict[str, Synapse]
    synaptic: dict[str, int]
    commands: tuple[Command, ...]
    held: tuple[int, ...]
    held_by: tuple[int, ...]
    rigs: tuple[Mounted, ...] = ()

    @property
    def rig_units(self) -> dict[str, str]:
        """The unit of each state of a rig."""
        wired = [rig.wired for rig in self.rigs]
        return {name: one.units[name] for one in wired for name in one.wiring.states}

    def rig_at(self, place: int) -> int | None:
        """Return which rig is in a compartment."""
        places = [rig.compartment for rig in self.rigs]
        return places.index(place) if place in places else None

    def protocol_at(self, place: int) -> Protocol:
        """Return the protocol that plays in a compartment."""
        return self.protocols[self.plays[self.places.index(place)]]


def acting(
    neuron: Neuron,
    protocol: Protocol | Mapping[str, Protocol],
    at: str | Sequence[str] | None,
    series_resistance: Any,
    reversal: Any,
    synapses: Mapping[str, Synapse] | Sequence[Synapse],
    rig: RigsAtSites | None = None,
) -> Acting:
    """Return what protocols and synapses do to a neuron.

    Parameters
    ----------
    neuron : Neuron
    protocol : Protocol or mapping of str to Protocol
        One for all sites `at`, or one by site.
    at : str or sequence of str, optional
    series_resistance, reversal : quantity or mapping of str to quantity, optional
        For every site that needs one, or by site.
    synapses : mapping of str to Synapse, or sequence of Synapse
        Besides the neuron's own, or in place of one of the same name; in a sequence their names are
        their numbers.
    rig : LinearSystem, sequence of LinearSystem, or mapping of str to either, optional
        At every site, or by site; a sequence has one for each cell.

    Raises
    ------
    ModelError, SelectionError
        Two sites in one compartment; `at` besides a mapping; a resistance or reversal that is
        missing, or that no site needs.
    """
    by_site = _by_site(neuron, protocol, at)
    places = tuple(neuron.at(site) for site in by_site)
    if len(set(places)) < len(places):
        raise ModelError(f"at = {list(by_site)}: two of the sites are in the same compartment")
    behind = _behind(rig, by_site)
    # a rig takes the command as it is at the ends of a step, what acts at once its mean
    keys = [(played, site in behind) for site, played in by_site.items()]
    different = tuple(dict.fromkeys(keys))
    protocols = tuple(played for played, _ in different)
    plays = tuple(different.index(key) for key in keys)
    resistances = _given(series_resistance, "series_resistance", by_site, "voltage")
    reversals = _given(reversal, "reversal", by_site, "conductance")
    commands: list[Command] = []
    held: list[int] = []
    held_by: list[int] = []
    rigs: list[Mounted] = []
    for (site, played), place, index in zip(by_site.items(), places, plays, strict=True):
        if site in behind:
            wired = mounted_on(played, free(behind[site]), resistances.get(site), "staggered")
            rigs.append(Mounted(place, index, wired, _factor(neuron, played, place)))
            continue
        if played.dimension == "voltage" and site not in resistances:
            held.append(place)
            held_by.append(index)
            continue
        resistance, level = resistances.get(site), reversals.get(site)
        commands.append(_command(neuron, played, place, index, resistance, level))
    named = {**dict(neuron.synapse), **_named(synapses)}
    synaptic = {name: neuron.at(synapse.site) for name, synapse in named.items()}
    for index, (name, synapse) in enumerate(named.items(), len(protocols)):
        place = synaptic[name]
        if place in held:
            raise ModelError(
                f"the synapse {name!r} at {synapse.site!r} is where an ideal clamp holds the "
                "potential, so that it does nothing; place it elsewhere"
            )
        commands.append(Command(place, index, conductance=1.0, reversal=synapse.reversal))
    return Acting(
        sites=tuple(by_site),
        places=places,
        protocols=protocols,
        plays=plays,
        synapses=named,
        synaptic=synaptic,
        commands=tuple(commands),
        held=tuple(held),
        held_by=tuple(held_by),
        rigs=tuple(rigs),
    )


def _behind(rig: RigsAtSites | None, by_site: Mapping[str, Protocol]) -> dict[str, Any]:
    """Return the rigs at each site that has some."""
    if rig is None:
        return {}
    if not isinstance(rig, Mapping):
        return dict.fromkeys(by_site, rig)
    for site in rig:
        if site not in by_site:
            raise SelectionError(f"rig: no protocol acts at {site!r}; {suggest(site, by_site)}")
    return dict(rig)


def _named(synapses: Mapping[str, Synapse] | Sequence[Synapse]) -> dict[str, Synapse]:
    named = (
        dict(synapses)
        if isinstance(synapses, Mapping)
        else {str(number): synapse for number, synapse in enumerate(synapses)}
    )
    for name, synapse in named.items():
        of_kind(f"synapse {name}", synapse, Synapse)
    return named


def _by_site(
    neuron: Neuron, protocol: Protocol | Mapping[str, Protocol], at: str | Sequence[str] | None
) -> dict[str, Protocol]:
    if not isinstance(protocol, Mapping):
        of_kind("protocol", protocol, Protocol)
        sites = [at] if isinstance(at, str) else list(at or [neuron.morphology.branches[0].name])
        return dict.fromkeys(sites, protocol)
    if at is not None:
        raise ModelError("at: the protocols say where they act; leave it out")
    if not protocol:
        raise ModelError("no protocol acts anywhere; give one by site, {'soma': protocol}")
    for played in protocol.values():
        of_kind("protocol", played, Protocol)
    return dict(protocol)


def _given(
    value: Any, name: str, by_site: Mapping[str, Protocol], dimension: str
) -> dict[str, Any]:
    """Return what is given for each site whose protocol has a dimension."""
    needing = [site for site, played in by_site.items() if played.dimension == dimension]
    if value is None:
        return {}
    if isinstance(value, Mapping):
        for site in value:
            if site not in by_site:
                raise SelectionError(f"{name}: nothing acts at {site!r}; {suggest(site, by_site)}")
            if site not in needing:
                raise ModelError(f"{name} of {site!r}: its protocol commands no {dimension}")
        return dict(value)
    if not needing:
        unit = {"voltage": "potential (mV)", "conductance": "conductance (nS)"}[dimension]
        words = {"series_resistance": "a series resistance", "reversal": "a reversal"}[name]
        raise ModelError(f"{words} needs a protocol that commands a {unit}")
    return dict.fromkeys(needing, value)


def _command(
    neuron: Neuron, protocol: Protocol, place: int, index: int, resistance: Any, reversal: Any
) -> Command:
    """Return what a protocol does to a compartment whose potential is free."""
    dimension = protocol.dimension
    if dimension == "voltage":
        ohms = quantity(resistance, "resistance", name="series_resistance")
        if ohms <= 0.0:
            raise ModelError("series_resistance must be above 0; leave it out for an ideal clamp")
        return Command(place, index, access=1.0 / ohms)
    if dimension == "conductance":
        if reversal is None:
            raise ModelError("a commanded conductance (nS) needs `reversal`, for example '0 mV'")
        level = quantity(reversal, "voltage", name="reversal")
        return Command(place, index, conductance=1.0, reversal=level)
    factor = _factor(neuron, protocol, place)
    return Command(place, index, current=factor, jump=factor)


def _factor(neuron: Neuron, protocol: Protocol, place: int) -> float:
    """Return what turns a level of a protocol into a current at a compartment, where it is one."""
    if protocol.dimension != "current_density":
        return 1.0
    return float(_PER_AREA * neuron.compartments.area[place])

"""`Neuron`: a morphology whose regions are covered with membrane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from loligo.cell.cell import Cell
from loligo.cell.membrane import Membrane
from loligo.cell.morphology import Compartments, Morphology, discretize
from loligo.cell.morphology.discretize import by_region
from loligo.cell.morphology.sites import check_electrodes, locate
from loligo.cell.neuron_ions import bathed, check_diffusion, coefficients
from loligo.cell.profile import check_profiles, values_of
from loligo.cell.show import spaces_text
from loligo.cell.synapse import Synapse
from loligo.errors import ModelError, SelectionError, suggest
from loligo.units import quantity


@dataclass(frozen=True, init=False)
class Neuron:
    """A cell with a shape.

    Parameters
    ----------
    name : str
        What it is.
    morphology : Morphology
    membrane : Membrane, Cell or mapping of str to Membrane or Cell
        One for all regions, or one for each; of a `Cell`, which must have an area, the membrane.
    axial_resistivity : quantity or mapping of str to quantity
        ``"150 ohm cm"``, one for all regions, or one for each.
    temperature, initial_potential : quantity
        Where simulations start from.
    d_lambda : float
        Longest compartment, as a share of the length constant at 100 Hz.
    longest : quantity, optional
        Longest compartment instead.
    counts : int or mapping of str to int, optional
        Compartments of every branch, or of each by name, instead.
    profile : mapping of str to mapping of str to expression, optional
        Parameters that differ along a region, by region and path: expressions of ``distance``
        [um], ``diameter`` [um] and the membrane's constants, in the parameter's internal unit; see
        `loligo.cell.profile`.
    diffusion : mapping of str to quantity, optional
        Ions that spread along the branches, ``{"Na": "0.6 um2/ms"}``; they are states in all
        regions and fill them.
    electrode : mapping of str to str, optional
        Names of sites, which stand for them wherever a site is told.
    synapse : mapping of str to Synapse, optional
        Synapses placed on it.
    source, notes : str
        Where it is published, and what to know about it.

    Raises
    ------
    ModelError
        A region without membrane, a value out of range, a site that is not there, or an ion that
        cannot spread.
    """

    kind: ClassVar[str] = "neuron"
    name: str
    morphology: Morphology
    membrane: tuple[tuple[str, Membrane], ...]
    axial_resistivity: tuple[tuple[str, float], ...]
    temperature: float
    initial_potential: float
    d_lambda: float
    longest: float | None
    counts: int | tuple[tuple[str, int], ...] | None
    profile: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    diffusion: tuple[tuple[str, float], ...]
    electrode: tuple[tuple[str, str], ...]
    synapse: tuple[tuple[str, Synapse], ...]
    source: str
    notes: str

    def __init__(
        self,
        name: str,
        morphology: Morphology,
        membrane: Membrane | Cell | Mapping[str, Membrane | Cell],
        *,
        axial_resistivity: Any,
        temperature: Any,
        initial_potential: Any,
        d_lambda: float = 0.1,
        longest: Any = None,
        counts: int | Mapping[str, int] | None = None,
        profile: Mapping[str, Mapping[str, str]] | None = None,
        diffusion: Mapping[str, Any] | None = None,
        electrode: Mapping[str, str] | None = None,
        synapse: Mapping[str, Synapse] | None = None,
        source: str = "",
        notes: str = "",
    ) -> None:
        resistivity = by_region(morphology, axial_resistivity, "axial_resistivity", "resistivity")
        values = {
            "name": name,
            "morphology": morphology,
            "membrane": tuple(_membranes(morphology, membrane).items()),
            "axial_resistivity": tuple(resistivity.items()),
            "temperature": quantity(temperature, "temperature", name="temperature"),
            "initial_potential": quantity(initial_potential, "voltage", name="initial_potential"),
            "d_lambda": d_lambda,
            "longest": None if longest is None else quantity(longest, "length", name="longest"),
            "counts": tuple(counts.items()) if isinstance(counts, Mapping) else counts,
            "profile": tuple((r, tuple(t.items())) for r, t in (profile or {}).items() if t),
            "diffusion": coefficients(diffusion),
            "electrode": tuple((electrode or {}).items()),
            "synapse": tuple((synapse or {}).items()),
            "source": source,
            "notes": notes,
        }
        for field, value in values.items():
            object.__setattr__(self, field, value)
        check_electrodes(morphology, dict(self.electrode))
        self._check_synapses()
        check_diffusion(self)
        check_profiles(self)

    def with_(self, **changes: Any) -> Neuron:
        """Return a copy with other values of the parameters it is made from."""
        said: dict[str, Any] = {
            "name": self.name,
            "morphology": self.morphology,
            "membrane": dict(self.membrane),
            "axial_resistivity": {r: f"{v!r} ohm cm" for r, v in self.axial_resistivity},
            "temperature": f"{self.temperature!r} degC",
            "initial_potential": f"{self.initial_potential!r} mV",
            "d_lambda": self.d_lambda,
            "longest": None if self.longest is None else f"{self.longest!r} um",
            "counts": dict(self.counts) if isinstance(self.counts, tuple) else self.counts,
            "profile": {region: dict(table) for region, table in self.profile},
            "diffusion": {ion: f"{value!r} um2/ms" for ion, value in self.diffusion},
            "electrode": dict(self.electrode),
            "synapse": dict(self.synapse),
            "source": self.source,
            "notes": self.notes,
        }
        for name in changes:
            if name not in said:
                raise ModelError(f"a neuron has no {name!r}; {suggest(name, said)}")
        return Neuron(**{**said, **changes})

    def in_solutions(self, *, inside: Any, outside: Any) -> Neuron:
        """Return the neuron with reversals in all regions that follow from two solutions.

        Parameters
        ----------
        inside, outside
            As for `Cell.in_solutions`.

        Returns
        -------
        Neuron
            As by `Cell.in_solutions` in each region in which a channel names its ion; regions
            whose ions are states stay as they are.

        Raises
        ------
        ModelError
            No channel of any region is like that; or see `Cell.in_solutions`.
        SelectionError
            See `Cell.in_solutions`.
        """
        return self.with_(membrane=bathed(self, inside, outside))

    @classmethod
    def from_toml(cls, source: str | Path) -> Self:
        """Return the neuron in a TOML file or text; see `loligo.cell.neuron_file`.

        Parameters
        ----------
        source : path-like or str
            A `Path`, a name that ends in ``.toml``, or the text itself.

        Raises
        ------
        ModelError
            It cannot be read, is of another kind, or says something that is refused.
        """
        from loligo.cell.files import read_cell, read_text

        is_path = isinstance(source, Path) or source.endswith(".toml")
        found = read_cell(source) if is_path else read_text(str(source))
        if not isinstance(found, cls):
            raise ModelError(f"it holds a {type(found).__name__}, not a {cls.__name__}")
        return found

    def to_toml(self) -> str:
        """Return the TOML text that reads back as the same neuron; its branches are in it."""
        from loligo.cell.neuron_file import NeuronFile

        return NeuronFile.of(self).to_toml()

    @cached_property
    def compartments(self) -> Compartments:
        """The compartments it is simulated with."""
        resistivity = {r: f"{v!r} ohm cm" for r, v in self.axial_resistivity}
        capacitance = {r: f"{m.capacitance!r} uF/cm2" for r, m in self.membrane}
        return discretize(
            self.morphology,
            axial_resistivity=resistivity,
            capacitance=capacitance,
            d_lambda=self.d_lambda,
            longest=None if self.longest is None else f"{self.longest!r} um",
            counts=dict(self.counts) if isinstance(self.counts, tuple) else self.counts,
        )

    def at(self, site: str) -> int:
        """Return the compartment at a site.

        Parameters
        ----------
        site : str
            ``"soma"``, ``"apical.3(0.5)"``, ``"apical at 500 um"``, ``"tip of apical"`` or an
            electrode; see `loligo.cell.morphology.locate`.

        Raises
        ------
        SelectionError
            There is no such place, or more than one.
        """
        branch, position = locate(self.morphology, site, dict(self.electrode))
        return self.compartments.at_position(branch, position)

    def _check_synapses(self) -> None:
        for name, one in self.synapse:
            if not isinstance(one, Synapse):
                raise ModelError(f"synapse.{name} is a {type(one).__name__}, not a Synapse")
            try:
                locate(self.morphology, one.site, dict(self.electrode))
            except SelectionError as error:
                raise ModelError(f"synapse.{name}: {error}") from None

    def values(self, parameter: str) -> NDArray[np.float64]:
        """Return a parameter in each compartment, in its internal unit, with profiles.

        Parameters
        ----------
        parameter : str
            Its path, ``"channel.ih.conductance"``.

        Returns
        -------
        ndarray, shape (compartment,)
            NaN where the membrane has no such parameter.

        Raises
        ------
        ModelError
            No membrane has it.
        """
        return values_of(self, parameter)

    def patch(self, region: str) -> Cell:
        """Return an isopotential cell of the membrane of a region, without its profiles."""
        if region not in self._patches:
            table = dict(self.membrane)
            if region not in table:
                raise ModelError(f"no region {region!r}; {suggest(region, table)}")
            where = region, self.temperature, self.initial_potential
            if table[region].fills:
                cut = self.compartments
                mine = cut.regions == region
                depth = float(cut.volume[mine].sum() / cut.area[mine].sum())
                self._patches[region] = table[region].patch(*where, depth)
            else:
                self._patches[region] = table[region].patch(*where)
        return self._patches[region]

    @cached_property
    def _patches(self) -> dict[str, Cell]:
        """What `patch` has made so far; making one checks its equations."""
        return {}

    def __repr__(self) -> str:
        lines = [f"{self.name}{f' ({self.source})' if self.source else ''}", repr(self.morphology)]
        for region, membrane in self.membrane:
            channels = ", ".join(membrane.channel) or "no channels"
            lines.append(f"{region}: {membrane.capacitance:g} uF/cm2, {channels}")
            lines += [f"  {line}" for line in spaces_text(membrane)]
            lines += [f"  {path} = {text}" for path, text in dict(self.profile).get(region, ())]
        lines += [f"{ion} spreads, {value:g} um2/ms" for ion, value in self.diffusion]
        lines += [f"electrode {name}: {site}" for name, site in self.electrode]
        lines += [
            f"synapse {name}: {one.site}, {one.conductance:g} nS to {one.reversal:g} mV"
            for name, one in self.synapse
        ]
        return "\n".join(lines)


def _membranes(
    morphology: Morphology, given: Membrane | Cell | Mapping[str, Membrane | Cell]
) -> dict[str, Membrane]:
    table = given if isinstance(given, Mapping) else dict.fromkeys(morphology.regions, given)
    for region in table:
        if region not in morphology.regions:
            raise ModelError(
                f"membrane: no region {region!r}; {suggest(region, morphology.regions)}"
            )
    missing = [region for region in morphology.regions if region not in table]
    if missing:
        raise ModelError(f"membrane says nothing of the region {missing[0]!r}")
    found = {}
    for region in morphology.regions:
        made = table[region]
        if not isinstance(made, Membrane | Cell):
            raise ModelError(f"membrane of {region!r} is a {type(made).__name__}, not a Membrane")
        found[region] = Membrane.of(made) if isinstance(made, Cell) else made
    return found

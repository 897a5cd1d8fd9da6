"""`NeuronFile`: what a TOML file says of a neuron, and the `Neuron` made of it.

The tables of the file are the fields here; how a morphology is told is in
`loligo.cell.morphology_file`, how a channel is said once for all regions in
`loligo.cell.said_once`.
"""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import CoreSchema

from loligo.cell.description import Description, FrozenMapping, Table, refusal
from loligo.cell.membrane import Membrane
from loligo.cell.morphology import Morphology
from loligo.cell.morphology_file import Length, MorphologyTable, PaintTable, located
from loligo.cell.neuron import Neuron
from loligo.cell.quantity import Formula, In, write_quantity
from loligo.cell.said_once import KINDS, in_full, said_once
from loligo.cell.synapse import Synapse
from loligo.cell.tables import ByRegion, CountsOfBranches

_USE = {"type": "string"}
_CHANGED = {"type": "object", "properties": {"use": _USE}, "required": ["use"]}
_SHORT: dict[str, list[dict[str, Any]]] = {
    "channel": [{"type": "string", "format": "quantity"}, _CHANGED],
    "pool": [_CHANGED],
    "transporter": [{"type": "string", "format": "quantity"}, _CHANGED],
}
"""How a membrane may tell what is said elsewhere, as JSON schema."""
_SIDES = {
    "solutions": "Inside and outside of all membranes whose channels name their ions.",
    "inside": "Of all membranes that say none.",
    "outside": "Of all membranes that say none.",
}


class MembraneTable(Membrane):
    """The membrane of one region, or of several.

    Parameters
    ----------
    regions : list of str
        The regions that have it, where it is not the one that it is called by.
    """

    regions: tuple[str, ...] = ()

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> Any:
        found = super().__get_pydantic_json_schema__(schema, handler)
        for kind, short in _SHORT.items():
            entry = found["properties"][kind]
            entry["additionalProperties"] = {"anyOf": [entry["additionalProperties"], *short]}
        found["properties"]["use"] = _USE | {
            "description": "A cell of the catalogue to begin with."
        }
        found["required"] = [name for name in found["required"] if name != "capacitance"]
        return found

    def membrane(self) -> Membrane:
        """Return the membrane."""
        said = self.written()
        said.pop("regions", None)
        return Membrane(**said)


class ElectrodeTable(Description):
    """A name for a site.

    Parameters
    ----------
    site : str
        ``"soma(0.5)"``, ``"apical at 500 um"``, ``"tip of apical"``.
    """

    site: str


class NeuronFile(Description):
    """A neuron with a shape, as a file says it.

    Parameters
    ----------
    name : str
        What it is.
    source : str
        Where it is published, ``"doi:..."``.
    notes : str
        What to know about it.
    temperature, initial_potential : quantity
        Where simulations start from.
    axial_resistivity : quantity or mapping of str to quantity
        One for all regions, or one for each.
    d_lambda : float
        Longest compartment, as a share of the length constant at 100 Hz.
    longest : quantity
        Longest compartment instead.
    counts : int or mapping of str to int
        Compartments of every branch, or of each by name, instead.
    morphology : MorphologyTable
        Its shape.
    paint : list of PaintTable
        Branches that are put into other regions, one after another.
    membrane : mapping of str to MembraneTable
        What each region is covered with.
    diffusion : mapping of str to quantity
        Ions that spread along the branches, with their diffusion coefficients.
    profile : mapping of str to mapping of str to expression
        Parameters that differ along a region, by region and path, in their internal unit: of
        ``distance`` [um], ``diameter`` [um] and the membrane's constants.
    electrode : mapping of str to ElectrodeTable
        Names of sites.
    synapse : mapping of str to Synapse
        Synapses placed at sites.
    """

    kind: Literal["neuron"] = "neuron"
    name: str
    source: str = ""
    notes: str = ""
    temperature: Annotated[float, In("temperature", least=-273.15)]
    initial_potential: Annotated[float, In("voltage")]
    axial_resistivity: Annotated[float | Table[float], ByRegion("resistivity")]
    d_lambda: Annotated[float, Field(gt=0.0, allow_inf_nan=False)] = 0.1
    longest: Length | None = None
    counts: Annotated[int | Table[int], CountsOfBranches()] | None = None
    morphology: MorphologyTable
    paint: tuple[PaintTable, ...] = ()
    membrane: Table[MembraneTable]
    profile: Table[Table[Formula]] = Field(default=Table())
    diffusion: FrozenMapping[Annotated[float, In("diffusion", least=0.0)]] = Field(
        default=FrozenMapping()
    )
    electrode: Table[ElectrodeTable] = Field(default=Table())
    synapse: Table[Synapse] = Field(default=Table())

    @model_validator(mode="before")
    @classmethod
    def _in_full(cls, said: Any) -> Any:
        return in_full(said)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> Any:
        found = super().__get_pydantic_json_schema__(schema, handler)
        for kind in KINDS:
            found["properties"][kind] = {
                "type": "object",
                "additionalProperties": {"type": "object"},
                "description": f"A {kind} said once; membranes have it by name.",
            }
        for side, what in _SIDES.items():
            found["properties"][side] = {"type": "object", "description": what}
        return found

    def to_toml(self) -> str:
        """Return the TOML text that reads back as the same neuron."""
        import tomli_w

        said = said_once(self.written())
        return tomli_w.dumps({"kind": "neuron", **said}, multiline_strings=True)

    def neuron(self, folder: Path | Traversable | None = None) -> Neuron:
        """Return the neuron.

        Parameters
        ----------
        folder : path, optional
            Where the file is, for an SWC file beside it.

        Raises
        ------
        ModelError
            A region, branch or file that is not there; the message names the place.
        """
        morphology = located("morphology", lambda: self.morphology.morphology(folder))
        for number, paint in enumerate(self.paint):
            morphology = _painted(morphology, paint, number)
        said = self.written()
        options = {
            name: said[name] for name in ("source", "notes", "d_lambda", "longest") if name in said
        }
        counts = dict(self.counts) if isinstance(self.counts, Table) else self.counts
        return Neuron(
            self.name,
            morphology,
            self._membranes(morphology),
            axial_resistivity=said["axial_resistivity"],
            temperature=said["temperature"],
            initial_potential=said["initial_potential"],
            counts=counts,
            profile=self.profile,
            diffusion=said.get("diffusion"),
            electrode={name: table.site for name, table in self.electrode.items()},
            synapse=self.synapse,
            **options,
        )

    def _membranes(self, morphology: Morphology) -> dict[str, Membrane]:
        """Return the membrane of each region."""
        found: dict[str, Membrane] = {}
        owners: dict[str, str] = {}
        for key, table in self.membrane.items():
            membrane = table.membrane()
            for region in table.regions or (key,):
                if region in found:
                    why = f"the region {region!r} has the membrane {owners[region]!r} already"
                    raise refusal([(f"membrane.{key}", why)])
                found[region], owners[region] = membrane, key
        return found

    @classmethod
    def of(cls, neuron: Neuron) -> Self:
        """Return what a file says of a neuron."""
        shared: dict[Membrane, list[str]] = {}
        for region, membrane in neuron.membrane:
            shared.setdefault(membrane, []).append(region)
        tables = {
            regions[0]: membrane.written() | ({"regions": regions} if len(regions) > 1 else {})
            for membrane, regions in shared.items()
        }
        resistivity = {r: write_quantity(v, "ohm cm") for r, v in neuron.axial_resistivity}
        alike = len(set(resistivity.values())) == 1
        counts = neuron.counts
        said: dict[str, Any] = {
            "name": neuron.name,
            "source": neuron.source,
            "notes": neuron.notes,
            "temperature": write_quantity(neuron.temperature, "degC"),
            "initial_potential": write_quantity(neuron.initial_potential, "mV"),
            "axial_resistivity": next(iter(resistivity.values())) if alike else resistivity,
            "d_lambda": neuron.d_lambda,
            "morphology": MorphologyTable.of(neuron.morphology).written(),
            "membrane": tables,
            "profile": {region: dict(table) for region, table in neuron.profile},
            "diffusion": {ion: write_quantity(x, "um2/ms") for ion, x in neuron.diffusion},
            "electrode": {name: {"site": site} for name, site in neuron.electrode},
            "synapse": {name: one.written() for name, one in neuron.synapse},
        }
        if neuron.longest is not None:
            said["longest"] = write_quantity(neuron.longest, "um")
        if counts is not None:
            said["counts"] = dict(counts) if isinstance(counts, tuple) else counts
        return cls(**said)


def _painted(morphology: Morphology, paint: PaintTable, number: int) -> Morphology:
    found = located(f"paint.{number}", lambda: paint.on(morphology))
    assert isinstance(found, Morphology)
    return found

"""Cells and point neurons of loligo as NeuroML elements."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.expression import Call, Expression, Number, Operation, Symbol, symbols
from loligo.cell.expression.parse import nernst
from loligo.cell.expression.tree import walk
from loligo.cell.interchange.neuroml.concentrations import depth_of
from loligo.cell.interchange.neuroml.inlined import Inlined
from loligo.cell.interchange.neuroml.lems_text import TypeWriter, numeral
from loligo.cell.interchange.neuroml.write_channel import Written, write_channel
from loligo.cell.pool import Pool
from loligo.errors import ModelError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PER_AREA = 0.01
"""nS = 0.01 (mS/cm2) um2, pF = 0.01 (uF/cm2) um2."""


def identifier(name: str, other: str) -> str:
    """Return a name as an id of NeuroML: letters, digits and underscores."""
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
    return plain if plain[:1].isalpha() else f"{other}_{plain}".rstrip("_")


def cylinder_of(area: float) -> tuple[float, float]:
    """Return the diameter and length [um] of a cylinder, as long as wide, of an area [um2].

    Of the nearest numbers those are taken whose product with pi is the same number as the area.
    """
    near = [math.sqrt(area / math.pi)]
    for _ in range(8):
        near = [math.nextafter(near[0], 0.0), *near, math.nextafter(near[-1], math.inf)]
    pairs = [(diameter, length) for diameter in near for length in near]
    return min(pairs, key=lambda pair: abs(math.pi * pair[0] * pair[1] - area))


class CellWriter:
    """Writes one cell, element by element.

    A cell without an area gets that of its capacitance at 1 uF/cm2, since NeuroML's cells have one.
    """

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.name = identifier(cell.name, "cell")
        self.pool_name, self.pool = self._one_pool()
        self.types = TypeWriter(self.name, self.pool_name)
        absolute = cell.area is None
        self.area = cell.capacitance.value / _PER_AREA if cell.area is None else cell.area
        self.density = 1.0 / (_PER_AREA * self.area) if absolute else 1.0
        self.outside: float | None = None

    def elements(self) -> list[Element]:
        """Return the channels, the cell and its types, in the order of NeuroML's schema.

        Raises
        ------
        ModelError
            What NeuroML has no element for, by its path.
        """
        from xml.etree.ElementTree import Element, SubElement

        written: list[Element] = []
        densities = []
        for key, channel in self.cell.channel.items():
            laws = Inlined(key, channel, self.cell)
            name = f"{self.name}_{key}"
            found = write_channel(name, key, channel, laws, self.types)
            written.append(found.element)
            densities.append(self.density_of(key, name, channel, laws, found))
        written.sort(key=lambda element: element.tag)
        network = Element(
            "network",
            id=f"{self.name}_network",
            type="networkWithTemperature",
            temperature=f"{numeral(self.cell.temperature)} degC",
        )
        SubElement(
            network, "population", id=f"{self.name}_population", component=self.name, size="1"
        )
        return [*written, *self.model(), self._cell(densities), network, *self.types.types]

    def _one_pool(self) -> tuple[str | None, Pool | None]:
        if self.cell.inside is not None:
            raise ModelError("inside: NeuroML has no ions that all currents and pumps move")
        for name, pool in self.cell.pool.items():
            if len(self.cell.pool) > 1:
                raise ModelError(f"pool.{name}: NeuroML's cells have one pool, calcium")
            if pool.derivative is not None:
                raise ModelError(f"pool.{name}.derivative: NeuroML has no pool by expression")
            return name, pool
        return None, None

    def _ion(self, key: str, channel: Channel) -> str:
        """Return the ion of a density: calcium is what fills the pool, and nothing else is."""
        fills = self.pool is not None and key in (self.pool.currents or ())
        if self.pool is not None and fills != (channel.ion == "ca"):
            if fills and not channel.ion:
                return "ca"
            raise ModelError(
                f"channel.{key}.ion = {channel.ion!r}: in NeuroML the currents of 'ca', and no "
                f"others, fill the pool {self.pool_name!r}"
            )
        return channel.ion or "non_specific"

    def density_of(
        self, key: str, name: str, channel: Channel, laws: Inlined, found: Written
    ) -> Element:
        """Return how much of a channel there is; the amount is the last of its attributes."""
        from xml.etree.ElementTree import Element

        path = f"channel.{key}"
        attributes = {"id": key, "ionChannel": name, "ion": self._ion(key, channel)}
        if channel.law == "ghk":
            self._concentrations(path, channel, laws)
            assert channel.permeability is not None
            amount = numeral(channel.permeability * found.factor)
            return Element("channelDensityGHK", attributes | {"permeability": f"{amount} cm_per_s"})
        assert channel.conductance is not None
        assert channel.reversal is not None
        amount = numeral(channel.conductance.value * self.density * found.factor)
        attributes["condDensity"] = f"{amount} mS_per_cm2"
        reversal = laws.expression(channel.reversal, f"{path}.reversal")
        if isinstance(channel.reversal, float):
            reversal = Number(channel.reversal)
        if isinstance(reversal, Number):
            erev = f"{numeral(reversal.value)} mV"
            return Element("channelDensity", attributes | {"erev": erev})
        self._by_nernst(path, reversal, attributes["ion"])
        return Element("channelDensityNernst", attributes)

    def _by_nernst(self, path: str, reversal: Expression, ion: str) -> None:
        """Refuse a reversal but calcium's Nernst potential; note what is outside."""
        if ion == "ca" and self.pool_name is not None:
            inside = Symbol(self.pool_name)
            for node in walk(reversal):
                ratio = node.arguments[0] if isinstance(node, Call) else None
                if not isinstance(ratio, Operation) or not isinstance(ratio.left, Number):
                    continue
                if nernst(Number(2.0), ratio.left, inside) == reversal:
                    self._note_outside(path, ratio.left.value)
                    return
        depends = ", ".join(sorted(symbols(reversal))) or "nothing"
        raise ModelError(
            f"{path}.reversal depends on {depends}; NeuroML has a number, or the Nernst potential "
            f"of calcium with a pool inside and a number outside"
        )

    def _concentrations(self, path: str, channel: Channel, laws: Inlined) -> None:
        assert channel.inside is not None
        assert channel.outside is not None
        inside = laws.expression(channel.inside, f"{path}.inside")
        outside = laws.expression(channel.outside, f"{path}.outside")
        if channel.valence != 2 or channel.ion != "ca" or inside != Symbol(self.pool_name or ""):
            raise ModelError(
                f"{path}: NeuroML has the Goldman-Hodgkin-Katz current of calcium alone, with a "
                f"pool inside"
            )
        if isinstance(channel.outside, float):
            outside = Number(channel.outside)
        if not isinstance(outside, Number):
            raise ModelError(f"{path}.outside: NeuroML has a number outside")
        self._note_outside(path, outside.value)

    def _note_outside(self, path: str, value: float) -> None:
        if self.outside not in {None, value}:
            raise ModelError(f"{path}: {value:g} mM outside, elsewhere {self.outside:g} mM")
        self.outside = value

    def model(self) -> list[Element]:
        """Return the model of the pool's concentration."""
        from xml.etree.ElementTree import Element

        pool = self.pool
        if pool is None or pool.valence is None or pool.depth is None:
            return []
        rho = depth_of(pool.depth / pool.fraction) * 2.0 / pool.valence
        if rho <= 0:
            raise ModelError(f"pool.{self.pool_name}.valence: NeuroML's calcium has a charge of +2")
        return [
            Element(
                "fixedFactorConcentrationModel",
                id=f"{self.name}_pool",
                ion="ca",
                restingConc=f"{numeral(pool.rest or 0.0)} mM",
                decayConstant=f"{numeral(pool.decay or 0.0)} ms",
                rho=f"{numeral(rho)} mol_per_m_per_A_per_s",
            )
        ]

    def _cell(self, densities: list[Element]) -> Element:
        from xml.etree.ElementTree import Element, SubElement

        element = Element("cell", id=self.name)
        text = " ".join(f"{self.cell.name} {self.cell.source} {self.cell.notes}".split())
        SubElement(element, "notes").text = text
        morphology = SubElement(element, "morphology", id=f"{self.name}_morphology")
        segment = SubElement(morphology, "segment", id="0", name="soma")
        diameter, length = (numeral(size) for size in cylinder_of(self.area))
        start = {"x": "0", "y": "0", "z": "0", "diameter": diameter}
        SubElement(segment, "proximal", start)
        SubElement(segment, "distal", {**start, "z": length})
        biophysics = SubElement(element, "biophysicalProperties", id=f"{self.name}_biophysics")
        membrane = SubElement(biophysics, "membraneProperties")
        order = ("channelDensity", "channelDensityNernst", "channelDensityGHK")
        membrane.extend(sorted(densities, key=lambda item: order.index(item.tag)))
        capacitance = numeral(self.cell.capacitance.value * self.density)
        SubElement(membrane, "spikeThresh", value="0 mV")
        SubElement(membrane, "specificCapacitance", value=f"{capacitance} uF_per_cm2")
        potential = f"{numeral(self.cell.initial_potential)} mV"
        SubElement(membrane, "initMembPotential", value=potential)
        inside = SubElement(biophysics, "intracellularProperties")
        inside.extend(self.species())
        SubElement(inside, "resistivity", value="0.1 kohm_cm")
        return element

    def species(self) -> list[Element]:
        """Return the calcium of the cell, after its densities are written."""
        from xml.etree.ElementTree import Element

        if self.pool is None or self.pool_name is None:
            return []
        return [
            Element(
                "species",
                id=self.pool_name,
                ion="ca",
                concentrationModel=f"{self.name}_pool",
                initialConcentration=f"{numeral(self.pool.initial.value)} mM",
                initialExtConcentration=f"{numeral(self.outside or 0.0)} mM",
            )
        ]

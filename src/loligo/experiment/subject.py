"""What is recorded, a cell, model cell or neuron at a site: what a rig sees of it, what is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell, Neuron
from loligo.cell.equations import equations
from loligo.engine.parameters import cell_values
from loligo.engine.tree.at_rest import AtRest, neuron_at_rest, standing_neuron
from loligo.engine.tree.reduced import Reduced
from loligo.errors import ModelError
from loligo.experiment.stability import Stability, stability, stability_at_site
from loligo.experiment.truth import (
    CONTINUOUS_VOLTAGE_CLAMP,
    capacitance_of,
    law_of,
    measures_held,
    of_holding,
    of_rig,
    of_slope,
    truth_of,
)
from loligo.rig import Circuit, CurrentClamp, Pipette, Rig
from loligo.rig.model_cells import ModelCell
from loligo.rig.noise import SiteCircuit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CellSubject:
    """A cell without a shape.

    Attributes
    ----------
    cell : Cell
    values : dict of str to float
        Its parameters in internal units.
    parameters : mapping of str to quantity
        Those of them that are told.
    """

    cell: Cell
    values: dict[str, float]
    parameters: Mapping[str, Any]

    @property
    def described(self) -> Cell:
        """What is simulated."""
        return self.cell

    def mounted(self, rig: Rig) -> Rig:
        """Return the rig as it is on the cell."""
        return rig

    @property
    def where(self) -> dict[str, Any]:
        """What `simulate` is told of the place."""
        return {}

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its potentials."""
        return ()

    @property
    def in_words(self) -> str:
        """Return what is recorded."""
        return self.cell.name

    def truth(self, rig: Rig, holding: float) -> dict[str, float]:
        """Return the true numbers; see `truth_of`."""
        return truth_of(self.cell, rig, self.values, holding)

    def circuit(self, pipette: Pipette) -> Circuit:
        """Return what the amplifier's input is connected to."""
        capacitance = capacitance_of(self.cell, self.values)
        circuit: dict[str, Any] = {
            "series_resistance": f"{pipette.series_resistance!r} GOhm",
            "membrane_capacitance": f"{capacitance!r} pF",
            "pipette_capacitance": f"{pipette.capacitance + pipette.wall_capacitance!r} pF",
        }
        if pipette.patch_resistance:
            circuit["membrane_capacitance"] = f"{pipette.patch_capacitance!r} pF"
            circuit["membrane_resistance"] = f"{pipette.patch_resistance!r} GOhm"
        if pipette.seal_resistance is not None:
            circuit["seal_resistance"] = f"{pipette.seal_resistance!r} GOhm"
        return Circuit(**circuit)

    def stability(self, rig: Rig, v: Array) -> Stability:
        """Return how stable a rig is around the cell at a potential [mV]."""
        return stability(self.cell, rig, self.values, float(v))


@dataclass(frozen=True)
class ModelSubject(CellSubject):
    """A model cell, in place of cell and pipette.

    Attributes
    ----------
    model : ModelCell
    """

    model: ModelCell

    def mounted(self, rig: Rig) -> Rig:
        """Return the rig without its own pipette; the model's resistors make noise."""
        behind = self.model.behind(rig)
        if behind.noise is None:
            return behind
        return behind.with_(noise=behind.noise.with_(membrane=True))

    def truth(self, rig: Rig, holding: float) -> dict[str, float]:
        """Return the true numbers; see `truth_of`."""
        return self.model.truth(rig, super().truth(rig, holding))

    def circuit(self, pipette: Pipette) -> Circuit:
        """Return what the amplifier's input is connected to; it holds the pipette's part."""
        return self.model.circuit()


@dataclass(frozen=True, eq=False)
class NeuronSubject:
    """A neuron at a site.

    Attributes
    ----------
    neuron : Neuron
    site : str
    parameters : mapping of str to quantity
    """

    neuron: Neuron
    site: str
    parameters: Mapping[str, Any]

    @property
    def described(self) -> Neuron:
        """What is simulated."""
        return self.neuron

    def mounted(self, rig: Rig) -> Rig:
        """Return the rig as it is on the neuron."""
        return rig

    @property
    def where(self) -> dict[str, Any]:
        """What `simulate` is told of the place."""
        return {"at": self.site}

    @property
    def in_words(self) -> str:
        """Return what is recorded."""
        return f"{self.neuron.name} at {self.site}"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its potentials."""
        return (self.neuron.compartments.n_compartments,)

    def truth(self, rig: Rig, holding: float) -> dict[str, float]:
        """Return the true numbers, by glossary name in internal units; see `truth_of`.

        The capacitance is that of all membrane, potentials are those at the site, and resistances
        those of the whole tree seen from there.
        """
        pipette = rig.pipette
        whole = bool(pipette.patch_resistance)
        seal = 0.0 if whole or pipette.seal_resistance is None else 1.0 / pipette.seal_resistance
        alone = self._at_rest(seal * pipette.seal_reversal, seal)
        found = {**of_rig(rig), "capacitance": float(alone.capacitance.sum())}
        if (rest := alone.potential) is not None:
            found["resting_potential"] = rest
        if isinstance(rig.amplifier, CONTINUOUS_VOLTAGE_CLAMP | CurrentClamp):
            held = self._at_rest(*law_of(rig, holding))
            found |= of_holding(rig.with_(limits=None), holding, held.potential)
            alone = held.beside(seal) if measures_held(rig) else alone
        if alone.potential is not None:
            found |= of_slope(1.0 / alone.resistance, rig)
        if seal and (bare := self._at_rest(0.0, 0.0).potential) is not None:
            found["cell_resting_potential"] = bare
        return found

    def stability(self, rig: Rig, v: Array) -> Stability:
        """Return how stable a rig is at the site.

        Parameters
        ----------
        rig : Rig
        v : ndarray, shape () or (compartment,) [mV]
            Where the neuron is.
        """
        return stability_at_site(self._standing(v), rig)

    def circuit(self, pipette: Pipette) -> SiteCircuit:
        """Return what the amplifier's input is connected to."""
        seal = 0.0 if pipette.seal_resistance is None else 1.0 / pipette.seal_resistance
        return SiteCircuit(
            pipette.series_resistance,
            pipette.capacitance + pipette.wall_capacitance,
            pipette.seal_resistance,
            self._at_rest(seal * pipette.seal_reversal, seal).admittance,
        )

    def _at_rest(self, current: float, leak: float) -> AtRest:
        key = (current, leak)
        if key not in self._rests:
            self._rests[key] = neuron_at_rest(
                self.neuron, self.site, leak=leak, current=current, parameters=self.parameters
            )
        return self._rests[key]

    def _standing(self, v: Array) -> Reduced:
        key = v.tobytes()
        if key not in self._seen:
            self._seen[key] = standing_neuron(self.neuron, self.site, v, self.parameters)
        return self._seen[key]

    @cached_property
    def _rests(self) -> dict[tuple[float, float], AtRest]:
        return {}

    @cached_property
    def _seen(self) -> dict[bytes, Reduced]:
        return {}


Subject: TypeAlias = CellSubject | NeuronSubject


def subject_of(cell: Any, at: str | None, parameters: Mapping[str, Any] | None) -> Subject:
    """Return what is recorded.

    Raises
    ------
    ModelError
        None of the three; a site of a cell; several values for a parameter.
    SelectionError
        The neuron has no such site.
    """
    if isinstance(cell, Neuron):
        site = at or cell.morphology.branches[0].name
        cell.at(site)
        return NeuronSubject(cell, site, dict(parameters or {}))
    model = cell if isinstance(cell, ModelCell) else None
    cell = cell if model is None else model.cell()
    if not isinstance(cell, Cell):
        raise ModelError(
            f"a {type(cell).__name__} cannot be recorded behind a rig; give a Cell, a Neuron or a "
            "ModelCell"
        )
    if at is not None:
        raise ModelError(f"at = {at!r}: the cell has no shape, and no sites")
    given, n_cells = cell_values(equations(cell).parameters, dict(parameters or {}), "pA")
    if n_cells != 1 or any(value.ndim for value in given.values()):
        raise ModelError("a recording is of one cell; give one value for each parameter")
    named = {name: float(value) for name, value in given.items()}
    values = {name: value for name, value in named.items() if not name.startswith("command.")}
    told = dict(parameters or {})
    if model is not None:
        return ModelSubject(cell, values, told, model)
    return CellSubject(cell, values, told)

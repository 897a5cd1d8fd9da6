"""`ModelCell`: the circuit of an electrical model cell, as what stands for cell and for pipette."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import model_validator

from loligo.cell import Cell
from loligo.cell.description import Description
from loligo.cell.quantity import In
from loligo.errors import ModelError
from loligo.rig.noise import Circuit
from loligo.rig.pipette import Pipette
from loligo.rig.rig import Rig

Resistance = Annotated[float, In("resistance", positive=True)]
Capacitance = Annotated[float, In("capacitance", positive=True)]

_NO_CAPACITANCE = 1e-6
"""Of the node within a single resistor [pF]: a time constant of nanoseconds at 10 GOhm."""
_SPAN = 2000.0
"""The branch's potential is kept as a fraction of this range around 0 [mV]."""


class ModelCell(Description):
    """Resistors and capacitors from the headstage's input to ground.

    Parameters
    ----------
    name, source, notes : str
    checked : bool
        Whether the parts were read in the source, rather than quoted without it at hand.
    resistance : quantity
        A single resistor to ground, as of an electrode in the bath; else the four that follow.
    series_resistance : quantity
        From the input to the membrane's node: the electrode.
    membrane_resistance, membrane_capacitance : quantity
        From there to ground, side by side.
    branch_resistance, branch_capacitance : quantity, optional
        Both: a resistor and a capacitor in series, beside the membrane. Its current rises with a
        step and dies out, as that of a channel.
    stray_capacitance : quantity
        From the input to ground.

    Notes
    -----
    All ends at ground, so that the resting potential is 0 mV.
    """

    kind: Literal["model cell"] = "model cell"
    name: str
    source: str = ""
    notes: str = ""
    checked: bool = True
    resistance: Resistance | None = None
    series_resistance: Resistance | None = None
    membrane_resistance: Resistance | None = None
    membrane_capacitance: Capacitance | None = None
    branch_resistance: Resistance | None = None
    branch_capacitance: Capacitance | None = None
    stray_capacitance: Capacitance

    @model_validator(mode="after")
    def _one_circuit(self) -> Self:
        cell = (self.series_resistance, self.membrane_resistance, self.membrane_capacitance)
        branch = (self.branch_resistance, self.branch_capacitance)
        if self.resistance is None and None in cell:
            raise ModelError(
                "a model cell needs resistance, or series_resistance, membrane_resistance and "
                "membrane_capacitance"
            )
        if self.resistance is not None and any(part is not None for part in (*cell, *branch)):
            raise ModelError("with resistance, a single resistor to ground, there is no other part")
        if (branch[0] is None) != (branch[1] is None):
            raise ModelError("a branch needs branch_resistance and branch_capacitance")
        return self

    def cell(self) -> Cell:
        """Return what is behind the electrode, as a cell that can be simulated."""
        resistance, capacitance = self._behind
        channels: dict[str, Any] = {
            "resistor": {"conductance": f"{1.0 / resistance!r} nS", "reversal": "0 mV"}
        }
        if self.branch_resistance is not None and self.branch_capacitance is not None:
            channels["branch"] = {
                "current": f"(v - {_SPAN} * (branch.charge - 0.5)) / {self.branch_resistance!r}",
                "gate": {
                    "charge": {
                        "inf": f"v / {_SPAN} + 0.5",
                        "tau": f"{self.branch_resistance * self.branch_capacitance!r} ms",
                    }
                },
            }
        written: dict[str, Any] = {
            "name": self.name,
            "source": self.source,
            "temperature": "22 degC",
            "capacitance": f"{capacitance!r} pF",
            "initial_potential": "0 mV",
            "channel": channels,
        }
        return Cell(**written)

    def pipette(self) -> Pipette:
        """Return what is between the input and the membrane's node."""
        written: dict[str, Any] = {
            "series_resistance": f"{self._series!r} GOhm",
            "capacitance": f"{self.stray_capacitance!r} pF",
        }
        return Pipette(**written)

    def behind(self, rig: Rig) -> Rig:
        """Return a rig with the circuit plugged in; of its pipette the electrode offset stays.

        Raises
        ------
        ModelError
            The rig's pipette has a seal or a junction potential, which resistors have not.
        """
        pipette = rig.pipette
        if pipette.seal_resistance is not None or pipette.junction_potential:
            raise ModelError(
                f"{self.name} is a circuit with an electrode of its own: it has no seal and no "
                "junction potential; leave seal_resistance and junction_potential out"
            )
        own = self.pipette().with_(electrode_offset=f"{rig.pipette.electrode_offset!r} mV")
        return rig.with_(pipette=own.written())

    def circuit(self) -> Circuit:
        """Return what the input sees for small signals; without the branch."""
        resistance, capacitance = self._behind
        written: dict[str, Any] = {
            "series_resistance": f"{self._series!r} GOhm",
            "membrane_resistance": f"{resistance!r} GOhm",
            "membrane_capacitance": f"{capacitance!r} pF",
            "pipette_capacitance": f"{self.stray_capacitance!r} pF",
        }
        return Circuit(**written)

    def truth(self, rig: Rig, found: Mapping[str, float]) -> dict[str, float]:
        """Return the true numbers: of a single resistor, nothing that only a cell has."""
        if self.resistance is None:
            return dict(found)
        known = {"total_resistance": self.resistance, "pipette_capacitance": self.stray_capacitance}
        if rig.filter is not None:
            known["filter_frequency"] = rig.filter.corner
        return known

    @property
    def _series(self) -> float:
        """Resistance up to the node [GOhm]; a single resistor has its node in the middle."""
        if self.resistance is not None:
            return self.resistance / 2.0
        assert self.series_resistance is not None
        return self.series_resistance

    @property
    def _behind(self) -> tuple[float, float]:
        """Resistance [GOhm] and capacitance [pF] from the node to ground."""
        if self.resistance is not None:
            return self.resistance / 2.0, _NO_CAPACITANCE
        assert self.membrane_resistance is not None
        assert self.membrane_capacitance is not None
        return self.membrane_resistance, self.membrane_capacitance

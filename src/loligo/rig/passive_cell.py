"""`PassiveCell`: one capacitance with a leak, the cell for which a rig is solved exactly."""

from __future__ import annotations

from typing import Annotated, Literal

from loligo.cell.description import Description
from loligo.cell.quantity import In, write_quantity
from loligo.rig.closed import Closed, with_passive_cell
from loligo.rig.linear import LinearSystem


class PassiveCell(Description):
    """A membrane that is a resistor and a capacitor.

    Parameters
    ----------
    resistance, capacitance : quantity
        Of the whole membrane.
    reversal : quantity
        Potential at which no current flows through it.
    """

    kind: Literal["passive cell"] = "passive cell"
    resistance: Annotated[float, In("resistance", positive=True)]
    capacitance: Annotated[float, In("capacitance", positive=True)]
    reversal: Annotated[float, In("voltage")] = 0.0

    def behind(self, system: LinearSystem) -> Closed:
        """Return electrode, amplifier and this cell as one linear system."""
        return with_passive_cell(
            system,
            resistance=write_quantity(self.resistance, "GOhm"),
            capacitance=write_quantity(self.capacitance, "pF"),
            reversal=write_quantity(self.reversal, "mV"),
        )

"""`Circuit` and `SiteCircuit`: what the amplifier's input sees, for small signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.cell.description import Description
from loligo.cell.quantity import In

Resistance = Annotated[float, In("resistance", positive=True)]
Complex = NDArray[np.complex128]


class Circuit(Description):
    """A pipette on a passive cell, or on a patch, as resistors and capacitors.

    Parameters
    ----------
    series_resistance : quantity
        From the amplifier's input to the membrane.
    membrane_capacitance : quantity
        Of the cell or, before break-in, of the patch.
    membrane_resistance, seal_resistance : quantity, optional
        Both to ground, behind the series resistance; left out: none flows.
    pipette_capacitance : quantity
        Of the pipette, at the amplifier's input.
    """

    kind: Literal["circuit"] = "circuit"
    series_resistance: Resistance
    membrane_capacitance: Annotated[float, In("capacitance", positive=True)]
    membrane_resistance: Resistance | None = None
    seal_resistance: Resistance | None = None
    pipette_capacitance: Annotated[float, In("capacitance", least=0.0)] = 0.0

    @property
    def leak(self) -> float:
        """Conductance of membrane and seal [nS]."""
        shunts = (self.membrane_resistance, self.seal_resistance)
        return sum(1.0 / shunt for shunt in shunts if shunt is not None)

    def at_input(self, further: float) -> float:
        """Return the capacitance at the amplifier's input, with what is there besides [pF]."""
        return self.pipette_capacitance + further

    def cell_admittance(self, frequencies: ArrayLike) -> Complex:
        """Return current over potential through the series resistance [nS], at [kHz]."""
        return _through(self.series_resistance, self.behind(frequencies))

    def share(self, frequencies: ArrayLike) -> Complex:
        """Return which part of a current into the cell flows off through the held pipette."""
        return _share(self.series_resistance, self.behind(frequencies))

    def behind(self, frequencies: ArrayLike) -> Complex:
        """Return the admittance of membrane and seal [nS], at [kHz]."""
        omega = 2.0 * np.pi * np.asarray(frequencies, dtype=np.float64)
        return np.asarray(self.leak + 1j * omega * self.membrane_capacitance)


@dataclass(frozen=True, eq=False)
class SiteCircuit:
    """A pipette at a site of a cell with a shape, of which the admittance is known.

    Attributes
    ----------
    series_resistance : float [GOhm]
    pipette_capacitance : float [pF]
    seal_resistance : float or None [GOhm]
    admittance : callable
        Of membrane and seal at the site [nS], at frequencies [kHz].
    """

    series_resistance: float
    pipette_capacitance: float
    seal_resistance: float | None
    admittance: Callable[[NDArray[np.float64]], Complex]

    @property
    def membrane_resistance(self) -> None:
        """None: the membrane of a shape is no single resistor."""
        return None

    def cell_admittance(self, frequencies: ArrayLike) -> Complex:
        """Return current over potential through the series resistance [nS], at [kHz]."""
        return _through(self.series_resistance, self.behind(frequencies))

    def share(self, frequencies: ArrayLike) -> Complex:
        """Return which part of a current into the cell flows off through the held pipette."""
        return _share(self.series_resistance, self.behind(frequencies))

    def behind(self, frequencies: ArrayLike) -> Complex:
        """Return the admittance of membrane and seal [nS], at [kHz]."""
        return self.admittance(np.asarray(frequencies, dtype=np.float64))

    def at_input(self, further: float) -> float:
        """Return the capacitance at the amplifier's input, with what is there besides [pF]."""
        return self.pipette_capacitance + further


def _through(resistance: float, behind: Complex) -> Complex:
    return np.asarray(behind / (1.0 + resistance * behind))


def _share(resistance: float, behind: Complex) -> Complex:
    return np.asarray(1.0 / (1.0 + resistance * behind))

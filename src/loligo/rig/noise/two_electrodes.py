"""`TwoElectrodeCircuit`: what a two-electrode clamp makes of its own noise, by its closed loop.

The noise of what measures the potential is to the loop what a command is: the clamp imposes it on
the cell as far as it follows commands, and measures the current that this takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.rig.linear import MEMBRANE, LinearSystem
from loligo.rig.noise.circuit import Circuit, SiteCircuit

Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class TwoElectrodeCircuit:
    """Both electrodes in a cell, for small signals.

    Attributes
    ----------
    system : LinearSystem
        Of electrodes and amplifier, without an output filter.
    gain : float
    current_electrode : float [GOhm]
    inner : Circuit or SiteCircuit
        Of the electrode that measures.
    """

    system: LinearSystem
    gain: float
    current_electrode: float
    inner: Circuit | SiteCircuit

    pipette_capacitance = 0.0

    @property
    def series_resistance(self) -> float:
        """Resistance whose noise is to the loop as a command: what drives counts over the gain."""
        return self.inner.series_resistance + self.current_electrode / self.gain**2

    @property
    def seal_resistance(self) -> float | None:
        """Of the leak beside the electrodes [GOhm]."""
        return self.inner.seal_resistance

    @property
    def membrane_resistance(self) -> float | None:
        """Of the membrane where it is one resistor [GOhm]."""
        return self.inner.membrane_resistance

    def at_input(self, further: float) -> float:
        """Return 0: what flows at the input of the follower is not measured."""
        return 0.0

    def cell_admittance(self, frequencies: ArrayLike) -> Complex:
        """Return the measured current over a command [nS], at [kHz]."""
        f = np.asarray(frequencies, dtype=np.float64)
        return self.system.transfer_around("response", f, self._membrane(f))

    def share(self, frequencies: ArrayLike) -> Complex:
        """Return which part of a current into the cell the clamp takes off."""
        f = np.asarray(frequencies, dtype=np.float64)
        held = self.system.transfer_around(MEMBRANE, f, self._membrane(f))
        return np.asarray(held * (1.0 + 1.0 / self.gain))

    def _membrane(self, f: NDArray[np.float64]) -> Complex:
        seal = self.inner.seal_resistance
        return np.asarray(self.inner.behind(f) - (0.0 if seal is None else 1.0 / seal))

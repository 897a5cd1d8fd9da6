"""`TwoElectrodeCircuit`: what a two-electrode clamp makes of its own noise, by its closed loop.

The noise of what measures the potential is to the loop what a command is: the clamp imposes it on
the cell as far as it follows commands, and measures the current that this takes. So one source is
in current and measured potential, as large in the latter as the loop leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.rig.linear import LinearSystem
from loligo.rig.noise.circuit import Circuit, SiteCircuit
from loligo.rig.two_electrode import SOURCES

Complex = NDArray[np.complex128]

CELL, MONITOR = "into the cell", "current monitor"
"""Two more places of noise, both currents: beside the membrane, and where current is measured."""


@dataclass(frozen=True, eq=False)
class TwoElectrodeCircuit:
    """Both electrodes in a cell, for small signals.

    Attributes
    ----------
    system : LinearSystem
        Of electrodes and amplifier with the places of noise, without an output filter.
    current_electrode : tuple of float [GOhm]
        Resistance of the current electrode up to its capacitance, and beyond.
    bandwidth : float [kHz]
        Corner of the follower.
    inner : Circuit or SiteCircuit
        Of the electrode that measures.
    """

    system: LinearSystem
    current_electrode: tuple[float, float]
    bandwidth: float
    inner: Circuit | SiteCircuit

    def transfers(self, frequencies: ArrayLike) -> dict[str, Complex]:
        """Return what is seen of noise at each place.

        Parameters
        ----------
        frequencies : (f,) array [kHz]
            Above 0.

        Returns
        -------
        dict of str to (2, f) array
            By place (`SOURCES`, `CELL`, `MONITOR`): measured current [pA] and potential [mV] over a
            potential or current there.
        """
        f = np.asarray(frequencies, dtype=np.float64)
        rig, jomega = self.system, 2j * np.pi * f
        own = [i for i, name in enumerate(rig.states) if name not in SOURCES]
        places = [rig.states.index(name) for name in SOURCES]
        n, slopes, into = len(own), rig.slopes, rig.current
        whole = np.zeros((f.size, n + 1, n + 1), dtype=np.complex128)
        whole[:, :n, :n] = jomega[:, None, None] * np.eye(n) - slopes.states[np.ix_(own, own)]
        whole[:, :n, n] = -slopes.membrane[own]
        whole[:, n, :n] = -into.states[0, own]
        whole[:, n, n] = self._membrane(f) - into.membrane[0]
        driven = np.zeros((n + 1, len(places) + 1))
        driven[:n, :-1] = slopes.states[np.ix_(own, places)]
        driven[n, :-1], driven[n, -1] = into.states[0, places], 1.0
        states = np.linalg.solve(whole, np.broadcast_to(driven + 0j, (f.size, *driven.shape)))
        seen = states[:, [own.index(rig.states.index(name)) for name in ("measured", "follower")]]
        found = {name: seen[:, :, k].T for k, name in enumerate((*SOURCES, CELL))}
        return {**found, MONITOR: np.stack([np.ones_like(jomega), np.zeros_like(jomega)])}

    def _membrane(self, f: NDArray[np.float64]) -> Complex:
        seal = self.inner.seal_resistance
        return np.asarray(self.inner.behind(f) - (0.0 if seal is None else 1.0 / seal))

"""The noise of each sweep's rig around a cell: sweeps of one rig are made together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.rig import Circuit, Pipette, Rig, TwoElectrodeClamp
from loligo.rig.noise import SiteCircuit, TwoElectrodeCircuit

Array = NDArray[np.float64]


Seen = Callable[[Pipette], Circuit | SiteCircuit]
"""What an amplifier's input is connected to through a pipette."""


def noise_of(
    rigs: Sequence[Rig],
    seen: Seen,
    count: int,
    sampling: float,
    starts: Sequence[float],
    seed: int,
    *,
    bandwidth: float | None = None,
) -> Array:
    """Return the noise of each sweep, shape (sweep, time); 0 where its rig has none.

    Parameters
    ----------
    rigs : sequence of Rig, one for each sweep
    seen : callable
        Returns what an amplifier's input is connected to through a pipette.
    count : int
        How many samples.
    sampling : float [kHz]
    starts : sequence of float [ms]
    seed : int
    bandwidth : float, optional [kHz]
        Of what is sampled as a potential before any filter, in place of the rig's filter.
    """
    made = np.zeros((len(rigs), count))
    for rig in dict.fromkeys(rigs):
        own = [sweep for sweep, other in enumerate(rigs) if other == rig]
        if rig.noise is None:
            continue
        made[own] = rig.noise.trace(
            _with_both_electrodes(rig, seen(rig.pipette)),
            rig.clamp if bandwidth is None else "current_clamp",
            count,
            f"{sampling!r} kHz",
            seed=seed,
            sweeps=own,
            starts=[starts[sweep] for sweep in own],
            output_filter=rig.filter if bandwidth is None else None,
            bandwidth=bandwidth,
        )
    return made


def _with_both_electrodes(rig: Rig, circuit: Circuit | SiteCircuit) -> Any:
    """Return what the input is connected to: behind two electrodes, through their loop."""
    amplifier = rig.amplifier
    if not isinstance(amplifier, TwoElectrodeClamp):
        return circuit
    system = amplifier.system(rig.pipette)
    return TwoElectrodeCircuit(system, amplifier.gain, amplifier.current_electrode, circuit)

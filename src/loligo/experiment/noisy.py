"""The noise of each sweep's rig around a cell: sweeps of one rig are made together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.rig import Circuit, Rig

Array = NDArray[np.float64]


def circuit_of(rig: Rig, capacitance: float) -> Circuit:
    """Return what the amplifier's input is connected to.

    Parameters
    ----------
    rig : Rig
    capacitance : float [pF]
        Of the cell.
    """
    pipette = rig.pipette
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


def noise_of(
    rigs: Sequence[Rig],
    capacitance: float,
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
    capacitance : float [pF]
        Of the cell.
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
            circuit_of(rig, capacitance),
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

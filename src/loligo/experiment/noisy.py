"""The noise of each sweep's rig around a cell: sweeps of one rig are made together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
            seen(rig.pipette),
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


def noise_of_two(
    rigs: Sequence[Rig],
    seen: Seen,
    count: int,
    sampling: float,
    starts: Sequence[float],
    seed: int,
) -> tuple[Array, Array]:
    """Return the noise of current and measured potential behind two electrodes.

    Parameters
    ----------
    rigs, seen, count, sampling, starts, seed
        As for `noise_of`; the amplifiers are two-electrode clamps.

    Returns
    -------
    current, potential : (sweep, time) array [pA, mV]
        Of one loop: they go together.
    """
    made = np.zeros((2, len(rigs), count))
    for rig in dict.fromkeys(rigs):
        own = [sweep for sweep, other in enumerate(rigs) if other == rig]
        amplifier = rig.amplifier
        if rig.noise is None or not isinstance(amplifier, TwoElectrodeClamp):
            continue
        circuit = TwoElectrodeCircuit(
            amplifier.system(rig.pipette, with_sources=True),
            amplifier.current_electrode_parts,
            0.5 / (np.pi * amplifier.follower_time),
            seen(rig.pipette),
        )
        made[:, own] = rig.noise.traces(
            circuit, count, f"{sampling!r} kHz", seed=seed, sweeps=own,
            starts=[starts[sweep] for sweep in own], output_filter=rig.filter,
        )  # fmt: skip
    return made[0], made[1]

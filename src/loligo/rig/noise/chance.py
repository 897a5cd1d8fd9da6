"""Random numbers that follow from seed, sweep, cell and channel alone.

The bits are those of the counter-based generator Philox (`loligo.protocol.noise`), one key for each
trace, so that a trace is the same whatever else is made with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError
from loligo.protocol.noise import gaussian

LARGEST = (1 << 32) - 1
NOISE, HUM = 0x52490000, 0x52480000
"""What the numbers are for; beside it stands the channel."""
_CHANNELS = 1 << 16


def key_of(purpose: int, seed: int, *, sweep: int = 0, cell: int = 0, channel: int = 0) -> int:
    """Return the key of 128 bits.

    Parameters
    ----------
    purpose : int
        `NOISE` or `HUM`.
    seed, sweep, cell : int
        0 to 2^32 - 1.
    channel : int
        Electrode, 0 to 65535.

    Raises
    ------
    ModelError
        A number that is not whole or out of its range.
    """
    for name, value, most in (
        ("seed", seed, LARGEST),
        ("sweep", sweep, LARGEST),
        ("cell", cell, LARGEST),
        ("channel", channel, _CHANNELS - 1),
    ):
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ModelError(f"{name} = {value!r} must be a whole number from 0 to {most}")
        if not 0 <= value <= most:
            raise ModelError(f"{name} = {value}; allowed: whole numbers from 0 to {most}")
    words = (int(seed), int(sweep), int(cell), purpose + int(channel))
    return sum(word << (32 * place) for place, word in enumerate(words))


def normals(key: int, count: int) -> NDArray[np.float64]:
    """Return independent numbers of mean 0 and variance 1, shape (count,)."""
    return gaussian(key, count)


def turns(key: int, count: int) -> NDArray[np.float64]:
    """Return independent numbers from 0 to below 1, shape (count,)."""
    bits = np.random.Philox(key=key).random_raw(count) >> np.uint64(11)
    return np.asarray(bits.astype(np.float64) * 2.0**-53)

"""What a filter makes of a signal that is known at samples and straight between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ArrayError
from loligo.low_pass.fractions import LowPass

Array = NDArray[np.float64]


def filtered(samples: ArrayLike, sampling: float, low_pass: LowPass) -> Array:
    """Return a filtered signal at the same times.

    Parameters
    ----------
    samples : (..., time) array
        Sweeps; straight between samples, and as the first sample before it, so that the filter
        starts at rest.
    sampling : float [kHz]
    low_pass : LowPass

    Returns
    -------
    (..., time) array

    Raises
    ------
    ArrayError
        There is no sample, or one is not finite.

    Notes
    -----
    Exact, whatever the corner is beside the sampling (first-order hold). Each pole is a recursion
    ``z -> e^(p h) z + h [(f1 - f2) u + f2 u_next]``, whose weights are in the exponential of the
    pole's matrix, augmented with the signal and its slope.

    References
    ----------
    Van Loan 1978, https://doi.org/10.1109/TAC.1978.1101743
    """
    from scipy.signal import lfilter

    u = np.asarray(samples, dtype=np.float64)
    if u.ndim == 0 or u.shape[-1] == 0:
        raise ArrayError(f"an array of shape {u.shape} has no samples to filter")
    if not np.isfinite(u).all():
        raise ArrayError(
            f"{int((~np.isfinite(u)).sum())} of {u.size} samples are not finite; cut them out "
            "before filtering"
        )
    first = u[..., :1]
    moved = u - first
    found = np.zeros_like(u)
    for pole, residue in zip(low_pass.poles, low_pass.residues, strict=True):
        kept, level, slope = _weights(pole / sampling)
        step = residue / sampling
        # The signal starts at 0, so that the state at the first sample is 0, too.
        state = lfilter(step * np.array([slope, level - slope]), [1.0, -kept], moved)
        found += state.real
    return np.asarray(found + first)


def _weights(exponent: complex) -> tuple[complex, complex, complex]:
    """Return ``e^q``, ``(e^q - 1) / q`` and ``(e^q - 1 - q) / q^2``."""
    from scipy.linalg import expm

    row = expm(np.array([[exponent, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))[0]
    return complex(row[0]), complex(row[1]), complex(row[2])

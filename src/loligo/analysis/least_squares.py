"""Least squares that always end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def non_negative(
    columns: NDArray[np.float64], target: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return weights of at least zero by least squares, and what they miss.

    The quick method gives up where columns are nearly alike; the other one always ends.
    """
    from scipy.optimize import lsq_linear, nnls

    try:
        weights, missed = nnls(columns, target)
    except RuntimeError:
        weights = lsq_linear(columns, target, (0.0, np.inf)).x
        missed = np.linalg.norm(columns @ weights - target)
    return np.asarray(weights, dtype=np.float64), float(missed)

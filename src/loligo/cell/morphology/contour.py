"""A soma that is drawn as a contour: whether points are one, and the cones it is read as.

The rule is that of NEURON's Import3d for the contours of Neurolucida: the contour is taken for the
outline of a body that is round about the contour's longest axis. The axis is cut into 20 slices of
equal thickness; the diameter at each cut is the contour's width there, at right angles to the
axis, and at both ends, where the contour has no width, half of that at the next cut.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SLICES = 20
LEAST_ROUND = 0.2
"""Least share of its perimeter's circle that a contour encloses; a square has 0.79."""


def ring(places: Array) -> tuple[Array, bool] | None:
    """Return the points of a ring without the one that closes it, and whether one does.

    Parameters
    ----------
    places : ndarray, shape (point, 3) [um]
        Of a chain of points.

    Returns
    -------
    (ndarray, bool) or None
        None of a chain that does not come back.

    Notes
    -----
    A ring comes back to its first point, or has at least five points, the last of which lies no
    farther from the first than a quarter of the length of the chain.
    """
    length = float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())
    gap = float(np.linalg.norm(places[-1] - places[0]))
    if length < 1e-9:  # all in one place
        return None
    if gap < 1e-3 * length:
        return (places[:-1], True) if places.shape[0] >= 4 else None
    return (places, False) if places.shape[0] >= 5 and gap <= 0.25 * length else None


def roundness(points: Array) -> float:
    """Return the enclosed area over that of a circle with the same perimeter."""
    closed = np.vstack([points, points[:1]])
    perimeter = float(np.linalg.norm(np.diff(closed, axis=0), axis=1).sum())
    inner = points - points.mean(axis=0)
    area = 0.5 * np.linalg.norm(np.cross(inner, np.roll(inner, -1, axis=0)).sum(axis=0))
    return 4.0 * math.pi * float(area) / perimeter**2


def cones(points: Array) -> tuple[Array, Array]:
    """Return a contour's body as truncated cones along its longest axis.

    Parameters
    ----------
    points : ndarray, shape (point, 3) [um]
        Without the one that closes the contour.

    Returns
    -------
    places : ndarray, shape (21, 3) [um]
    diameters : ndarray, shape (21,) [um]
    """
    even = _evenly(points)
    center = even.mean(axis=0)
    _, _, axes = np.linalg.svd(even - center, full_matrices=False)
    major = axes[0] * (1.0 if axes[0][np.abs(axes[0]).argmax()] > 0.0 else -1.0)
    along, across = (points - center) @ major, (points - center) @ axes[1]
    cuts = np.linspace(along.min(), along.max(), SLICES + 1)
    widths = np.array([_width(along, across, cut) for cut in cuts[1:-1]])
    diameters = np.concatenate([[0.5 * widths[0]], widths, [0.5 * widths[-1]]])
    return center + cuts[:, None] * major, diameters


def _evenly(points: Array, count: int = 400) -> Array:
    """Return places at equal distances along the contour."""
    closed = np.vstack([points, points[:1]])
    path = np.concatenate([[0.0], np.linalg.norm(np.diff(closed, axis=0), axis=1).cumsum()])
    at = np.linspace(0.0, path[-1], count, endpoint=False)
    return np.stack([np.interp(at, path, closed[:, axis]) for axis in range(3)], axis=1)


def _width(along: Array, across: Array, cut: float) -> float:
    """Return the distance between the outermost places where the contour meets a cut."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(
        zip(np.append(along, along[0]), np.append(across, across[0]), strict=True)
    ):
        if (x0 <= cut) != (x1 <= cut):
            found.append(y0 + (y1 - y0) * (cut - x0) / (x1 - x0))
    return float(max(found) - min(found))

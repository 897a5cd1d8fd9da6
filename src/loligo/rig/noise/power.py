"""How much power a spectrum has between two frequencies, after a filter."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError
from loligo.rig.filters import Filter

Array = NDArray[np.float64]
Density = Callable[[Array], Array]
"""From frequencies [kHz] above 0 to a one-sided power spectral density [unit^2/kHz]."""

_POINTS = 24
_BELOW, _ABOVE = 40, 60
"""Octaves around the reference frequency that are looked at."""
_SETTLED, _DIVERGES = 1e-13, 1e-6


def variance(
    density: Density,
    *,
    low: float = 0.0,
    high: float | None = None,
    output_filter: Filter | None = None,
) -> float:
    """Return the power of a spectrum [unit^2]; its root is the RMS.

    Parameters
    ----------
    density : callable
    low, high : float [kHz]
        Band; without `high`, all that the filter lets through.
    output_filter : Filter, optional
        Its squared gain multiplies the spectrum.

    Raises
    ------
    ModelError
        The power has no bound: towards 0 Hz, or without filter or enough poles upward; or the band
        is empty.

    Notes
    -----
    Gauss-Legendre quadrature, octave by octave.
    """
    if not (low >= 0.0 and (high is None or high > low)):
        raise ModelError(f"no band from {low:g} to {high} kHz; give 0 <= low < high")
    if high is None:
        if output_filter is None:
            raise ModelError("without a filter the noise has a power only up to a `high`")
        return _upward(density, output_filter, low)
    edges = octaves(low, high)
    powers = panels(density, edges, output_filter)
    if low == 0.0:
        _check_bounded_below(powers)
    return float(powers.sum())


def octaves(low: float, high: float) -> Array:
    """Return edges from `low` to `high` that are an octave apart; the first starts at `low`."""
    count = _BELOW if low == 0.0 else int(np.ceil(np.log2(high / low)))
    edges = high * 2.0 ** -np.arange(count, -1.0, -1.0)
    return np.concatenate([[low], edges[edges > low * (1.0 + 1e-12)]])


def panels(density: Density, edges: Array, output_filter: Filter | None) -> Array:
    """Return the power between each edge and the next, shape (edge - 1,)."""
    nodes, weights = _rule()
    half = 0.5 * np.diff(edges)[:, np.newaxis]
    frequencies = edges[:-1, np.newaxis] + half * (1.0 + nodes)
    found = density(frequencies.ravel()).reshape(frequencies.shape)
    if output_filter is not None:
        found = found * np.abs(output_filter.transfer(frequencies)) ** 2
    return np.asarray((found * weights * half).sum(axis=1))


def highest(density: Density, output_filter: Filter, missing: float) -> float:
    """Return above which frequency all of the power is a small part of the whole [kHz].

    Parameters
    ----------
    density : callable
    output_filter : Filter
    missing : float
        The part.

    Raises
    ------
    ModelError
        The power has no bound upward.
    """
    edges, powers = _all_upward(density, output_filter, 1e-3 * output_filter.corner)
    above = np.cumsum(powers[::-1])[::-1]
    return float(edges[1:][above <= missing * above[0]][0])


def _upward(density: Density, output_filter: Filter, low: float) -> float:
    start = max(low, 1e-3 * output_filter.corner)
    found = float(_all_upward(density, output_filter, start)[1].sum())
    return found + (
        variance(density, low=low, high=start, output_filter=output_filter) if start > low else 0.0
    )


def _all_upward(density: Density, output_filter: Filter, start: float) -> tuple[Array, Array]:
    edges: Array = start * 2.0 ** np.arange(_ABOVE + 1.0)
    powers = panels(density, edges, output_filter)
    last = np.flatnonzero(powers > _SETTLED * powers.sum())
    if last.size and last[-1] == powers.size - 1:
        raise ModelError(
            "the noise rises faster than the filter falls, so that its power has no bound; use a "
            "filter of more poles, or say up to which frequency the amplifier goes (bandwidth)"
        )
    return edges, powers


def _check_bounded_below(powers: Array) -> None:
    if powers[0] > _DIVERGES * powers.sum():
        raise ModelError(
            "the power grows without bound towards 0 Hz (1/f noise); give `low`, such as the "
            "inverse of the record's length"
        )


@lru_cache(maxsize=1)
def _rule() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    return nodes, weights

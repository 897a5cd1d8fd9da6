"""The stationary liquid junction: Nernst-Planck equations without current, exactly.

Ions diffuse through a layer that is neutral everywhere and passes no current. Henderson's equation
assumes that concentrations are straight in it; here they are what the fluxes make of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError
from loligo.ions.given import amounts, charges, neutral
from loligo.ions.thermal import thermal_voltage

_ROUNDS = 60
_LARGEST = 1.0
"""Change of ln(concentration) that one step of continuation asks of Newton's method at most."""
_SETTLED = 1e-13
_NEUTRAL = 1e-9
_PLACES = 32
_BELOW = 1e-9
"""Share of the largest concentration that rounding may take another below zero."""


def stationary_potential(
    valence: ArrayLike,
    mobility: ArrayLike,
    pipette: ArrayLike,
    bath: ArrayLike,
    temperature: ArrayLike,
) -> NDArray[np.float64]:
    """Return the liquid junction potential of ions in two solutions, by Nernst and Planck.

    Parameters
    ----------
    valence, mobility : (ion,) array_like
        Mobilities, proportional to diffusion coefficients, in any one unit.
    pipette, bath : (..., ion) array_like [mM]
        Neutral to 1e-9 of all charge.
    temperature : (...) array_like [degC]

    Returns
    -------
    (...) ndarray [mV]
        Potential of the bath relative to the pipette; NaN where a concentration is.

    Raises
    ------
    ModelError
        A solution is not neutral, conducts nothing, or has a concentration below zero; the
        iteration does not settle.

    Notes
    -----
    The flux of ion i is ``-u_i (c_i' + z_i c_i p')`` with the potential ``p`` in RT/F. Neutrality
    makes ``p' = -sum(z_i J_i / u_i) / sum(z_i^2 c_i)``, and with a coordinate ``s`` along which
    ``p`` is straight the equations are linear with constant coefficients,

    ``dc/ds = (q w - p diag(z)) c``, ``w_i = z_i^2``, ``p = sum(z_i q_i)``,

    where ``q_i`` stands for the flux of ion i over its mobility. The bath's concentrations are a
    matrix exponential times the pipette's. What is unknown is ``q``: Newton's method solves for it,
    with no current (``sum(z_i u_i q_i) = 0``) in place of the one equation that neutrality makes
    superfluous, from equal solutions in steps to those asked for.

    References
    ----------
    Planck 1890 Ann Phys 276:561, https://doi.org/10.1002/andp.18902760802
    Marino, Misuri, Brogioli 2014, https://arxiv.org/abs/1403.3640
    """
    z, u = np.broadcast_arrays(charges(valence), np.asarray(mobility, dtype=np.float64))
    if not (u > 0).all():
        raise ModelError(f"mobility = {np.min(u):g} must be above 0 for every ion")
    sides = np.broadcast_arrays(amounts(pipette, "pipette"), amounts(bath, "bath"))
    for side, name in zip(sides, ("pipette", "bath"), strict=True):
        total = (np.abs(z) * side).sum(axis=-1)
        if (total == 0).any():
            raise ModelError(f"{name}: a solution without ions has no junction potential")
        neutral(total, (z * side).sum(axis=-1), _NEUTRAL, name)
    shape = sides[0].shape[:-1]
    rows = [side.reshape(-1, z.size) for side in sides]
    drops = [_drop(z, u, first, second) for first, second in zip(*rows, strict=True)]
    return np.asarray(thermal_voltage(temperature) * np.reshape(drops, shape))


def stationary_profile(
    valence: ArrayLike,
    mobility: ArrayLike,
    pipette: ArrayLike,
    bath: ArrayLike,
    temperature: float,
    points: int = 201,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what the stationary junction looks like inside.

    Parameters
    ----------
    valence, mobility, pipette, bath, temperature
        Of one pair of solutions, as in `stationary_potential`.
    points : int

    Returns
    -------
    place : (points,) ndarray
        From 0 at the pipette to 1 at the bath.
    potential : (points,) ndarray [mV]
        Relative to the pipette.
    concentration : (points, ion) ndarray [mM]
    """
    stationary_potential(valence, mobility, pipette, bath, temperature)  # refuses what is wrong
    z, u = np.broadcast_arrays(charges(valence), np.asarray(mobility, dtype=np.float64))
    first, second = np.asarray(pipette, dtype=np.float64), np.asarray(bath, dtype=np.float64)
    present = (first > 0) | (second > 0)
    q = np.zeros(z.size)
    q[present] = _fluxes(z[present], u[present], first[present], second[present])
    drop = (z * q).sum()
    matrix = (np.outer(q, z**2) - drop * np.diag(z)) / (points - 1)
    step, _ = _exponential(matrix, np.zeros((1, *matrix.shape)))
    rows = [first]
    for _ in range(points - 1):
        rows.append(step @ rows[-1])
    concentration = np.array(rows)
    # Along s the potential is straight; place follows from dx = sum(z^2 c) ds, up to a factor.
    speed = concentration @ z**2
    place = np.concatenate(([0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]))))
    potential = float(thermal_voltage(temperature)) * drop * np.linspace(0.0, 1.0, points)
    return place / place[-1], potential, concentration


def _drop(
    z: NDArray[np.float64],
    u: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
) -> float:
    """Return the potential of the second solution less that of the first, in RT/F."""
    if np.isnan(first).any() or np.isnan(second).any():
        return float("nan")
    present = (first > 0) | (second > 0)
    q = _fluxes(z[present], u[present], first[present], second[present])
    return float((z[present] * q).sum())


def _fluxes(
    z: NDArray[np.float64],
    u: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return ``q``, by continuation from equal solutions.

    From the dilute to the concentrated side, so that exponentials grow and nothing cancels.
    """
    if first.sum() > second.sum():
        return -_fluxes(z, u, second, first)
    scale = (z**2 * first).sum()
    first, second, u = first / scale, second / scale, u / u.max()
    q = np.zeros_like(z)
    reached, step = 0.0, 1.0
    while reached < 1.0:
        aim = min(1.0, reached + step)
        found = _newton(z, u, first, _between(first, second, aim), q)
        if found is None or not _physical(z, found, first):
            step *= 0.5
            if step < 1e-6:
                raise ModelError("the stationary junction does not settle for these solutions")
            continue
        q, reached = found, aim
    return q


def _physical(z: NDArray[np.float64], q: NDArray[np.float64], first: NDArray[np.float64]) -> bool:
    """Tell whether no concentration in the layer is below zero, as it is in other roots."""
    matrix = (np.outer(q, z**2) - (z * q).sum() * np.diag(z)) / _PLACES
    step, _ = _exponential(matrix, np.zeros((1, *matrix.shape)))
    level = first
    for _ in range(_PLACES):
        level = step @ level
        if level.min() < -_BELOW * level.max():
            return False
    return True


def _between(
    first: NDArray[np.float64], second: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return a solution on the way from the first to the second: neutral, with total in decades."""
    if share == 1.0:
        return second
    ratio = second.sum() / first.sum()
    mixed = (1.0 - share) * first + share * second / ratio
    return np.asarray(mixed * ratio**share)


def _newton(
    z: NDArray[np.float64],
    u: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    start: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """Return ``q`` that leads from the first solution to the second, or None."""
    q = start.copy()
    size = z.size
    left_out = int(np.argmax(np.abs(z) * np.maximum(first, second)))
    scale = np.where(second > 0, second, first)
    directions = -z[:, None, None] * np.diag(z)
    directions[np.arange(size), np.arange(size)] += z**2
    for _ in range(_ROUNDS):
        matrix = np.outer(q, z**2) - (z * q).sum() * np.diag(z)
        whole, changes = _exponential(matrix, directions)
        jacobian = (changes @ first).T / scale[:, None]
        residual = (whole @ first - second) / scale
        residual[left_out] = (z * u * q).sum()
        jacobian[left_out] = z * u
        try:
            move = np.linalg.solve(jacobian, -residual)
        except np.linalg.LinAlgError:
            return None
        largest = float(np.abs(move).max())
        if not np.isfinite(largest) or largest > 20.0:
            return None
        q = q + move * min(1.0, _LARGEST / max(largest, 1e-300))
        if largest < _SETTLED * max(1.0, float(np.abs(q).max())):
            return q
        if largest < 1e-9 and float(np.abs(residual).max()) < 1e-12:
            return q
    return None


def _exponential(
    matrix: NDArray[np.float64], directions: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the exponential of a matrix and its derivatives in some directions.

    The corner of ``exp([[A, D], [0, A]])`` is the derivative along D; Taylor's series of degree 18
    after halving to a norm below 1, then squaring.
    """
    size = len(matrix)
    whole = np.zeros((len(directions), 2 * size, 2 * size))
    whole[:, :size, :size] = whole[:, size:, size:] = matrix
    whole[:, :size, size:] = directions
    norm = max(float(np.abs(whole).sum(axis=-1).max()), 1e-300)
    halvings = max(0, int(np.ceil(np.log2(norm))))
    whole *= 0.5**halvings
    identity = np.eye(2 * size)
    result = np.broadcast_to(identity, whole.shape)
    for order in range(18, 0, -1):
        result = identity + whole @ result / order
    for _ in range(halvings):
        result = result @ result
    return result[0, :size, :size], result[:, :size, size:]

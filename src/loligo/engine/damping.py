"""Whether steps that look back damp what a rig and a cell do together, before they are taken.

The one-leg method of `multistep` is stable for rates within 75 degrees of the negative real axis. A
rig that nearly oscillates has others: with ``y' = lambda y`` and ``z = h lambda`` the steps go by
the largest root of

    (1 - z / 2) r^3 - (1 + 5 z / 12) r^2 - z / 6 r + z / 12 = 0

which must not be above 1 where the rig's own oscillation dies out.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import evaluate
from loligo.engine.request import Request
from loligo.engine.rigged import dense
from loligo.errors import ModelError

Array = NDArray[np.float64]

CONDUCTANCES = np.concatenate([[0.0], np.logspace(-1.0, 5.0, 13)])
"""Of the membrane, at which is looked [nS]."""
_ROUNDING = 1e-9


def check_damping(request: Request) -> None:
    """Refuse steps that would let an oscillation of rig and cell grow that dies out.

    Raises
    ------
    ModelError
        There is one; the message names its frequency and what to do.
    """
    wiring = request.options.wiring
    if wiring is None or not request.options.looks_back:
        return
    given = {name: request.values[name] for name in wiring.weights}
    weights = {name: request.per_run(x) if x.ndim else x for name, x in given.items()}
    varies = any(np.ndim(x) for x in weights.values())
    capacitance = evaluate(request.equations.capacitance, request.values)
    runs = request.n_runs if varies or np.ndim(capacitance) else 1
    equations = dense(wiring, weights, runs)
    n = len(wiring.states)
    c = np.broadcast_to(request.per_run(capacitance) if runs > 1 else capacitance, (runs,))
    matrices = np.zeros((runs, n + 1, n + 1))
    matrices[:, :n] = equations.slopes[:, :, : n + 1]
    matrices[:, n] = equations.current[:, : n + 1] / c[:, None]
    worst = _growing(matrices.tobytes(), c.tobytes(), n + 1, request.dt)
    if worst is not None:
        raise ModelError(
            f'method="multistep": in steps of {request.dt:g} ms an oscillation of rig and cell at '
            f"{abs(worst.imag) / (2.0 * np.pi):.3g} kHz would grow, which falls e-fold in "
            f"{-1.0 / worst.real:.3g} ms; leave the method out: the default steps damp it"
        )


@lru_cache(maxsize=64)
def _growing(matrices: bytes, capacitances: bytes, size: int, step: float) -> complex | None:
    """Return the pole that grows most in steps though it dies out, None where none does [1/ms]."""
    whole = np.frombuffer(matrices).reshape(-1, 1, size, size)
    c = np.frombuffer(capacitances)[:, None]
    whole = np.broadcast_to(whole, (whole.shape[0], CONDUCTANCES.size, size, size)).copy()
    whole[:, :, -1, -1] -= CONDUCTANCES / c
    poles = np.linalg.eigvals(whole).astype(np.complex128).ravel()
    poles = poles[(poles.imag > 0.0) & (poles.real < 0.0)]
    if not poles.size:
        return None
    factors = amplification(step * poles)
    place = int(factors.argmax())
    return complex(poles[place]) if factors[place] > 1.0 + _ROUNDING else None


def amplification(z: NDArray[np.complex128]) -> Array:
    """Return by how much a step of length h multiplies what goes by ``z = h lambda``, at most.

    Parameters
    ----------
    z : ndarray of complex

    Returns
    -------
    ndarray
        The largest absolute root.
    """
    lead = 1.0 - z / 2.0
    companion = np.zeros((*np.shape(z), 3, 3), dtype=np.complex128)
    companion[..., 0, 0] = (1.0 + 5.0 * z / 12.0) / lead
    companion[..., 0, 1] = z / 6.0 / lead
    companion[..., 0, 2] = -z / 12.0 / lead
    companion[..., 1, 0] = companion[..., 2, 1] = 1.0
    return np.asarray(np.abs(np.linalg.eigvals(companion)).max(axis=-1))

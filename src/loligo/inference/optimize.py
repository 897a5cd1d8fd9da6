"""Nonlinear least squares from several starts, in the coordinates of the free parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError
from loligo.inference.free import Coordinate

Array = NDArray[np.float64]
Predict = Callable[[Sequence[Mapping[str, float]]], Array]

_STEP = 1e-5
_SPREAD = 0.7
"""Standard deviation of further starts around the first, in sizes of a coordinate."""
_MOST = 60
"""Evaluations of one start."""


@dataclass(frozen=True, eq=False, slots=True)
class Descent:
    """Where one start led to.

    Attributes
    ----------
    numbers : ndarray, shape (parameter,)
        In the optimizer's numbers.
    cost : float
        Half the sum of squares.
    converged : bool
    """

    numbers: Array
    cost: float
    converged: bool


class Problem:
    """Weighted residuals and their derivatives as functions of the optimizer's numbers.

    Parameters
    ----------
    coordinates : sequence of Coordinate
    predict : callable
        From values by path, for each of several setups, to responses (setup, sample).
    data, weights : ndarray, shape (sample,)
    """

    def __init__(
        self, coordinates: Sequence[Coordinate], predict: Predict, data: Array, weights: Array
    ) -> None:
        self.coordinates = tuple(coordinates)
        self._predict, self.data, self.weights = predict, data, weights

    def values(self, numbers: Array) -> dict[str, float]:
        """Return the values by path."""
        pairs = zip(self.coordinates, numbers, strict=True)
        return {one.path: one.outside(float(number)) for one, number in pairs}

    def predicted(self, numbers: Array) -> Array:
        """Return the response, shape (sample,)."""
        return np.asarray(self._predict([self.values(numbers)])[0])

    def residuals(self, numbers: Array) -> Array:
        """Return weighted model minus data, shape (sample,)."""
        return np.asarray((self.predicted(numbers) - self.data) * self.weights)

    def jacobian(self, numbers: Array, both: bool = False) -> Array:
        """Return the derivative of `residuals`, shape (sample, parameter).

        Parameters
        ----------
        numbers : ndarray, shape (parameter,)
        both : bool
            By central differences, which are exact to the square of the step.

        Raises
        ------
        ModelError
            The rig is unstable beside these numbers.
        """
        steps = np.array([_STEP * one.size for one in self.coordinates])
        ahead = [numbers + steps * row for row in np.eye(numbers.size)]
        behind = [numbers - steps * row for row in np.eye(numbers.size)] if both else [numbers]
        made = self._predict([self.values(point) for point in (*ahead, *behind)])
        if not np.isfinite(made).all():
            raise ModelError(
                "the rig is at the edge of its stability, where the fit cannot go on; start "
                "elsewhere or bound the compensation"
            )
        change = (made[: numbers.size] - made[numbers.size :]) / ((1 + both) * steps[:, None])
        return np.asarray(change.T * self.weights[:, None])


def descend(problem: Problem, starts: int, seed: int) -> list[Descent]:
    """Return where the starts lead to, the best first.

    The first start is that of the coordinates; others lie around it, within the bounds.

    Raises
    ------
    ModelError
        At the first start the rig is unstable.
    """
    from scipy.optimize import least_squares

    ones = problem.coordinates
    low = np.array([one.inside(one.low) for one in ones])
    high = np.array([one.inside(one.high) for one in ones])
    first = np.array([one.inside(one.start) for one in ones])
    random = np.random.default_rng(seed)
    found = []
    for number in range(starts):
        moved = random.normal(scale=_SPREAD, size=first.size) if number else 0.0
        begin = np.clip(first + moved * np.array([one.size for one in ones]), low, high)
        if not np.isfinite(problem.residuals(begin)).all():
            if number:
                continue
            raise ModelError(
                "with the values it starts from the rig is unstable around the cell; start with "
                "less compensation"
            )
        try:
            made = least_squares(
                problem.residuals, begin, problem.jacobian, (low, high), x_scale="jac",
                xtol=1e-8, ftol=1e-8, gtol=1e-12, max_nfev=_MOST,
            )  # fmt: skip
        except ModelError:
            if number:
                continue
            raise
        found.append(Descent(made.x, float(made.cost), made.status > 0))
    return sorted(found, key=lambda one: one.cost)

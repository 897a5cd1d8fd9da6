"""How results settle as something is refined: differences, observed order, Richardson's error.

Plain arrays in, one `Settling` out; nothing here knows what was refined.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ORDER = 2.0
"""Of the engine's steps, and of its compartments."""
ORDER_LOOKING_BACK = 3.0
"""Of its steps that look back."""
SPREAD = 0.5
"""By how much an observed order may miss it, for an error to be given."""
_ROUNDING = 1e-9


class Settled(StrEnum):
    """Whether an error can be told, and if not, why."""

    OK = "ok"
    ROUNDING = "rounding"
    """All differences are rounding."""
    NOT_YET = "not_yet"
    """The order is not the expected one: not yet fine enough for an extrapolation."""
    SPIKES_DIFFER = "spikes_differ"
    """There are other spikes when refined."""
    NOTHING = "nothing"
    """There is nothing to compare, such as no spike."""


@dataclass(frozen=True, eq=False)
class Settling:
    """How one result settles.

    Attributes
    ----------
    name, unit : str
    status : Settled
    differences, largest_differences : tuple of float [unit]
        Between each refinement and the next, root mean square and largest.
    order : float or None
        As observed in the last two differences.
    error, largest_error : float or None [unit]
        Estimated of what was not refined, root mean square and largest; None where the status is
        not ``"ok"``.
    errors : ndarray or None
        The same at each time or spike, with its sign.
    reason : str
        Why there is no error.
    """

    name: str
    unit: str
    status: Settled
    differences: tuple[float, ...] = ()
    largest_differences: tuple[float, ...] = ()
    order: float | None = None
    error: float | None = None
    largest_error: float | None = None
    errors: Array | None = field(default=None, repr=False)
    reason: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether there is an error, or none beyond rounding."""
        return self.status in {Settled.OK, Settled.ROUNDING}

    def in_words(self) -> str:
        """Return order and error, or why there are none."""
        if self.status is not Settled.OK:
            return f"{self.status.value.replace('_', ' ')}: {self.reason}"
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"order {self.order:.2f}, error {self.error:.2g}{unit} (rms), "
            f"{self.largest_error:.2g}{unit} (largest)"
        )


def settling(
    name: str, unit: str, results: Sequence[Array], ratio: float, expected: float = ORDER
) -> Settling:
    """Return how results settle.

    Parameters
    ----------
    name, unit : str
    results : sequence of ndarray
        Three or more of one shape, each refined by `ratio` against the one before; NaN is left out.
    ratio : float
    expected : float
        The method's order.

    Notes
    -----
    The order is ``log(d_1 / d_2) / log(ratio)`` of the last two differences. With ``u_0`` to
    ``u_n`` and the order `p` the limit is ``u_n + (u_n - u_(n-1)) / (ratio^p - 1)``, and the error
    of ``u_0`` what it differs from it.
    """
    kept = [result[~np.isnan(results[0])] for result in results]
    if kept[0].size == 0:
        return Settling(name, unit, Settled.NOTHING, reason="there is nothing to compare")
    apart = [a - b for a, b in pairwise(kept)]
    means = tuple(float(np.sqrt(np.mean(each**2))) for each in apart)
    most = tuple(float(np.abs(each).max()) for each in apart)
    floor = _ROUNDING * (float(np.abs(kept[-1]).max()) + 1e-3)
    if max(most) <= floor:
        told = f"no difference is above {floor:.1g} {unit}".rstrip()
        return Settling(name, unit, Settled.ROUNDING, means, most, reason=told)
    order = math.inf
    if means[-1] > 0.0:
        order = math.log(means[-2] / means[-1]) / math.log(ratio) if means[-2] else -math.inf
    if abs(order - expected) > SPREAD:
        return Settling(
            name,
            unit,
            Settled.NOT_YET,
            means,
            most,
            order,
            reason=f"order {order:.2g} where {expected:g} is expected; differences "
            f"{', '.join(f'{each:.2g}' for each in means)} {unit}; refine further".rstrip(),
        )
    limit = results[-1] + (results[-1] - results[-2]) / (ratio**expected - 1.0)
    errors = results[0] - limit
    return Settling(
        name,
        unit,
        Settled.OK,
        means,
        most,
        order,
        error=float(np.sqrt(np.nanmean(errors**2))),
        largest_error=float(np.nanmax(np.abs(errors))),
        errors=errors,
    )

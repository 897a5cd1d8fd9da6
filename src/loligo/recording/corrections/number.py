"""Numbers that corrections take: a value, with its interval where that is known.

An estimate of an analysis is one, a quantity with a unit (without interval) another. Intervals are
carried through a formula end by end, the deviations of independent inputs added in quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loligo.errors import CorrectionError
from loligo.units import INTERNAL_UNITS, format_quantity, quantity


@dataclass(frozen=True, slots=True)
class Measured:
    """A number in an internal unit, its 95 % interval where known, and where it came from.

    Attributes
    ----------
    value : float
    low, high : float or None
    source : str
    """

    value: float
    low: float | None = None
    high: float | None = None
    source: str = "given"


def measured(value: Any, dimension: str, *, name: str) -> Measured:
    """Return what was given as a `Measured`.

    Parameters
    ----------
    value : quantity, Measured or Estimate
        ``"5 MOhm"``, or anything with ``value``, ``low`` and ``high`` in internal units.
    dimension : str
        One of `loligo.units.INTERNAL_UNITS`.
    name : str
        What it is, for the message.

    Raises
    ------
    UnitError
        A quantity without a unit, or of another dimension.
    CorrectionError
        An estimate without a value, or not finite; the message has the estimate's reason.
    """
    if isinstance(value, Measured):
        found = value
    elif all(hasattr(value, part) for part in ("value", "low", "high")):
        found = _of_estimate(value, name)
    else:
        found = Measured(quantity(value, dimension, name=name))
    if not math.isfinite(found.value):
        raise CorrectionError(f"{name} = {found.value} {INTERNAL_UNITS[dimension]} is not finite")
    return found


def _of_estimate(estimate: Any, name: str) -> Measured:
    if estimate.value is None:
        why = getattr(estimate, "reason", "") or "no reason was given"
        raise CorrectionError(f"{name} was not estimated ({why}); give a value")
    words = ["estimated"]
    if getattr(estimate, "epoch", ""):
        words.append(f"from epoch {estimate.epoch}")
    if getattr(estimate, "sweep", None) is not None:
        words.append(f"of sweep {estimate.sweep}")
    definition = getattr(estimate, "definition", "")
    source = " ".join(words) + (f": {definition}" if definition else "")
    return Measured(float(estimate.value), estimate.low, estimate.high, source)


def positive(found: Measured, dimension: str, *, name: str) -> Measured:
    """Return a number that has to be above zero.

    Raises
    ------
    CorrectionError
        It is not.
    """
    if found.value <= 0:
        shown = format_quantity(found.value, INTERNAL_UNITS[dimension])
        raise CorrectionError(f"{name} = {shown} must be above zero")
    return found


def carried(formula: Callable[..., float], *inputs: Measured, source: str) -> Measured:
    """Return a formula of independent inputs with its interval.

    Each input is moved to either end of its interval while the others stay; deviations to the same
    side are added in quadrature. Inputs without interval count as exact; without any interval the
    result has none.

    Parameters
    ----------
    formula : callable
        Of as many floats as there are `inputs`; may return infinity.
    *inputs : Measured
    source : str
    """
    values = [entry.value for entry in inputs]
    best = formula(*values)
    below = above = 0.0
    for place, entry in enumerate(inputs):
        for end in (entry.low, entry.high):
            if end is None:
                continue
            moved = formula(*values[:place], end, *values[place + 1 :]) - best
            below, above = _wider(below, above, moved, entry)
    if all(entry.low is None and entry.high is None for entry in inputs):
        return Measured(best, source=source)
    return Measured(best, best - math.sqrt(below), best + math.sqrt(above), source)


def _wider(below: float, above: float, moved: float, entry: Measured) -> tuple[float, float]:
    if moved < 0:
        return below + moved**2, above
    return below, above + moved**2

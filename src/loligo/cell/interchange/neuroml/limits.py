"""Removable gaps: ``0/0`` guarded by a case becomes loligo's `linoid`, which has no gap.

Documents write ``x .eq. 0`` beside ``x / (1 - exp(0 - x))``. Around 0 that loses all digits; here
it is recognized by its values, and replaced by the function that is exact there. Others write the
quotient alone, which is not defined at 0; that is recognized by its form.
"""

from __future__ import annotations

import numpy as np

from loligo.cell.expression import Call, Compare, Expression, Number, Where, evaluate, symbols
from loligo.cell.expression.tree import call, walk
from loligo.cell.interchange.nmodl.tidy import tidy

_PLACES = np.concatenate([np.linspace(-150.0, 150.0, 41) + 0.1234567, [1e3, -1e3]])
_CLOSE = 1e-9


def without_gap(node: Expression) -> Expression:
    """Return a choice between a limit at one potential and a law elsewhere without its gap.

    Parameters
    ----------
    node : Expression

    Returns
    -------
    Expression
        ``limit * linoid(x)`` where the node equals that; else the node as it is.
    """
    if not isinstance(node, Where) or node.condition.relation not in {"==", "!="}:
        return node
    at_zero, elsewhere = node.yes, node.no
    if node.condition.relation == "!=":
        at_zero, elsewhere = elsewhere, at_zero
    x = _difference(node.condition)
    if symbols(node) != {"v"} or symbols(at_zero) or "v" not in symbols(x):
        return node
    with np.errstate(all="ignore"):
        for argument in (x, -x):
            smooth = at_zero * call("linoid", argument)
            for scaled in (smooth, _rescaled(x, at_zero, elsewhere)):
                if scaled is not None and _alike(scaled, elsewhere):
                    return scaled
    return node


def without_gaps(node: Expression) -> Expression:
    """Return a law with `linoid` for its quotients of the form ``x / (1 - exp(-x))``, if any."""
    regular = tidy(node)
    return regular if _linoids(regular) > _linoids(node) else node


def _linoids(node: Expression) -> int:
    return sum(isinstance(part, Call) and part.function == "linoid" for part in walk(node))


def _difference(condition: Compare) -> Expression:
    return condition.left - condition.right


def _rescaled(x: Expression, limit: Expression, law: Expression) -> Expression | None:
    """Return ``limit * linoid(x / scale)`` with the scale that the law's slope at 0 tells."""
    ends = evaluate(x, {"v": np.array([0.0, 1.0])})
    slope = float(ends[1] - ends[0]) if np.ndim(ends) else 0.0
    if slope == 0.0 or not np.isfinite(ends).all():
        return None
    zero = -float(ends[0]) / slope
    size = float(evaluate(limit, {}))
    far = zero + np.array([-0.5, 0.5])
    low, high = np.broadcast_to(evaluate(law, {"v": far}), (2,))
    if size == 0.0 or not np.isfinite([low, high]).all():
        return None
    per_potential = 2.0 * (high - low) / size  # linoid(u) - linoid(-u) = u
    if abs(per_potential) < 1e-12:
        return None
    scale = float(f"{slope / per_potential:.10g}")
    return limit * call("linoid", x / Number(scale))


def _alike(first: Expression, second: Expression) -> bool:
    values = [
        np.broadcast_to(evaluate(node, {"v": _PLACES}), _PLACES.shape) for node in (first, second)
    ]
    usable = np.isfinite(values[0]) & np.isfinite(values[1])
    if usable.sum() < 20:
        return False
    one, other = values[0][usable], values[1][usable]
    return bool(np.all(np.abs(one - other) <= _CLOSE * np.abs(other)))

"""Where an expression of the potential is no finite number, removable singularities included.

A rate such as ``0.1 * (v + 40) / (1 - exp(-(v + 40) / 10))`` is 0/0 at -40 mV, which a table of
values shows only if it happens to hold -40 mV. So the zeros of every divisor are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import Expression, Number, Operation, evaluate, symbols, to_text
from loligo.cell.expression.tree import children, rebuild, walk
from loligo.cell.steady import Values

POTENTIALS = np.linspace(-200.0, 200.0, 801)
"""Where rates and currents must be finite [mV]."""


def on_grid(expression: Expression, values: Values) -> NDArray[np.float64]:
    """Return an expression at each of `POTENTIALS`."""
    return np.broadcast_to(evaluate(expression, values), POTENTIALS.shape)


def at_potential(value: NDArray[np.float64], wrong: NDArray[np.bool_]) -> str:
    """Tell the first value that is wrong, and where."""
    first = int(np.flatnonzero(wrong)[0])
    return f"{value[first]:.6g} at v = {POTENTIALS[first]:g} mV"


def finite(path: str, expression: Expression, values: Values) -> Iterator[tuple[str, str]]:
    """Find where an expression is not a finite number, a removable singularity included."""
    value = on_grid(expression, values)
    wrong = ~np.isfinite(value)
    root = next(_unguarded_roots(expression, values), None)
    if root is None and not wrong.any():
        return
    where = at_potential(value, wrong) if root is None else f"not finite at v = {root:.6g} mV"
    remedy = (
        "; where it is 0/0, write x / (1 - exp(-x)) as linoid(x), or the rate as "
        "linoid(rate, midpoint, scale)"
    )
    yield path, f"{to_text(expression)!r} is {where}{'' if root is None else remedy}"


def _unguarded_roots(expression: Expression, values: Values) -> Iterator[float]:
    """Yield the potentials at which a divisor is 0 and no `where` takes care of it."""
    fixed = {name: value for name, value in values.items() if value.ndim == 0}
    for node in set(walk(expression)):
        if not isinstance(node, Operation) or node.operator != "/":
            continue
        divisor = node.right
        if "v" not in symbols(divisor) or not symbols(divisor) <= {"v", *fixed}:
            continue
        at_grid = evaluate(divisor, values)
        for place in np.flatnonzero(at_grid[:-1] * at_grid[1:] <= 0):
            root = _root(divisor, fixed, POTENTIALS[place], POTENTIALS[place + 1])
            whole = {**{name: _at(value, root) for name, value in values.items()}, "v": root}
            singular = _replaced(expression, node, Operation("/", node.left, Number(0.0)))
            if not np.isfinite(evaluate(singular, whole)):
                yield root


def _at(value: NDArray[np.float64], v: float) -> float:
    return float(value) if value.ndim == 0 else float(np.interp(v, POTENTIALS, value))


def _root(divisor: Expression, fixed: Values, low: float, high: float) -> float:
    def sign(v: float) -> float:
        return float(np.sign(evaluate(divisor, {**fixed, "v": v})))

    start = sign(low)
    if start == 0:
        return low
    for _ in range(60):
        middle = 0.5 * (low + high)
        if sign(middle) == start:
            low = middle
        else:
            high = middle
    return high


def _replaced(node: Expression, old: Expression, new: Expression) -> Expression:
    if node == old:
        return new
    parts = children(node)
    return rebuild(node, tuple(_replaced(part, old, new) for part in parts)) if parts else node

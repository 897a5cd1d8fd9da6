"""One division for several gates: of the product of what they are divided by.

``1 / a = b c / (a b c)`` and so on: a division costs as much as a dozen products. Products must not
leave the range of numbers at any potential that a simulation may reach, so gates are put together
only where that is certain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import Expression, evaluate, substitute, symbols
from loligo.engine.fraction import LinearRate
from loligo.engine.lanes import LARGEST_POTENTIAL
from loligo.engine.rewrite import ONE
from loligo.engine.scope import Definitions, Statements

MOST = 3
"""Gates of a division: more would need ever longer products."""
LARGEST = 290.0
"""Decimal digits of the largest product."""
LONGEST_STEP = 1e6
"""Of a gate [ms], in its own time: factor times step."""

_POTENTIALS = np.linspace(-LARGEST_POTENTIAL, LARGEST_POTENTIAL, 161)


def digits(rate: LinearRate, definitions: Definitions) -> NDArray[np.float64] | None:
    """Return how many decimal digits a gate's divisor has at most, at potentials in turn.

    ``None`` where it depends on anything but the potential.
    """
    size = _of_potential(rate.d + LONGEST_STEP * rate.s, definitions)
    if size is None:
        return None
    with np.errstate(all="ignore"):
        found = np.log10(np.broadcast_to(evaluate(size, {"v": _POTENTIALS}), _POTENTIALS.shape))
    return np.where(np.isfinite(found), np.maximum(found, 0.0), np.inf)


def _of_potential(node: Expression, definitions: Definitions) -> Expression | None:
    while names := symbols(node) - {"v"}:
        inner = {n: definitions.expressions[n] for n in names if n in definitions.expressions}
        if len(inner) < len(names):
            return None
        node = substitute(node, inner)
    return node


def inverses(
    statements: Statements,
    divisors: Sequence[Expression],
    sizes: Sequence[NDArray[np.float64] | None],
) -> list[Expression]:
    """Return one over each divisor, with as few divisions as is safe."""
    found: list[Expression] = []
    for group in _groups(sizes):
        found += _together(statements, [divisors[i] for i in group])
    return found


def _groups(sizes: Sequence[NDArray[np.float64] | None]) -> list[list[int]]:
    groups: list[list[int]] = []
    total = np.full(1, np.inf)
    for index, size in enumerate(sizes):
        if size is None:
            groups.append([index])
            total = np.full(1, np.inf)
        elif (total + size).max() < LARGEST and len(groups[-1]) < MOST:
            groups[-1].append(index)
            total = total + size
        else:
            groups.append([index])
            total = size
    return groups


def _together(statements: Statements, divisors: list[Expression]) -> list[Expression]:
    if len(divisors) == 1:
        return [ONE / divisors[0]]
    *first, last = divisors
    product = first[0] if len(first) == 1 else statements.assign("shared", first[0] * first[1])
    inverse = statements.assign("inverse", ONE / (product * last))
    rest = statements.assign("inverse", inverse * last)
    if len(first) == 1:
        return [rest, inverse * product]
    return [rest * first[1], rest * first[0], inverse * product]

"""Exponentials that share a base: ``exp(-v/10)`` is the eighth power of ``exp(-v/80)``.

Exponentials set the pace of a membrane. Where the slopes of several are whole multiples of one of
them, one exponential and a few products do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from loligo.cell.expression import Call, Expression, Number, Operation, Symbol
from loligo.cell.expression.tree import children, rebuild, walk
from loligo.engine.rewrite import Linear, exponential, linear

LARGEST_POWER = 96
"""A power costs a few products, and multiplies the rounding of its base: to 2e-14 at most."""

LARGEST_ROOT = 9
"""The slope of the base is that of the flattest exponential over a whole number up to this."""

_EXPONENTIAL = 20
"""Operations that an exponential takes."""

_FARTHEST = 40.0
"""Largest logarithm of the factor that is left over: within the range of single precision."""

_WHOLE = 1e-12
"""How far a ratio of slopes may be from whole by rounding."""


def share(roots: Iterable[Expression]) -> dict[Expression, Expression]:
    """Return by what each exponential of a straight line is to be replaced.

    Parameters
    ----------
    roots : iterable of Expression
        All expressions of a step.

    Returns
    -------
    dict of Expression to Expression
        Only those that are replaced.
    """
    lines: dict[Expression, Linear] = {}
    for root in roots:
        for node in walk(root):
            if isinstance(node, Call) and node.function == "exp" and node not in lines:
                line = linear(node.arguments[0])
                if line is not None and line.slope != 0.0:
                    lines[node] = line
    replaced: dict[Expression, Expression] = {}
    waiting = sorted(lines.items(), key=lambda item: (item[1].symbol, abs(item[1].slope)))
    while waiting:
        base, family = _best_base(waiting)
        waiting = [item for item in waiting if item not in family]
        if len(family) > 1:
            replaced |= _in_powers(base, family)
    return replaced


_Item = tuple[Expression, Linear]


def _best_base(waiting: list[_Item]) -> tuple[Linear, list[_Item]]:
    """Return the base that saves most, and the exponentials that are its powers.

    The first exponential waiting is always among them.
    """
    flattest = waiting[0][1]
    best, most, family = flattest, -math.inf, [waiting[0]]
    for root in range(1, LARGEST_ROOT + 1):
        base = Linear(flattest.symbol, flattest.slope / root, flattest.offset / root)
        members = [item for item in waiting if _power_of(base, item[1])]
        products: set[int] = set().union(*(_chain(_power_of(base, line)) for _, line in members))
        saved = _EXPONENTIAL * len(members) - len(products)
        if saved > most:
            best, most, family = base, saved, members
    return best, family


def _chain(power: int) -> set[int]:
    """Return the powers on the way to one, by squares and single factors."""
    if power <= 1:
        return set()
    return {power} | _chain(power - 1 if power % 2 else power // 2)


def _power_of(base: Linear, line: Linear) -> int:
    """Return the whole power of the base that a line's exponential is, 0 where it is none."""
    if line.symbol != base.symbol:
        return 0
    ratio = line.slope / base.slope
    power = round(ratio)
    if not 1 <= power <= LARGEST_POWER or abs(ratio - power) > _WHOLE * power:
        return 0
    return power if abs(line.offset - power * base.offset) < _FARTHEST else 0


def _in_powers(base: Linear, family: list[_Item]) -> dict[Expression, Expression]:
    first = exponential(base.expression)
    replaced: dict[Expression, Expression] = {}
    for node, line in family:
        power = _power_of(base, line)
        constant = math.exp(line.offset - power * base.offset)
        replaced[node] = Number(constant) * _raised(first, power)
    return replaced


def _raised(base: Expression, power: int) -> Expression:
    """Return a power by repeated squaring, in which all powers of a base share their squares."""
    if power == 1:
        return base
    if power % 2:
        return Operation("*", _raised(base, power - 1), base)
    half = _raised(base, power // 2)
    return Operation("*", half, half)


def replace(node: Expression, by: dict[Expression, Expression]) -> Expression:
    """Return an expression with some of its nodes replaced."""
    if node in by:
        return by[node]
    parts = children(node)
    if not parts or isinstance(node, Symbol):
        return node
    return rebuild(node, tuple(replace(part, by) for part in parts))

"""Whether a step is short enough for a Markov scheme, watched at every step at little cost.

An embedded solution of first order comes for free with each step; how far it is from the step's own
measures what the step changes beyond a straight line. Occupancies below 0 say the same.
"""

from __future__ import annotations

from loligo.cell.expression import Expression, Symbol
from loligo.cell.expression.tree import call
from loligo.engine.rules import SchemeStep
from loligo.engine.scope import Statements

GUARD = "scheme.excess"
"""The row that goes above 1 when a step was too long for a scheme."""

LARGEST_BEND = 0.1
"""Largest difference between an occupancy after a step and its embedded solution.

Of a state that decays at the rate R over a step h it is 0.1 at R h = 0.9, where the step's error is
0.013 of the occupancy before."""

MOST_BELOW = 1e-6
"""How far occupancies may be below 0."""


def watch(statements: Statements, steps: list[SchemeStep]) -> str:
    """Add what watches steps of schemes and return the name of the guard's new value.

    It is the largest so far of what is above 1 where a step was too long, and not a number where
    occupancies are none.
    """
    total: Expression = Symbol(GUARD)
    for step in steps:
        new = [Symbol(name) for name in step.new]
        lowest: Expression = new[0]
        largest = call("abs", new[0] - step.embedded[0])
        for x, y in zip(new[1:], step.embedded[1:], strict=True):
            lowest = call("min", x, lowest)
            largest = call("max", call("abs", x - y), largest)
        bend = statements.assign(f"{step.name}.bend", largest * (1.0 / LARGEST_BEND))
        below = statements.assign(f"{step.name}.below", lowest * (-1.0 / MOST_BELOW))
        total = call("max", call("max", total, bend), below)
    return statements.store(f"{GUARD}.next", total)

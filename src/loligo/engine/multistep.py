"""Steps of third order with one solve, which look back at the steps before: `method="multistep"`.

Where a step is one of many under a constant command, its errors can be told from the last steps.
Let ``u`` be what the plain rule ``u_new = u + h f(middle)`` sums up. The sum of its errors is that
of ``h^3 f'' / 24``, which is ``h^2 f' / 24``, so that the state itself is

    y = u + d2 / 24

with the backward differences ``d1 = u - u_before`` and ``d2 = d1 - d1_before``. In the middle of
the coming step it is, up to third order,

    x = (u + u_new) / 2 - d2 / 12

and ``C (u_new - u) / h = f(x)`` there is one equation for ``x``: a one-leg method. On a linear
equation it is stable at every step for rates within 75 degrees of the negative real axis, and damps
one that is fast beyond all bounds to 0.79 in a step.

It is not L-stable, and needs a past: the first `BEGINNING` steps after every edge are plain ones.
Gates step in the same way, which is the trapezoidal rule with corrections; these fade where a gate
is faster than the step.
"""

from __future__ import annotations

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.tree import call
from loligo.engine.fraction import LinearRate
from loligo.engine.rules import OpenStep, open_step
from loligo.engine.scope import Statements

BEGINNING = 3
"""Steps of a stretch before there are two differences, also of the gates, whose first step is half
as long as the others."""

PAST, KEEP, ONWARD, GAIN, TURN, LOSS = NUMBERS = (
    "past", "keep", "onward", "gain", "turn", "loss",
)  # fmt: skip
"""Numbers that all compartments share: 1 where a step looks back, and where the next one will, else
0; how much further than the solution ``x`` the new potential is; and by what a gate's change and
the one before it are multiplied, see `closed`."""

BEFORE = {PAST: 0.0}
"""What they are in steps of a cell that do not look back."""
LATER = {PAST: 1.0, KEEP: 1.0, GAIN: 1.0, TURN: 0.0, LOSS: 0.0}
"""What they are in steps that do."""

OPENING = (KEEP, GAIN, TURN, LOSS)
"""Those that steps of a cell need before they look back."""

GATES = {
    "whole": (1.0, 0.0, 0.0),
    "after_first": (1.0 + 2.5 / 8.0, 1.5 / 8.0, 2.0 / 8.0),
    "last": (0.0, -6.0 / 8.0, -1.0 / 8.0),
}
"""Gain, turn and loss of a whole step, of the one after the first half step of a stretch, and of
its last half step."""

HALF = 0.5
"""The share of the new value in ``x``."""
LEAD = -2.0
"""By how much of ``d2 / 24`` the middle is ahead of the mean of old and new."""
_SUM = 1.0 / 24.0


def opening(k: int, n: int) -> tuple[float, float, float, float]:
    """Return the numbers of `OPENING` in step `k` of `n` and the last half step of gates."""
    which = "after_first" if n > 1 and k == 1 else "last" if n > 1 and k == n else "whole"
    return (1.0 if k + 1 >= BEGINNING else 0.0, *GATES[which])


def rows(state: str) -> tuple[str, str]:
    """Return the names of the rows with a state's first difference and its ``d2 / 24``."""
    return (f"{state}.past.change", f"{state}.past.sum")


def summed(state: str) -> Expression:
    """Return the part of a state that is not in ``u``, where a step looks back."""
    return Symbol(PAST) * Symbol(rows(state)[1])


def opened(statements: Statements, state: str, rate: LinearRate, h: Expression) -> OpenStep:
    """Add a gate's step from its ``u``, at rates of its middle; see `rules.open_step`."""
    y, kept = Symbol(state), statements.assign(f"{state}.summed", summed(state))
    u = statements.assign(f"{state}.u", y - kept)
    return open_step(statements, state, u, rate, h, at=y + (LEAD - 1.0) * kept)


def closed(statements: Statements, step: OpenStep, inverse: Expression) -> dict[str, str]:
    """Add the end of a gate's step; return the names of its new value and rows.

    Corrections fade from ``h s = 1`` to 2, where ``q = d * inverse`` goes from 2/3 to 1/2.

    The half steps of gates at the ends of a stretch take rates at one end of them, and lack an
    eighth of what the rates' change over a whole step makes of the gate. The change beside them
    tells it. After a first half step of ``c0``, the whole step ``c`` adds ``(c - 2 c0 + 3/4 z c) /
    8``; from the last half step ``c``, after a whole one of ``c0``, ``(2 c - c0 + 3 z c) / 8`` is
    taken away. There ``z = h s``, about ``2 (1 - q)``, takes out how the gate itself has moved.
    """
    q = statements.assign(f"{step.state}.q", step.d * inverse)
    fading = call("max", Number(0.0), call("min", Number(1.0), 6.0 * q - 3.0))
    change = statements.assign(f"{step.state}.change", step.change * inverse)
    before = Symbol(rows(step.state)[0])
    made = change * (Symbol(GAIN) - Symbol(TURN) * q) - Symbol(LOSS) * before
    new = statements.assign(f"{step.state}.u.next", step.x + made)
    return ended(statements, step.state, change, new, fading)


def ended(
    statements: Statements, state: str, made: Expression, new: Expression, weight: Expression
) -> dict[str, str]:
    """Add a state's value and rows after ``u`` has changed to a new value; return their names."""
    change, kept = rows(state)
    step = statements.store(f"{change}.next", made)
    second = Symbol(step) - Symbol(change)
    found = statements.store(f"{kept}.next", (Symbol(KEEP) * weight) * (_SUM * second))
    value = statements.store(f"{state}.next", new + Symbol(PAST) * Symbol(found))
    return {state: value, change: step, kept: found}

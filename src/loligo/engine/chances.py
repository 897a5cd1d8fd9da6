"""What happens at random in each step: channels that move, and a current that fluctuates.

A scheme of channels goes through its pairs of connected states one after another, forward over half
a step and back again over the other half. Each pair alone is solved exactly: after a time h a
channel of the first state is in the second with probability ``a / (a + b) (1 - exp(-(a + b) h))``.
"""

from __future__ import annotations

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.expression.tree import call
from loligo.cell.lowered import Equations, Occupancy
from loligo.engine.scope import Scope
from loligo.engine.system import Chances, Exchange

NOISE = "i.noise"
"""The state that is a random current [pA]."""

LARGEST_MOVE = 1.0
"""Largest product of step and sum of both rates of a pair, in schemes of more than one pair."""

LARGEST_ROW = "chance.largest"
"""Row of that product."""

BACK_DRAWS = 1 << 14
"""First of the draws of the second half of a step."""

START_DRAWS = 1 << 15
"""First of the draws that channels start from."""

NOISE_DRAW = 0xFFFF << 16
_BITS = 16

Pairs = dict[tuple[int, int], tuple[Expression, Expression]]


def per_channel(name: str) -> str:
    """Return the name of the reciprocal of a scheme's number of channels."""
    return f"{name}.per_channel"


def shares(equations: Equations, stochastic: tuple[str, ...]) -> dict[str, Expression]:
    """Return what the occupancies of stochastic schemes are: channels over all channels."""
    return {
        symbol: Symbol(symbol) * Symbol(per_channel(scheme.name))
        for scheme in equations.occupancies
        if scheme.name in stochastic
        for symbol in scheme.symbols
    }


def draw_of(equations: Equations, name: str) -> int:
    """Return the first draw of a scheme; others follow."""
    names = [scheme.name for scheme in equations.occupancies]
    return names.index(name) << _BITS


def pairs_of(scheme: Occupancy) -> Pairs:
    """Return the two rates of each pair of connected states, 0 for a move that is not there."""
    pairs: Pairs = {}
    for i, j, rate in scheme.transitions:
        if (j, i) in pairs:
            pairs[j, i] = (pairs[j, i][0], rate)
        else:
            pairs[i, j] = (rate, Number(0.0))
    return pairs


def chances(
    equations: Equations, stochastic: tuple[str, ...], scope: Scope, h: Expression, *, noise: bool
) -> Chances:
    """Return what happens at random in a step.

    Parameters
    ----------
    equations : Equations
    stochastic : tuple of str
        Schemes whose channels are counted.
    scope : Scope
        Where rates are resolved; it collects the assignments.
    h : Expression
        Step [ms].
    noise : bool
        Whether there is a random current.

    Notes
    -----
    Going through the pairs and back again is Strang's splitting [1]_, of second order in the step.
    It leaves the steady state of a scheme in detailed balance as it is, and is exact at constant
    rates for a scheme of one pair. The random current is an Ornstein-Uhlenbeck process, updated
    exactly [2]_: ``i -> i exp(-h / tau) + sigma sqrt(1 - exp(-2 h / tau)) xi``.

    References
    ----------
    .. [1] Strang 1968, https://doi.org/10.1137/0705041
    .. [2] Gillespie 1996, https://doi.org/10.1103/PhysRevE.54.2084
    """
    half = scope.statements.assign("chance.h", 0.5 * h)
    rows: dict[str, Expression] = {}
    exchanges: list[Exchange] = []
    largest: Expression = Number(0.0)
    for scheme in equations.occupancies:
        if scheme.name not in stochastic:
            continue
        pairs = pairs_of(scheme)
        for index, ((i, j), rates) in enumerate(pairs.items()):
            there, back = (scope.resolve(rate) for rate in rates)
            place = f"chance.{scheme.name}.{scheme.states[i]}.{scheme.states[j]}"
            total = scope.statements.assign(f"{place}.moved", half * (there + back))
            share = scope.statements.assign(f"{place}.share", half / call("linoid", total))
            rows[f"{place}.there"] = scope.statements.assign(f"{place}.p", there * share)
            rows[f"{place}.back"] = scope.statements.assign(f"{place}.q", back * share)
            if len(pairs) > 1:
                largest = total if largest == Number(0.0) else call("max", total, largest)
            exchanges.append(
                Exchange(
                    states=(scheme.symbols[i], scheme.symbols[j]),
                    chances=(f"{place}.there", f"{place}.back"),
                    draw=draw_of(equations, scheme.name) + index,
                )
            )
    if largest != Number(0.0):
        rows[LARGEST_ROW] = scope.statements.assign("chance.all", 2.0 * largest)
    fluctuation = None
    if noise:
        time = scope.statements.assign(f"{NOISE}.h", half / Symbol("noise.tau"))
        fresh = call("sqrt", -call("expm1", -2.0 * time))
        fluctuation = (NOISE, f"{NOISE}.decay", f"{NOISE}.spread")
        rows[fluctuation[1]] = scope.statements.assign(f"{NOISE}.kept", call("exp", -time))
        rows[fluctuation[2]] = scope.statements.assign(
            f"{NOISE}.new", Symbol("noise.sigma") * fresh
        )
    return Chances(tuple(scope.statements.lines), rows, tuple(exchanges), fluctuation)

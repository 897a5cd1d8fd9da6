"""The step of the potential, with a rig where there is one, that looks back at those before.

One equation ``M (u_new - u) / h = b - G x`` with ``x`` in the middle of the step, see `multistep`:

    (M + h G / 2) x = M (y - d2 / 8) + h b / 2,    u_new = u + 2 (x - y + d2 / 8)

Steps that have no past yet are those of `potential` and `rigged`; what they change is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from loligo.cell.expression import Expression, Symbol
from loligo.engine import multistep
from loligo.engine.potential import Membrane, injected
from loligo.engine.rewrite import ONE
from loligo.engine.rigged import driven, entries_of
from loligo.engine.scope import Scope, Statements
from loligo.engine.sparse import Entries, factored
from loligo.engine.wiring import Wiring

_V = "v"


def one_leg(scope: Scope, membrane: Membrane, wiring: Wiring | None) -> dict[str, str]:
    """Add the step of the potential and of a rig's states; return the names of states and rows."""
    statements = scope.statements
    v, now = Symbol(scope.names.get(_V, _V)), Symbol("wave")
    total, slope = membrane.totals
    h = statements.assign("leg.h", multistep.HALF * Symbol("h"))
    right: dict[str, Expression] = {}
    if wiring is None:
        g = statements.assign("g.total", slope + membrane.injected_slope(now))
        entries: Entries = {(_V, _V): membrane.capacitance + h * g}
        driving = membrane.injected(now, v)
    else:
        g = statements.assign("g.total", slope)
        entries = entries_of(wiring, membrane, g, h)
        wave = now + multistep.HALF * (Symbol("wave_next") - now)
        command = statements.assign("leg.command", injected(wave))
        right = {row.name: h * driven(row, command) for row in wiring.slopes}
        driving = driven(wiring.current, command)
    right[_V] = h * statements.assign("v.free", g * v - total + driving)
    starts: dict[str, Expression] = {}
    for name in right:
        late = (multistep.LEAD - 1.0) * multistep.summed(name)
        starts[name] = statements.assign(f"{name}.start", Symbol(name) + late)
    solve = factored(statements, tuple(right), entries, _V)
    sides = {name: start + right[name] for name, start in starts.items() if name != _V}
    sides[_V] = membrane.capacitance * starts[_V] + right[_V]
    found = solve.solved(statements, sides, "leg")
    changed: dict[str, str] = {}
    for name, start in starts.items():
        made = statements.assign(f"{name}.made", (1.0 / multistep.HALF) * (found[name] - start))
        u = Symbol(name) - multistep.summed(name)
        changed |= multistep.ended(statements, name, made, u + made, ONE)
    return changed


def remembered(statements: Statements, moved: Mapping[str, str]) -> dict[str, str]:
    """Add what a step without a past leaves to look back at; return names of states and rows."""
    changed: dict[str, str] = {}
    for name, new in moved.items():
        made = statements.assign(f"{name}.made", Symbol(new) - Symbol(name))
        changed |= multistep.ended(statements, name, made, Symbol(new), ONE)
    return changed

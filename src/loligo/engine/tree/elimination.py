"""The solve of a slab, as loops over its lanes: elimination outwards, substitution back.

Row ``k`` of a piece reads ``b_k x_{k-1} + d_k x_k + b_{k+1} x_{k+1} = r_k``, and its first also has
the separator that the piece hangs on. Elimination from the first on carries along how each row
depends on that separator (``l``), and what the piece takes from the separator's own row.
"""

from __future__ import annotations

from loligo.cell.expression import Compare, Expression, Number, Symbol
from loligo.cell.expression.tree import where
from loligo.engine import multistep
from loligo.engine.loops import Loop
from loligo.engine.rewrite import ONE
from loligo.engine.scope import Statements
from loligo.engine.tree.assemble import CAPACITANCE, CHARGE, COVERED, DIAGONAL, END, NEW, RIGHT
from loligo.engine.two_stage import AHEAD

BACK, ROOT, TIP = "axial.back", "axial.root", "axial.tip"
"""Rows of minus the conductance to the node before, and to the separator of a first one; and of 1
at the last node of a piece that ends in a tip, else 0."""

INVERSE, FILL, REST, TAKEN, GIVEN, ABOVE = (
    "solve.inverse",
    "solve.fill",
    "solve.rest",
    "solve.taken",
    "solve.given",
    "solve.above",
)
"""Rows: one over the pivot, the dependence on the separator above, the right side as eliminated,
what the separator's diagonal and right side lose to the piece so far, the separator's potential."""

WORK = (DIAGONAL, RIGHT, INVERSE, FILL, REST, TAKEN, GIVEN, NEW, ABOVE)


class _Slabs:
    """Names of rows in two neighbouring slabs: the first begins at element 0."""

    def __init__(self, rows: dict[str, int], room: int, here: int) -> None:
        self.rows, self.room, self.here = rows, room, here
        self.loop = Loop()

    def there(self, row: str) -> Expression:
        """Return a number of the other slab."""
        return self._load(f"other.{row}", self.rows[row] + (1 - self.here) * self.room)

    def at(self, row: str) -> Expression:
        """Return a number of this slab."""
        return self._load(row, self.rows[row] + self.here * self.room)

    def _load(self, name: str, row: int) -> Expression:
        self.loop.loads[name] = row
        return Symbol(name)

    def line(self, name: str, value: Expression) -> Expression:
        """Add an assignment."""
        self.loop.lines.append((name, value))
        return Symbol(name)

    def store(self, row: str, value: Expression) -> None:
        """Put a number into this slab."""
        self.loop.stores.append((self.rows[row] + self.here * self.room, value))


def forward(rows: dict[str, int], room: int, *, first: bool, last: bool) -> Loop:
    """Return the elimination of a slab; the one before it in the group begins at element 0."""
    slabs = _Slabs(rows, room, here=1)
    d, r, fill = slabs.at(DIAGONAL), slabs.at(RIGHT), slabs.at(ROOT)
    taken: Expression | None = None
    given: Expression | None = None
    if not first:
        back = slabs.at(BACK)
        share = slabs.line("share", back * slabs.there(INVERSE))
        d = slabs.line("pivot", d - share * back)
        r = slabs.line("eliminated", r - share * slabs.there(REST))
        fill = slabs.line("fill", fill - share * slabs.there(FILL))
        taken, given = slabs.there(TAKEN), slabs.there(GIVEN)
    inverse = slabs.line("inverse", ONE / d)
    weight = slabs.line("weight", fill * inverse)
    if last:
        weight = slabs.line("weight.tip", weight * slabs.at(TIP))
        slabs.store(DIAGONAL, d)
    slabs.store(INVERSE, inverse)
    slabs.store(FILL, fill)
    slabs.store(REST, r)
    slabs.store(TAKEN, fill * weight if taken is None else taken + fill * weight)
    slabs.store(GIVEN, weight * r if given is None else given + weight * r)
    return slabs.loop


def forward_again(rows: dict[str, int], room: int, *, first: bool, last: bool) -> Loop:
    """Return the elimination of a second right side of the same matrix."""
    slabs = _Slabs(rows, room, here=1)
    r = slabs.at(RIGHT)
    given: Expression | None = None
    if not first:
        share = slabs.line("share", slabs.at(BACK) * slabs.there(INVERSE))
        r = slabs.line("eliminated", r - share * slabs.there(REST))
        given = slabs.there(GIVEN)
    weight = slabs.line("weight", slabs.at(FILL) * slabs.at(INVERSE))
    if last:
        weight = slabs.line("weight.tip", weight * slabs.at(TIP))
    slabs.store(REST, r)
    slabs.store(GIVEN, weight * r if given is None else given + weight * r)
    return slabs.loop


def backward(rows: dict[str, int], room: int, *, last: bool, first_stage: bool, done: bool) -> Loop:
    """Return the substitution into a slab; the one after it in the group follows in memory.

    Separators have been solved for. After the first stage the right side of the second is made;
    after the second the potential is the new one, where nothing is `done` with both before. Of
    steps that look back, the new potential and its differences come from the solution.
    """
    slabs = _Slabs(rows, room, here=0)
    if last:
        rest = slabs.at(REST) - slabs.at(FILL) * slabs.at(ABOVE)
        found = slabs.line("found", rest * slabs.at(INVERSE))
        is_tip = Compare(">", slabs.at(TIP), Number(0.5))
        x = slabs.line("x", where(is_tip, found, slabs.at(NEW)))
        slabs.store(NEW, x)
    else:
        above = slabs.there(ABOVE)
        rest = slabs.at(REST) - slabs.at(FILL) * above - slabs.there(BACK) * slabs.there(NEW)
        x = slabs.line("x", rest * slabs.at(INVERSE))
        slabs.store(NEW, x)
        slabs.store(ABOVE, above)
    if first_stage:
        if CAPACITANCE in rows:
            slabs.at(CAPACITANCE)
        charge = slabs.at(COVERED) * CHARGE if COVERED in rows else CHARGE
        ahead = slabs.line("ahead", AHEAD * charge)
        slabs.store(RIGHT, slabs.at(RIGHT) + ahead * (x - slabs.at("v")))
        return slabs.loop
    if multistep.rows("v")[0] in rows:
        x = _end(slabs, x, done=done)
    if not done:
        slabs.store("v", x)
    return slabs.loop


def _end(slabs: _Slabs, x: Expression, *, done: bool) -> Expression:
    """Add the end of a step that looks back; return the new potential."""
    statements = Statements(slabs.loop.lines)
    for row in ("v", *multistep.rows("v")):
        slabs.at(row)
    kept = statements.assign("v.summed", multistep.summed("v"))
    u = statements.assign("u", Symbol("v") - kept)
    way = x - u - multistep.LEAD * kept
    made = statements.assign("u.change", Symbol(multistep.ONWARD) * way)
    names = multistep.ended(statements, "v", made, u + made, ONE)
    for row in multistep.rows("v"):
        slabs.store(row, Symbol(names[row]))
    end = Symbol(names["v"])
    if done:
        slabs.store(END, end)
    return end

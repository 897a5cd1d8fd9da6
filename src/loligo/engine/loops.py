"""One step of many cells as a few short loops over them.

A processor looks some two hundred instructions ahead. One long loop body is a single chain of
dependent operations that fills this window; in short loops the chains of several groups of cells
overlap. What one loop leaves for another goes through rows of scratch, which stay in the first
cache.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from loligo.cell.expression import Call, Expression, Number, Operation, Symbol, symbols
from loligo.cell.expression.tree import walk
from loligo.engine.system import LEVEL, SCALE, Assignment, System

LONGEST_LOOP = 40
"""Cost of a loop's body at which a new loop begins, in operations."""

_COST = {"exp": 20, "log": 26, "sqrt": 4, "abs": 1, "max": 1, "min": 1}


@dataclass(slots=True)
class Loop:
    """One loop over the cells.

    Attributes
    ----------
    loads : dict of str to int
        Rows read before, by the name they are read into.
    lines : list of (name, Expression)
    stores : list of (int, Expression)
        Rows written after.
    """

    loads: dict[str, int] = field(default_factory=dict)
    lines: list[Assignment] = field(default_factory=list)
    stores: list[tuple[int, Expression]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which row of a block of cells holds what.

    Attributes
    ----------
    rows : dict of str to int
        States first, then constants: what is kept between calls.
    n_kept : int
    n_rows : int
        With the command's level and scale, and scratch.
    """

    rows: dict[str, int]
    n_kept: int
    n_rows: int


def cost(node: Expression) -> int:
    """Return about how many operations an expression takes."""
    total = 0
    for part in walk(node):
        if isinstance(part, Call):
            total += _COST[part.function]
        elif isinstance(part, Operation):
            total += 6 if part.operator == "/" else 1
        elif not isinstance(part, Number | Symbol):
            total += 1
    return total


def layout_of(system: System) -> Layout:
    """Return the rows of a system's states, constants and command."""
    names = [*system.states, *(name for name, _ in system.constants)]
    rows = {name: index for index, name in enumerate(names)}
    kept = len(rows)
    rows |= {LEVEL: kept, SCALE: kept + 1}
    return Layout(rows, kept, kept + 2)


def split_off(
    lines: tuple[Assignment, ...],
    updates: dict[str, Expression],
    layout: Layout,
    still: Collection[str],
    first: int,
) -> tuple[Loop, tuple[Assignment, ...], dict[str, int]]:
    """Take out what changes only with the length of the steps: it is done once before equal steps.

    Parameters
    ----------
    lines, updates : tuple of (name, Expression), dict of str to Expression
        A step, as of `System`.
    layout : Layout
    still : collection of str
        Names that do not change while steps are equal.
    first : int
        Row from which on what the steps need of it is kept.

    Returns
    -------
    loop : Loop
        What is done once; without lines where there is nothing.
    lines : tuple of (name, Expression)
        What is left for every step.
    rows : dict of str to int
        What they need of it.
    """
    known = set(still)
    fixed: dict[str, Expression] = {}
    for name, expression in lines:
        if symbols(expression) <= known:
            known.add(name)
            fixed[name] = expression
    rest = tuple(line for line in lines if line[0] not in fixed)
    read = {n for e in (*(e for _, e in rest), *updates.values()) for n in symbols(e)}
    rows = {name: first + place for place, name in enumerate(n for n in fixed if n in read)}
    used = {n for expression in fixed.values() for n in symbols(expression)}
    loop = Loop(
        loads={name: row for name, row in layout.rows.items() if name in used},
        lines=list(fixed.items()),
        stores=[(row, Symbol(name)) for name, row in rows.items()],
    )
    return loop, rest, rows


def partition(
    lines: tuple[Assignment, ...],
    updates: dict[str, Expression],
    layout: Layout,
    longest: int = LONGEST_LOOP,
) -> tuple[list[Loop], Layout]:
    """Split assignments into loops, and give rows of scratch to what passes between them."""
    groups = _groups(lines, longest)
    home = {name: index for index, group in enumerate(groups) for name, _ in group}
    reads = [{n for _, e in group for n in symbols(e)} for group in groups]
    stores = _store_places(updates, home, reads)
    for state, place in stores.items():
        reads[place] |= symbols(updates[state])
    rows, n_rows = dict(layout.rows), layout.n_rows
    loops = []
    for index, group in enumerate(groups):
        loop = Loop(lines=group)
        for name in sorted(reads[index], key=lambda n: rows.get(n, 1_000_000)):
            if name in rows and home.get(name) != index:
                loop.loads[name] = rows[name]
        here = {state: updates[state] for state, place in stores.items() if place == index}
        new = {value.name: state for state, value in here.items() if isinstance(value, Symbol)}
        for name, _ in group:
            if not any(name in later for later in reads[index + 1 :]):
                continue
            if name in new:  # a later loop reads it from the state's own row
                rows[name] = rows[new[name]]
                continue
            rows[name], n_rows = n_rows, n_rows + 1
            loop.stores.append((rows[name], Symbol(name)))
        loop.stores += [(rows[state], value) for state, value in here.items()]
        loops.append(loop)
    return loops, replace(layout, rows=rows, n_rows=n_rows)


def _groups(lines: tuple[Assignment, ...], longest: int) -> list[list[Assignment]]:
    total = sum(cost(expression) for _, expression in lines)
    share = total / max(1, round(total / longest))
    groups: list[list[Assignment]] = [[]]
    spent, budget = 0.0, share
    for line in lines:
        if spent >= budget - 1e-9 and groups[-1]:
            groups.append([])
            budget += share
        groups[-1].append(line)
        spent += cost(line[1])
    return groups


def _store_places(
    updates: dict[str, Expression], home: dict[str, int], reads: list[set[str]]
) -> dict[str, int]:
    """Return in which loop each state's new value is stored: after its old one's last use."""
    places = {}
    for state, value in updates.items():
        if value == Symbol(state):
            continue
        made = max((home.get(name, 0) for name in symbols(value)), default=0)
        read = max((i for i, names in enumerate(reads) if state in names), default=0)
        places[state] = max(made, read)
    return places

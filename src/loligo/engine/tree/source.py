"""Source of the kernel for trees: slabs of compartments, a step at a time.

A step goes through the slabs of each group outwards (membrane, elimination), through the reduced
tree, and back (substitution), and once more for the second stage; see `loligo.engine.tree.layout`
and `loligo.engine.tree.assemble`.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache

from loligo.cell.expression import symbols
from loligo.engine import multistep
from loligo.engine.lanes import CHECKED_EVERY, LARGEST_POTENTIAL
from loligo.engine.loops import Layout, Loop, partition
from loligo.engine.printing import Printer, identifiers
from loligo.engine.tree.assemble import (
    AXIAL_SUM,
    CAPACITANCE,
    COVERED,
    END,
    NUMBERS,
    TreeSystem,
)
from loligo.engine.tree.drawing import IMPORT, drawn
from loligo.engine.tree.driver import DRIVER, HEAD, RIGS, SPREADS
from loligo.engine.tree.elimination import (
    BACK,
    ROOT,
    TIP,
    WORK,
    backward,
    forward,
    forward_again,
)
from loligo.engine.tree.layout import WIDTH
from loligo.engine.tree.solve_text import solve_text
from loligo.engine.tree.spreading import all_rows

LONGEST_LOOP = 40
SCRATCH = 10_000
"""Rows from here on are scratch that all slabs share: what passes between loops over one slab."""


@dataclass(frozen=True, eq=False)
class TreeKernel:
    """A kernel's source and where its rows are.

    Attributes
    ----------
    text : str
    rows : tuple of dict of str to int
        Of each kind of membrane: states, constants that differ between compartments, and what the
        solve needs, in the same rows for all kinds.
    room : int
        Rows of a slab.
    scratch : int
        Rows before the first slab; after ``sample`` the recorded quantities come first.
    uniform : tuple of (int, str)
        Constants that are one number for all compartments, by kind (-1 for all), in the order in
        which the kernel takes them.
    """

    text: str
    rows: tuple[dict[str, int], ...]
    room: int
    scratch: int
    uniform: tuple[tuple[int, str], ...]


@dataclass(frozen=True, eq=False)
class _Kind:
    """The loops of one kind of membrane."""

    tree: TreeSystem
    rows: dict[str, int]
    same: tuple[str, ...]
    before: list[Loop]
    between: list[Loop]
    solve: list[Loop]
    after: list[Loop]
    chances: list[Loop]
    scratch: int


@lru_cache(maxsize=64)
def tree_kernel(
    trees: tuple[TreeSystem, ...],
    uniform: tuple[frozenset[str], ...],
    *,
    one_capacitance: bool,
    branches: bool,
    looks_back: bool = False,
    rigs: bool = False,
) -> TreeKernel:
    """Return the kernel of trees with several kinds of membrane.

    Parameters
    ----------
    trees : tuple of TreeSystem
        One for each kind.
    uniform : tuple of frozenset of str
        Constants of each kind that have one value everywhere.
    one_capacitance : bool
        Whether all compartments have the same capacitance.
    branches : bool
        Whether there are branch points among the nodes.
    looks_back : bool
        Whether steps are corrected by those before, see `multistep`.
    rigs : bool
        Whether electrodes and amplifiers are at sites.
    """
    shared = ["v", AXIAL_SUM, BACK, ROOT, TIP, *WORK]
    shared += [] if one_capacitance else [CAPACITANCE]
    shared += [COVERED] if branches else []
    done = any(tree.after for tree in trees)  # then loops after the solve hand on the potential
    shared += multistep.rows("v") if looks_back else []
    shared += [END] if looks_back and done else []
    shared += all_rows(trees[0].spreads)
    kinds = [
        _kind(tree, same, shared, done=done) for tree, same in zip(trees, uniform, strict=True)
    ]
    rows = {name: index for index, name in enumerate(shared)}
    room = max(len(kind.rows) for kind in kinds)
    common = (*NUMBERS, *(multistep.NUMBERS if looks_back else ()))
    numbers = (*common, *([CAPACITANCE] if one_capacitance else []))
    printer = Printer(identifiers(["s", "w", "j", *_solve_names(numbers)]))
    bodies = [
        _body(name, loop, numbers, printer)
        for name, loop in _solve_loops(rows, room, done=done).items()
    ]
    for index, kind in enumerate(kinds):
        bodies += _kind_bodies(index, kind, numbers)
    return TreeKernel(
        text="\n".join(
            [
                _head(kinds, room, rigs=rigs),
                *bodies,
                _driver(kinds, rows, len(numbers) - len(common), rigs=rigs),
            ]
        ),
        rows=tuple(kind.rows for kind in kinds),
        room=room,
        scratch=_scratch(kinds, room),
        uniform=(
            *([(-1, CAPACITANCE)] if one_capacitance else []),
            *((index, name) for index, kind in enumerate(kinds) for name in kind.same),
        ),
    )


def _kind(tree: TreeSystem, uniform: frozenset[str], shared: list[str], *, done: bool) -> _Kind:
    system = tree.system
    varied = [name for name, _ in system.constants if name not in uniform]
    states = (name for name in system.states if name not in shared)
    names = [*shared, *states, *tree.past, *varied, *system.chances.rows]
    rows = {name: index for index, name in enumerate(names)}
    layout = Layout(rows, len(rows), SCRATCH)
    spread, right = tree.spread, {} if tree.spreads else tree.right
    before, used = partition(system.step, {**system.updates, **right}, layout, LONGEST_LOOP)
    between, middle = partition(spread.between, spread.between_rows, layout, LONGEST_LOOP)
    solve, late = partition(spread.solve, tree.right if tree.spreads else {}, layout, LONGEST_LOOP)
    after, more = partition(tree.after, tree.after_updates, layout, LONGEST_LOOP)
    chances, most = partition(system.chances.lines, system.chances.rows, layout, LONGEST_LOOP)
    return _Kind(
        tree=tree,
        rows=rows,
        same=tuple(name for name, _ in system.constants if name in uniform),
        before=before,
        between=between if tree.spreads else [],
        solve=solve if tree.spreads else [],
        after=after if done else [],
        chances=chances if system.chances else [],
        scratch=max(
            *(each.n_rows - SCRATCH for each in (used, middle, late, more, most)),
            len(system.recorded),
        ),
    )


def _scratch(kinds: list[_Kind], room: int) -> int:
    return max(room, *(kind.scratch for kind in kinds))


def _solve_loops(rows: dict[str, int], room: int, *, done: bool) -> dict[str, Loop]:
    """Return the loops of the solve by name."""
    loops: dict[str, Loop] = {}
    for name, first, last in _PLACES:
        loops[f"forward_{name}"] = forward(rows, room, first=first, last=last)
        loops[f"again_{name}"] = forward_again(rows, room, first=first, last=last)
    for stage in (1, 2):
        for name, last in (("back", False), ("back_last", True)):
            loop = backward(rows, room, last=last, first_stage=stage == 1, done=done)
            loops[f"{name}_{stage}"] = loop
    return loops


_PLACES = (
    ("only", True, True),
    ("first", True, False),
    ("middle", False, False),
    ("last", False, True),
)


def _solve_names(numbers: tuple[str, ...]) -> list[str]:
    made = (
        "share",
        "pivot",
        "eliminated",
        "fill",
        "inverse",
        "weight",
        "weight.tip",
        "found",
        "x",
        "ahead",
        "end",
        "v.summed",
        "u",
        "u.change",
        "v.next",
        *(f"{row}.next" for row in multistep.rows("v")),
    )
    rows = ("v", CAPACITANCE, COVERED, AXIAL_SUM, BACK, ROOT, TIP, *WORK, END, *multistep.rows("v"))
    return list(dict.fromkeys([*numbers, *rows, *(f"other.{row}" for row in rows), *made]))


def _kind_bodies(index: int, kind: _Kind, numbers: tuple[str, ...]) -> list[str]:
    """Return the text of a kind's loops."""
    system = kind.tree.system
    lines = (*system.step, *kind.tree.after, *system.sample, *system.chances.lines)
    lines += (*kind.tree.spread.between, *kind.tree.spread.solve)
    names = [*numbers, *kind.same, *kind.rows, *(name for name, _ in lines)]
    printer = Printer(identifiers(["s", "w", "j", *dict.fromkeys(names)]))
    given = (*numbers, *kind.same)
    loops = {
        **{f"step_{index}_{i}": loop for i, loop in enumerate(kind.before)},
        **{f"between_{index}_{i}": loop for i, loop in enumerate(kind.between)},
        **{f"solve_{index}_{i}": loop for i, loop in enumerate(kind.solve)},
        **{f"after_{index}_{i}": loop for i, loop in enumerate(kind.after)},
        **{f"chances_{index}_{i}": loop for i, loop in enumerate(kind.chances)},
        f"sample_{index}": _sample_loop(kind),
    }
    return [_body(name, loop, given, printer) for name, loop in loops.items()]


def _sample_loop(kind: _Kind) -> Loop:
    system = kind.tree.system
    needed: set[str] = set()
    for _, expression in (*system.sample, *system.recorded):
        needed |= symbols(expression)
    return Loop(
        loads={name: row for name, row in kind.rows.items() if name in needed},
        lines=list(system.sample),
        stores=[(SCRATCH + i, value) for i, (_, value) in enumerate(system.recorded)],
    )


def _at(row: int) -> str:
    if row >= SCRATCH:
        return f"w[{row - SCRATCH} * WIDTH + j]"
    return f"s[{row} * WIDTH + j]"


def _body(name: str, loop: Loop, numbers: tuple[str, ...], printer: Printer) -> str:
    arguments = ", ".join(printer.names[n] for n in numbers)
    lines = ["", "@lanes_loop", f"def {name}(s, j, {arguments}):"]
    lines += [f"    {printer.names[given]} = {_at(row)}" for given, row in loop.loads.items()]
    lines += [f"    {printer.names[made]} = {printer(value)}" for made, value in loop.lines]
    lines += [f"    {_at(row)} = {printer(value)}" for row, value in loop.stores]
    return "\n".join([*lines, *([] if len(lines) > 3 else ["    pass"]), ""])


def _head(kinds: list[_Kind], room: int, *, rigs: bool) -> str:
    told = [
        textwrap.fill(
            f"{kind.tree.system.equations.name}: "
            + ", ".join(f"{row} {name}" for name, row in kind.rows.items()),
            96,
            initial_indent="    ",
            subsequent_indent="        ",
        )
        for kind in kinds
    ]
    return HEAD.format(
        title=f"{kinds[0].tree.system.equations.name}: compartments of a tree.",
        rows="\n".join(told),
        width=WIDTH,
        room=room,
        scratch=_scratch(kinds, room),
        rig_import=RIGS["rig_import"] if rigs else "",
        spread_import=SPREADS["spread_import"] if kinds[0].tree.spreads else "",
        draw_import=IMPORT if any(kind.chances for kind in kinds) else "",
    )


def _driver(kinds: list[_Kind], rows: dict[str, int], n_shared: int, *, rigs: bool) -> str:
    looks_back = multistep.rows("v")[0] in rows
    shared = "h_gate, h, h_record, now, then, seen, t, threshold, inverse_h"
    shared += ", past, keep, onward, gain, turn, loss" if looks_back else ""
    shared += "".join(f", u{i}" for i in range(n_shared))
    places, total = [], n_shared
    for kind in kinds:
        places.append(range(total, total + len(kind.same)))
        total += len(kind.same)
    tuples = [f"({shared}{''.join(f', u{i}' for i in place)})" for place in places]
    steps = [[f"step_{k}_{i}" for i in range(len(kind.before))] for k, kind in enumerate(kinds)]
    solves = [[f"solve_{k}_{i}" for i in range(len(kind.solve))] for k, kind in enumerate(kinds)]
    after = [[f"after_{k}_{i}" for i in range(len(kind.after))] for k, kind in enumerate(kinds)]
    own = [f"numbers_{k}" for k in range(len(kinds))]
    given = "\n".join(
        [f"            numbers = ({shared})"]
        + [f"            numbers_{k} = {text}" for k, text in enumerate(tuples)]
    )
    chances = [
        [f"chances_{k}_{i}" for i in range(len(kind.chances))] for k, kind in enumerate(kinds)
    ]
    texts = drawn(
        [kind.tree for kind in kinds],
        [kind.rows for kind in kinds],
        given,
        _by_kind(chances, 20, own),
    )
    texts |= solve_text(rows, linear=all(kind.tree.is_linear for kind in kinds), rigs=rigs)
    texts |= _spread_text(kinds, own)
    arguments = ("rig_arguments", "draw_arguments", "spread_arguments")
    return DRIVER.format(
        more_arguments="".join(texts[name] for name in arguments),
        **texts,
        v=rows["v"],
        uniform="\n".join(f"    u{i} = uniform[{i}]" for i in range(total)),
        numbers=given,
        samples=_by_kind([[f"sample_{k}"] for k in range(len(kinds))], 20, tuples),
        steps=_by_kind(steps, 24, own),
        membrane=_by_kind(solves if kinds[0].tree.spreads else steps, 24, own),
        after=_by_kind(after, 24, own),
        checked=CHECKED_EVERY,
        largest=LARGEST_POTENTIAL,
    )


def _spread_text(kinds: list[_Kind], numbers: list[str]) -> dict[str, str]:
    """Return the pieces of `driver.DRIVER` where ions spread; without any, nothing."""
    if not kinds[0].tree.spreads:
        return dict.fromkeys(SPREADS, "")
    calls = {
        part: _by_kind(
            [
                [f"{name}_{k}_{i}" for i in range(len(getattr(kind, part)))]
                for k, kind in enumerate(kinds)
            ],
            24,
            numbers,
        )
        for part, name in (("before", "step"), ("between", "between"))
    }
    return {name: text.format(**calls) for name, text in SPREADS.items()}


def _by_kind(names: list[list[str]], indent: int, numbers: list[str]) -> str:
    """Return calls of loops on the slab at ``at``, those of its kind."""
    if not any(names):
        return ""
    if len(names) == 1:
        return "\n".join(f"{' ' * indent}{name}(s, at, WIDTH, {numbers[0]})" for name in names[0])
    lines = []
    for kind, loops in enumerate(names):
        lines.append(f"{' ' * indent}{'if' if kind == 0 else 'elif'} kind == {kind}:")
        calls = [f"{' ' * indent}    {name}(s, at, WIDTH, {numbers[kind]})" for name in loops]
        lines += calls or [f"{' ' * indent}    pass"]
    return "\n".join(lines)

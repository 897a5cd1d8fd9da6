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
from loligo.engine.lanes import CHECKED_EVERY, LARGEST_POTENTIAL
from loligo.engine.loops import Layout, Loop, partition
from loligo.engine.printing import Printer, identifiers
from loligo.engine.tree.assemble import (
    AXIAL_SUM,
    CAPACITANCE,
    COVERED,
    GAMMA,
    NEW,
    NUMBERS,
    TreeSystem,
)
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

LONGEST_LOOP = 100
SCRATCH = 10_000
"""Rows from here on are scratch that all slabs share: what passes between loops over one slab."""

_HEAD = '''"""{title}

Generated; `loligo.engine` made it from a description and will make it again when it is gone.
Rows of a slab, {width} compartments each:
{rows}
"""

from numba import njit

from loligo.engine.support.double import lanes_loop, real

WIDTH = {width}
SLAB = {room} * {width}
BEGIN = {scratch} * {width}
'''

_DRIVER = '''
@njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
def run(s, uniform, groups, separator, above, holds, tip, tip_above, reduced, sites, held,
        levels, steps, sizes, starts, every, offset, waves, wave, first_sample, sampled, recorded,
        out, watched, before, threshold, event_time, event_site, cursor, budget):
    """Run a block of trees from a cursor on; return 0 when done, 1 to be called again, 2 when
    diverged.

    A command has level, scale, jump of the potential, and level and scale of a conductance. A
    group is its first slab, how many, and its kind of membrane. ``cursor`` holds stretch, step
    within it, and the number of events found.
    """
    n_reduced = separator.size
{uniform}
    while cursor[0] < steps.size:
        part = cursor[0]
        n = steps[part]
        size = sizes[part]
        first_wave = waves[part]
        k = cursor[1]
        if k == 0:
            for i in range(sites.size):
                s[sites[i] + {v} * WIDTH] += levels[part, i, 2]
        due = (offset[part] - k) % every[part]
        state = 0
        inverse_h = 1.0 / ({gamma!r} * size)
        while k <= n and state == 0:
            now = then = seen = 0.0
            if first_wave >= 0:
                now = wave[first_wave + k, 0]
                then = wave[first_wave + k, 1]
                seen = wave[first_wave + k, 2]
            t = starts[part] + k * size
            h_gate = 0.5 * size if k == 0 or k == n else size
            h = size if k < n else 0.0
            for i in range(held.size):
                s[held[i] + {v} * WIDTH] = levels[part, i, 0] + levels[part, i, 1] * now
            if due == 0 and k < n:
                h_record = 0.0 if k == 0 else 0.5 * size
                index = first_sample[part] + (k - offset[part]) // every[part]
                for i in range(sampled.shape[0]):
                    at = BEGIN + sampled[i, 0] * SLAB
                    kind = sampled[i, 3]
{samples}
                    for j in range(sampled[i, 1], sampled[i, 2]):
                        out[j, index] = s[recorded[j]]
                due = every[part]
            due -= 1
            h_record = 0.0
{numbers}
            if k == n:
                for group in range(groups.shape[0]):
                    kind = groups[group, 2]
                    for i in range(groups[group, 1]):
                        at = BEGIN + (groups[group, 0] + i) * SLAB
{steps}
            else:
                # membrane, and elimination within pieces
                site = 0
                for group in range(groups.shape[0]):
                    first = groups[group, 0]
                    count = groups[group, 1]
                    kind = groups[group, 2]
                    for i in range(count):
                        at = BEGIN + (first + i) * SLAB
{steps}
                        while site < sites.size and sites[site] < at + SLAB:
                            s[sites[site] + {diagonal} * WIDTH] += (
                                levels[part, site, 3] + levels[part, site, 4] * now
                            )
                            s[sites[site] + {right} * WIDTH] += (
                                levels[part, site, 0] + levels[part, site, 1] * now
                            )
                            site += 1
                        if count == 1:
                            forward_only(s, at - SLAB, WIDTH, numbers)
                        elif i == 0:
                            forward_first(s, at - SLAB, WIDTH, numbers)
                        elif i == count - 1:
                            forward_last(s, at - SLAB, WIDTH, numbers)
                        else:
                            forward_middle(s, at - SLAB, WIDTH, numbers)
                # the tree of separators
                for i in range(n_reduced + 1):
                    reduced[i, 0] = 0.0
                    reduced[i, 1] = 0.0
                for i in range(tip.size):
                    at = tip[i]
                    reduced[tip_above[i], 0] -= s[at + {taken} * WIDTH]
                    reduced[tip_above[i], 1] -= s[at + {given} * WIDTH]
                for i in range(n_reduced):
                    at = separator[i]
                    up = above[i]
                    c = s[at + {fill} * WIDTH]
                    r = s[at + {rest} * WIDTH] + reduced[i, 1]
                    reduced[up, 0] -= s[at + {taken} * WIDTH]
                    reduced[up, 1] -= s[at + {given} * WIDTH]
                    if holds[i] >= 0:
                        j = holds[i]
                        command = now + {gamma!r} * (then - now)
                        r = levels[part, j, 0] + levels[part, j, 1] * command
                        reduced[i, 2] = 0.0
                        reduced[i, 3] = 1.0
                        reduced[i, 4] = c
                    else:
                        inverse = 1.0 / (s[at + {diagonal} * WIDTH] + reduced[i, 0])
                        reduced[i, 2] = c
                        reduced[i, 3] = inverse
                        reduced[i, 4] = c * inverse
                        reduced[up, 0] -= c * inverse * c
                    reduced[i, 1] = r
                    reduced[up, 1] -= reduced[i, 4] * r
{substitute}
                # back into the pieces, and on to the second stage
                for group in range(groups.shape[0]):
                    first = groups[group, 0]
                    count = groups[group, 1]
                    back_last_1(s, BEGIN + (first + count - 1) * SLAB, WIDTH, numbers)
                    for i in range(count - 2, -1, -1):
                        back_1(s, BEGIN + (first + i) * SLAB, WIDTH, numbers)
                    for i in range(count):
                        at = BEGIN + (first + i - 1) * SLAB
                        if count == 1:
                            again_only(s, at, WIDTH, numbers)
                        elif i == 0:
                            again_first(s, at, WIDTH, numbers)
                        elif i == count - 1:
                            again_last(s, at, WIDTH, numbers)
                        else:
                            again_middle(s, at, WIDTH, numbers)
                for i in range(n_reduced + 1):
                    reduced[i, 1] = 0.0
                for i in range(tip.size):
                    reduced[tip_above[i], 1] -= s[tip[i] + {given} * WIDTH]
                for i in range(n_reduced):
                    at = separator[i]
                    r = s[at + {rest} * WIDTH] + reduced[i, 1]
                    if holds[i] >= 0:
                        r = levels[part, holds[i], 0] + levels[part, holds[i], 1] * then
                    reduced[i, 1] = r
                    reduced[above[i], 1] -= s[at + {given} * WIDTH]
                    reduced[above[i], 1] -= reduced[i, 4] * r
{substitute}
                for i in range(watched.size):
                    before[i] = s[watched[i] + {v} * WIDTH]
                for group in range(groups.shape[0]):
                    first = groups[group, 0]
                    count = groups[group, 1]
                    kind = groups[group, 2]
                    for i in range(count - 1, -1, -1):
                        at = BEGIN + (first + i) * SLAB
                        if i == count - 1:
                            back_last_2(s, at, WIDTH, numbers)
                        else:
                            back_2(s, at, WIDTH, numbers)
{after}
                for i in range(watched.size):
                    new = s[watched[i] + {v} * WIDTH]
                    if before[i] < threshold and new >= threshold:
                        share = (threshold - before[i]) / (new - before[i])
                        event_time[cursor[2]] = t + share * size
                        event_site[cursor[2]] = i
                        cursor[2] += 1
            k += 1
            if k % {checked} == 0 or k > n:
                bad = 0
                for at in range(BEGIN, s.size, SLAB):
                    for j in range(WIDTH):
                        bad += not (abs(s[at + {v} * WIDTH + j]) < {largest})
                if bad > 0:
                    state = 2
            budget -= 1
            if state == 0 and k <= n and (
                budget <= 0 or cursor[2] > event_time.size - watched.size
            ):
                state = 1
        cursor[1] = k
        if state > 0:
            return state
        cursor[0] = part + 1
        cursor[1] = 0
    return 0
'''


_SUBSTITUTE = """                for i in range(n_reduced - 1, -1, -1):
                    at = separator[i]
                    over = reduced[above[i], 5]
                    x = (reduced[i, 1] - reduced[i, 2] * over) * reduced[i, 3]
                    reduced[i, 5] = x
                    s[at + {new} * WIDTH] = x
                    s[at + {above} * WIDTH] = over
                for i in range(tip.size):
                    s[tip[i] + {above} * WIDTH] = reduced[tip_above[i], 5]"""


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
    after: list[Loop]
    scratch: int


@lru_cache(maxsize=64)
def tree_kernel(
    trees: tuple[TreeSystem, ...],
    uniform: tuple[frozenset[str], ...],
    *,
    one_capacitance: bool,
    branches: bool,
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
    """
    shared = ["v", AXIAL_SUM, BACK, ROOT, TIP, *WORK]
    shared += [] if one_capacitance else [CAPACITANCE]
    shared += [COVERED] if branches else []
    kinds = [_kind(tree, same, shared) for tree, same in zip(trees, uniform, strict=True)]
    rows = {name: index for index, name in enumerate(shared)}
    room = max(len(kind.rows) for kind in kinds)
    done = any(kind.after for kind in kinds)
    numbers = (*NUMBERS, *([CAPACITANCE] if one_capacitance else []))
    printer = Printer(identifiers(["s", "w", "j", *_solve_names(numbers)]))
    bodies = [
        _body(name, loop, numbers, printer)
        for name, loop in _solve_loops(rows, room, done=done).items()
    ]
    for index, kind in enumerate(kinds):
        bodies += _kind_bodies(index, kind, numbers)
    return TreeKernel(
        text="\n".join([_head(kinds, room), *bodies, _driver(kinds, rows, numbers)]),
        rows=tuple(kind.rows for kind in kinds),
        room=room,
        scratch=_scratch(kinds, room),
        uniform=(
            *([(-1, CAPACITANCE)] if one_capacitance else []),
            *((index, name) for index, kind in enumerate(kinds) for name in kind.same),
        ),
    )


def _kind(tree: TreeSystem, uniform: frozenset[str], shared: list[str]) -> _Kind:
    system = tree.system
    varied = [name for name, _ in system.constants if name not in uniform]
    names = [*shared, *(name for name in system.states if name != "v"), *varied]
    rows = {name: index for index, name in enumerate(names)}
    layout = Layout(rows, len(rows), SCRATCH)
    before, used = partition(system.step, {**system.updates, **tree.right}, layout, LONGEST_LOOP)
    after, more = partition(tree.after, tree.after_updates, layout, LONGEST_LOOP)
    return _Kind(
        tree=tree,
        rows=rows,
        same=tuple(name for name, _ in system.constants if name in uniform),
        before=before,
        after=after if tree.after else [],
        scratch=max(used.n_rows - SCRATCH, more.n_rows - SCRATCH, len(system.recorded)),
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
    )
    rows = ("v", CAPACITANCE, COVERED, AXIAL_SUM, BACK, ROOT, TIP, *WORK)
    return list(dict.fromkeys([*numbers, *rows, *(f"other.{row}" for row in rows), *made]))


def _kind_bodies(index: int, kind: _Kind, numbers: tuple[str, ...]) -> list[str]:
    """Return the text of a kind's loops."""
    system = kind.tree.system
    lines = (*system.step, *kind.tree.after, *system.sample)
    names = [*numbers, *kind.same, *kind.rows, *(name for name, _ in lines)]
    printer = Printer(identifiers(["s", "w", "j", *dict.fromkeys(names)]))
    given = (*numbers, *kind.same)
    loops = {
        **{f"step_{index}_{i}": loop for i, loop in enumerate(kind.before)},
        **{f"after_{index}_{i}": loop for i, loop in enumerate(kind.after)},
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


def _head(kinds: list[_Kind], room: int) -> str:
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
    return _HEAD.format(
        title=f"{kinds[0].tree.system.equations.name}: compartments of a tree.",
        rows="\n".join(told),
        width=WIDTH,
        room=room,
        scratch=_scratch(kinds, room),
    )


def _driver(kinds: list[_Kind], rows: dict[str, int], numbers: tuple[str, ...]) -> str:
    shared = "h_gate, h, h_record, now, then, seen, t, threshold, inverse_h"
    count = len(numbers) - len(NUMBERS)
    shared += "".join(f", u{i}" for i in range(count))
    places, total = [], count
    for kind in kinds:
        places.append(range(total, total + len(kind.same)))
        total += len(kind.same)
    tuples = [f"({shared}{''.join(f', u{i}' for i in place)})" for place in places]
    steps = [[f"step_{k}_{i}" for i in range(len(kind.before))] for k, kind in enumerate(kinds)]
    after = [[f"after_{k}_{i}" for i in range(len(kind.after))] for k, kind in enumerate(kinds)]
    row_numbers = {name.split(".")[1]: rows[name] for name in WORK} | {"new": rows[NEW]}
    return _DRIVER.format(
        **row_numbers,
        substitute=_SUBSTITUTE.format(**row_numbers),
        v=rows["v"],
        gamma=GAMMA,
        uniform="\n".join(f"    u{i} = uniform[{i}]" for i in range(total)),
        numbers="\n".join(
            [f"            numbers = ({shared})"]
            + [f"            numbers_{k} = {text}" for k, text in enumerate(tuples)]
        ),
        samples=_by_kind([[f"sample_{k}"] for k in range(len(kinds))], 20, tuples),
        steps=_by_kind(steps, 24, [f"numbers_{k}" for k in range(len(kinds))]),
        after=_by_kind(after, 24, [f"numbers_{k}" for k in range(len(kinds))]),
        checked=CHECKED_EVERY,
        largest=LARGEST_POTENTIAL,
    )


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

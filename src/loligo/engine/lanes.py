"""Source of the kernel for a processor: blocks of cells side by side, time in the outer loop.

A block holds as many cells as there are lanes, one row of numbers for each state and constant.
The compiler turns the loops over lanes into vector instructions; what is printed here decides the
arithmetic, to the last bit.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from loligo.cell.expression import Symbol, symbols
from loligo.engine import drawing, multistep
from loligo.engine.driver import (
    BENDS,
    DRIVER,
    EVENTS,
    FIXED,
    HEAD,
    LATER,
    OPENS,
    UNSET,
    WATCH,
)
from loligo.engine.guard import GUARD
from loligo.engine.loops import LONGEST_LOOP, Layout, Loop, layout_of, partition, split_off
from loligo.engine.printing import Printer, identifiers
from loligo.engine.system import LEVEL, SCALARS, SCALE, System

LANES = 64
"""Cells of a block: enough to hide the latency of arithmetic, few enough for the first cache."""

VECTORS = {"double": 8, "single": 16}
"""Lanes of the widest vector unit; what is left of a block is filled up to whole ones, with the
last cell again, since the lanes of a rest would be computed one by one."""

CHECKED_EVERY = 16
"""Steps between looks at whether a cell has diverged."""

LARGEST_POTENTIAL = 2000.0
"""Beyond this size of the potential a simulation has diverged [mV]."""


_OF_STEPS = ("h_gate", "h", "wave", "wave_next", "t", "threshold")
_OF_SAMPLES = ("h_record", "wave", "wave_sample", "t")


@lru_cache(maxsize=64)
def source(
    system: System, *, spikes: bool = False, precision: str = "double", few: bool = False
) -> str:
    """Return the source of a system's kernel.

    Parameters
    ----------
    system : System
    spikes : bool
        Whether the time of every spike is kept.
    precision : {"double", "single"}
    few : bool
        For a few cells at most: one loop, which has the shortest chain of operations.

    Returns
    -------
    str
        A module with ``run``; see its docstring.
    """
    layout = layout_of(system)
    longest = 1_000_000 if few else LONGEST_LOOP
    fixed, (loops, later), before = _loops(system, layout, longest)
    sampled = before + (1 if spikes else 0)
    if spikes:
        for part in filter(None, (loops, later)):
            _keep_potential(part, before)
    opened = {f"fixed_{index}": loop for index, loop in enumerate(fixed) if loop.lines}
    printer = _printer(system, precision)
    random = drawing.draws(system, sampled + len(system.recorded), printer, longest, _body)
    kept = {row: name for name, row in layout.rows.items() if row < layout.n_kept + 2}
    rows = ", ".join(f"{row} {name}" for row, name in sorted(kept.items()))
    head = HEAD.format(
        title=f"{system.equations.name}: {system.options.clamp} clamp, {system.options.rule} rule.",
        rows=textwrap.fill(rows, 96, initial_indent="    ", subsequent_indent="    "),
        precision=precision,
        loop="few_lanes_loop as lanes_loop" if few else "lanes_loop",
        lanes=LANES,
        vector=1 if few else VECTORS[precision],
        imports=drawing.IMPORTS if system.chances else "",
        n_kept=layout.n_kept,
        recorded=len(system.recorded),
        sampled=sampled,
    )
    driver = DRIVER.format(
        level=layout.rows[LEVEL],
        scale=layout.rows[SCALE],
        opens=_opens(precision) if system.later else "",
        unset=UNSET if opened else "",
        fixed=_fixed(opened) if opened else "",
        steps=_steps(len(loops), len(later)),
        events=EVENTS.format(before=before, bends=_bends(system, layout)) if spikes else "",
        checked=checked_every(system),
        guard=WATCH.format(row=layout.rows[GUARD]) if GUARD in system.states else "",
        before=random.before,
        after=random.after,
        arguments=drawing.ARGUMENTS if system.chances else "",
        largest=LARGEST_POTENTIAL,
    )
    numbers = (*_OF_STEPS, *multistep.OPENING) if system.later else _OF_STEPS
    bodies = [_body(name, loop, _OF_STEPS, printer) for name, loop in opened.items()]
    bodies += [_body(f"step_{index}", loop, numbers, printer) for index, loop in enumerate(loops)]
    bodies += [_body(f"later_{i}", loop, _OF_STEPS, printer) for i, loop in enumerate(later)]
    bodies.append(_body("sample", _sample_loop(system, layout, sampled), _OF_SAMPLES, printer))
    return "\n".join([head, *random.bodies, *bodies, driver])


def _keep_potential(loops: list[Loop], row: int) -> None:
    """Let the loop that stores the new potential keep the old one."""
    last = next(loop for loop in loops if any(stored == 0 for stored, _ in loop.stores))
    last.loads.setdefault("v", 0)
    last.stores.insert(0, (row, Symbol("v")))


def _opens(precision: str) -> str:
    """Return the text of what a kernel decides before steps of which some look back."""
    wrap = "real({!r})" if precision == "single" else "{!r}"
    texts = {
        name: ", ".join(wrap.format(value) for value in values)
        for name, values in multistep.GATES.items()
    }
    return OPENS.format(beginning=multistep.BEGINNING, **texts)


def _loops(
    system: System, layout: Layout, longest: int
) -> tuple[list[Loop], list[list[Loop]], int]:
    """Return what is done before equal steps, each kind of step, and how many rows they need."""
    still = {"h", LEVEL, SCALE, *(name for name, _ in system.constants)}
    kinds = ((system.step, system.updates), (system.later, system.later_updates))
    found, end = [], layout.n_rows
    for lines, updates in kinds:
        found.append(split_off(lines, updates, layout, still, end))
        end += len(found[-1][2])
    loops, last = [], end
    for (_, rest, rows), (_, updates) in zip(found, kinds, strict=True):
        wider = replace(layout, rows=layout.rows | rows, n_rows=end)
        made, used = partition(rest, updates, wider, longest)
        loops.append(made if rest else [])
        last = max(last, used.n_rows)
    return [loop for loop, _, _ in found], loops, last


def _fixed(names: Iterable[str]) -> str:
    """Return the text of what is done before equal steps."""
    space = " " * 20
    return FIXED.format(calls="\n".join(f"{space}{name}(s, 0, whole, numbers)" for name in names))


def _steps(first: int, later: int) -> str:
    """Return the text of the calls of a step's loops, where some look back of either kind."""
    space = " " * 16
    if not later:
        return "\n".join(f"{space}step_{i}(s, 0, whole, numbers)" for i in range(first))
    opened = f"(*numbers, {', '.join(multistep.OPENING)})"
    return LATER.format(
        later="\n".join(f"{space}    later_{i}(s, 0, whole, numbers)" for i in range(later)),
        first="\n".join(f"{space}    step_{i}(s, 0, whole, {opened})" for i in range(first)),
    )


def _bends(system: System, layout: Layout) -> str:
    if not system.later:
        return ""
    return BENDS.format(kept=layout.rows[multistep.rows("v")[1]])


def checked_every(system: System) -> int:
    """Return how many steps are between looks at whether a cell has diverged: 1 with a guard."""
    return 1 if GUARD in system.states else CHECKED_EVERY


def room(system: System) -> int:
    """Return how many numbers are enough for the rows of a block."""
    chances = len(system.chances.lines) + len(system.chances.rows)
    lines = len(system.step) + len(system.later)
    rows = layout_of(system).n_rows + lines + len(system.recorded) + 1 + chances
    return rows * LANES


def _printer(system: System, precision: str) -> Printer:
    names = [*system.states, *(n for n, _ in system.constants), LEVEL, SCALE]
    names += [n for n, _ in system.step]
    for more in (system.later, system.sample, system.chances.lines):
        names += [n for n, _ in more if n not in set(names)]
    texts = identifiers(["s", "j", *SCALARS, *(multistep.OPENING if system.later else ()), *names])
    if precision == "single":
        return Printer(texts, lambda value: f"real({value!r})")
    return Printer(texts)


def _at(row: int) -> str:
    return f"s[{row} * LANES + j]" if row else "s[j]"


def _body(name: str, loop: Loop, numbers: tuple[str, ...], printer: Printer) -> str:
    """Return the text of a loop's body for one lane."""
    lines = ["", "@lanes_loop", f"def {name}(s, j, {', '.join(numbers)}):"]
    lines += [f"    {printer.names[given]} = {_at(row)}" for given, row in loop.loads.items()]
    lines += [f"    {printer.names[made]} = {printer(value)}" for made, value in loop.lines]
    lines += [f"    {_at(row)} = {printer(value)}" for row, value in loop.stores]
    return "\n".join([*lines, *([] if len(lines) > 3 else ["    pass"]), ""])


def _sample_loop(system: System, layout: Layout, first: int) -> Loop:
    needed: set[str] = set()
    for _, expression in (*system.sample, *system.recorded):
        needed |= symbols(expression)
    kept = layout.n_kept + 2
    return Loop(
        loads={name: row for name, row in layout.rows.items() if name in needed and row < kept},
        lines=list(system.sample),
        stores=[(first + i, value) for i, (_, value) in enumerate(system.recorded)],
    )

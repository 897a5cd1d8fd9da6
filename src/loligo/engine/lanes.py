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

_HEAD = '''"""{title}

Generated; `loligo.engine` made it from a description and will make it again when it is gone.
Rows of a block, {lanes} cells each:
{rows}
"""

from numba import njit

from loligo.engine.support.{precision} import {loop}, real
{imports}
LANES = {lanes}
VECTOR = {vector}
KEPT = {n_kept}
RECORDED = {recorded}
SAMPLED = {sampled}
'''

_DRIVER = '''
@njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
def run(blocks, active, levels, steps, sizes, starts, every, offset, waves, wave, first_sample,
        out, threshold, event_time, event_cell, cursor, last_block, budget, s{arguments}):
    """Run blocks from a cursor on; return 0 when done, 1 to be called again, 2 when diverged,
    3 where the next step is too long for what happens at random.

    ``cursor`` holds block, stretch, step within it, and the number of events found; ``s`` is room
    for the rows of a block.
    """
    while cursor[0] < last_block:
        block = cursor[0]
        lanes = active[block]
        whole = -(-lanes // VECTOR) * VECTOR
        for i in range(KEPT * LANES):
            s[i] = blocks[block, i]
        while cursor[1] < steps.size:
            part = cursor[1]
            for j in range(lanes):
                s[{level} * LANES + j] = levels[block, part, 0, j]
                s[{scale} * LANES + j] = levels[block, part, 1, j]
            if cursor[2] == 0:
                for j in range(lanes):
                    s[j] += levels[block, part, 2, j]
            n = steps[part]
            size = sizes[part]
            h = real(size)
            first_wave = waves[part]
            k = cursor[2]
            due = (offset[part] - k) % every[part]
            state = 0{unset}
            while k <= n and state == 0:
                now = then = seen = real(0.0)
                if first_wave >= 0:
                    now = real(wave[first_wave + k, 0])
                    then = real(wave[first_wave + k, 1])
                    seen = real(wave[first_wave + k, 2])
                t = real(starts[part] + k * size)
                h_gate = real(0.5) * h if k == 0 or k == n else h
                numbers = (h_gate, h if k < n else real(0.0), now, then, t, real(threshold))
{opens}{fixed}{before}                if due == 0 and k < n:
                    h_record = real(0.0) if k == 0 else real(0.5) * h
                    sample(s, 0, whole, (h_record, now, seen, t))
                    index = first_sample[part] + (k - offset[part]) // every[part]
                    for i in range(RECORDED):
                        for j in range(lanes):
                            out[block * LANES + j, i, index] = s[(SAMPLED + i) * LANES + j]
                    due = every[part]
                due -= 1
{after}{steps}
                k += 1{events}
                if k % {checked} == 0 or k > n:
                    bad = 0
                    for j in range(lanes):
                        bad += not (abs(s[j]) < {largest}){guard}
                    if bad > 0:
                        state = 2
                budget -= 1
                if state == 0 and k <= n and (budget <= 0 or cursor[3] > event_time.size - LANES):
                    state = 1
            cursor[2] = k
            if state > 0:
                for i in range(KEPT * LANES):
                    blocks[block, i] = s[i]
                return state
            cursor[1] = part + 1
            cursor[2] = 0
        cursor[0] = block + 1
        cursor[1] = 0
        for i in range(KEPT * LANES):
            blocks[block, i] = s[i]
    return 0
'''

_GUARD = """
                        bad += not (s[{row} * LANES + j] <= 1.0)"""

_OPENS = """                later = {beginning} <= k < n
                keep = real(1.0) if {beginning} <= k + 1 else real(0.0)
                gain, turn, loss = {whole}
                if n > 1 and k == 1:
                    gain, turn, loss = {after_first}
                if n > 1 and k == n:
                    gain, turn, loss = {last}
"""
"""Whether a step looks back, and the numbers of one that does not; see `multistep`."""

_LATER = """\
                if later:
{later}
                else:
{first}"""

_UNSET = """
            is_set = False"""
_FIXED = """                if k == n or not is_set:
                    is_set = True
{calls}
"""
"""What only the length of the steps changes; the last, of the gates alone, has none."""

_OF_STEPS = ("h_gate", "h", "wave", "wave_next", "t", "threshold")
_OF_SAMPLES = ("h_record", "wave", "wave_sample", "t")

_EVENTS = """
                crossed = 0
                for j in range(lanes):
                    crossed += (s[{before} * LANES + j] < threshold) & (s[j] >= threshold)
                if crossed > 0:
                    for j in range(lanes):
                        before = s[{before} * LANES + j]
                        if before < threshold and s[j] >= threshold:
                            share = (threshold - before) / (s[j] - before){bends}
                            event_time[cursor[3]] = starts[part] + (k - 1 + share) * size
                            event_cell[cursor[3]] = block * LANES + j
                            cursor[3] += 1"""


_BENDS = """
                            first = share
                            bend = 12.0 * s[{kept} * LANES + j] / (s[j] - before)
                            for _ in range(4):
                                share = first + bend * share * (1.0 - share)"""
"""When a potential that bends crossed the threshold, by its second difference."""


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
        for part in (loops, later) if system.later else (loops,):
            _keep_potential(part, before)
    opened = {f"fixed_{index}": loop for index, loop in enumerate(fixed) if loop.lines}
    printer = _printer(system, precision)
    random = drawing.draws(system, sampled + len(system.recorded), printer, longest, _body)
    kept = {row: name for name, row in layout.rows.items() if row < layout.n_kept + 2}
    rows = ", ".join(f"{row} {name}" for row, name in sorted(kept.items()))
    head = _HEAD.format(
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
    driver = _DRIVER.format(
        level=layout.rows[LEVEL],
        scale=layout.rows[SCALE],
        opens=_opens(precision) if system.later else "",
        unset=_UNSET if opened else "",
        fixed=_fixed(opened) if opened else "",
        steps=_steps(len(loops), len(later) if system.later else 0),
        events=_EVENTS.format(before=before, bends=_bends(system, layout)) if spikes else "",
        checked=checked_every(system),
        guard=_GUARD.format(row=layout.rows[GUARD]) if GUARD in system.states else "",
        before=random.before,
        after=random.after,
        arguments=drawing.ARGUMENTS if system.chances else "",
        largest=LARGEST_POTENTIAL,
    )
    numbers = (*_OF_STEPS, *multistep.OPENING) if system.later else _OF_STEPS
    bodies = [_body(name, loop, _OF_STEPS, printer) for name, loop in opened.items()]
    bodies += [_body(f"step_{index}", loop, numbers, printer) for index, loop in enumerate(loops)]
    if system.later:
        named = enumerate(later)
        bodies += [_body(f"later_{index}", loop, _OF_STEPS, printer) for index, loop in named]
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
    return _OPENS.format(beginning=multistep.BEGINNING, **texts)


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
        loops.append(made)
        last = max(last, used.n_rows)
    return [loop for loop, _, _ in found], loops, last


def _fixed(names: Iterable[str]) -> str:
    """Return the text of what is done before equal steps."""
    space = " " * 20
    return _FIXED.format(calls="\n".join(f"{space}{name}(s, 0, whole, numbers)" for name in names))


def _steps(first: int, later: int) -> str:
    """Return the text of the calls of a step's loops, where some look back of either kind."""
    space = " " * 16
    if not later:
        return "\n".join(f"{space}step_{i}(s, 0, whole, numbers)" for i in range(first))
    opened = f"(*numbers, {', '.join(multistep.OPENING)})"
    return _LATER.format(
        later="\n".join(f"{space}    later_{i}(s, 0, whole, numbers)" for i in range(later)),
        first="\n".join(f"{space}    step_{i}(s, 0, whole, {opened})" for i in range(first)),
    )


def _bends(system: System, layout: Layout) -> str:
    if not system.later:
        return ""
    return _BENDS.format(kept=layout.rows[multistep.rows("v")[1]])


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

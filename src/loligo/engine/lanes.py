"""Source of the kernel for a processor: blocks of cells side by side, time in the outer loop.

A block holds as many cells as there are lanes, one row of numbers for each state and constant.
The compiler turns the loops over lanes into vector instructions; what is printed here decides the
arithmetic, to the last bit.
"""

from __future__ import annotations

import textwrap
from functools import lru_cache

from loligo.cell.expression import Symbol, symbols
from loligo.engine import drawing
from loligo.engine.guard import GUARD
from loligo.engine.loops import LONGEST_LOOP, Layout, Loop, layout_of, partition
from loligo.engine.printing import Printer, identifiers
from loligo.engine.system import LEVEL, SCALARS, SCALE, System

LANES = 64
"""Cells of a block: enough to hide the latency of arithmetic, few enough for the first cache."""

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
            state = 0
            while k <= n and state == 0:
                now = then = seen = real(0.0)
                if first_wave >= 0:
                    now = real(wave[first_wave + k, 0])
                    then = real(wave[first_wave + k, 1])
                    seen = real(wave[first_wave + k, 2])
                t = real(starts[part] + k * size)
                h_gate = real(0.5) * h if k == 0 or k == n else h
                numbers = (h_gate, h if k < n else real(0.0), now, then, t, real(threshold))
{before}                if due == 0 and k < n:
                    h_record = real(0.0) if k == 0 else real(0.5) * h
                    sample(s, 0, lanes, (h_record, now, seen, t))
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
                            share = (threshold - before) / (s[j] - before)
                            event_time[cursor[3]] = starts[part] + (k - 1 + share) * size
                            event_cell[cursor[3]] = block * LANES + j
                            cursor[3] += 1"""


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
    loops, layout = partition(system.step, system.updates, layout, longest)
    before = layout.n_rows
    sampled = before + (1 if spikes else 0)
    if spikes:
        last = loops[-1]
        last.loads.setdefault("v", 0)
        last.stores.insert(0, (before, Symbol("v")))
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
        imports=drawing.IMPORTS if system.chances else "",
        n_kept=layout.n_kept,
        recorded=len(system.recorded),
        sampled=sampled,
    )
    driver = _DRIVER.format(
        level=layout.rows[LEVEL],
        scale=layout.rows[SCALE],
        steps="\n".join(
            f"                step_{i}(s, 0, lanes, numbers)" for i in range(len(loops))
        ),
        events=_EVENTS.format(before=before) if spikes else "",
        checked=checked_every(system),
        guard=_GUARD.format(row=layout.rows[GUARD]) if GUARD in system.states else "",
        before=random.before,
        after=random.after,
        arguments=drawing.ARGUMENTS if system.chances else "",
        largest=LARGEST_POTENTIAL,
    )
    bodies = [_body(f"step_{index}", loop, _OF_STEPS, printer) for index, loop in enumerate(loops)]
    bodies.append(_body("sample", _sample_loop(system, layout, sampled), _OF_SAMPLES, printer))
    return "\n".join([head, *random.bodies, *bodies, driver])


def checked_every(system: System) -> int:
    """Return how many steps are between looks at whether a cell has diverged: 1 with a guard."""
    return 1 if GUARD in system.states else CHECKED_EVERY


def room(system: System) -> int:
    """Return how many numbers are enough for the rows of a block."""
    chances = len(system.chances.lines) + len(system.chances.rows)
    rows = layout_of(system).n_rows + len(system.step) + len(system.recorded) + 1 + chances
    return rows * LANES


def _printer(system: System, precision: str) -> Printer:
    names = [*system.states, *(n for n, _ in system.constants), LEVEL, SCALE]
    names += [n for n, _ in system.step]
    for more in (system.sample, system.chances.lines):
        names += [n for n, _ in more if n not in set(names)]
    texts = identifiers(["s", "j", *SCALARS, *names])
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

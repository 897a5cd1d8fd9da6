"""Source of the kernel for a processor: blocks of cells side by side, time in the outer loop.

A block holds as many cells as there are lanes, one row of numbers for each state and constant.
The compiler turns the loops over lanes into vector instructions; what is printed here decides the
arithmetic, to the last bit.
"""

from __future__ import annotations

import textwrap

from loligo.cell.expression import Expression, Symbol, symbols
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

import numpy as np
from numba import njit

from loligo.engine.support.{precision} import (
    DTYPE, FLAGS, exp_, fma, log_, max_, min_, real, sqrt_
)

{imports}LANES = {lanes}
ROWS = {n_rows}
KEPT = {n_kept}
RECORDED = {recorded}
'''

_DRIVER = '''
@njit(nogil=True, fastmath=FLAGS, error_model="numpy", cache=True)
def run(blocks, active, levels, steps, sizes, starts, every, offset, waves, wave, first_sample,
        out, threshold, event_time, event_cell, cursor, last_block, budget{arguments}):
    """Run blocks from a cursor on; return 0 when done, 1 to be called again, 2 when diverged, 3 when the
    next step is too long for what happens at random.

    ``cursor`` holds block, stretch, step within it, and the number of events found.
    """
    s = np.empty(ROWS * LANES, dtype=DTYPE)
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
                if due == 0 and k < n:
                    sample(s, lanes, real(0.0) if k == 0 else real(0.5) * h, now, seen, t,
                           threshold, out, block * LANES,
                           first_sample[part] + (k - offset[part]) // every[part])
                    due = every[part]
                due -= 1
                h_gate = real(0.5) * h if k == 0 or k == n else h{chances}
                {call}(s, lanes, h_gate, h if k < n else real(0.0), now, then, t, threshold)
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

_OWN_NAMES = (
    *("s", "j", "out", "lanes", "base", "index", "step", "seed", "cell", "cells", "sweep", "sweeps"),
    *("here", "there", "p", "q", "draw", "moved", "wrong", "exchange", "normal", "chances"),
)
"""Names of the kernel itself, which no state may take."""

_OF_SAMPLES = {"h_record", "wave_sample"}

_EVENTS = '''
                if crossed > 0:
                    for j in range(lanes):
                        before = s[{before} * LANES + j]
                        if before < threshold and s[j] >= threshold:
                            share = (threshold - before) / (s[j] - before)
                            event_time[cursor[3]] = starts[part] + (k - 1 + share) * size
                            event_cell[cursor[3]] = block * LANES + j
                            cursor[3] += 1'''


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
    total = layout.n_rows + (1 if spikes else 0)
    printer = _printer(system, precision)
    chances = ""
    if system.chances:
        chances, n_rows = drawing.draws(system, layout_of(system), printer, longest, _loop)
        total = max(total, n_rows)
    kept = {row: name for name, row in layout.rows.items() if row < layout.n_kept + 2}
    rows = ", ".join(f"{row} {name}" for row, name in sorted(kept.items()))
    head = _HEAD.format(
        title=f"{system.equations.name}: {system.options.clamp} clamp, {system.options.rule} rule.",
        rows=textwrap.fill(rows, 96, initial_indent="    ", subsequent_indent="    "),
        precision=precision,
        imports=drawing.IMPORTS if chances else "",
        lanes=LANES,
        n_rows=total,
        n_kept=layout.n_kept,
        recorded=len(system.recorded),
    )
    driver = _DRIVER.format(
        level=layout.rows[LEVEL],
        scale=layout.rows[SCALE],
        call="crossed = step" if spikes else "step",
        events=_EVENTS.format(before=before) if spikes else "",
        checked=1 if GUARD in system.states else CHECKED_EVERY,
        guard=_GUARD.format(row=layout.rows[GUARD]) if GUARD in system.states else "",
        chances=drawing.CALL if chances else "",
        arguments=drawing.ARGUMENTS if chances else "",
        largest=LARGEST_POTENTIAL,
    )
    step = _step(system, loops, printer, before if spikes else None)
    return head + chances + step + _sample(system, layout, printer) + driver


def _printer(system: System, precision: str) -> Printer:
    names = [*system.states, *(n for n, _ in system.constants), LEVEL, SCALE]
    names += [n for n, _ in system.step]
    for more in (system.sample, system.chances.lines):
        names += [n for n, _ in more if n not in set(names)]
    texts = identifiers([*_OWN_NAMES, *SCALARS, *names])
    if precision == "single":
        return Printer(texts, lambda value: f"real({value!r})")
    return Printer(texts)


def _at(row: int) -> str:
    return f"s[{row} * LANES + j]" if row else "s[j]"


def _loop(loop: Loop, printer: Printer) -> list[str]:
    lines = ["    for j in range(lanes):"]
    lines += [f"        {printer.names[name]} = {_at(row)}" for name, row in loop.loads.items()]
    lines += [f"        {printer.names[name]} = {printer(value)}" for name, value in loop.lines]
    return lines


def _step(system: System, loops: list[Loop], printer: Printer, before: int | None) -> str:
    lines = [
        "",
        '@njit(fastmath=FLAGS, error_model="numpy", cache=True)',
        f"def step(s, lanes, {', '.join(s for s in SCALARS if s not in _OF_SAMPLES)}):",
        '    """Take one step; return how many cells crossed the threshold, where spikes are kept."""',
        "    crossed = 0",
    ]
    for index, loop in enumerate(loops):
        if before is not None and index == len(loops) - 1:
            loop.loads.setdefault("v", 0)
        lines += _loop(loop, printer)
        if before is not None and index == len(loops) - 1:
            old, new = printer(Symbol("v")), printer(system.updates["v"])
            lines.append(f"        crossed += ({old} < threshold) & ({new} >= threshold)")
            lines.append(f"        {_at(before)} = {old}")
        lines += [f"        {_at(row)} = {printer(value)}" for row, value in loop.stores]
    return "\n".join([*lines, "    return crossed", ""])


def _sample(system: System, layout: Layout, printer: Printer) -> str:
    needed: set[str] = set()
    for _, expression in (*system.sample, *system.recorded):
        needed |= symbols(expression)
    loads = {n: layout.rows[n] for n in layout.rows if n in needed and layout.rows[n] is not None}
    loads = {n: r for n, r in loads.items() if n in system.states or r < layout.n_kept + 2}
    body = Loop(loads=loads, lines=list(system.sample))
    lines = [
        "",
        '@njit(fastmath=FLAGS, error_model="numpy", cache=True)',
        "def sample(s, lanes, h_record, wave, wave_sample, t, threshold, out, base, index):",
        '    """Keep one sample of what is recorded."""',
        *_loop(body, printer),
    ]
    stores: list[tuple[int, Expression]] = [(i, e) for i, (_, e) in enumerate(system.recorded)]
    lines += [f"        out[base + j, {i}, index] = {printer(e)}" for i, e in stores]
    if not stores:
        lines.append("        pass")
    return "\n".join([*lines, ""])

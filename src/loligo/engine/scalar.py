"""Source of the kernel for a graphics card: one thread a run, its numbers in registers.

A thread reads its states and constants once, keeps them in local variables over thousands of steps,
and writes samples, spikes and, at the end of a launch, its states. The arithmetic is that of the
kernel for a processor, operation by operation.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from loligo.cell.expression import Operation, Symbol
from loligo.engine.guard import GUARD
from loligo.engine.lanes import LARGEST_POTENTIAL, checked_every
from loligo.engine.printing import Printer, identifiers
from loligo.engine.system import LEVEL, SCALARS, SCALE, Assignment, System

_ARGUMENTS = (
    "rows, cursor, counts, events, out, levels, begins, steps, sizes, starts, every, offset, "
    "first_sample, waves, shapes, part, until, base, spike_at"
)
_LOCALS = "j, done, found, failed, n, size, first, k, stop, due, index, share"

_SOURCE = '''"""{title}

Generated; `loligo.engine` made it from a description and will make it again when it is gone.
Rows of a run:
{rows}
"""

import numpy as np
from numba import cuda

from loligo.engine.support.cuda_{precision} import (
    DTYPE, device, exp_, fma, kernel, log_, max_, min_, moment, mul_, real, sqrt_
)


@kernel
def run({parameters}):
    """Take each run on to step ``until`` of its sweep, one thread a run; see `advance`."""
    j = cuda.grid(1)
    if j < cursor.size:
        advance(j, {arguments})


@device
def advance(j, {parameters}):
    """Take run ``j`` on to step ``until``, or to where it has no more room for spikes.

    ``cursor`` holds the steps each run has done, ``counts`` the spikes it found, -1 if it diverged.
    """
    threshold = real(spike_at)
{loads}
    done = cursor[j]
    found = 0
    failed = False
    while done < until and found < {room} and not failed:
        while done >= begins[part + 1]:
            part += 1
        {level} = real(levels[part, 0, j])
        {scale} = real(levels[part, 1, j])
        n = steps[part]
        size = sizes[part]
        first = waves[part]
        k = done - begins[part]
        if k == 0:
            {v} = real({v} + levels[part, 2, j])
        stop = min(until, begins[part + 1]) - begins[part]
        due = (offset[part] - k) % every[part]
        while k < stop and found < {room} and not failed:
            wave = wave_next = wave_sample = real(0.0)
            if first >= 0:
                wave = real(shapes[first + k, 0])
                wave_next = real(shapes[first + k, 1])
                wave_sample = real(shapes[first + k, 2])
            t = real(moment(starts[part], k, size))
            h = real(size)
            if due == 0 and k < n:
                h_record = real(0.0) if k == 0 else mul_(real(0.5), h)
                index = first_sample[part] + (k - offset[part]) // every[part] - base
{sample}
                due = every[part]
            due -= 1
            h_gate = mul_(real(0.5), h) if k == 0 or k == n else h
            if k == n:
                h = real(0.0)
{step}
            k += 1
{spikes}{updates}
            if k % {checked} == 0 or k > n:
                failed = not (abs({v}) < {largest}{guard})
        done = begins[part] + k
{stores}
    cursor[j] = done
    counts[j] = -1 if failed else found
'''

_SPIKES = """\
            if {old} < spike_at and {new} >= spike_at:
                share = (spike_at - np.float64({old})) / np.float64({new} - {old})
                events[found, j] = moment(starts[part], np.float64(k - 1) + share, size)
                found += 1
"""


class _ScalarPrinter(Printer):
    """Products by name, since a compiler for graphics cards fuses ``*`` with sums on its own."""

    def operation(self, node: Operation, outer: int) -> str:
        if node.operator == "*":
            return f"mul_({self(node.left)}, {self(node.right)})"
        return super().operation(node, outer)


def source(system: System, *, spikes: bool = False, precision: str = "double") -> str:
    """Return the source of a system's kernel for a graphics card.

    Parameters
    ----------
    system : System
    spikes : bool
        Whether the time of every spike is kept.
    precision : {"double", "single"}

    Returns
    -------
    str
        A module with ``run``; see its docstring and that of ``advance``.
    """
    kept = [*system.states, *(name for name, _ in system.constants)]
    printer = _printer(system, kept, precision)
    names = printer.names
    rows = ", ".join(f"{row} {name}" for row, name in enumerate(kept))
    recorded = [
        f"out[index, {i}, j] = {printer(value)}" for i, (_, value) in enumerate(system.recorded)
    ]
    return _SOURCE.format(
        title=f"{system.equations.name}: {system.options.clamp} clamp, {system.options.rule} rule.",
        rows=textwrap.fill(rows, 96, initial_indent="    ", subsequent_indent="    "),
        precision=precision,
        parameters=textwrap.fill(_ARGUMENTS, 88).replace("\n", "\n        "),
        arguments=textwrap.fill(_ARGUMENTS, 76).replace("\n", "\n" + 16 * " "),
        loads=_indented(4, (f"{names[n]} = rows[{i}, j]" for i, n in enumerate(kept))),
        room="events.shape[0]" if spikes else "1",
        level=names[LEVEL],
        scale=names[SCALE],
        v=names["v"],
        sample=_indented(16, [*_lines(system.sample, printer), *recorded]),
        step=_indented(12, _lines(system.step, printer)),
        spikes=_SPIKES.format(old=names["v"], new=printer(system.updates["v"])) if spikes else "",
        updates=_indented(12, _updates(system, printer)),
        checked=checked_every(system),
        guard=f" and {names[GUARD]} <= 1.0" if GUARD in system.states else "",
        largest=LARGEST_POTENTIAL,
        stores=_indented(4, (f"rows[{i}, j] = {names[s]}" for i, s in enumerate(system.states))),
    )


def _printer(system: System, kept: list[str], precision: str) -> Printer:
    reserved = ["np", "cuda", *_ARGUMENTS.split(", "), *_LOCALS.split(", "), *SCALARS]
    lines = [name for name, _ in (*system.step, *system.sample)]
    names = identifiers([*reserved, *dict.fromkeys([*kept, LEVEL, SCALE, *lines])])
    if precision == "single":
        return _ScalarPrinter(names, lambda value: f"real({value!r})")
    return _ScalarPrinter(names)


def _lines(lines: Iterable[Assignment], printer: Printer) -> list[str]:
    return [f"{printer.names[name]} = {printer(value)}" for name, value in lines]


def _updates(system: System, printer: Printer) -> list[str]:
    """Return the change of all states at once, since a new one may be another's old one."""
    changed = {s: value for s, value in system.updates.items() if value != Symbol(s)}
    old = [f"    {printer.names[state]}," for state in changed]
    new = [f"    {printer(value)}," for value in changed.values()]
    return ["(", *old, ") = (", *new, ")"]


def _indented(width: int, lines: Iterable[str]) -> str:
    return textwrap.indent("\n".join(lines), " " * width)

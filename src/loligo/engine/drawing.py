"""Source of what happens at random before each step: loops for the probabilities, then the draws.

The probabilities of all cells come from vectorizing loops, as in a step, and wait in rows of
scratch; then each cell draws on its own.
"""

from __future__ import annotations

from collections.abc import Callable

from loligo.engine.chances import LARGEST_MOVE, LARGEST_ROW, NOISE_DRAW
from loligo.engine.loops import Layout, Loop, partition
from loligo.engine.printing import Printer
from loligo.engine.system import System

IMPORTS = """from loligo.engine.support.binomial import exchange
from loligo.engine.support.random import normal
"""

ARGUMENTS = ", seed, cells, sweeps, first_steps"
"""What a kernel with draws is given besides."""

CALL = """
                if chances(s, lanes, h_gate, now, t, threshold, seed, cells, sweeps,
                           block * LANES, first_steps[part] + k) > 0:
                    cursor[2] = k
                    for i in range(KEPT * LANES):
                        blocks[block, i] = s[i]
                    return 3"""

_DRAW = '''
@njit(fastmath=FLAGS, error_model="numpy", cache=True)
def chances(s, lanes, h_gate, wave, t, threshold, seed, cells, sweeps, base, step):
    """Let channels move and currents fluctuate; return how many cells move too much in a step."""
{loops}{check}    for j in range(lanes):
        cell, sweep = cells[base + j], sweeps[base + j]
{draws}    return 0
'''

_CHECK = """    wrong = 0
    for j in range(lanes):
        wrong += s[{row} * LANES + j] > {limit}
    if wrong > 0:
        return wrong
"""

_EXCHANGES = """        for here, there, p, q, draw in EXCHANGES:
            here, there = here * LANES + j, there * LANES + j
            moved = exchange(s[here], s[there], s[p * LANES + j], s[q * LANES + j],
                             seed, cell, sweep, step, draw)
            s[here] -= moved
            s[there] += moved
"""

_NOISE = """        s[{noise} * LANES + j] *= s[{decay} * LANES + j]
        s[{noise} * LANES + j] += s[{spread} * LANES + j] * normal(seed, cell, sweep, step, {draw})
"""


def draws(
    system: System,
    layout: Layout,
    printer: Printer,
    longest: int,
    show: Callable[[Loop, Printer], list[str]],
) -> tuple[str, int]:
    """Return the source of a kernel's draws, and how many rows they need.

    Parameters
    ----------
    system : System
        With chances.
    layout : Layout
        Of the states and constants.
    printer : Printer
    longest : int
        Cost of a loop's body at which a new loop begins.
    show : callable
        Returns the lines of a loop, without its stores.
    """
    chances = system.chances
    places = dict(zip(chances.rows, range(layout.n_rows, 1 << 30), strict=False))
    wider = Layout({**layout.rows, **places}, layout.n_kept, layout.n_rows + len(places))
    loops, final = partition(chances.lines, chances.rows, wider, longest)
    rows = final.rows
    check = noise = ""
    if LARGEST_ROW in rows:
        check = _CHECK.format(row=rows[LARGEST_ROW], limit=LARGEST_MOVE)
    if chances.noise is not None:
        state, decay, spread = (rows[name] for name in chances.noise)
        noise = _NOISE.format(noise=state, decay=decay, spread=spread, draw=NOISE_DRAW)
    body = _DRAW.format(
        loops="".join(_loop(loop, printer, show) for loop in loops),
        check=check,
        draws=(_EXCHANGES if chances.exchanges else "") + noise,
    )
    return _table(system, rows) + body, final.n_rows


def _table(system: System, rows: dict[str, int]) -> str:
    if not system.chances.exchanges:
        return ""
    lines = ["", "# Rows of two states and of the probabilities to go there and back; the draw.", ""]
    lines[-1] = "EXCHANGES = ("
    for move in system.chances.exchanges:
        numbers = [rows[name] for name in (*move.states, *move.chances)]
        lines.append(f"    {(*numbers, move.draw)},  # {move.states[0]} <-> {move.states[1]}")
    return "\n".join([*lines, ")", ""])


def _loop(loop: Loop, printer: Printer, show: Callable[[Loop, Printer], list[str]]) -> str:
    lines = show(loop, printer)
    lines += [f"        s[{row} * LANES + j] = {printer(value)}" for row, value in loop.stores]
    return "\n".join([*lines, ""])

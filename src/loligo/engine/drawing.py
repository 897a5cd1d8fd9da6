"""Source of what happens at random in each step: loops for the probabilities, then the draws.

The probabilities of all cells come from vectorizing loops, as in a step, and wait in rows of
scratch; then each cell draws on its own. Half of the draws come before a sample, half after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from loligo.engine.chances import BACK_DRAWS, LARGEST_MOVE, LARGEST_ROW, NOISE_DRAW
from loligo.engine.loops import Loop, layout_of, partition
from loligo.engine.printing import Printer
from loligo.engine.system import System

IMPORTS = """from loligo.engine.support.binomial import exchange
from loligo.engine.support.random import normal
"""

ARGUMENTS = ", seed, cells, sweeps, first_steps"
"""What a kernel with draws is given besides."""

_BEFORE = """{loops}
                first_lane, past = block * LANES, first_steps[part] + k
                wrong = 0
                if k > 0:
                    wrong = draws(s, lanes, seed, cells, sweeps, first_lane, past, 0)
"""

_AFTER = """                if k == 0:
                    wrong = draws(s, lanes, seed, cells, sweeps, first_lane, past, 0)
                wrong += draws(s, lanes, seed, cells, sweeps, first_lane, past, 1)
                if wrong > 0:
                    cursor[2] = k
                    for i in range(KEPT * LANES):
                        blocks[block, i] = s[i]
                    return 3
"""

_DRAWS = '''
@njit(error_model="numpy")
def draws(s, lanes, seed, cells, sweeps, first_lane, step, back):
    """Do the first or second half of what is random; return how often that is not possible."""
    wrong = 0
{check}    for j in range(lanes):
        cell, sweep = cells[first_lane + j], sweeps[first_lane + j]
{draws}    return wrong
'''

_CHECK = """    for j in range(lanes):
        wrong += s[{row} * LANES + j] > {limit}
    if wrong > 0:
        return wrong
"""

_EXCHANGES = """        for i in range({count}):
            here, there, p, q, draw = EXCHANGES[{count} - 1 - i if back else i]
            moved = exchange(s[here * LANES + j], s[there * LANES + j], s[p * LANES + j],
                             s[q * LANES + j], seed, cell, sweep, step, draw + {back} * back)
            s[here * LANES + j] -= moved
            s[there * LANES + j] += moved
            wrong += moved != moved
"""

_NOISE = """        fresh = normal(seed, cell, sweep, step, {draw} + {back} * back)
        s[{noise} * LANES + j] *= s[{decay} * LANES + j]
        s[{noise} * LANES + j] += s[{spread} * LANES + j] * fresh
"""

_NUMBERS = ("h_gate", "h", "wave", "wave_next", "t", "threshold")


@dataclass(frozen=True, slots=True)
class Draws:
    """Source of a kernel's draws.

    Attributes
    ----------
    bodies : tuple of str
        Functions.
    before, after : str
        What the kernel does in a step before it samples, and after.
    n_rows : int
        Rows of a block in all.
    """

    bodies: tuple[str, ...]
    before: str
    after: str
    n_rows: int


def draws(
    system: System,
    n_rows: int,
    printer: Printer,
    longest: int,
    body: Callable[[str, Loop, tuple[str, ...], Printer], str],
) -> Draws:
    """Return the source of a kernel's draws; nothing where nothing is random.

    Parameters
    ----------
    system : System
    n_rows : int
        Rows that the kernel has without them.
    printer : Printer
    longest : int
        Cost of a loop's body at which a new loop begins.
    body : callable
        Returns the text of a loop of a name, with the numbers it is given.
    """
    chances = system.chances
    if not chances:
        return Draws((), "", "", n_rows)
    layout = layout_of(system)
    places = {name: n_rows + index for index, name in enumerate(chances.rows)}
    wider = replace(layout, rows=layout.rows | places, n_rows=n_rows + len(places))
    loops, final = partition(chances.lines, chances.rows, wider, longest)
    names = [f"chances_{index}" for index in range(len(loops))]
    return Draws(
        bodies=(
            *(body(n, loop, _NUMBERS, printer) for n, loop in zip(names, loops, strict=True)),
            *_functions(system, final.rows),
        ),
        before=_BEFORE.format(
            loops="\n".join(f"                {name}(s, 0, whole, numbers)" for name in names)
        ),
        after=_AFTER,
        n_rows=final.n_rows,
    )


def _functions(system: System, rows: dict[str, int]) -> tuple[str, str]:
    """Return the table of exchanges and the function that draws."""
    table, check, lines = "", "", ""
    exchanges, noise = system.chances.exchanges, system.chances.noise
    if exchanges:
        table = "\n# Rows of two states and of the probabilities to go there and back; the draw.\n"
        table += "EXCHANGES = (\n"
        for move in exchanges:
            numbers = [rows[name] for name in (*move.states, *move.chances)]
            table += f"    {(*numbers, move.draw)},  # {move.states[0]} <-> {move.states[1]}\n"
        table += ")\n"
        lines += _EXCHANGES.format(count=len(exchanges), back=BACK_DRAWS)
    if LARGEST_ROW in rows:
        check = _CHECK.format(row=rows[LARGEST_ROW], limit=LARGEST_MOVE)
    if noise is not None:
        state, decay, spread = (rows[name] for name in noise)
        lines += _NOISE.format(
            noise=state, decay=decay, spread=spread, draw=NOISE_DRAW, back=BACK_DRAWS
        )
    return table, _DRAWS.format(check=check, draws=lines)

"""Source of what happens at random before each step: loops for the probabilities, then the draws.

The probabilities of all cells come from vectorizing loops, as in a step, and wait in rows of
scratch; then each cell draws on its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loligo.engine.chances import LARGEST_MOVE, LARGEST_ROW, NOISE_DRAW
from loligo.engine.loops import Layout, Loop, layout_of, partition
from loligo.engine.printing import Printer
from loligo.engine.system import System

IMPORTS = """from loligo.engine.support.binomial import exchange
from loligo.engine.support.random import normal
"""

ARGUMENTS = ", seed, cells, sweeps, first_steps"
"""What a kernel with draws is given besides."""

_CALL = """{loops}
                if draws(s, lanes, seed, cells, sweeps, block * LANES, first_steps[part] + k) > 0:
                    cursor[2] = k
                    for i in range(KEPT * LANES):
                        blocks[block, i] = s[i]
                    return 3
"""

_DRAWS = '''
@njit(error_model="numpy", cache=True)
def draws(s, lanes, seed, cells, sweeps, base, step):
    """Let channels move and currents fluctuate; return how often that is not possible."""
    wrong = 0
{check}    for j in range(lanes):
        cell, sweep = cells[base + j], sweeps[base + j]
{draws}    return wrong
'''

_CHECK = """    for j in range(lanes):
        wrong += s[{row} * LANES + j] > {limit}
    if wrong > 0:
        return wrong
"""

_EXCHANGES = """        for here, there, p, q, draw in EXCHANGES:
            moved = exchange(s[here * LANES + j], s[there * LANES + j], s[p * LANES + j],
                             s[q * LANES + j], seed, cell, sweep, step, draw)
            s[here * LANES + j] -= moved
            s[there * LANES + j] += moved
            wrong += moved != moved
"""

_NOISE = """        s[{noise} * LANES + j] *= s[{decay} * LANES + j]
        s[{noise} * LANES + j] += s[{spread} * LANES + j] * normal(seed, cell, sweep, step, {draw})
"""

_NUMBERS = ("h_gate", "h", "wave", "wave_next", "t", "threshold")


@dataclass(frozen=True, slots=True)
class Draws:
    """Source of a kernel's draws.

    Attributes
    ----------
    bodies : tuple of str
        Functions.
    call : str
        What the kernel does before a step.
    n_rows : int
        Rows of a block in all.
    """

    bodies: tuple[str, ...]
    call: str
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
        return Draws((), "", n_rows)
    layout = layout_of(system)
    places = {name: n_rows + index for index, name in enumerate(chances.rows)}
    wider = Layout({**layout.rows, **places}, layout.n_kept, n_rows + len(places))
    loops, final = partition(chances.lines, chances.rows, wider, longest)
    rows = final.rows
    check = noise = ""
    if LARGEST_ROW in rows:
        check = _CHECK.format(row=rows[LARGEST_ROW], limit=LARGEST_MOVE)
    if chances.noise is not None:
        state, decay, spread = (rows[name] for name in chances.noise)
        noise = _NOISE.format(noise=state, decay=decay, spread=spread, draw=NOISE_DRAW)
    names = [f"chances_{index}" for index in range(len(loops))]
    return Draws(
        bodies=(
            *(body(n, loop, _NUMBERS, printer) for n, loop in zip(names, loops, strict=True)),
            _table(system, rows),
            _DRAWS.format(check=check, draws=(_EXCHANGES if chances.exchanges else "") + noise),
        ),
        call=_CALL.format(
            loops="\n".join(f"                {n}(s, lanes, numbers)" for n in names)
        ),
        n_rows=final.n_rows,
    )


def _table(system: System, rows: dict[str, int]) -> str:
    """Return the exchanges as a table: rows of two states, rows of two probabilities, the draw."""
    lines = ["", "EXCHANGES = ("]
    for move in system.chances.exchanges:
        numbers = [rows[name] for name in (*move.states, *move.chances)]
        lines.append(f"    {(*numbers, move.draw)},  # {move.states[0]} <-> {move.states[1]}")
    return "\n".join([*lines, ")", ""])

"""Channels of compartments of trees that move at random, a slab at a time.

Each lane is a compartment of a run; ``cell`` is a number of its own that each compartment of each
cell has, below 0 in lanes that have no membrane.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from loligo.engine.support.binomial import exchange


@njit(error_model="numpy")
def move(
    s: Any, at: int, width: int, table: Any, largest: int, limit: float, back_draws: int,
    cell: Any, sweep: Any, first: int, seed: int, step: int, back: int,
) -> int:  # fmt: skip
    """Do the first or second half of a slab's exchanges; return how often that is not possible.

    ``table`` has the rows of two states and of the probabilities to go there and back, and the
    draw; ``largest`` is the row of the largest product of step and rates, below 0 for none.
    """
    wrong = 0
    if largest >= 0:
        for j in range(width):
            wrong += cell[first + j] >= 0 and not s[at + largest * width + j] <= limit
    if wrong > 0:
        return wrong
    count = len(table)
    for j in range(width):
        if cell[first + j] < 0:
            continue
        here_at = at + j
        for i in range(count):
            here, there, p, q, draw = table[count - 1 - i if back else i]
            a, b = here_at + here * width, here_at + there * width
            moved = exchange(
                s[a], s[b], s[here_at + p * width], s[here_at + q * width], seed,
                cell[first + j], sweep[first + j], step, draw + back_draws * back,
            )  # fmt: skip
            s[a] -= moved
            s[b] += moved
            wrong += not abs(moved) >= 0.0  # no number
    return wrong

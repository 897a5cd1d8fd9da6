"""Rigs at sites of trees: what they do to the rows of a solve, and how they go on after it.

A rig is linear, so that its states after a stage are ``T (y, v, u, 1)``: of its states before, the
potential found at its site, and the command. The last row of the table T is the current into the
cell; what of it depends on the potential belongs to the diagonal, the rest to the right side.

Rigs are in the order of their sites; `size` is the table of the step's length.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from loligo.engine.two_stage import AHEAD, GAMMA


@njit(nogil=True, error_model="numpy")
def follow(columns: Any, wave: Any, row: int, now: Any, then: Any) -> None:
    """Take each rig's command at both ends of a step from a row of waves; 0 where there is none."""
    for i in range(columns.size):
        now[i] = then[i] = 0.0
        if row >= 0:
            now[i] = wave[row, columns[i]]
            then[i] = wave[row, columns[i] + 1]


@njit(nogil=True, error_model="numpy")
def _row(tables: Any, size: int, i: int, row: int, states: Any, u: float) -> float:
    """Return a row of a rig's table times states, command and 1."""
    n = states.shape[1]
    total = tables[size, i, row, n + 2] + tables[size, i, row, n + 1] * u
    for j in range(n):
        total += tables[size, i, row, j] * states[i, j]
    return total


@njit(nogil=True, error_model="numpy")
def enter(
    s: Any, rigs: Any, first: int, limit: int, diagonal: int, right: int, tables: Any, size: int,
    part: int, levels: Any, now: Any, then: Any, states: Any, driven: Any,
) -> int:  # fmt: skip
    """Add the first stage of rigs from `first` on, at elements below `limit`; return the next."""
    n = states.shape[1]
    i = first
    while i < rigs.size and rigs[i] < limit:
        u = levels[part, i, 0] + levels[part, i, 1] * (now[i] + GAMMA * (then[i] - now[i]))
        driven[i] = _row(tables, size, i, n, states, u)
        s[rigs[i] + diagonal] -= tables[size, i, n, n]
        s[rigs[i] + right] += driven[i]
        i += 1
    return i


@njit(nogil=True, error_model="numpy")
def turn(
    s: Any, rigs: Any, first: int, limit: int, found: int, right: int, tables: Any, size: int,
    part: int, levels: Any, now: Any, then: Any, states: Any, ahead: Any, driven: Any,
) -> int:  # fmt: skip
    """Put the second stage of rigs in the place of the first; return the next rig."""
    n = states.shape[1]
    i = first
    while i < rigs.size and rigs[i] < limit:
        u = levels[part, i, 0] + levels[part, i, 1] * (now[i] + GAMMA * (then[i] - now[i]))
        v = s[rigs[i] + found]
        for j in range(n):
            x = _row(tables, size, i, j, states, u) + tables[size, i, j, n] * v
            ahead[i, j] = states[i, j] + AHEAD * (x - states[i, j])
        u = levels[part, i, 0] + levels[part, i, 1] * then[i]
        s[rigs[i] + right] += _row(tables, size, i, n, ahead, u) - driven[i]
        i += 1
    return i


@njit(nogil=True, error_model="numpy")
def advance(
    s: Any, rigs: Any, found: int, tables: Any, size: int, part: int, levels: Any, then: Any,
    states: Any, ahead: Any,
) -> None:  # fmt: skip
    """Take every rig to the end of the step."""
    n = states.shape[1]
    for i in range(rigs.size):
        u = levels[part, i, 0] + levels[part, i, 1] * then[i]
        v = s[rigs[i] + found]
        for j in range(n):
            states[i, j] = _row(tables, size, i, j, ahead, u) + tables[size, i, j, n] * v


@njit(nogil=True, error_model="numpy")
def sample(
    s: Any, rigs: Any, v: int, seen: Any, weights: Any, part: int, levels: Any, now: Any,
    states: Any, out: Any, index: int,
) -> None:  # fmt: skip
    """Keep what is seen of rigs: each a weighted sum of states, potential, command and 1."""
    n = states.shape[1]
    for k in range(seen.size):
        i = seen[k]
        u = levels[part, i, 0] + levels[part, i, 1] * now[i]
        total = weights[k, n + 2] + weights[k, n + 1] * u + weights[k, n] * s[rigs[i] + v]
        for j in range(n):
            total += weights[k, j] * states[i, j]
        out[k, index] = total

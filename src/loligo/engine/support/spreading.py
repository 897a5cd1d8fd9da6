"""Ions that spread along trees: the stages of a step, see `loligo.engine.tree.spreading`.

`rows` has, for each ion, the places in a slab of its amount, what is free of it, the slope of that,
the first stage and the middle of the step; `place` the element of `s` that is row 0 of each node in
each run. Runs are innermost, so that their chains of divisions overlap.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from loligo.engine.two_stage import GAMMA


@njit(nogil=True, error_model="numpy")
def _flow(x: int, order: Any, parent: Any, links: Any, y: Any, out: Any) -> None:
    """Put what flows out of each node, ``L y``, into `out`; a link gives what it takes."""
    out[x] = 0.0
    for k in range(1, order.size):
        i = order[k]
        above, g = parent[i], links[x, i]
        for r in range(y.shape[1]):
            flux = g * (y[i, r] - y[above, r])
            out[x, i, r] += flux
            out[x, above, r] -= flux


@njit(nogil=True, error_model="numpy")
def _substitute(x: int, order: Any, parent: Any, links: Any, pivot: Any, y: Any) -> None:
    """Solve for `y` from the root on, after the right side in it has been eliminated."""
    root = order[0]
    for r in range(y.shape[1]):
        y[root, r] /= pivot[x, root, r]
    for k in range(1, order.size):
        i = order[k]
        above, g = parent[i], links[x, i]
        for r in range(y.shape[1]):
            y[i, r] = (y[i, r] + g * y[above, r]) / pivot[x, i, r]


@njit(nogil=True, error_model="numpy")
def first(
    s: Any, rows: Any, place: Any, order: Any, parent: Any, volume: Any, links: Any, size: float,
    pivot: Any, y: Any, out: Any,
) -> None:  # fmt: skip
    """Take the first stage of every ion, and keep pivots."""
    for x in range(rows.shape[0]):
        for k in range(order.size):
            i = order[k]
            for r in range(place.shape[1]):
                at = place[i, r]
                pivot[x, i, r] = y[i, r] = 0.0
                if volume[i] > 0.0:
                    own = volume[i] / (GAMMA * size * s[at + rows[x, 2]])
                    pivot[x, i, r] = own
                    y[i, r] = own * s[at + rows[x, 1]]
        for k in range(1, order.size):
            i = order[k]
            for r in range(place.shape[1]):
                pivot[x, i, r] += links[x, i]
                pivot[x, parent[i], r] += links[x, i]
        for k in range(order.size - 1, 0, -1):
            i = order[k]
            above, g = parent[i], links[x, i]
            for r in range(place.shape[1]):
                share = g / pivot[x, i, r]
                pivot[x, above, r] -= share * g
                y[above, r] += share * y[i, r]
        _substitute(x, order, parent, links, pivot, y)
        _flow(x, order, parent, links, y, out)
        for i in range(order.size):
            if volume[i] > 0.0:
                for r in range(place.shape[1]):
                    s[place[i, r] + rows[x, 3]] = -size * out[x, i, r] / volume[i]


@njit(nogil=True, error_model="numpy")
def second(
    s: Any, rows: Any, place: Any, order: Any, parent: Any, volume: Any, links: Any, size: float,
    pivot: Any, y: Any, out: Any, more: Any,
) -> None:  # fmt: skip
    """Take the second stage of every ion; put amounts at the end and in the middle of the step."""
    for x in range(rows.shape[0]):
        for i in range(order.size):
            for r in range(place.shape[1]):
                at = place[i, r]
                y[i, r] = 2.0 * out[x, i, r]
                if volume[i] > 0.0:
                    own = volume[i] / (GAMMA * size * s[at + rows[x, 2]])
                    y[i, r] += own * s[at + rows[x, 1]]
        for k in range(order.size - 1, 0, -1):
            i = order[k]
            for r in range(place.shape[1]):
                y[parent[i], r] += links[x, i] / pivot[x, i, r] * y[i, r]
        _substitute(x, order, parent, links, pivot, y)
        _flow(x, order, parent, links, y, more)
        for i in range(order.size):
            if volume[i] > 0.0:
                for r in range(place.shape[1]):
                    at = place[i, r]
                    leaving = 0.5 * size * (out[x, i, r] + more[x, i, r]) / volume[i]
                    before = s[at + rows[x, 0]]
                    s[at + rows[x, 0]] = before - leaving
                    s[at + rows[x, 4]] = before - 0.5 * leaving

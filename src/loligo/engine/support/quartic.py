"""Polynomials of fourth degree on the unit interval: what a step says of the time within it.

A polynomial is ``q[0] + q[1] x + ... + q[4] x**4``. Where it crosses a level, and how far it goes,
is found between its turning points, so that nothing within a step is missed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit


@njit(error_model="numpy")
def value(q: Any, x: float) -> float:
    """Return the polynomial at x."""
    return float((((q[4] * x + q[3]) * x + q[2]) * x + q[1]) * x + q[0])


@njit(error_model="numpy")
def slope(q: Any, x: float) -> float:
    """Return the derivative of the polynomial at x."""
    return float(((4.0 * q[4] * x + 3.0 * q[3]) * x + 2.0 * q[2]) * x + q[1])


@njit(error_model="numpy")
def integral(q: Any) -> float:
    """Return the integral from 0 to 1."""
    return float(q[0] + q[1] / 2.0 + q[2] / 3.0 + q[3] / 4.0 + q[4] / 5.0)


@njit(error_model="numpy")
def bounds(q: Any) -> tuple[float, float]:
    """Return numbers that the polynomial does not leave: its extreme Bernstein coefficients."""
    b0 = q[0]
    b1 = q[0] + q[1] / 4.0
    b2 = q[0] + q[1] / 2.0 + q[2] / 6.0
    b3 = q[0] + 0.75 * q[1] + q[2] / 2.0 + q[3] / 4.0
    b4 = q[0] + q[1] + q[2] + q[3] + q[4]
    low = min(b0, b1, b2, b3, b4)
    high = max(b0, b1, b2, b3, b4)
    return low, high


@njit(error_model="numpy")
def through(v0: float, v1: float, v2: float, v3: float, v4: float, q: Any) -> None:
    """Set the polynomial through values at 0, 1/4, 1/2, 3/4 and 1."""
    d1 = v1 - v0
    d2 = v2 - 2.0 * v1 + v0
    d3 = v3 - 3.0 * v2 + 3.0 * v1 - v0
    d4 = v4 - 4.0 * v3 + 6.0 * v2 - 4.0 * v1 + v0
    q[0] = v0
    q[1] = 4.0 * d1 - 2.0 * d2 + 4.0 * d3 / 3.0 - d4
    q[2] = 8.0 * d2 - 8.0 * d3 + 22.0 * d4 / 3.0
    q[3] = 32.0 * d3 / 3.0 - 16.0 * d4
    q[4] = 32.0 * d4 / 3.0


@njit(error_model="numpy")
def root(q: Any, a: float, b: float, level: float) -> float:
    """Return where the polynomial, monotone from a to b, takes a level that lies between its ends.

    Newton's method, kept within the bracket by halving it, to the last bits.
    """
    rising = value(q, b) > value(q, a)
    x = 0.5 * (a + b)
    for _ in range(100):
        off = value(q, x) - level
        if off == 0.0:
            return x
        if (off < 0.0) == rising:
            a = x
        else:
            b = x
        steep = slope(q, x)
        new = x - off / steep if steep != 0.0 else a
        if not (a <= new <= b):
            new = 0.5 * (a + b)
        if abs(new - x) <= 1e-16 or b - a <= 1e-16:
            return new
        x = new
    return x


@njit(error_model="numpy")
def turning_points(q: Any, turns: Any) -> int:
    """Find where the polynomial turns in (0, 1), in order; return how many there are."""
    d = np.empty(5)
    d[0], d[1], d[2], d[3], d[4] = q[1], 2.0 * q[2], 3.0 * q[3], 4.0 * q[4], 0.0
    ends = np.empty(4)
    ends[0], count = 0.0, 1
    a, b, c = 3.0 * d[3], 2.0 * d[2], d[1]
    disc = b * b - 4.0 * a * c
    if disc > 0.0:
        half = -0.5 * (b + math.copysign(math.sqrt(disc), b))
        one = half / a if a != 0.0 else -1.0
        two = c / half if half != 0.0 else -1.0
        for x in (min(one, two), max(one, two)):
            if 0.0 < x < 1.0:
                ends[count] = x
                count += 1
    ends[count] = 1.0
    found = 0
    for i in range(count):
        left, right = value(d, ends[i]), value(d, ends[i + 1])
        if (left < 0.0) != (right < 0.0):
            turns[found] = root(d, ends[i], ends[i + 1], 0.0)
            found += 1
    return found


@njit(error_model="numpy")
def crossings(q: Any, last: float, level: float, places: Any) -> int:
    """Find the upward crossings of a level in (0, 1]; return how many there are.

    Parameters
    ----------
    q : ndarray, shape (5,)
    last : float
        The value at 1, free of the rounding of the polynomial.
    level : float
    places : ndarray, shape (4,)
        Takes the crossings, in order.
    """
    low, high = bounds(q)
    if high < level or low >= level:
        return 0
    turns = np.empty(4)
    count = turning_points(q, turns)
    turns[count] = 1.0
    found, a, before = 0, 0.0, q[0]
    for i in range(count + 1):
        b = turns[i]
        after = last if i == count else value(q, b)
        if before < level <= after:
            places[found] = b if after == level else root(q, a, b, level)
            found += 1
        a, before = b, after
    return found


@njit(error_model="numpy")
def extremes(q: Any, last: float, low: float, high: float) -> tuple[float, float]:
    """Return the least and largest of the polynomial and of two numbers."""
    least, largest = bounds(q)
    if least >= low and largest <= high:
        return low, high
    low, high = min(low, q[0], last), max(high, q[0], last)
    turns = np.empty(4)
    for i in range(turning_points(q, turns)):
        there = value(q, turns[i])
        low, high = min(low, there), max(high, there)
    return low, high

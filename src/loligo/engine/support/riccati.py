"""Exact motion where the rate of change is at most quadratic: ``dw/dt = p0 + p1 w + p2 w**2``.

From ``w = 0``, with ``d = p1**2 / 4 - p0 p2``, which is kept as ``p[3]``, and ``k = sqrt(|d|)``,

    w(t) = p0 s / (c - p1 s / 2),  s = sinh(k t) / k, c = cosh(k t)   (d > 0)
                                   s = sin(k t) / k,  c = cos(k t)    (d < 0)

and ``s = t, c = 1`` where d is 0. The leaky and the quadratic integrate-and-fire neuron under a
constant current move like this.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit


@njit(error_model="numpy")
def passage(p: Any, w: float) -> float:
    """Return when the motion first reaches ``w > 0``; infinity where it never does."""
    if p[0] <= 0.0:
        return math.inf
    d = p[3]
    base = p[0] + 0.5 * p[1] * w
    k = math.sqrt(abs(d))
    if d < 0.0:
        return float(math.atan2(k * w, base) / k)
    if base <= 0.0 or k * w >= base:
        return math.inf
    if k == 0.0:
        return float(w / base)
    x = k * w / base
    return float(math.log1p(2.0 * x / (1.0 - x)) / (2.0 * k))


@njit(error_model="numpy")
def move(p: Any, t: float) -> float:
    """Return how far the motion goes in a time."""
    d = p[3]
    k = math.sqrt(abs(d))
    if d > 0.0:
        s = -math.expm1(-2.0 * k * t) / (2.0 * k)
        c = 0.5 * (1.0 + math.exp(-2.0 * k * t))
    elif d < 0.0:
        s, c = math.sin(k * t) / k, math.cos(k * t)
    else:
        s, c = t, 1.0
    return float(p[0] * s / (c - 0.5 * p[1] * s))


@njit(error_model="numpy")
def area(p: Any, t: float) -> float:
    """Return the integral of the motion over a time."""
    if p[2] == 0.0:
        x = p[1] * t
        if abs(x) < 1e-3:
            series = 0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x / 120.0))
            return float(p[0] * t * t * series)
        return float(p[0] * (math.expm1(x) / p[1] - t) / p[1])
    d = p[3]
    k = math.sqrt(abs(d))
    if d > 0.0:
        e = math.exp(-2.0 * k * t)
        log = k * t + math.log(0.5 * (1.0 + e) - 0.25 * p[1] * (1.0 - e) / k)
    elif d < 0.0:
        log = math.log(math.cos(k * t) - 0.5 * p[1] * math.sin(k * t) / k)
    else:
        log = math.log(1.0 - 0.5 * p[1] * t)
    return float(-(log + 0.5 * p[1] * t) / p[2])

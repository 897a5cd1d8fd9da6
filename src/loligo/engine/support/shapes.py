"""Shapes of a command at one time, compiled: what `loligo.protocol.shapes` computes on arrays.

A shape is a kind and a row of numbers; its time is in ms after the start of its piece.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

CONSTANT, LINEAR, TONES, LINEAR_CHIRP, EXPONENTIAL_CHIRP = range(5)
"""Kinds. Numbers of tones: weight, turn [rad/ms] and phase [rad] of each. Of a linear chirp
``sin(a t + b t**2)``: a and b; of an exponential one ``sin(a (exp(b t) - 1))``: a and b."""


@njit(error_model="numpy", cache=True)
def shape_value(kind: int, t: float, numbers: Any, first: int, last: int) -> float:
    """Return a shape at a time."""
    if kind == LINEAR:
        return t
    if kind == TONES:
        total = 0.0
        for i in range(first, last, 3):
            total += numbers[i] * math.sin(numbers[i + 1] * t + numbers[i + 2])
        return total
    if kind == LINEAR_CHIRP:
        return math.sin((numbers[first] + numbers[first + 1] * t) * t)
    if kind == EXPONENTIAL_CHIRP:
        return math.sin(numbers[first] * math.expm1(numbers[first + 1] * t))
    return 0.0


@njit(error_model="numpy", cache=True)
def shape_rate(kind: int, t: float, numbers: Any, first: int, last: int) -> float:
    """Return the rate of change of a shape at a time [1/ms]."""
    if kind == LINEAR:
        return 1.0
    if kind == TONES:
        total = 0.0
        for i in range(first, last, 3):
            turn = numbers[i + 1]
            total += numbers[i] * turn * math.cos(turn * t + numbers[i + 2])
        return total
    if kind == LINEAR_CHIRP:
        a, b = numbers[first], numbers[first + 1]
        return (a + 2.0 * b * t) * math.cos((a + b * t) * t)
    if kind == EXPONENTIAL_CHIRP:
        a, b = numbers[first], numbers[first + 1]
        return a * b * math.exp(b * t) * math.cos(a * math.expm1(b * t))
    return 0.0

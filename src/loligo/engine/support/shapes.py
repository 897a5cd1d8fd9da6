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


@njit(error_model="numpy")
def shape_value(kind: Any, numbers: Any, t: float) -> float:
    """Return a shape at a time; `kind` holds its kind, and where its numbers begin and end."""
    first, value = kind[1], 0.0
    if kind[0] == LINEAR:
        value = t
    elif kind[0] == TONES:
        for i in range(first, kind[2], 3):
            value += numbers[i] * math.sin(numbers[i + 1] * t + numbers[i + 2])
    elif kind[0] == LINEAR_CHIRP:
        value = math.sin((numbers[first] + numbers[first + 1] * t) * t)
    elif kind[0] == EXPONENTIAL_CHIRP:
        value = math.sin(numbers[first] * math.expm1(numbers[first + 1] * t))
    return value


@njit(error_model="numpy")
def shape_rate(kind: Any, numbers: Any, t: float) -> float:
    """Return the rate of change of a shape at a time [1/ms]."""
    first, value = kind[1], 0.0
    if kind[0] == LINEAR:
        value = 1.0
    elif kind[0] == TONES:
        for i in range(first, kind[2], 3):
            turn = numbers[i + 1]
            value += numbers[i] * turn * math.cos(turn * t + numbers[i + 2])
    elif kind[0] == LINEAR_CHIRP:
        a, b = numbers[first], numbers[first + 1]
        value = (a + 2.0 * b * t) * math.cos((a + b * t) * t)
    elif kind[0] == EXPONENTIAL_CHIRP:
        a, b = numbers[first], numbers[first + 1]
        value = a * b * math.exp(b * t) * math.cos(a * math.expm1(b * t))
    return value

"""One step of the Rosenbrock method for any cell, whose functions are called by their addresses.

The numbers of a step are the rows of one array `w`: states before and after, a trial state, rates,
drift, allowed errors' sizes, then the stages; `a` holds the Jacobian and its factors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from loligo.engine.support import quartic
from loligo.engine.support.places import (
    BUDGET,
    FACTOR,
    LINEARIZE,
    MEMORY,
    RATES,
    SIZE,
    SOLVE,
    STEPS,
    TIME,
    TOO_MANY,
    UNDERFLOW,
)
from loligo.engine.support.rodas5p import DENSE, DRIFT, GAMMA, NODE, STAGES, A, C, next_size
from loligo.engine.support.scalars import call
from loligo.engine.support.shapes import shape_rate, shape_value

OLD, NEW, TRIAL, RATE, DRIFTS, SIZES, STAGE = range(7)
"""Rows of the numbers of a step."""

ROWS = STAGE + STAGES

SMALLEST = 1e-30
"""A step that would have to be shorter than this cannot be taken [ms]. It is far below the
rounding of the time, since the upstroke of an exponential neuron gets there.
"""


@njit(error_model="numpy")
def largest_share(w: Any, tolerance: float) -> float:
    """Return the largest error of a state as a share of what is allowed."""
    largest = 0.0
    for n in range(w.shape[1]):
        allowed = tolerance * (w[SIZES, n] + max(abs(w[OLD, n]), abs(w[NEW, n])))
        share = abs(w[ROWS - 1, n]) / allowed
        if not share < np.inf:
            return np.inf
        largest = max(largest, share)
    return largest


@njit(error_model="numpy")
def first_size(
    calls: Any,
    c: Any,
    level: float,
    scale: float,
    kind: Any,
    numbers: Any,
    at: float,
    most: float,
    tolerance: float,
    w: Any,
) -> float:
    """Return a size to begin with, from the rates at the start and how they change.

    The recipe of Hairer, Norsett & Wanner 1993, https://doi.org/10.1007/978-3-540-78862-1, II.4.
    """
    wave = shape_value(kind, numbers, at)
    call(calls[RATES], (w[OLD], c, w[RATE]), (level, scale, wave))
    size, speed, bend = 0.0, 0.0, 0.0
    for n in range(w.shape[1]):
        allowed = tolerance * (w[SIZES, n] + abs(w[OLD, n]))
        size = max(size, abs(w[OLD, n]) / allowed)
        speed = max(speed, abs(w[RATE, n]) / allowed)
    h = most
    if speed > 1e-5:
        h = min(h, 0.01 * size / speed if size > 1e-5 else 1e-6)
    for n in range(w.shape[1]):
        w[TRIAL, n] = w[OLD, n] + h * w[RATE, n]
    wave = shape_value(kind, numbers, at + h)
    call(calls[RATES], (w[TRIAL], c, w[NEW]), (level, scale, wave))
    for n in range(w.shape[1]):
        allowed = tolerance * (w[SIZES, n] + abs(w[OLD, n]))
        bend = max(bend, abs(w[NEW, n] - w[RATE, n]) / allowed / h)
    fastest = max(speed, bend)
    better = 100.0 * h if fastest <= 1e-15 else (0.01 / fastest) ** 0.2
    return min(100.0 * h, better, most)


@njit(error_model="numpy")
def attempt(
    calls: Any,
    c: Any,
    level: float,
    scale: float,
    kind: Any,
    numbers: Any,
    at: float,
    h: float,
    w: Any,
    a: Any,
) -> None:
    """Take a step of size h, `at` after the start of its piece; set the stages and the new state.

    Rates, Jacobian and drift at its start are given.
    """
    call(calls[FACTOR], (a[0], a[1]), (1.0 / (GAMMA * h),))
    rate = h * shape_rate(kind, numbers, at)
    for i in range(STAGES):
        k = w[STAGE + i]
        if i > 0:
            for n in range(w.shape[1]):
                total = w[OLD, n]
                for j in range(i):
                    total += A[i, j] * w[STAGE + j, n]
                w[TRIAL, n] = total
            wave = shape_value(kind, numbers, at + NODE[i] * h)
            call(calls[RATES], (w[TRIAL], c, k), (level, scale, wave))
        else:
            for n in range(w.shape[1]):
                k[n] = w[RATE, n]
        for n in range(w.shape[1]):
            total = 0.0
            for j in range(i):
                total += C[i, j] * w[STAGE + j, n]
            k[n] += total / h + DRIFT[i] * rate * w[DRIFTS, n]
        call(calls[SOLVE], (a[1], k), ())
    for n in range(w.shape[1]):
        w[NEW, n] = w[TRIAL, n] + w[ROWS - 1, n]


@njit(error_model="numpy")
def step(
    calls: Any,
    c: Any,
    level: float,
    scale: float,
    kind: Any,
    numbers: Any,
    start: float,
    stop: float,
    longest: float,
    tolerance: float,
    most_steps: float,
    w: Any,
    a: Any,
    cursor: Any,
    memory: Any,
) -> float:
    """Take a step from the time in memory that is accurate enough; return its size [ms].

    It ends at `stop` at the latest, exactly there where it would end close to it. Where it cannot
    be taken, minus what is wrong is returned.
    """
    t: float = memory[TIME]
    at, left = t - start, stop - t
    if memory[SIZE] <= 0.0:
        most = min(left, longest)
        memory[SIZE] = first_size(calls, c, level, scale, kind, numbers, at, most, tolerance, w)
        for i in range(MEMORY, memory.size):
            memory[i] = 0.0
    wave = shape_value(kind, numbers, at)
    call(calls[LINEARIZE], (w[OLD], c, w[RATE], a[0], w[DRIFTS]), (level, scale, wave))
    while True:
        h: float = min(memory[SIZE], longest)
        if 1.001 * h >= left:
            h = left
        elif 2.0 * h > left:
            h = 0.5 * left
        attempt(calls, c, level, scale, kind, numbers, at, h, w, a)
        error = largest_share(w, tolerance)
        memory[SIZE] = next_size(h, error, memory)
        cursor[STEPS] += 1
        cursor[BUDGET] -= 1
        if cursor[STEPS] > most_steps:
            return -float(TOO_MANY)
        if error <= 1.0:
            return h
        if memory[SIZE] < SMALLEST:
            return -float(UNDERFLOW)


@njit(error_model="numpy")
def interpolate(w: Any, held: int, q: Any) -> None:
    """Set the polynomial of each moving state within the step."""
    for n in range(w.shape[1]):
        d1 = d2 = d3 = 0.0
        for j in range(STAGES):
            d1 += DENSE[0, j] * w[STAGE + j, n]
            d2 += DENSE[1, j] * w[STAGE + j, n]
            d3 += DENSE[2, j] * w[STAGE + j, n]
        q[held + n, 0] = w[OLD, n]
        q[held + n, 1] = w[NEW, n] - w[OLD, n] + d1
        q[held + n, 2] = d2 - d1
        q[held + n, 3] = d3 - d2
        q[held + n, 4] = -d3


@njit(error_model="numpy")
def hold(level: float, scale: float, kind: Any, numbers: Any, at: float, h: float, q: Any) -> None:
    """Set the polynomial of the potential that a clamp holds."""
    quartic.through(
        level + scale * shape_value(kind, numbers, at),
        level + scale * shape_value(kind, numbers, at + 0.25 * h),
        level + scale * shape_value(kind, numbers, at + 0.5 * h),
        level + scale * shape_value(kind, numbers, at + 0.75 * h),
        level + scale * shape_value(kind, numbers, at + h),
        q,
    )

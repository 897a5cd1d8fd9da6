"""Runs of a point neuron: up to each spike exactly, or under error control, then its reset.

The first constant of a neuron is 1, and 0 while it is refractory; its last state is how much of
that time is left [ms].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from loligo.engine.support import quartic, riccati
from loligo.engine.support.controlled import keep_samples, spike, watch
from loligo.engine.support.places import (
    AGAIN,
    AREA,
    BUDGET,
    CHARGE,
    CLOSED,
    DIVERGED,
    DONE,
    EDGE,
    ENTRIES,
    EVENTS,
    FACTORS,
    HIGH,
    INDEX,
    LARGEST,
    LEVEL,
    LONGEST,
    LONGEST_HERE,
    LOW,
    MOST_STEPS,
    MOVING,
    OPEN,
    PIECE,
    RECORDED,
    RUN,
    SAMPLE,
    SAMPLING,
    SCALE,
    SIZE,
    START,
    STATES,
    STEPS,
    STOP,
    TIME,
    TOLERANCE,
    TOO_MANY,
)
from loligo.engine.support.rosenbrock import NEW, OLD, ROWS, SIZES, attempt, interpolate, step
from loligo.engine.support.scalars import call
from loligo.engine.support.shapes import CONSTANT

RESET, MOTION = 5, 6
"""Addresses of a neuron's further functions: the states after a spike, and the coefficients of its
motion where that has a closed form."""

_CLOSE = 1e-12
"""A spike is found to this time [ms]."""


@njit(error_model="numpy")
def copy(values: Any, goal: Any) -> None:
    """Put numbers at the beginning of another array."""
    for n in range(values.size):
        goal[n] = values[n]


@njit(error_model="numpy")
def fire(
    calls: Any,
    c: Any,
    row: Any,
    features: Any,
    rule: Any,
    event_time: Any,
    event_run: Any,
    w: Any,
    cursor: Any,
    memory: Any,
) -> None:
    """Count a spike at the time in memory, and reset."""
    spike(memory[TIME], features, event_time, event_run, cursor)
    features[HIGH] = max(features[HIGH], w[OLD, 0])
    call(calls[RESET], (w[OLD], c, w[NEW]), ())
    copy(w[NEW], w[OLD])
    features[LOW] = min(features[LOW], w[OLD, 0])
    row[row.size - 1] = rule[1]
    memory[SIZE] = 0.0


@njit(error_model="numpy")
def approach(
    calls: Any,
    c: Any,
    level: float,
    scale: float,
    kind: Any,
    numbers: Any,
    at: float,
    h: float,
    crossing: float,
    threshold: float,
    w: Any,
    a: Any,
    q: Any,
) -> float:
    """Take steps from the same start until one ends on the threshold; return its size [ms].

    The first goes to where the polynomial of the step of size h crosses, the others follow Newton.
    """
    size = h * crossing
    for _ in range(6):
        attempt(calls, c, level, scale, kind, numbers, at, size, w, a)
        interpolate(w, 0, q)
        change = size * (threshold - w[NEW, 0]) / quartic.slope(q[0], 1.0)
        if not 0.0 < size + change <= h:
            break
        size += change
        if abs(change) <= _CLOSE:
            break
    w[NEW, 0] = threshold
    return size


@njit(error_model="numpy")
def keep_exact_samples(
    calls: Any,
    c: Any,
    level: float,
    p: Any,
    v: float,
    until: float,
    count: int,
    out: Any,
    limits: Any,
    z: Any,
    seen: Any,
    cursor: Any,
    memory: Any,
) -> None:
    """Keep the samples before a time, from the closed form of the motion."""
    while cursor[INDEX] < count and cursor[INDEX] * limits[SAMPLING] < until:
        t = max(0.0, cursor[INDEX] * limits[SAMPLING] - memory[TIME])
        z[0] = v + riccati.move(p, t)
        call(calls[SAMPLE], (z, c, seen), (level, 0.0, 0.0))
        for n in range(out.shape[0]):
            out[n, cursor[INDEX]] = seen[n]
        cursor[INDEX] += 1


@njit(error_model="numpy")
def motion(calls: Any, c: Any, level: float, scale: float, w: Any, p: Any) -> None:
    """Set the coefficients of the motion from here on, and its discriminant.

    That is the same from anywhere; at the vertex of the parabola nothing cancels in it.
    """
    call(calls[MOTION], (w[OLD], c, p), (level, scale, 0.0))
    w[NEW, 0] = w[OLD, 0]
    if p[2] != 0.0:
        w[NEW, 0] -= 0.5 * p[1] / p[2]
    rate, slope, bend = p[0], p[1], p[2]
    call(calls[MOTION], (w[NEW], c, p), (level, scale, 0.0))
    p[3] = 0.25 * p[1] * p[1] - p[0] * p[2]
    p[0], p[1], p[2] = rate, slope, bend


@njit(error_model="numpy")
def go_exactly(
    calls: Any,
    c: Any,
    level: float,
    scale: float,
    end: float,
    until: float,
    free: bool,
    threshold: float,
    features: Any,
    count: int,
    out: Any,
    limits: Any,
    w: Any,
    z: Any,
    seen: Any,
    p: Any,
    cursor: Any,
    memory: Any,
) -> float:
    """Go on in closed form to the next spike or to a time; return how long that took [ms]."""
    v, most = w[OLD, 0], end - memory[TIME]
    motion(calls, c, level, scale, w, p)
    due = riccati.passage(p, threshold - v) if free else np.inf
    h = min(due, most)
    w[NEW, 0] = threshold if due <= most else v + riccati.move(p, h)
    if free and due > most:  # however close it comes
        w[NEW, 0] = min(w[NEW, 0], np.nextafter(threshold, -np.inf))
    until = min(until, end if h == most else memory[TIME] + h)
    keep_exact_samples(
        calls, c, level, p, v, until, count, out, limits, z, seen, cursor, memory
    )  # fmt: skip
    features[LOW] = min(features[LOW], v, w[NEW, 0])
    features[HIGH] = max(features[HIGH], v, w[NEW, 0])
    features[AREA] += v * h + riccati.area(p, h)
    cursor[STEPS] += 1
    cursor[BUDGET] -= 1
    return h if cursor[STEPS] <= limits[MOST_STEPS] else -float(TOO_MANY)


@njit(error_model="numpy")
def go_controlled(
    calls: Any,
    c: Any,
    level: float,
    scale: float,
    kind: Any,
    numbers: Any,
    start: float,
    end: float,
    until: float,
    longest: float,
    free: bool,
    threshold: float,
    features: Any,
    count: int,
    out: Any,
    limits: Any,
    w: Any,
    a: Any,
    q: Any,
    z: Any,
    seen: Any,
    places: Any,
    cursor: Any,
    memory: Any,
) -> float:
    """Take a step, up to a spike where there is one; return its size [ms], or what is wrong."""
    at, most = memory[TIME] - start, end - memory[TIME]
    h = step(
        calls, c, level, scale, kind, numbers, start, end, longest, limits[TOLERANCE],
        limits[MOST_STEPS], w, a, cursor, memory,
    )  # fmt: skip
    if h < 0.0:
        return h
    interpolate(w, 0, q)
    if free and quartic.crossings(q[0], w[NEW, 0], threshold, places) > 0:
        h = approach(
            calls, c, level, scale, kind, numbers, at, h, places[0], threshold, w, a, q
        )  # fmt: skip
    until = min(until, end if h == most else memory[TIME] + h)
    keep_samples(
        calls, c, level, scale, kind, numbers, at, h, until, count, out, limits, q, z, seen,
        cursor, memory,
    )  # fmt: skip
    watch(q[0], w[NEW, 0], h, features)
    return h


@njit(error_model="numpy")
def play(
    calls: Any,
    c: Any,
    row: Any,
    features: Any,
    rule: Any,
    command: Any,
    piece: Any,
    kind: Any,
    numbers: Any,
    count: int,
    out: Any,
    limits: Any,
    event_time: Any,
    event_run: Any,
    w: Any,
    a: Any,
    q: Any,
    z: Any,
    seen: Any,
    p: Any,
    places: Any,
    cursor: Any,
    memory: Any,
) -> int:
    """Go on in a piece to its end."""
    level, scale = command[0] + command[1] * piece[LEVEL], command[1] * piece[SCALE]
    start, stop, left = piece[START], piece[STOP], row.size - 1
    longest, threshold = min(limits[LONGEST], piece[LONGEST_HERE]), rule[0]
    until = stop - limits[EDGE]
    exact = limits[CLOSED] > 0.0 and kind[0] == CONSTANT
    if not cursor[OPEN]:
        if start + row[left] <= start:
            row[0], row[left] = row[0] + command[2] * piece[CHARGE], 0.0
        memory[TIME], memory[SIZE], cursor[OPEN] = start, 0.0, 1
    copy(row[:left], w[OLD])
    if row[left] <= 0.0 and w[OLD, 0] >= threshold:
        fire(calls, c, row, features, rule, event_time, event_run, w, cursor, memory)
    while memory[TIME] < stop:
        t = memory[TIME]
        free = t + row[left] <= t
        end = stop if free else min(stop, t + row[left])
        c[0] = 1.0 if free else 0.0
        if exact:
            h = go_exactly(
                calls, c, level, scale, end, until, free, threshold, features, count, out, limits,
                w, z, seen, p, cursor, memory,
            )  # fmt: skip
        else:
            h = go_controlled(
                calls, c, level, scale, kind, numbers, start, end, until, longest, free, threshold,
                features, count, out, limits, w, a, q, z, seen, places, cursor, memory,
            )  # fmt: skip
        if h < 0.0:
            return int(-h)
        copy(w[NEW], w[OLD])
        memory[TIME] = end if h == end - t else t + h
        over = memory[TIME] == end and end < stop  # a step may fall short of the end
        if not free and over:
            memory[SIZE] = 0.0
        row[left] = 0.0 if over else max(0.0, row[left] - h)
        if free and w[OLD, 0] >= threshold:
            fire(calls, c, row, features, rule, event_time, event_run, w, cursor, memory)
        copy(w[OLD], row)
        if not abs(w[OLD, 0]) < limits[LARGEST]:
            return DIVERGED
        if cursor[BUDGET] <= 0 or cursor[EVENTS] > event_time.size - 8:
            return AGAIN
    return DONE


@njit(error_model="numpy")
def run(
    calls: Any,
    sizes: Any,
    rules: Any,
    rows: Any,
    constants: Any,
    whose: Any,
    commands: Any,
    scales: Any,
    sweeps: Any,
    pieces: Any,
    kinds: Any,
    numbers: Any,
    samples: Any,
    out: Any,
    limits: Any,
    event_time: Any,
    event_run: Any,
    cursor: Any,
    memory: Any,
    last_run: int,
) -> int:
    """Take runs from a cursor on, in calls of limited length.

    ``rules`` holds threshold and refractory time of each run.
    """
    w = np.empty((ROWS, sizes[MOVING]))
    a = np.empty((2, max(sizes[ENTRIES], sizes[FACTORS])))
    q, z = np.zeros((sizes[STATES], 5)), np.empty(sizes[STATES])
    seen, p, places = np.empty(sizes[RECORDED]), np.empty(4), np.empty(4)
    c = np.empty(constants.shape[1])
    while cursor[RUN] < last_run:
        r = cursor[RUN]
        row, features = rows[r, : sizes[STATES]], rows[r, sizes[STATES] :]
        copy(scales[r], w[SIZES])
        copy(constants[whose[r]], c)
        while cursor[PIECE] < sweeps[r, 1]:
            i = cursor[PIECE]
            status = play(
                calls, c, row, features, rules[r], commands[r], pieces[i], kinds[i], numbers,
                samples[r], out[r], limits, event_time, event_run, w, a, q, z, seen, p, places,
                cursor, memory,
            )  # fmt: skip
            if status != DONE:
                return status
            cursor[PIECE] += 1
            cursor[OPEN] = 0
        cursor[RUN] += 1
        cursor[INDEX] = cursor[STEPS] = 0
        if cursor[RUN] < last_run:
            cursor[PIECE] = sweeps[cursor[RUN], 0]
    return DONE

"""Runs of a cell under error control: steps between edges of the command, samples, spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from loligo.engine.support import quartic
from loligo.engine.support.places import (
    AGAIN,
    AREA,
    BUDGET,
    CHARGE,
    COUNT,
    DIVERGED,
    DONE,
    EDGE,
    ENTRIES,
    EVENTS,
    FACTORS,
    FIRST,
    HELD,
    HIGH,
    INDEX,
    LARGEST,
    LAST,
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
    THRESHOLD,
    TIME,
    TOLERANCE,
)
from loligo.engine.support.rosenbrock import NEW, OLD, ROWS, SIZES, hold, interpolate, step
from loligo.engine.support.scalars import call
from loligo.engine.support.shapes import shape_rate, shape_value


@njit(error_model="numpy")
def spike(t: float, features: Any, event_time: Any, event_run: Any, cursor: Any) -> None:
    """Count a spike and keep its time."""
    features[COUNT] += 1.0
    features[FIRST] = min(features[FIRST], t)
    features[LAST] = t
    event_time[cursor[EVENTS]] = t
    event_run[cursor[EVENTS]] = cursor[RUN]
    cursor[EVENTS] += 1


@njit(error_model="numpy")
def watch(q: Any, last: float, h: float, features: Any) -> None:
    """Bring the largest, least and integral of the potential up to date."""
    low, high = quartic.extremes(q, last, features[LOW], features[HIGH])
    features[LOW], features[HIGH] = low, high
    features[AREA] += h * quartic.integral(q)


@njit(error_model="numpy")
def keep_samples(
    calls: Any,
    c: Any,
    level: float,
    scale: float,
    kind: Any,
    numbers: Any,
    at: float,
    h: float,
    until: float,
    count: int,
    out: Any,
    limits: Any,
    q: Any,
    z: Any,
    seen: Any,
    cursor: Any,
    memory: Any,
) -> None:
    """Keep the samples before a time, from the polynomials of a step."""
    while cursor[INDEX] < count and cursor[INDEX] * limits[SAMPLING] < until:
        x = min(1.0, max(0.0, (cursor[INDEX] * limits[SAMPLING] - memory[TIME]) / h))
        for n in range(z.size):
            z[n] = quartic.value(q[n], x)
        wave = shape_value(kind, numbers, at + x * h)
        if limits[HELD] > 0.0:
            z[0] = level + scale * wave
            wave = shape_rate(kind, numbers, at + x * h)
        call(calls[SAMPLE], (z, c, seen), (level, scale, wave))
        for n in range(out.shape[0]):
            out[n, cursor[INDEX]] = seen[n]
        cursor[INDEX] += 1


@njit(error_model="numpy")
def play(
    calls: Any,
    c: Any,
    row: Any,
    features: Any,
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
    places: Any,
    cursor: Any,
    memory: Any,
) -> int:
    """Go on in a piece to its end."""
    level, scale = command[0] + command[1] * piece[LEVEL], command[1] * piece[SCALE]
    start, stop, held = piece[START], piece[STOP], int(limits[HELD])
    longest, threshold = min(limits[LONGEST], piece[LONGEST_HERE]), limits[THRESHOLD]
    if not cursor[OPEN]:
        if held and row[0] < threshold <= level + scale * shape_value(kind, numbers, 0.0):
            spike(start, features, event_time, event_run, cursor)
        if not held:
            row[0] += command[2] * piece[CHARGE]
        memory[TIME], memory[SIZE], cursor[OPEN] = start, 0.0, 1
    for n in range(w.shape[1]):
        w[OLD, n] = row[held + n]
    while memory[TIME] < stop:
        t = memory[TIME]
        at = t - start
        h = step(
            calls, c, level, scale, kind, numbers, start, stop, longest, limits[TOLERANCE],
            limits[MOST_STEPS], w, a, cursor, memory,
        )  # fmt: skip
        if h < 0.0:
            return int(-h)
        ends = h == stop - t
        interpolate(w, held, q)
        if held:
            hold(level, scale, kind, numbers, at, h, q[0])
            last = level + scale * shape_value(kind, numbers, at + h)
        else:
            last = w[NEW, 0]
        for i in range(quartic.crossings(q[0], last, threshold, places)):
            spike(t + places[i] * h, features, event_time, event_run, cursor)
        watch(q[0], last, h, features)
        until = stop - limits[EDGE] if ends else t + h
        keep_samples(
            calls, c, level, scale, kind, numbers, at, h, until, count, out, limits, q, z, seen,
            cursor, memory,
        )  # fmt: skip
        for n in range(w.shape[1]):
            w[OLD, n] = row[held + n] = w[NEW, n]
        row[0] = last
        memory[TIME] = stop if ends else t + h
        if not abs(last) < limits[LARGEST]:
            return DIVERGED
        if cursor[BUDGET] <= 0 or cursor[EVENTS] > event_time.size - 8:
            return AGAIN
    return DONE


@njit(error_model="numpy")
def run(
    calls: Any,
    sizes: Any,
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
    """Take runs from a cursor on, in calls of limited length."""
    w = np.empty((ROWS, sizes[MOVING]))
    a = np.empty((2, max(sizes[ENTRIES], sizes[FACTORS])))
    q, z = np.empty((sizes[STATES], 5)), np.empty(sizes[STATES])
    seen, places = np.empty(sizes[RECORDED]), np.empty(4)
    while cursor[RUN] < last_run:
        r = cursor[RUN]
        row, features = rows[r, : sizes[STATES]], rows[r, sizes[STATES] :]
        for n in range(w.shape[1]):
            w[SIZES, n] = scales[r, n]
        while cursor[PIECE] < sweeps[r, 1]:
            p = cursor[PIECE]
            status = play(
                calls, constants[whose[r]], row, features, commands[r], pieces[p], kinds[p],
                numbers, samples[r], out[r], limits, event_time, event_run, w, a, q, z, seen,
                places, cursor, memory,
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

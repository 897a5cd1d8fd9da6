"""What is where in the arrays that a compiled stepper and its caller share."""

from __future__ import annotations

RATES, LINEARIZE, FACTOR, SOLVE, SAMPLE = range(5)
"""Addresses of a cell's functions."""

STATES, MOVING, ENTRIES, FACTORS, RECORDED = range(5)
"""Sizes: states, moving states, entries of the Jacobian and of its factors, recorded values."""

HELD, TOLERANCE, LONGEST, MOST_STEPS, LARGEST, THRESHOLD, SAMPLING, EDGE, CLOSED = range(9)
"""Limits: 1 where the potential is the command, the tolerance, the longest step [ms], steps of a
run, the potential beyond which it has diverged [mV], the potential of a spike [mV], the interval
between samples [ms], how close before an edge a time belongs to it [ms], and 1 where pieces of a
constant command have a closed form."""

START, STOP, LEVEL, SCALE, CHARGE, LONGEST_HERE = range(6)
"""Numbers of a piece of the command."""

RUN, PIECE, INDEX, STEPS, EVENTS, OPEN, BUDGET = range(7)
"""Cursor: run, piece, next sample, steps of the run, events found, whether the piece has begun, and
steps to take before the next look at whether to go on."""

TIME, SIZE, MEMORY = range(3)
"""Memory: the time, the size of the next step (0 at a new beginning), and from there on that of the
controller, three numbers."""

DONE, AGAIN, DIVERGED, UNDERFLOW, TOO_MANY = range(5)
"""How a call ends."""

COUNT, FIRST, LAST, HIGH, LOW, AREA = range(6)
"""Running features after the states in the row of a run: number, first and last time of the spikes,
largest, least and integral of the potential."""

"""What a densely sampled trace says: peaks by a parabola, crossings by straight lines, widths."""

import numpy as np


def peak(times, values):
    """Time and value of the highest point, by the parabola through three samples."""
    i = int(np.argmax(values))
    left, top, right = values[i - 1 : i + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend
    return times[i] + shift * (times[1] - times[0]), top - 0.25 * (left - right) * shift


def width(times, values, level):
    """Time above a level, from the first upward to the next downward crossing."""
    up = int(np.flatnonzero((values[:-1] < level) & (values[1:] >= level))[0])
    down = up + int(np.flatnonzero(values[up + 1 :] < level)[0])
    at = [
        times[i] + (level - values[i]) / (values[i + 1] - values[i]) * (times[1] - times[0])
        for i in (up, down)
    ]
    return at[1] - at[0]


def threshold(fires, low, high, *, rounds=4, each=32):
    """Where `fires`, called with an array, turns true between a bound that does not and one that
    does; each round divides the interval by ``each - 1``."""
    for _ in range(rounds):
        tried = np.linspace(low, high, each)
        first = int(np.argmax(fires(tried)))
        assert first > 0
        low, high = tried[first - 1], tried[first]
    return 0.5 * (low + high)

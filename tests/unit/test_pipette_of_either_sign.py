"""What is left of a pipette has a minimum on either side of none: the search looks on both."""

import math

import numpy as np
import pytest

from loligo.analysis.membrane_test.model import Cell, command_of_step, modes
from loligo.analysis.membrane_test.parameters import CORNER, DELAY, FAST, LAG, Form, priors
from loligo.analysis.membrane_test.solve import noise_scale, prepare, solve

RATE, FORM = 50.0, Form(1)


def made(left, stated, seed=0):
    """A cell of 17 pF behind 9 MOhm, its filter stated a fifth too high."""
    cell = modes(Cell(0.009, 0.73, 17.0))
    command = command_of_step(20.0, 60.0, -10.0)
    logs = [math.log(cell.steady), math.log(cell.amplitudes[0]), math.log(cell.rates[0])]
    vector = np.array([*logs, left, 0.0, -38.0, 0.012, 0.004, math.log(5.9)])
    times = np.arange(4000) / RATE
    noise = 1.5 * np.random.default_rng(seed).standard_normal((5, times.size))
    return prepare(FORM.predict(vector, times, command) + noise, RATE, command, stated)


def cost(data, vector):
    missed = data.missed(FORM.predict(vector, data.bins.times, data.command)) * data.weight
    known = sum(((vector[at] - value) / error) ** 2 for at, value, error in priors(data, FORM))
    return float(missed @ missed) / noise_scale(data) ** 2 + known


@pytest.mark.parametrize("left", [-0.4, 0.4])
def test_no_start_finds_a_better_solution(left):
    data = made(left, 7.2)
    found = cost(data, solve(data, FORM)[0])
    best = min(
        cost(data, solve(data, FORM, [_start(data, fast, lag)])[0])
        for fast in (-0.6, 0.0, 0.6)
        for lag in (0.005, 0.02, 0.05)
    )
    assert found < best + 0.1


def _start(data, fast, lag):
    start = FORM.starts(data)[0]
    start[FAST], start[LAG], start[DELAY], start[CORNER] = fast, lag, 0.01, math.log(6.0)
    return start

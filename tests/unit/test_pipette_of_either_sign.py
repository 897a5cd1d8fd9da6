"""What is left of a pipette has a minimum on either side of none: the search looks on both."""

import math

import numpy as np

from loligo.analysis.membrane_test.model import Cell, command_of_step, modes
from loligo.analysis.membrane_test.parameters import CORNER, DELAY, FAST, LAG, Form, priors
from loligo.analysis.membrane_test.solve import _mirrored, noise_scale, prepare, solve

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


def test_a_search_on_the_wrong_side_is_led_to_the_other():
    data = made(-0.4, 7.2)
    start = FORM.starts(data)[0]
    start[FAST], start[LAG], start[DELAY], start[CORNER] = 0.6, 0.001, 0.03, math.log(6.1)
    stuck = solve(data, FORM, [start])[0]
    assert stuck[FAST] > 0.5
    other = solve(data, FORM, [_mirrored(FORM, stuck)])[0]
    assert cost(data, other) < cost(data, stuck) - 5.0
    assert cost(data, solve(data, FORM)[0]) < cost(data, other) + 0.1

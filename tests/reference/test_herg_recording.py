"""The hERG channel of Beattie et al. 2018: its two forms agree, and its published numbers give the
published distance from the recording they were fitted to."""

import numpy as np
import pytest
from scipy.io import loadmat

from loligo.cell import catalogue, equations
from loligo.cell.expression import evaluate

CURRENT = "sine_wave_16713110_dofetilide_subtracted_leak_subtracted.mat"
INTERVAL = 0.1  # ms
# What the authors' program compares: samples 5 ms after steps left out, nothing after sample 69999.
KEPT = (
    (0, 2499),
    (2548, 2999),
    (3048, 4999),
    (5048, 14999),
    (15048, 19999),
    (20048, 29999),
    (30048, 64999),
    (65048, 69999),
)


def lowered(name):
    found = equations(catalogue.load(name))
    return found, {parameter.name: parameter.value for parameter in found.parameters}


def with_definitions(found, values):
    for name, expression in found.definitions:
        values[name] = evaluate(expression, values)
    return values


def clamped(potentials):
    """The current [nA] under a command held constant over each sample, gates solved exactly."""
    found, values = lowered("beattie2018_cell5")
    values = with_definitions(found, values | {"v": potentials, "herg.a": 0.0, "herg.r": 0.0})
    for gate in found.relaxations:
        alpha, beta = evaluate(gate.alpha, values), evaluate(gate.beta, values)
        steady, kept = alpha / (alpha + beta), np.exp(-(alpha + beta) * INTERVAL)
        course = np.empty_like(potentials)
        x = steady[0]
        for i in range(len(potentials)):
            course[i] = x
            x = steady[i] + (x - steady[i]) * kept[i]
        values[gate.state] = course
    return 1e-3 * evaluate(found.currents[0].current, with_definitions(found, values))


def test_published_numbers_are_as_near_the_recording_as_published(recordings):
    folder = recordings / "herg_mat"
    command = loadmat(folder / "sine_wave_protocol.mat")["T"].ravel()
    measured = loadmat(folder / CURRENT)["T"].ravel()
    kept = np.concatenate([np.arange(*part) for part in KEPT])
    difference = (clamped(command) - measured)[kept]
    # Table D of the paper's supplement, cell 5: 0.0338 nA.
    assert np.sqrt(np.mean(difference**2)) == pytest.approx(0.0338, abs=5e-5)


def test_four_states_are_the_two_gates():
    gates, values = lowered("beattie2018_cell5")
    scheme, others = lowered("beattie2018_cell5_scheme")
    assert values == others
    (occupancy,) = scheme.occupancies
    draw = np.random.default_rng(5)
    v = draw.uniform(-120.0, 60.0, 200)
    a, r = draw.uniform(0.0, 1.0, (2, 200))
    product = {"C": (1 - a) * r, "O": a * r, "I": a * (1 - r), "IC": (1 - a) * (1 - r)}
    state = {f"herg.{name}": value for name, value in product.items()}
    values = with_definitions(gates, values | {"v": v, "herg.a": a, "herg.r": r})
    others = with_definitions(scheme, others | {"v": v} | state)
    slopes = []
    for gate, x in zip(gates.relaxations, (a, r), strict=True):
        alpha, beta = evaluate(gate.alpha, values), evaluate(gate.beta, values)
        slopes.append(alpha * (1 - x) - beta * x)
    change = dict.fromkeys(occupancy.states, 0.0)
    for start, end, rate in occupancy.transitions:
        here, there = occupancy.states[start], occupancy.states[end]
        flux = evaluate(rate, others) * product[here]
        change[here], change[there] = change[here] - flux, change[there] + flux
    da, dr = slopes
    assert change["O"] == pytest.approx(da * r + a * dr, rel=1e-12, abs=1e-15)
    assert change["IC"] == pytest.approx(-da * (1 - r) - (1 - a) * dr, rel=1e-12, abs=1e-15)
    assert sum(change.values()) == pytest.approx(0.0, abs=1e-15)
    currents = [
        evaluate(found.currents[0].current, at) for found, at in ((gates, values), (scheme, others))
    ]
    assert currents[1] == pytest.approx(currents[0], rel=1e-12)

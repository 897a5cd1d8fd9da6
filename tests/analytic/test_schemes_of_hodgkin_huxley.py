"""Hodgkin and Huxley's gates counted as Markov schemes: binomial occupancies, the same course, and
the mean and spread of the conductance of a patch (validation catalogue 12.5)."""

from math import comb, sqrt

import numpy as np
import pytest
from equation_solver import Solver

from loligo.cell import catalogue, equations
from loligo.cell.expression import evaluate


@pytest.fixture(scope="module")
def schemes():
    return Solver(equations(catalogue.load("hodgkin_huxley1952_schemes")))


@pytest.fixture(scope="module")
def gates():
    return Solver(equations(catalogue.load("hodgkin_huxley1952")))


@pytest.mark.parametrize("v", [-90.0, -65.0, -40.0, -55.0, 0.0, 50.0])
def test_steady_occupancies_are_binomial(schemes, gates, v):
    m, h, n = (gates.gates(v)[f"{key}"][0] for key in ("na.m", "na.h", "k.n"))
    found = dict(zip(["v", *schemes.states], schemes.initial(v), strict=True))
    for i in range(5):
        expected = comb(4, i) * n**i * (1 - n) ** (4 - i)
        assert found[f"k.n{i}"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    for i in range(4):
        expected = comb(3, i) * m**i * (1 - m) ** (3 - i)
        assert found[f"na.m{i}h1"] == pytest.approx(expected * h, rel=1e-9, abs=1e-12)
        assert found[f"na.m{i}h0"] == pytest.approx(expected * (1 - h), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("temperature", [6.3, 18.5])
def test_course_is_that_of_the_gates(temperature):
    courses = []
    for name in ("hodgkin_huxley1952_schemes", "hodgkin_huxley1952"):
        solver = Solver(equations(catalogue.load(name)), {"temperature": temperature})
        per_area = 20.0 * solver.capacitance  # 20 uA/cm2
        courses.append(solver.solve([(1.0, 0.0), (1.0, per_area), (10.0, 0.0)]).potential)
    assert courses[1].max() > 20.0
    assert courses[0] == pytest.approx(courses[1], abs=1e-5)


def test_conductance_of_a_patch_has_the_known_mean_and_spread(schemes):
    found = schemes.equations
    start = dict(zip(["v", *schemes.states], schemes.initial(-65.0), strict=True))
    conductance = 0.02  # nS
    expected = {"na": (6000.0, 0.0106092, 0.0145659), "k": (1800.0, 0.366644, 0.0851951)}
    for occupancy in found.occupancies:
        channels, mean, spread = expected[occupancy.name]
        count = float(evaluate(occupancy.n_channels, schemes.values))
        p = float(np.dot(occupancy.open, [start[name] for name in occupancy.symbols]))
        assert count == pytest.approx(channels, rel=1e-12)
        assert count * conductance * p == pytest.approx(mean, rel=1e-5)
        assert conductance * sqrt(count * p * (1 - p)) == pytest.approx(spread, rel=1e-5)

"""The estimated error of a discretization beside the true one, where there is a closed form."""

import numpy as np
import pytest
from cables import neuron, passive

from loligo.cell import Neuron
from loligo.cell.morphology import cable
from loligo.engine import convergence
from loligo.protocol import Protocol

STEADY = Protocol("steady", ["hold for 600 ms"], holding="10 pA")
SITES = ("axon(0)", "axon(0.5)", "axon(1)")


def test_a_passive_cable_at_rest():
    """A sealed cable, its current in the first centre: order 2, and the error within 2 %."""
    length, diameter, resistivity, leak = 1000.0, 2.0, 150.0, 0.05
    cell = neuron(cable("1 mm", "2 um"), passive("0.05 mS/cm2"), counts=9)
    found = convergence(
        cell, STEADY, at="axon(0)", record=[f"v at {s}" for s in SITES], sampling="50 ms",
        dt="5 ms",
    )  # fmt: skip
    assert found.compartments == (9, 27, 81)
    space = 1e4 * np.sqrt(1e-4 * diameter / (4.0 * resistivity * 1e-3 * leak))
    axial = 4.0 * resistivity * 1e-5 * space / (np.pi * diameter**2)
    first = 0.5 * length / 9
    for site in SITES:
        place = cell.compartments.position[cell.compartments.at(site)] * length
        shape = np.cosh(first / space) * np.cosh((length - place) / space)
        exact = 10.0 * axial * shape / np.sinh(length / space)
        row = found[f"v at {site}"]
        actual = found.simulations[0][_only(found, site)][0, 0, -1] - exact
        assert row.order == pytest.approx(2.0, abs=0.02)
        assert row.errors[0, 0, -1] == pytest.approx(actual, rel=0.02)


def _only(found, site):
    """The name under which a trace of a site was recorded."""
    index = SITES.index(site)
    return list(found.simulations[0].traces)[index]


def rallpack_1(t, x, source):
    """Potential [mV] of Rallpack 1 with its current at `source`, both in length constants."""
    n = np.arange(1, 2000)
    rate = 1.0 + (n * np.pi) ** 2
    modes = np.cos(n * np.pi * x) * np.cos(n * np.pi * source) * np.exp(-rate * t / 40.0) / rate
    steady = np.cosh(min(x, source)) * np.cosh(1.0 - max(x, source)) / np.sinh(1.0)
    return -65.0 + 127.3239545 * (steady - np.exp(-t / 40.0) - 2.0 * modes.sum())


def test_the_series_is_rallpack_1():
    table = {1: (-42.47172, -64.99991), 10: (1.47330, -54.27069), 100: (91.72946, 32.89087)}
    for t, (near, far) in table.items():
        assert rallpack_1(t, 0.0, 0.0) == pytest.approx(near, abs=2e-5)
        assert rallpack_1(t, 1.0, 0.0) == pytest.approx(far, abs=2e-5)


@pytest.fixture(scope="module")
def coarse():
    """Rallpack 1 with 21 compartments instead of 1000."""
    return Neuron(
        "Rallpack 1",
        cable("1 mm", "1 um"),
        passive("0.025 mS/cm2", "-65 mV"),
        axial_resistivity="1 ohm m",
        temperature="6.3 degC",
        initial_potential="-65 mV",
        counts=21,
    )


INJECT = Protocol("0.1 nA", ["hold for 101 ms"], holding="0.1 nA")


def test_rallpack_1_in_space(coarse):
    found = convergence(
        coarse, INJECT, at="axon(0)", record=["v at axon(0)", "v at axon(1)"], sampling="1 ms",
        dt="0.025 ms",
    )  # fmt: skip
    source = 0.5 / 21
    assert found.is_ok
    for row, x in zip(found.rows, (source, 1.0 - source), strict=True):
        given = next(
            v for name, v in found.simulations[0].traces.items() if f"({x:.4f}"[:-1] in name
        )
        assert row.order == pytest.approx(2.0, abs=0.1)
        for t in (10, 50, 100):
            actual = given[0, 0, t] - rallpack_1(t, x, source)
            assert row.errors[0, 0, t] == pytest.approx(actual, rel=0.05)
        assert row.largest_error == pytest.approx(np.nanmax(np.abs(row.errors)))


def test_rallpack_1_in_time(coarse):
    """Against the same compartments with steps of 5 us."""
    options = {"at": "axon(0)", "record": ["v at axon(1)"], "sampling": "5 ms"}
    found = convergence(coarse, INJECT, dt="0.5 ms", in_time=True, **options)
    fine = convergence(coarse, INJECT, dt="0.02 ms", in_time=True, **options)
    assert found.dt == (0.5, 0.25, 0.125)
    row = found["v at axon(1)"]
    (given,) = found.simulations[0].traces.values()
    (limit,) = fine.simulations[-1].traces.values()
    assert row.order == pytest.approx(2.0, abs=0.2)
    assert row.error == pytest.approx(np.sqrt(np.mean((given - limit) ** 2)), rel=0.1)

"""Cables in time: steps, the Rallpacks, conduction; against closed forms and published runs."""

import math

import numpy as np
import pytest
from cables import active, neuron, passive
from scipy.special import erfc

from loligo.cell import Neuron, catalogue
from loligo.cell.morphology import cable, rall_tree
from loligo.engine import simulate
from loligo.protocol import Protocol

LAMBDA, TAU = 816.496581, 20.0
R_INFINITE = 0.389848401
"""Semi-infinite input resistance [GOhm] of 2 um, 150 ohm cm, 20 kohm cm2."""


def long_cable(n, length=8.0):
    return neuron(cable(f"{length * LAMBDA} um", "2 um"), passive(), counts=n)


def exact_step(x, t):
    """V over its steady value of a step at the end of a semi-infinite cable."""
    root = math.sqrt(t)
    first = erfc(x / (2 * root) - root) - np.exp(2 * x) * erfc(x / (2 * root) + root)
    return 0.5 * np.exp(-x) * first / math.exp(-x)


STEP = Protocol("step", ["hold for 42 ms"], holding="10 pA")


def test_a_step_into_a_semi_infinite_cable():
    """At X of 1 and 2 the table's values, from a cable of 8 length constants."""
    n = 1600
    cell = long_cable(n)
    record = ["v at axon(0.125)", "v at axon(0.25)"]
    found = simulate(cell, STEP, at="axon(0)", record=record, sampling="1 ms", dt="0.02 ms")
    table = {  # T: X = 1, X = 2, in units of each place's steady value
        0.1: (0.00988470, 0.00000479),
        0.25: (0.11452457, 0.00583801),
        0.5: (0.33189800, 0.08495332),
        1.0: (0.63502445, 0.37230216),
        2.0: (0.88730923, 0.76764281),
    }
    dx = 8.0 / n
    steady = 10.0 * R_INFINITE
    for t, values in table.items():
        for x, name, value in zip((1.0, 2.0), record, values, strict=True):
            assert exact_step(x, t) == pytest.approx(value, abs=2e-8)
            # nodes lie half a compartment beyond, and the current enters half a one in
            inner = found[name][0, 0, round(t * TAU)] / steady
            expected = exact_step(x + 0.5 * dx, t) * math.exp(-x - 0.5 * dx)
            assert inner == pytest.approx(expected, abs=3e-5)


def test_order_two_in_time():
    cell = long_cable(60, 1.0)
    pulse = Protocol(
        "pulse", ["hold for 3 ms", "step 10 pA for 5.3 ms", "hold for 4 ms"], holding="0 pA"
    )
    ends = [
        simulate(cell, pulse, at="axon(0)", record=(), dt=f"{h} ms").final["v"][0, 0]
        for h in (0.4, 0.2, 0.1, 0.05, 0.0125)
    ]
    errors = [np.abs(end - ends[-1]).max() for end in ends[:-1]]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert orders[-1] == pytest.approx(2.0, abs=0.15)


def test_order_three_in_time_of_steps_that_look_back():
    """A spike runs along an axon; the last step begins 1 ms after an edge."""
    cell = neuron(
        cable("2 mm", "4 um"), active(), resistivity="35.4 ohm cm", rest="-65 mV", counts=50
    )
    pulse = Protocol("pulse", ["step 5 nA for 0.5 ms", "hold for 2.5 ms"], holding="0 nA")
    ends = [
        simulate(cell, pulse, at="axon(0)", record=(), dt=f"{h} ms", method="multistep").final["v"][
            0, 0
        ]
        for h in (0.02, 0.01, 0.005, 0.00125)
    ]
    errors = [np.abs(end - ends[-1]).max() for end in ends[:-1]]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert orders[-1] == pytest.approx(3.0, abs=0.25)


def rallpack(n, membrane, **more):
    return Neuron(
        "Rallpack",
        cable("1 mm", "1 um"),
        membrane,
        axial_resistivity="1 ohm m",
        temperature="6.3 degC",
        initial_potential="-65 mV",
        counts=n,
        **more,
    )


INJECT = Protocol("0.1 nA", ["hold for 250 ms"], holding="0.1 nA")
HALF = 0.5 * 0.1273239545
"""Potential [mV] of half a compartment's axial resistance at 0.1 nA."""


def test_rallpack_1():
    """The continuum's values at both ends; the current enters in the middle of the first volume."""
    cell = rallpack(1000, passive("0.025 mS/cm2", "-65 mV"))
    record = ["v at axon(0)", "v at axon(1)"]
    found = simulate(cell, INJECT, at="axon(0)", record=record, sampling="0.5 ms", dt="0.025 ms")
    table = {
        1.0: (-42.47172, -64.99991),
        5.0: (-16.24286, -63.03988),
        10.0: (1.47330, -54.27069),
        20.0: (24.85277, -33.78143),
        50.0: (65.70189, 6.86337),
        100.0: (91.72946, 32.89087),
    }
    for t, (near, far) in table.items():
        index = round(t / 0.5)
        assert found[record[0]][0, 0, index] + HALF == pytest.approx(near, abs=2e-3)
        assert found[record[1]][0, 0, index] == pytest.approx(far, abs=1e-3)


def test_rallpack_2_and_reciprocity():
    """1023 compartments: as a cylinder; from a tip the root's curve is the tip's from the root."""
    tree = rall_tree(10, "32 um", "16 um")
    cell = Neuron(
        "Rallpack 2",
        tree,
        passive("0.025 mS/cm2", "-65 mV"),
        axial_resistivity="1 ohm m",
        temperature="6.3 degC",
        initial_potential="-65 mV",
        counts=1,
    )
    root, tip = "dendrite.0.0", "dendrite.9.300"
    options = {"sampling": "1 ms", "dt": "0.05 ms"}
    found = simulate(cell, INJECT, at=root, record=[f"v at {root}", f"v at {tip}"], **options)
    table = {1: (-64.33298, -64.41251), 10: (-59.44620, -59.52573), 100: (-42.12030, -42.19983)}
    half = 100.0 * 4 * 100 * 16 / (np.pi * 16**2) * 1e-5
    for t, (near, far) in table.items():
        assert found[f"v at {root}"][0, 0, t] + half == pytest.approx(near, abs=5e-4)
        assert found[f"v at {tip}"][0, 0, t] == pytest.approx(far, abs=5e-4)
    back = simulate(cell, INJECT, at=tip, record=[f"v at {root}"], **options)
    np.testing.assert_allclose(back[f"v at {root}"], found[f"v at {tip}"], rtol=1e-10)


RALLPACK_3 = {
    "axon(0)": (18, 1.30627, 16.00412, 248.51927),
    "axon(1)": (17, 4.07082, 18.68695, 236.67764),
}
"""Upward crossings of 0 mV of the converged model: how many; first, second, last [ms]."""


def crossings(found, site):
    v = found[f"v at {site}"][0, 0]
    up = np.flatnonzero((v[:-1] < 0) & (v[1:] >= 0))
    return found.times[up] - v[up] / (v[up + 1] - v[up]) * (found.times[1] - found.times[0])


def test_rallpack_3_converged():
    """Upward crossings of 0 mV at both ends within 0.01 ms of the converged ones."""
    cell = rallpack(1000, active("0.025 mS/cm2", "-65 mV"))
    found = simulate(
        cell, INJECT, at="axon(0)", record=[f"v at {s}" for s in RALLPACK_3],
        sampling="0.01 ms", dt="0.01 ms",
    )  # fmt: skip
    for site, (count, *expected) in RALLPACK_3.items():
        times = crossings(found, site)
        assert times.size == count
        assert times[[0, 1, -1]] == pytest.approx(expected, abs=0.01)
        if site == "axon(1)":
            assert np.diff(times)[2:].mean() == pytest.approx(14.53159, abs=1e-3)


def test_rallpack_3_with_long_steps_that_look_back():
    """A sixteenth of a millisecond: the last of 17 spikes within 0.05 ms, with plain steps 0.27."""
    cell = rallpack(1000, active("0.025 mS/cm2", "-65 mV"))
    found = simulate(
        cell, INJECT, at="axon(0)", record=["v at axon(1)"], sampling="0.0625 ms",
        dt="0.0625 ms", method="multistep",
    )  # fmt: skip
    count, *expected = RALLPACK_3["axon(1)"]
    times = crossings(found, "axon(1)")
    assert times.size == count
    assert times[[0, 1, -1]] == pytest.approx(expected, abs=0.05)


def test_conduction_velocity_of_the_squid_axon():
    """18.7322 m/s at 18.5 degC in 238 um radius and 35.4 ohm cm, by shooting; within 0.3 %."""
    cell = catalogue.load("hodgkin_huxley1952_axon")
    shock = Protocol("shock", ["step 20 uA for 0.2 ms", "hold for 4 ms"], holding="0 uA")
    sites = ["axon(0.4)", "axon(0.7)"]
    found = simulate(
        cell,
        shock,
        at="axon(0)",
        record=[f"v at {s}" for s in sites],
        sampling="0.002 ms",
        dt="0.002 ms",
    )
    crossed = []
    for site in sites:
        v = found[f"v at {site}"][0, 0]
        up = int(np.flatnonzero((v[:-1] < 0) & (v[1:] >= 0))[0])
        crossed.append(found.times[up] - v[up] / (v[up + 1] - v[up]) * 0.002)
    parts = cell.compartments
    run = parts.distance[parts.at(sites[1])] - parts.distance[parts.at(sites[0])]
    assert run / (crossed[1] - crossed[0]) / 1000.0 == pytest.approx(18.7322, rel=3e-3)

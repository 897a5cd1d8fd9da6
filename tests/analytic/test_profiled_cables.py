"""Cables whose membrane differs along them: Airy functions, a dense solve, painted steps."""

import numpy as np
import pytest
from cables import active, neuron, passive
from scipy.special import airy

from loligo.cell.morphology import Branch, Morphology, cable
from loligo.engine import simulate
from loligo.protocol import Protocol

LENGTH, DIAMETER, RESISTIVITY = 800.0, 2.0, 150.0
G, SLOPE = 0.02, 0.005
"""Leak at the start [mS/cm2], and its growth as a share of it [1/um]."""
CURRENT = 10.0
REST = Protocol("rest", ["hold for 800 ms"], holding=f"{CURRENT} pA")
RISING = {"axon": {"channel.leak.conductance": f"{G} * (1 + {SLOPE} * distance)"}}
LEAK = "channel.leak.conductance"


def at_rest(cell, **options):
    return simulate(cell, REST, at="axon(0)", record=(), dt="1 ms", **options).final["v"]


def rising(n, **more):
    return neuron(
        cable(f"{LENGTH} um", f"{DIAMETER} um"), passive(), profile=RISING, counts=n, **more
    )


def airy_cable(x):
    """Potential of the cable with current at its start: V'' = k (1 + a x) V, sealed at the end."""
    per_length = 1e-5 * 4.0 * RESISTIVITY / (np.pi * DIAMETER**2)  # GOhm/um
    k = per_length * 0.01 * G * np.pi * DIAMETER
    root = (k * SLOPE) ** (1 / 3)

    def both(x):
        return airy(root * (x + 1.0 / SLOPE))

    _, slope_a, _, slope_b = both(LENGTH)
    _, first_a, _, first_b = both(0.0)
    ratio = -slope_a / slope_b
    size = -CURRENT * per_length / (root * (first_a + ratio * first_b))
    a, _, b, _ = both(x)
    return size * (a + ratio * b)


def test_a_rising_leak_in_closed_form():
    """Second order in space, to what Airy functions say."""
    errors = []
    for n in (25, 50, 100, 200):
        cell = rising(n)
        found = at_rest(cell)[0, 0]
        half = 0.5 * CURRENT / cell.compartments.conductance[1]
        expected = airy_cable(cell.compartments.distance[-1])
        assert found[-1] == pytest.approx(expected, rel=1e-2)
        errors.append([found[0] + half - airy_cable(0.0), found[-1] - expected])
    orders = np.log2(np.abs(errors[:-1]) / np.abs(errors[1:]))
    assert orders[-1] == pytest.approx([2.0, 2.0], abs=0.05)
    assert errors[-1][0] == pytest.approx(0.0, abs=1e-4 * airy_cable(0.0))


def test_a_rising_leak_by_a_dense_solve():
    """The same volumes, written anew: 40 cylinders, each with the leak of its centre."""
    n = 40
    dx = LENGTH / n
    x = dx * (np.arange(n) + 0.5)
    axial = 0.25 * np.pi * DIAMETER**2 / (1e-5 * RESISTIVITY * dx)
    matrix = np.diag(0.01 * np.pi * DIAMETER * dx * G * (1.0 + SLOPE * x))
    for i in range(n - 1):
        matrix[i : i + 2, i : i + 2] += axial * np.array([[1.0, -1.0], [-1.0, 1.0]])
    drive = np.zeros(n)
    drive[0] = CURRENT
    np.testing.assert_allclose(at_rest(rising(n))[0, 0], np.linalg.solve(matrix, drive), rtol=1e-9)


def two_runs():
    parts = [
        Branch("near", "dendrite", (0.0, 300.0), (2.0, 2.0)),
        Branch("far", "dendrite", (0.0, 200.0), (2.0, 1.0), "near"),
        Branch("side", "dendrite", (0.0, 150.0), (1.0, 1.0), "near", 0.5),
    ]
    return Morphology(tuple(parts))


KICK = Protocol("kick", ["hold for 1 ms", "step 0.5 nA for 1 ms", "hold for 6 ms"], holding="0 pA")
SITES = ["v at near(0)", "v at far(1)", "v at side(1)"]


def traces(cell, **options):
    found = simulate(cell, KICK, at="near(0)", record=SITES, **options)
    return np.stack([found[name] for name in SITES])


def test_two_steps_are_two_regions():
    """Sodium that steps down at 300 um, and a thin branch with more leak."""
    profile = {
        "channel.na.conductance": "where(distance < 300, 120, 60)",
        "channel.leak.conductance": "where(diameter < 1.6, 0.9, 0.3)",
    }
    options = {"rest": "-65 mV", "counts": 7}
    along = neuron(two_runs(), active(), profile={"dendrite": profile}, **options)
    membranes = {
        "dendrite": active(),
        "far": active("0.9 mS/cm2").with_(**{"channel.na.conductance": "60 mS/cm2"}),
        "side": active("0.9 mS/cm2"),
    }
    shape = two_runs().with_region("far", names="far").with_region("side", names="side")
    painted = neuron(shape, membranes, **options)
    # the first two of the far branch's compartments are thicker than 1.6 um
    thick = along.compartments.diameter[7:14] >= 1.6
    assert thick.tolist() == [True] * 3 + [False] * 4
    near = {"far": {"channel.leak.conductance": "where(diameter < 1.6, 0.9, 0.3)"}}
    painted = painted.with_(profile=near)
    expected = traces(painted)
    assert expected.max() > 0.0
    np.testing.assert_allclose(traces(along), expected, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(along.values(LEAK), painted.values(LEAK))


def test_regions_with_one_membrane_and_profiles_of_their_own():
    """Painted alike, but one of them rises: as if each had its own membrane."""
    shape = two_runs().with_region("far", names="far")
    plain = neuron(shape, active(), rest="-65 mV", counts=5)
    risen = plain.with_(profile={"far": {LEAK: "distance / 1000"}})
    assert (risen.values(LEAK)[:5] == 0.3).all()
    assert risen.values(LEAK)[5] == pytest.approx(0.32)
    other = active("0.5 mS/cm2")
    apart = neuron(
        shape,
        {"dendrite": active(), "far": other},
        rest="-65 mV",
        counts=5,
        profile={"far": {LEAK: "distance / 1000"}},
    )
    np.testing.assert_allclose(traces(risen), traces(apart), rtol=0, atol=1e-9)
    assert np.abs(traces(risen) - traces(plain)).max() > 0.5


def test_what_is_given_takes_the_place_of_a_profile():
    flat = neuron(cable("800 um", "2 um"), passive("0.07 mS/cm2"), counts=9)
    for name in (LEAK, f"axon.{LEAK}"):
        found = at_rest(rising(9), parameters={name: "0.07 mS/cm2"})
        np.testing.assert_allclose(found, at_rest(flat), rtol=1e-12)
    batch = at_rest(rising(9), parameters={f"axon.{LEAK}": ([0.07, 0.14], "mS/cm2")})
    np.testing.assert_allclose(batch[:1], at_rest(flat), rtol=1e-12)


def test_constants_scale_a_profile():
    """A batch over a constant is the batch of neurons whose profile says the number."""
    membrane = passive().with_(constants={"near": "0.02 mS/cm2", "growth": 0.005})
    text = "near * (1 + growth * distance)"
    cell = neuron(cable("800 um", "2 um"), membrane, counts=9, profile={"axon": {LEAK: text}})
    np.testing.assert_allclose(at_rest(cell), at_rest(rising(9)), rtol=1e-12)
    scales = np.array([0.02, 0.01, 0.04])
    for name in ("constants.near", "axon.constants.near"):
        found = at_rest(cell, parameters={name: (scales, "mS/cm2")})
        for scale, one in zip(scales, found, strict=True):
            said = {"axon": {LEAK: f"{float(scale)!r} * (1 + 0.005 * distance)"}}
            alone = at_rest(cell.with_(profile=said))
            np.testing.assert_allclose(one, alone[0], rtol=1e-12)
            same = at_rest(cell, parameters={name: (float(scale), "mS/cm2")})
            np.testing.assert_array_equal(one, same[0])


def test_gates_and_pools_start_where_their_place_says():
    """The steady state of a midpoint and of a reversal that move along the cable."""
    profile = {
        "channel.k.gate.n.alpha.midpoint": "-55 + distance / 50",
        "channel.k.reversal": "-77 - distance / 100",
    }
    cell = neuron(cable("800 um", "2 um"), active(), rest="-60 mV", counts=8,
                  profile={"axon": profile})  # fmt: skip
    record = [f"k.n at axon({x})" for x in (0, 0.5, 1)] + ["i.k at axon(1)"]
    found = simulate(cell, KICK, record=record)
    for name, x in zip(record[:3], (50.0, 450.0, 750.0), strict=True):
        u = (-60.0 - (-55.0 + x / 50.0)) / 10.0
        alpha, beta = 0.1 * u / (1.0 - np.exp(-u)), 0.125 * np.exp(-(-60.0 + 65.0) / 80.0)
        assert found[name][0, 0, 0] == pytest.approx(alpha / (alpha + beta), rel=1e-12)
    n, area = found["k.n at axon(1)"][0, 0, 0], cell.compartments.area[-1]
    expected = 0.01 * area * 36.0 * n**4 * (-60.0 - (-77.0 - 7.5))
    assert found["i.k at axon(1)"][0, 0, 0] == pytest.approx(expected, rel=1e-12)


def test_capacitance_along_a_cable():
    """A charge density jumps by what the place's own capacitance says."""
    cell = neuron(cable("800 um", "2 um"), passive(), counts=4,
                  profile={"axon": {"capacitance": "1 + distance / 100"}})  # fmt: skip
    shock = Protocol("shock", ["hold for 1 ms", "shock 15 nC/cm2", "hold for 1 ms"],
                     holding="0 uA/cm2")  # fmt: skip
    for site, x in (("axon(0)", 100.0), ("axon(1)", 700.0)):
        found = simulate(cell, shock, at=site, sampling="1 ms")["v"][0, 0, 1]
        assert found == pytest.approx(15.0 / (1.0 + x / 100.0), rel=1e-12)

"""Trees in the engine: against a dense solve, alone and in batches, on any shape."""

import math

import numpy as np
import pytest
from cables import active, laplacian, neuron, passive, random_tree
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.cell.equations import equations
from loligo.cell.morphology import cable
from loligo.cell.steady import steady_values
from loligo.engine import simulate
from loligo.protocol import Protocol

GAMMA = 1 - 1 / math.sqrt(2)
KICK = Protocol(
    "kick",
    ["hold for 1 ms", "step 200..800 pA by 300 pA for 3 ms", "hold for 2 ms"],
    holding="0 pA",
)


def dense(cell, site, current, h, steps):
    """The same two stages with the membrane's gates by their own rates, and a dense matrix."""
    parts = cell.compartments
    n, nodes = parts.n_compartments, parts.parent.size
    area = 0.01 * parts.area
    v = np.full(n, cell.initial_potential)
    lowered = equations(cell.patch(cell.morphology.regions[0]))
    start = steady_values(lowered, cell.initial_potential)
    m, hh, k = (np.full(n, float(start[name])) for name in ("na.m", "na.h", "k.n"))

    def rates(v):
        linoid = lambda x: np.where(np.abs(x) < 1e-9, 1.0, x / -np.expm1(-x))  # noqa: E731
        return (
            (linoid((v + 40) / 10), 4 * np.exp(-(v + 65) / 18)),
            (0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))),
            (0.1 * linoid((v + 55) / 10), 0.125 * np.exp(-(v + 65) / 80)),
        )

    def step(x, pair, size):
        a, s = pair[0], pair[0] + pair[1]
        return x + size * (a - s * x) / np.maximum(1 + size * s / 2, size * s)

    matrix = laplacian(parts)
    inside = np.arange(n)
    for number in range(steps):
        size = h / 2 if number == 0 else h
        m, hh, k = (step(x, p, size) for x, p in zip((m, hh, k), rates(v), strict=True))
        gna, gk, gl = area * 120 * m**3 * hh, area * 36 * k**4, area * 0.3
        g = gna + gk + gl
        b = np.zeros(nodes)
        b[inside] = gna * 50 + gk * -77 + gl * -54.387
        b[site] += current
        whole = matrix.copy()
        charge = area / (GAMMA * h)
        whole[inside, inside] += charge + g
        first = np.linalg.solve(whole, b + np.concatenate([charge * v, np.zeros(nodes - n)]))[:n]
        ahead = v + (1 - GAMMA) / GAMMA * (first - v)
        v = np.linalg.solve(whole, b + np.concatenate([charge * ahead, np.zeros(nodes - n)]))[:n]
    return v


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 14), st.integers(1, 6))
def test_any_tree_is_as_by_a_dense_solve(seed, branches, counts):
    cell = neuron(
        random_tree(seed, branches),
        active(),
        resistivity="100 ohm cm",
        rest="-65 mV",
        counts=counts,
    )
    step = Protocol("step", ["hold for 4 ms"], holding="500 pA")
    kept = {"at": "b0(0.3)", "record": ["v", "na.m"]}  # as below, so that there is one kernel
    found = simulate(cell, step, dt="0.05 ms", **kept).final["v"][0, 0]
    site = cell.compartments.at("b0(0.3)")
    np.testing.assert_allclose(found, dense(cell, site, 500.0, 0.05, 80), rtol=0, atol=2e-9)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 40), st.sampled_from([1, 2]))
def test_batches_and_threads_change_nothing(seed, n_cells, threads):
    """The third sweep of any cell of a batch has the bits of that sweep alone."""
    cell = neuron(random_tree(seed, 7), active(), rest="-65 mV", counts=3)
    kept = {"at": "b0", "record": ["v at b0", "na.m at b3(1)"], "sampling": "0.5 ms"}
    scale = np.linspace(0.5, 1.0, n_cells)
    batch = simulate(cell, KICK, parameters={"command.scale": scale}, threads=threads, **kept)
    alone = simulate(cell, KICK, parameters={"command.scale": [scale[-1]]}, **kept)
    for name in kept["record"]:
        np.testing.assert_array_equal(batch[name][-1], alone[name][0])
    np.testing.assert_array_equal(batch.final["v"][-1], alone.final["v"][0])


def test_a_compartment_alone_is_the_isopotential_cell():
    """Both of second order: what is between them falls with the square of the step."""
    one = neuron(cable("50 um", "20 um"), active(), rest="-65 mV", counts=1)
    cell = one.patch("axon").with_(area=f"{one.morphology.area!r} um2")
    kick = Protocol("kick", ["step 400 pA for 1 ms", "hold for 5 ms"], holding="0 pA")
    between = []
    for h in (0.02, 0.01, 0.005):
        options = {"sampling": "0.1 ms", "dt": f"{h} ms"}
        there = simulate(one, kick, record=["v"], **options)["v"]
        between.append(np.abs(there - simulate(cell, kick, **options)["v"]).max())
    assert np.log2(between[1] / between[2]) == pytest.approx(2.0, abs=0.2)
    assert between[-1] < 0.1


def test_currents_of_every_compartment_add_up():
    """C dv/dt + i_membrane = i_axial + i_injected, and axial currents sum to 0."""
    cell = neuron(random_tree(11, 6), active(), rest="-65 mV", counts=2)
    names = [f"b{i}({x})" for i in range(6) for x in (0.25, 0.75)]
    record = [f"{q} at {s}" for s in names for q in ("v", "i.axial", "i.membrane")]
    step = Protocol("step", ["hold for 3 ms"], holding="600 pA")
    found = simulate(cell, step, at="b2(0.25)", record=record, sampling="0.001 ms", dt="0.001 ms")
    axial = np.array([found[f"i.axial at {s}"][0, 0] for s in names])
    assert np.abs(axial.sum(axis=0)).max() < 1e-9 * np.abs(axial).max()
    for site in names:
        v, inner, membrane = (found[f"{q} at {site}"][0, 0] for q in ("v", "i.axial", "i.membrane"))
        capacitance = 0.01 * cell.compartments.area[cell.compartments.at(site)]
        charging = capacitance * (v[2:] - v[:-2]) / 0.002
        given_in = 600.0 if site == "b2(0.25)" else 0.0
        rest = charging + membrane[1:-1] - inner[1:-1] - given_in
        # both ends of a step differ from its middle by the square of the step
        assert np.abs(rest[5:]).max() < 2e-3 * (np.abs(inner).max() + given_in)


def test_regions_have_their_own_membrane():
    """A passive tree with an active stem: two kinds of membrane in one kernel."""
    shape = random_tree(4, 9).with_region("stem", names=["b0", "b1"])
    mixed = neuron(
        shape,
        {"stem": active(), "dendrite": passive("0.3 mS/cm2", "-54.387 mV")},
        rest="-65 mV",
        counts=2,
    )
    same = neuron(shape, active(), rest="-65 mV", counts=2)
    off = {f"dendrite.channel.{c}.conductance": "0 mS/cm2" for c in ("na", "k")}
    kept = {"at": "b0", "record": ["v at b0", "v at b5"], "sampling": "0.1 ms"}
    step = Protocol("step", ["hold for 6 ms"], holding="600 pA")
    found, expected = simulate(mixed, step, **kept), simulate(same, step, parameters=off, **kept)
    for name in kept["record"]:
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-8)


def test_an_ideal_clamp_holds_its_site():
    """At rest a sealed cable held at one end is cosh((l - x) / lambda) / cosh(l / lambda)."""
    cell = neuron(cable("816.496581 um", "2 um"), passive(), counts=201)
    hold = Protocol("hold", ["hold for 5 ms", "step 20 mV for 400 ms"], holding="0 mV")
    kept = ["v at axon(0)", "v at axon(0.5)", "i.clamp at axon(0)"]
    found = simulate(cell, hold, at="axon(0)", record=kept, sampling="1 ms", dt="0.1 ms")
    assert (found["v at axon(0)"][0, 0, 5:] == 20.0).all()
    x = cell.compartments.position[100]
    start = cell.compartments.position[0]
    profile = np.cosh(1 - x) / np.cosh(1 - start)
    assert found["v at axon(0.5)"][0, 0, -1] == pytest.approx(20.0 * profile, rel=1e-5)
    # into the end: tanh(l) / R_infinite, and the membrane of half a compartment outside the site
    current = 20.0 * (np.tanh(1 - start) + np.tanh(start)) / 0.389848401
    assert found["i.clamp at axon(0)"][0, 0, -1] == pytest.approx(current, rel=1e-4)


def test_a_clamp_through_a_resistance():
    """Of 10 MOhm in the middle of a cable: a divider of both halves' input resistance."""
    cell = neuron(cable("1632.993162 um", "2 um"), passive(), counts=401)
    hold = Protocol("hold", ["step 20 mV for 400 ms"], holding="0 mV")
    found = simulate(
        cell, hold, at="axon(0.5)", record=(), series_resistance="10 MOhm", dt="0.1 ms"
    ).final["v"][0, 0]
    resistance = 0.5 * 511.884706
    middle = found[cell.compartments.at("axon(0.5)")]
    assert middle == pytest.approx(20.0 * resistance / (resistance + 10.0), rel=1e-4)


def test_a_conductance_at_a_site():
    """5 nS to 0 mV in a cable at rest at -70 mV; a divider again."""
    cell = neuron(
        cable("1632.993162 um", "2 um"), passive("0.05 mS/cm2", "-70 mV"), rest="-70 mV", counts=401
    )
    drive = Protocol("drive", ["hold for 400 ms"], holding="5 nS")
    found = simulate(cell, drive, at="axon(0.5)", record=(), reversal="0 mV", dt="0.1 ms").final[
        "v"
    ][0, 0]
    resistance = 0.5 * 0.511884706
    middle = found[cell.compartments.at("axon(0.5)")]
    assert middle == pytest.approx(-70.0 / (1.0 + 5.0 * resistance), rel=1e-4)

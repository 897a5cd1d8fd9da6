"""Steps that look back: against a dense solve, on any tree, under clamps, and with stiff parts."""

import numpy as np
import pytest
from cables import active, laplacian, neuron, passive, random_tree
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from loligo.cell.equations import equations
from loligo.cell.morphology import cable
from loligo.cell.steady import steady_values
from loligo.engine import simulate
from loligo.errors import ModelError, SelectionError
from loligo.protocol import Protocol

GAMMA = 1 - 1 / np.sqrt(2)
KICK = Protocol(
    "kick",
    ["hold for 1 ms", "step 200..800 pA by 300 pA for 3 ms", "hold for 2 ms"],
    holding="0 pA",
)


class Backwards:
    """A state ``y = u + d2 / 24`` and its differences, after three plain steps."""

    def __init__(self, y):
        self.u, self.y = y, y
        self.first = self.second = np.zeros_like(y)

    def end(self, first, number, late=0.0):
        """Let ``u`` change in step `number`; what is made up for is no part of the difference."""
        self.second, self.first = first - self.first, first
        new = self.u = self.u + first + late
        self.y = new + self.second / 24 if number >= 3 else new
        if number == 2:
            self.u = new - self.second / 24


def rates(v):
    linoid = lambda x: np.where(np.abs(x) < 1e-9, 1.0, x / -np.expm1(-x))  # noqa: E731
    return (
        (linoid((v + 40) / 10), 4 * np.exp(-(v + 65) / 18)),
        (0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))),
        (0.1 * linoid((v + 55) / 10), 0.125 * np.exp(-(v + 65) / 80)),
    )


def dense(cell, site, current, h, steps):
    """The same method written down with whole arrays and a dense matrix; gates stay slow here."""
    parts = cell.compartments
    n, nodes = parts.n_compartments, parts.parent.size
    area = 0.01 * parts.area
    matrix = laplacian(parts)
    inside = np.arange(n)
    start = steady_values(equations(cell.patch(cell.morphology.regions[0])), cell.initial_potential)
    gates = [Backwards(np.full(n, float(start[name]))) for name in ("na.m", "na.h", "k.n")]
    potential = Backwards(np.full(n, cell.initial_potential))
    for number in range(steps):
        for gate, (a, b) in zip(gates, rates(potential.y), strict=True):
            size = h / 2 if number == 0 else h
            middle = gate.second / 12 if number >= 3 else 0.0
            assert (size * (a + b)).max() < 1.0  # corrections do not fade
            change = size * (a - (a + b) * (gate.u - middle)) / (1 + size * (a + b) / 2)
            turned = 1.5 * (1 - 1 / (1 + size * (a + b) / 2)) * change
            late = (change + turned - 2 * gate.first) / 8 if number == 1 else 0.0
            gate.end(change, number, late)
        m, hh, k = (gate.y for gate in gates)
        gna, gk, gl = area * 120 * m**3 * hh, area * 36 * k**4, area * 0.3
        drive = np.zeros(nodes)
        drive[inside] = gna * 50 + gk * -77 + gl * -54.387
        drive[site] += current

        def solve(charge, y, drive=drive, g=gna + gk + gl):
            whole = matrix.copy()
            whole[inside, inside] += charge + g
            right = drive.copy()
            right[inside] += charge * y
            return np.linalg.solve(whole, right)[:n]

        u = potential.u
        if number < 3:
            first = solve(area / (GAMMA * h), u)
            ahead = u + (1 - GAMMA) / GAMMA * (first - u)
            change = solve(area / (GAMMA * h), ahead) - u
        else:
            middle = potential.second / 12
            change = 2 * (solve(2 * area / h, u - middle) - u + middle)
        potential.end(change, number)
    return potential.y


@settings(max_examples=7, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 14), st.integers(1, 6))
def test_any_tree_is_as_by_a_dense_solve(seed, branches, counts):
    cell = neuron(
        random_tree(seed, branches), active(), resistivity="100 ohm cm", rest="-65 mV",
        counts=counts,
    )  # fmt: skip
    step = Protocol("step", ["hold for 4 ms"], holding="500 pA")
    kept = {"at": "b0(0.3)", "record": ["v", "na.m"]}  # as below, so that there is one kernel
    found = simulate(cell, step, dt="0.05 ms", method="multistep", **kept).final["v"][0, 0]
    site = cell.compartments.at("b0(0.3)")
    np.testing.assert_allclose(found, dense(cell, site, 500.0, 0.05, 80), rtol=0, atol=5e-9)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 40), st.sampled_from([1, 2]))
def test_batches_and_threads_change_nothing(seed, n_cells, threads):
    """The third sweep of any cell of a batch has the bits of that sweep alone."""
    cell = neuron(random_tree(seed, 7), active(), rest="-65 mV", counts=3)
    kept = {
        "at": "b0", "record": ["v at b0", "na.m at b3(1)"], "sampling": "0.5 ms",
        "method": "multistep",
    }  # fmt: skip
    scale = np.linspace(0.5, 1.0, n_cells)
    batch = simulate(cell, KICK, parameters={"command.scale": scale}, threads=threads, **kept)
    alone = simulate(cell, KICK, parameters={"command.scale": [scale[-1]]}, **kept)
    for name in kept["record"]:
        np.testing.assert_array_equal(batch[name][-1], alone[name][0])
    np.testing.assert_array_equal(batch.final["v"][-1], alone.final["v"][0])


@pytest.mark.parametrize("resistance", [None, "5 MOhm"])
def test_a_clamped_axon_is_more_exact(resistance):
    """A voltage step excites modes of all rates; what is left of them is no past to use."""
    cell = neuron(cable("400 um", "2 um"), active(), rest="-65 mV", counts=20)
    step = Protocol("step", ["hold for 1 ms", "step -20 mV for 3 ms"], holding="-65 mV")
    clamp = {"at": "axon(0.5)", "series_resistance": resistance}

    def end(method, h):
        found = simulate(cell, step, record=(), dt=f"{h} ms", method=method, **clamp)
        return found.final["v"][0, 0]

    fine = end("multistep", 0.001)
    for h in (0.05, 0.0125):
        looking_back, plain = (np.abs(end(m, h) - fine).max() for m in ("multistep", "staggered"))
        assert looking_back < plain / 5.0


def test_stiff_parts_stay_quiet():
    """Thick, closely coupled compartments: rates to 1e5 per ms at a step of 0.1 ms."""
    cell = neuron(cable("200 um", "20 um"), passive(), resistivity="10 ohm cm", counts=60)
    area, matrix = 0.01 * cell.compartments.area, laplacian(cell.compartments)
    system = -(matrix + np.diag(0.05 * area)) / area[:, None]
    assert np.abs(np.linalg.eigvals(system)).max() > 1e5
    pulse = Protocol("pulse", ["step 1 nA for 5 ms", "hold for 10 ms"], holding="0 nA")
    found = simulate(cell, pulse, at="axon(0)", record=(), dt="0.1 ms", method="multistep").final[
        "v"
    ][0, 0]
    drive = np.zeros(60)
    drive[0] = 1000.0 / area[0]
    steady = np.linalg.solve(system, drive)
    exact = expm(10.0 * system) @ (expm(5.0 * system) - np.eye(60)) @ steady
    np.testing.assert_allclose(found, exact, rtol=1e-7)


def test_gates_faster_than_the_step_keep_their_bounds():
    """At 30 degC sodium activates within 0.02 ms; at a step of 0.1 ms corrections fade."""
    cell = neuron(cable("100 um", "5 um"), active(), rest="-65 mV", counts=5)
    kick = Protocol("kick", ["step 2 nA for 0.5 ms", "hold for 8 ms"], holding="0 nA")
    found = simulate(
        cell, kick, at="axon(0.5)", record=["na.m", "na.h", "k.n"], dt="0.1 ms",
        temperature="30 degC", method="multistep",
    )  # fmt: skip
    for name in ("na.m", "na.h", "k.n"):
        assert found[name].min() > -0.01
        assert found[name].max() < 1.01


def test_what_has_no_such_steps_is_refused():
    cell = neuron(cable("100 um", "5 um"), active(), rest="-65 mV", counts=5)
    with pytest.raises(ModelError, match=r"staggered.*multistep"):
        simulate(cell, KICK, method="error-controlled")
    with pytest.raises(SelectionError, match="multistep"):
        simulate(cell, KICK, method="multi-step")

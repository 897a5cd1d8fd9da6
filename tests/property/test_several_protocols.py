"""Several protocols at once on a neuron: superposition, reciprocity, clamps beside currents."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cables import active, laplacian, neuron, passive, random_tree
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo import Protocol, simulate
from loligo.errors import ModelError, SelectionError

GAMMA = 1 - 1 / math.sqrt(2)
STEP = Protocol("step", ["hold for 1 ms", "step 100..300 pA by 100 pA for 5 ms"], holding="0 pA")
LATER = Protocol(
    "later", ["hold for 2.3 ms", "ramp to 200 pA for 1.1 ms", "step -150 pA for 0.4 ms"],
    holding="20 pA",
)  # fmt: skip
SITES = ["v at b0", "v at b3(1)", "v at b5(0.2)"]


def tree(seed: int, membrane=None):
    return neuron(random_tree(seed, 7), membrane or passive(), counts=3)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_two_currents_into_a_passive_tree_add_up(seed):
    cell = tree(seed)
    kept = {"record": SITES, "sampling": "0.1 ms", "dt": "0.025 ms"}
    both = simulate(cell, {"b0": STEP, "b5(0.2)": LATER}, **kept)
    still = Protocol("still", ["hold for 3.8 ms"], holding="0 pA")
    zero = Protocol("zero", ["hold for 6 ms"], holding="0 pA")
    one = simulate(cell, {"b0": STEP, "b5(0.2)": still}, **kept)
    # the same step ends as beside the other protocol
    other = simulate(cell, {"b0": zero, "b5(0.2)": LATER}, **kept)
    nothing = simulate(cell, {"b0": zero, "b5(0.2)": still}, **kept)
    assert both.n_sweeps == 3
    for name in SITES:
        expected = one[name] + other[name] - nothing[name]
        # steps are cut at other edges in each of them, so that errors of second order are left
        assert both[name] == pytest.approx(expected, abs=2e-3 * np.ptp(expected))


def test_the_same_edges_give_superposition_to_rounding():
    cell = tree(5)
    first, second = (
        Protocol("p", ["hold for 1 ms", f"step {level} pA for 3 ms"], holding="0 pA")
        for level in (100, -40)
    )
    still = Protocol("p", ["hold for 1 ms", "step 0 pA for 3 ms"], holding="0 pA")
    kept = {"record": SITES, "sampling": "0.1 ms"}
    both = simulate(cell, {"b0": first, "b5(0.2)": second}, **kept)
    apart = [
        simulate(cell, {"b0": a, "b5(0.2)": b}, **kept)
        for a, b in ((first, still), (still, second), (still, still))
    ]
    for name in SITES:
        expected = apart[0][name] + apart[1][name] - apart[2][name]
        assert both[name] == pytest.approx(expected, abs=1e-10)


def test_one_protocol_by_site_is_the_protocol_at_the_site():
    cell = tree(8, active())
    kept = {"record": SITES, "sampling": "0.1 ms", "spikes": True}
    by_site, at = simulate(cell, {"b0": STEP}, **kept), simulate(cell, STEP, at="b0", **kept)
    for name in SITES:
        assert (by_site[name] == at[name]).all()
    assert (by_site.spikes[0] == at.spikes[0]).all()
    assert by_site.protocols == {"b0": STEP}


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_a_clamp_beside_a_current_is_as_by_a_dense_solve(seed):
    """A site held, another injected: the same two stages with a dense matrix."""
    cell = tree(seed)
    h, steps = 0.05, 60
    held, site = cell.compartments.at("b0"), cell.compartments.at("b5(0.2)")
    clamp = Protocol("clamp", ["hold for 3 ms"], holding="-40 mV")
    push = Protocol("push", ["hold for 3 ms"], holding="250 pA")
    found = simulate(cell, {"b0": clamp, "b5(0.2)": push}, record=(), dt=f"{h} ms")
    parts = cell.compartments
    n, nodes = parts.n_compartments, parts.parent.size
    area = 0.01 * parts.area
    leak = dict(cell.membrane)[cell.morphology.regions[0]].channel["leak"]
    g, e = float(leak.conductance.value), float(leak.reversal)
    v = np.full(n, cell.initial_potential)
    v[held] = -40.0
    inside = np.arange(n)
    charge = area / (GAMMA * h)
    matrix = laplacian(parts)
    matrix[inside, inside] += charge + g * area
    matrix[held] = 0.0
    matrix[held, held] = 1.0
    for _ in range(steps):
        b = np.zeros(nodes)
        b[inside] = g * area * e
        b[site] += 250.0

        def stage(start, b=b):
            right = b + np.concatenate([charge * start, np.zeros(nodes - n)])
            right[held] = -40.0
            return np.linalg.solve(matrix, right)[:n]

        first = stage(v)
        v = stage(v + (1 - GAMMA) / GAMMA * (first - v))
    np.testing.assert_allclose(found.final["v"][0, 0], v, rtol=0, atol=1e-9)


def test_two_clamps_hold_two_sites_at_their_own_levels():
    cell = tree(3)
    moves = Protocol("moves", ["hold for 1 ms", "ramp to -20 mV for 2 ms"], holding="-70 mV")
    stays = Protocol("stays", ["hold for 3 ms"], holding="-55 mV")
    names = ["v at b0", "v at b3(1)", "i.clamp at b3(1)"]
    found = simulate(cell, {"b0": moves, "b3(1)": stays}, record=names, sampling="0.1 ms")
    assert found["v at b3(1)"] == pytest.approx(-55.0, abs=1e-12)
    assert found["v at b0"][0, 0] == pytest.approx(moves.command(0, found.times), abs=1e-9)
    # what holds a level against a neighbour that is moved up falls
    assert found["i.clamp at b3(1)"][0, 0, -1] < found["i.clamp at b3(1)"][0, 0, 5]


def test_a_conductance_beside_a_voltage_clamp_through_resistances():
    cell = neuron(random_tree(4, 7), passive(reversal="-60 mV"), rest="-60 mV", counts=3)
    shut = Protocol("open", ["hold for 1 ms", "step 5 nS for 2 ms"], holding="0 nS")
    hold = Protocol("hold", ["hold for 200 ms"], holding="-60 mV")
    found = simulate(
        cell, {"b0": hold, "b3(1)": shut},
        series_resistance={"b0": "10 MOhm"}, reversal={"b3(1)": "0 mV"},
        record=["v at b3(1)", "v at b0"], sampling="1 ms",
    )  # fmt: skip
    v = found["v at b3(1)"][0, 0]
    assert v[1] == pytest.approx(-60.0, abs=1e-6)
    assert v[3] > v[1] + 0.5  # the conductance pulls towards 0 mV
    assert v[-1] == pytest.approx(-60.0, abs=1e-6)  # and is gone again


@pytest.mark.parametrize(
    ("protocols", "options", "error", "told"),
    [
        ({}, {}, ModelError, "no protocol acts anywhere"),
        ({"b0": STEP, "b0(0.5)": STEP}, {}, ModelError, "same compartment"),
        ({"b0": STEP}, {"at": "b0"}, ModelError, "the protocols say where"),
        ({"nowhere": STEP}, {}, SelectionError, "no branch 'nowhere'"),
        ({"b0": STEP}, {"reversal": {"b1": "0 mV"}}, SelectionError, "nothing acts at 'b1'"),
        ({"b0": STEP}, {"reversal": {"b0": "0 mV"}}, ModelError, "commands no conductance"),
        (
            {"b0": STEP, "b1": LATER},
            {"parameters": {"command.scale": 2.0}},
            ModelError,
            "no one is the command",
        ),
        (
            {"b0": STEP, "b1": Protocol("two", ["step 1, 2 pA for 1 ms"], holding="0 pA")},
            {},
            ModelError,
            "as many as the others; got 'step' 3, 'two' 2",
        ),
    ],
)
def test_what_cannot_act_together(protocols, options, error, told):
    with pytest.raises(error, match=told):
        simulate(tree(1), protocols, **options)


def test_an_isopotential_cell_takes_one():
    with pytest.raises(ModelError, match="the cell has no shape"):
        simulate(tree(1).patch("dendrite"), {"soma": STEP})


def test_a_shock_charges_the_capacitance_that_each_cell_has():
    cell = neuron(random_tree(1, 1), passive(), counts=1)
    shock = Protocol("shock", ["shock 15 nC/cm2", "hold for 1 ms"], holding="0 uA/cm2")
    found = simulate(
        cell, shock, parameters={"capacitance": (np.array([1.0, 2.0]), "uF/cm2")}, sampling="0.5 ms"
    )
    assert found["v"][:, 0, 0] == pytest.approx([15.0, 7.5], rel=1e-12)

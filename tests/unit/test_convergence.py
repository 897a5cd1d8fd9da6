"""Convergence: what is refined and compared, what is refused, when no error is given."""

from types import SimpleNamespace

import numpy as np
import pytest
from cables import active, neuron, passive

from loligo.cell.morphology import ball_and_stick, cable
from loligo.engine import convergence, simulate
from loligo.engine.convergence import _spike_times
from loligo.engine.settling import Settled, settling
from loligo.errors import ModelError, SelectionError
from loligo.plot import draw_convergence
from loligo.protocol import Protocol

STEP = Protocol("step", ["hold for 5 ms"], holding="10 pA")


def small(**more):
    return neuron(cable("200 um", "2 um"), passive(), **{"counts": 3, **more})


def powers(order, ratio, n=3, error=0.5):
    """Results that settle at 7 with an order."""
    shape = np.array([1.0, -2.0, 0.5])
    return [7.0 + error * shape * ratio ** (-order * k) for k in range(n)]


@pytest.mark.parametrize("ratio", [2, 3, 5])
def test_an_exact_order_gives_the_exact_error(ratio):
    found = settling("v", "mV", powers(2.0, ratio), ratio)
    assert found.status is Settled.OK
    assert found.order == pytest.approx(2.0)
    np.testing.assert_allclose(found.errors, [0.5, -1.0, 0.25])
    assert found.largest_error == pytest.approx(1.0)
    assert found.error == pytest.approx(0.5 * np.sqrt((1 + 4 + 0.25) / 3))


@pytest.mark.parametrize("order", [0.5, 1.0, 1.4, 2.6, 4.0, -1.0])
def test_another_order_gives_none(order):
    found = settling("v", "mV", powers(order, 3), 3)
    assert found.status is Settled.NOT_YET
    assert found.order == pytest.approx(order)
    assert (found.error, found.errors, found.largest_error) == (None, None, None)
    assert "where 2 is expected" in found.in_words()
    assert not found.is_ok


def test_rounding_and_nothing():
    same = settling("v", "mV", [np.full(3, 7.0)] * 3, 3)
    assert (same.status, same.is_ok) == (Settled.ROUNDING, True)
    assert settling("v", "mV", [np.full(3, np.nan)] * 3, 3).status is Settled.NOTHING
    stuck = [np.array([1.0]), np.array([2.0]), np.array([2.0])]
    assert settling("v", "mV", stuck, 3).status is Settled.NOT_YET
    late = [np.array([1.0]), np.array([1.0]), np.array([2.0])]
    assert settling("v", "mV", late, 3).status is Settled.NOT_YET


def test_what_follows_the_end_of_a_sweep_is_left_out():
    results = [np.append(result, np.nan) for result in powers(2.0, 3)]
    found = settling("v", "mV", results, 3)
    assert found.largest_error == pytest.approx(1.0)
    assert np.isnan(found.errors[-1])


def test_compartments_are_refined_in_place():
    cell = small(counts=None, longest="60 um")
    found = convergence(cell, STEP, at="axon(0)", record=["v", "v at axon(0.9)"])
    assert found.compartments == (4, 12, 36)
    assert found.dt == (0.025,) * 3
    assert list(found.simulations[2].traces) == ["v at axon(0.125)", "v at axon(0.875)"]
    assert [row.name for row in found.rows] == ["v", "v at axon(0.9)"]
    assert repr(found).splitlines()[0] == (
        "Convergence of 'a neuron' under 'step': 4, 12, 36 compartments"
    )
    with pytest.raises(SelectionError, match="nothing called 'w' was compared"):
        found["w"]


def test_steps_divide_the_sampling_interval():
    found = convergence(small(), STEP, dt="0.04 ms", in_time=True)
    assert found.dt == pytest.approx((0.1 / 3, 0.1 / 6, 0.1 / 12))
    assert found.compartments == (3, 3, 3)
    assert "dt 33.3" in repr(found)


def test_spikes():
    shape = ball_and_stick("20 um", "300 um", "2 um")
    cell = neuron(shape, active(), rest="-65 mV", counts=3)
    pulse = Protocol("pulse", ["hold for 1 ms", "step 0.5 nA for 9 ms"], holding="0 pA")
    found = convergence(cell, pulse, spikes=True)
    row = found["spike times"]
    times = [run.spike_times()[0] for run in found.simulations]
    assert row.status is Settled.OK
    assert row.errors[0] == pytest.approx(times[0] - times[2] - (times[2] - times[1]) / 8)
    quiet = convergence(cell, STEP, record=(), spikes=True)
    assert quiet["spike times"].status is Settled.NOTHING


def test_other_spikes_when_refined():
    zeros = np.zeros(2, dtype=int)
    two = SimpleNamespace(spikes=(np.array([1.0, 2.0]), zeros, zeros))
    one = SimpleNamespace(spikes=(np.array([1.0]), zeros[:1], zeros[:1]))
    elsewhere = SimpleNamespace(spikes=(np.array([1.0, 2.0]), zeros, np.array([0, 1])))
    for other in (one, elsewhere):
        found = _spike_times([two, two, other], 3, 2.0)
        assert found.status is Settled.SPIKES_DIFFER
        assert not found.is_ok


REFUSED = [
    ({"refine": (1, 3)}, "three or more whole numbers"),
    ({"refine": (1, 3, 10)}, "the same multiple"),
    ({"refine": (3, 9, 27)}, "from 1 on"),
    ({"refine": (1, 1, 1)}, "from 1 on"),
    ({"refine": (1, 1.5, 2.25)}, "whole numbers"),
    ({"refine": (1, 2, 4)}, "odd factors"),
    ({"record": ["i.membrane at axon(1)"]}, "the current of one compartment"),
    ({"record": ["i.axial"]}, "the current of one compartment"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_what_is_refused(options, told):
    with pytest.raises(ModelError, match=told):
        convergence(small(), STEP, **options)


def test_a_current_density_and_no_neuron():
    density = Protocol("step", ["hold for 5 ms"], holding="1 uA/cm2")
    with pytest.raises(ModelError, match="command a current"):
        convergence(small(), density)
    with pytest.raises(ModelError, match="give a Neuron"):
        convergence("axon", STEP)


def test_steps_that_look_back_settle_at_order_three():
    """The estimate is the difference from a run of 32 times as many steps, within a tenth."""
    cell = neuron(
        cable("2 mm", "4 um"), active(), resistivity="35.4 ohm cm", rest="-65 mV", counts=30
    )
    pulse = Protocol("pulse", ["step 5 nA for 0.5 ms", "hold for 3 ms"], holding="0 nA")
    options = {"at": "axon(0)", "record": ["v at axon(1)"], "sampling": "0.05 ms", "spikes": True}
    found = convergence(cell, pulse, dt="0.0125 ms", in_time=True, method="multistep", **options)
    row = found["v at axon(1)"]
    assert row.order == pytest.approx(3.0, abs=0.2)
    fine = simulate(cell, pulse, dt="0.0004 ms", method="multistep", **options)
    (coarse,) = found.simulations[0].traces.values()
    true = np.abs(coarse - fine["v at axon(1)"]).max()
    assert row.largest_error == pytest.approx(true, rel=0.1)
    assert found["spike times"].order == pytest.approx(3.0, abs=0.3)
    (guide,) = (
        line for line in draw_convergence(found).axes[0].lines if line.get_label() == "order 3"
    )
    (one, two), (left, right) = guide.get_xdata()[:2], guide.get_ydata()[:2]
    assert np.log(left / right) / np.log(one / two) == pytest.approx(3.0)

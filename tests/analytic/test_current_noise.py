"""Injected random currents against the Ornstein-Uhlenbeck process, alone and through a membrane."""

import numpy as np
import pytest
from counted_channels import within

from loligo.cell import Cell
from loligo.engine import simulate
from loligo.errors import ModelError, SelectionError
from loligo.protocol import Protocol

MEMBRANE = Cell(
    name="passive",
    temperature="20 degC",
    capacitance="10 pF",
    initial_potential="-60 mV",
    channel={"leak": {"conductance": "2 nS", "reversal": "-60 mV"}},
)
RESISTANCE, TAU_MEMBRANE = 0.5, 5.0  # GOhm, ms
COPIES = {"channel.leak.conductance": (np.full(400, 2.0), "nS")}
REST = Protocol("rest", ["step 5 pA for 100 ms"], holding="0 pA")


def _noisy(sigma="10 pA", tau="3 ms", cell=MEMBRANE, protocol=REST, **options):
    options = {"parameters": COPIES, "seed": 4, "sampling": "1 ms"} | options
    options |= {"record": ["v", "i.noise", "i.injected"]}
    return simulate(cell, protocol, noise={"sigma": sigma, "tau": tau}, **options)


@pytest.mark.parametrize("dt", ["0.1 ms", "1 ms"])
def test_current_is_an_ornstein_uhlenbeck_process(dt):
    # Exact at any step: variance sigma^2 and autocovariance sigma^2 exp(-lag / tau) throughout.
    found = _noisy(dt=dt)["i.noise"][:, 0]
    assert within(found[:, 0], 0.0)
    assert within(found[:, 0] ** 2, 100.0)
    assert within(found[:, 99] ** 2, 100.0)
    for lag in (1, 3, 10):
        products = (found[:, lag:] * found[:, :-lag]).mean(axis=1)
        assert within(products, 100.0 * np.exp(-lag / 3.0))
    fourth = found[:, ::20] ** 4
    assert within(fourth.mean(axis=1), 3e4)


def test_potential_fluctuates_as_the_membrane_filters():
    # Variance (sigma R)^2 tau / (tau + tau_m) around the mean of the commanded current.
    found = _noisy(dt="0.1 ms")["v"][:, 0, 50:]
    mean = -60.0 + 5.0 * RESISTANCE * (1 - np.exp(-np.arange(50, 100) / TAU_MEMBRANE))
    assert within((found - mean).mean(axis=1), 0.0)
    expected = (10.0 * RESISTANCE) ** 2 * 3.0 / (3.0 + TAU_MEMBRANE)
    assert within(((found - mean) ** 2).mean(axis=1), expected)


def test_injected_current_holds_command_and_noise():
    found = _noisy(dt="0.1 ms")
    assert found["i.injected"] == pytest.approx(found["i.noise"] + 5.0, abs=1e-12)
    assert found.units["i.noise"] == "pA"
    assert found.n_channels == {}


def test_parameters_can_differ_between_cells():
    sigma, tau = (np.repeat([0.0, 4.0], 200), "pA"), (np.repeat([1.0, 20.0], 200), "ms")
    found = _noisy(sigma, tau)["i.noise"][:, 0]
    assert (found[:200] == 0.0).all()
    assert within(found[200:, 50] ** 2, 16.0)
    assert within(found[200:, 50] * found[200:, 60], 16.0 * np.exp(-0.5))


def test_end_starts_another_run():
    end = _noisy().final
    again = _noisy(initial=end, seed=5)
    assert (again["i.noise"][:, 0, 0] == end["i.noise"][:, 0]).all()


@pytest.mark.parametrize(
    ("noise", "error", "words"),
    [
        ({"sigma": "5 pA"}, SelectionError, "noise lacks tau"),
        ({"sigma": "5 pA", "tau": "2 ms", "mean": "1 pA"}, SelectionError, "no 'mean'"),
        ({"sigma": "-5 pA", "tau": "2 ms"}, ModelError, "-5 pA must be 0 or more"),
        ({"sigma": "5 pA", "tau": "0 ms"}, ModelError, "0 ms must be above 0"),
    ],
)
def test_refusals(noise, error, words):
    with pytest.raises(error, match=words):
        simulate(MEMBRANE, REST, noise=noise)


def test_voltage_clamp_takes_no_noise():
    clamp = Protocol("clamp", ["step -70 mV for 5 ms"], holding="-60 mV")
    with pytest.raises(ModelError, match="current clamp; the protocol 'clamp' commands a voltage"):
        simulate(MEMBRANE, clamp, noise={"sigma": "5 pA", "tau": "2 ms"})

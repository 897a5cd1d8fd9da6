"""Steps of Markov schemes against closed forms, and the error where a step is too long for them."""

import re

import numpy as np
import pytest
from counted_channels import axon, copies, held_at, two_state_cell
from scipy.linalg import expm

from loligo.cell import equations
from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values
from loligo.engine import simulate
from loligo.errors import SimulationError
from loligo.protocol import Protocol

CLOSED = {"k.C": 1.0, "k.O": 0.0}
STEP = Protocol("step", ["step 0 mV for 5 ms"], holding="-65 mV")


CHAIN = two_state_cell(100).with_(
    **{
        "channel.k.scheme": {
            "states": ["A", "B", "C"],
            "open": {"C": 1.0},
            "transitions": ["A <-> B : exp(v / 20), 0.01 /ms", "B <-> C : 0.02 /ms, 0.01 /ms"],
            "single_channel_conductance": "20 pS",
        }
    }
)
"""Three states in a row, whose rates depend on the potential."""


def _relaxed(rate, step, **options):
    """Occupancies after steps of 1 ms that relax at a rate, shape (sample,)."""
    cell = two_state_cell(1, f"{0.75 * rate} /ms", f"{0.25 * rate} /ms")
    return simulate(
        cell, held_at(0, 20), dt=f"{step} ms", sampling=f"{step} ms", record=["k.O"], **options
    )["k.O"][0, 0]


@pytest.mark.parametrize(("move", "error"), [(0.1, 3e-4), (0.4, 3e-3), (0.8, 0.012)])
def test_short_steps_follow_the_exponential(move, error):
    found = _relaxed(move, 1.0, initial=CLOSED)
    exact = 0.75 * (1 - np.exp(-move * np.arange(20)))
    assert 0.0 < np.abs(found - exact).max() < error


@pytest.mark.parametrize("target", ["kernel", "twin"])
@pytest.mark.parametrize("move", [3.0, 10.0, 1000.0])
def test_too_long_a_step_is_an_error(move, target):
    with pytest.raises(SimulationError, match="a step too large for a Markov scheme") as caught:
        _relaxed(move, 1.0, initial=CLOSED, target=target)
    text = str(caught.value)
    for part in (
        "cell 0, sweep 0",
        "0 mV",
        "channel 'k': C -> O",
        f"{0.75 * move:.4g} /ms",
        "1 ms",
    ):
        assert part in text
    advice = float(re.search(r'dt="(\S+) ms" or less', text)[1])
    assert advice == pytest.approx(0.5 / move, rel=0.1)
    assert np.isfinite(_relaxed(move, advice, initial=CLOSED)).all()


def test_fast_rates_near_their_steady_state_need_no_short_steps():
    # The method is L-stable: what has relaxed stays so, whatever the step.
    assert _relaxed(1000.0, 1.0) == pytest.approx(np.full(20, 0.75), abs=1e-12)


def test_error_names_the_cell_sweep_and_potential():
    steps = Protocol("steps", ["step -60..40 mV by 50 mV for 5 ms"], holding="-60 mV")
    with pytest.raises(SimulationError, match=r"cell 0, sweep 2, .* ms, 40 mV.*A -> B") as caught:
        simulate(CHAIN, steps, dt="0.5 ms", sampling=None, record=[])
    assert "7.389 /ms" in str(caught.value)


def test_counted_channels_need_steps_within_their_rates():
    options = {"sampling": None, "record": [], "stochastic": True, "seed": 1}
    later = Protocol("later", ["hold for 5 ms", "step 20 mV for 5 ms"], holding="-65 mV")
    with pytest.raises(SimulationError, match=r"sweep 0, 5 ms, 20 mV.*A -> B.*at most 1") as caught:
        simulate(CHAIN, later, dt="1 ms", **options)
    advice = re.search(r'dt="(\S+ ms)" or less', str(caught.value))[1]
    assert simulate(CHAIN, later, dt=advice, **options).seed == 1


@pytest.mark.parametrize("options", [{}, {"stochastic": True, "seed": 1}])
def test_negative_rates_are_an_error(options):
    cell = two_state_cell(10, "fast - 0.3", "0.2 /ms", constants={"fast": 0.5})
    with pytest.raises(SimulationError, match=r"impossible rates.*0 mV.*O -> C.*back at -0.1 /ms"):
        simulate(cell, STEP, parameters={"constants.fast": 0.2}, initial=CLOSED, **options)


@pytest.mark.parametrize("key", ["k", "na"])
def test_mean_of_counted_channels_solves_the_scheme(key):
    # Against the matrix exponential after a step from -65 to 0 mV, where enough channels are.
    cell, count = axon(), 40
    number = count * {"na": 6000, "k": 1800}[key]
    scheme = next(s for s in equations(cell).occupancies if s.name == key)
    start, end = (steady_values(equations(cell), v) for v in (-65.0, 0.0))
    rates = np.zeros((len(scheme.states),) * 2)
    for i, j, rate in scheme.transitions:
        rates[j, i] += evaluate(rate, end)
        rates[i, i] -= evaluate(rate, end)
    before = np.array([start[name] for name in scheme.symbols])
    found = simulate(
        cell, STEP, stochastic=True, seed=2, record=list(scheme.symbols), dt="0.0125 ms",
        parameters=copies(cell, count), sampling="0.5 ms",
    )  # fmt: skip
    exact = np.array([expm(rates * t) @ before for t in found.times]).T
    for symbol, occupancy in zip(scheme.symbols, exact, strict=True):
        error = np.abs(found[symbol][:, 0].mean(axis=0) - occupancy)
        many = occupancy * number > 20
        assert (error < 4 * np.sqrt(occupancy * (1 - occupancy) / number))[many].all(), symbol

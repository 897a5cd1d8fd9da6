"""Steps that end before the response has settled: what is left, in closed form."""

import numpy as np
import pytest
from rc_cells import DURING, coloured, current_clamp

from loligo.analysis.interval import Interval
from loligo.analysis.layout import layout_of, steps
from loligo.analysis.resistance import input_resistance
from loligo.analysis.settling import reaching, still_to_go
from loligo.analysis.steady import measure

TAU, RESISTANCE = 110.0, 1.5


def recorded(tau, noise, sweeps=8):
    rows = coloured(np.random.default_rng(1), (sweeps, 1600), noise, 5.0)
    return current_clamp([-5.0] * sweeps, resistance=RESISTANCE, time_constant=tau, noise=rows)


def left(recording):
    layout = layout_of(recording, None)
    group = steps(layout)["B"]
    return still_to_go(layout, measure(layout, group)[0])


def test_what_is_left_of_one_exponential_is_exact():
    window = 0.2 * DURING
    mean = TAU / window * (np.exp(-(DURING - window) / TAU) - np.exp(-DURING / TAU))
    assert left(recorded(TAU, 1e-9)) == pytest.approx(RESISTANCE * mean, rel=1e-2)


def test_what_noise_hides_is_not_claimed():
    assert left(recorded(10.0, 0.05)) == 0.0
    assert left(recorded(TAU, 0.05)) > 0.0


def test_the_interval_holds_the_settled_value():
    slow = input_resistance(recorded(TAU, 0.02))[0]
    assert slow.low < RESISTANCE < slow.high
    assert "had not settled" in slow.reason
    quick = input_resistance(recorded(10.0, 0.02))[0]
    assert "settled" not in quick.reason
    assert quick.high - quick.low < (slow.high - slow.low) / 4


def test_reaching_goes_where_the_response_goes():
    one = Interval(1.0, 0.9, 1.1)
    assert reaching(one, 0.0) == one
    assert reaching(one, 0.2) == Interval(1.0, 0.9, 1.4)
    assert reaching(one, -0.2) == Interval(1.0, 0.6, 1.1)

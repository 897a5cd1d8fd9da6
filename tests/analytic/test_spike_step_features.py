"""Fast step features of charging curves with known time constant and sag."""

import numpy as np
import pytest

from loligo.analysis.spikes.subthreshold import step_features
from loligo.errors import ArrayError

RATE, START, STOP = 20.0, 200.0, 800.0
TIME = np.arange(0, 1000, 1 / RATE)
SINCE = np.clip(TIME - START, 0, None)
IN_STEP = (TIME >= START) & (TIME < STOP)


def _sweeps(curve, noise=0.0, count=40):
    rng = np.random.default_rng(3)
    return -65 + np.where(IN_STEP, curve, 0.0) + rng.normal(0, noise, (count, TIME.size))


@pytest.mark.parametrize("tau", [2.0, 10.0, 50.0])
def test_one_exponential_has_its_time_constant(tau):
    curve = -12 * (1 - np.exp(-SINCE / tau))
    exact = step_features(_sweeps(curve, count=1), RATE, START, STOP)
    assert exact.time_constant == pytest.approx([tau], rel=1e-3)
    assert exact.steady == pytest.approx([-77], abs=0.01)
    noisy = step_features(_sweeps(curve, noise=0.1), RATE, START, STOP)
    assert noisy.time_constant.mean() == pytest.approx(tau, rel=0.01)
    assert np.isnan(noisy.sag).all()


def test_sag_is_told():
    curve = -12 * (1 - np.exp(-SINCE / 5)) + 4 * (1 - np.exp(-SINCE / 60))
    lowest = curve.min()
    found = step_features(_sweeps(curve, noise=0.05), RATE, START, STOP)
    assert found.sag == pytest.approx(np.full(40, -8 - lowest), abs=0.1)
    assert found.sag_ratio == pytest.approx(np.full(40, (-8 - lowest) / -lowest), abs=0.01)


def test_a_step_up_has_neither():
    found = step_features(_sweeps(5 * (1 - np.exp(-SINCE / 5)), 0.05), RATE, START, STOP)
    assert np.isnan(found.sag).all()
    assert np.isnan(found.time_constant).all()
    assert found.baseline == pytest.approx(np.full(40, -65), abs=0.05)


@pytest.mark.parametrize(
    ("shape", "rate", "stop", "text"),
    [
        ((100,), 20.0, 800.0, r"shape \(100,\)"),
        ((2, 20_000), 0.0, 800.0, "sampling_rate = 0.0"),
        ((2, 20_000), 20.0, 1200.0, "does not fit into 1000 ms"),
    ],
)
def test_bad_input_is_refused(shape, rate, stop, text):
    with pytest.raises(ArrayError, match=text):
        step_features(np.zeros(shape), rate, START, stop)

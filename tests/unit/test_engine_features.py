"""Running features: what is kept of a cell at each step is what a trace of all steps shows."""

import numpy as np
import pytest

from loligo.cell import Cell, catalogue
from loligo.engine import FEATURES, simulate
from loligo.errors import SelectionError
from loligo.protocol import Protocol

HH = catalogue.load("hodgkin_huxley1952")
RC = Cell(
    name="rc",
    temperature="20 degC",
    capacitance="100 pF",
    initial_potential="0 mV",
    channel={"leak": {"conductance": "10 nS", "reversal": "0 mV"}},
)
TRAIN = Protocol(
    "train", ["hold for 2 ms", "step 3, 10 uA/cm2 for 28 ms", "hold for 5 ms"], holding="0 uA/cm2"
)


@pytest.fixture(scope="module")
def firing():
    """Two cells that fire and one that does not (no sodium conductance)."""
    return simulate(
        HH,
        TRAIN,
        sampling="0.05 ms",
        dt="0.05 ms",
        spikes=True,
        features=tuple(FEATURES),
        parameters={"channel.na.conductance": ([0.0, 120.0, 130.0], "mS/cm2")},
        target="twin",
    )


def test_counts_and_times_are_those_of_the_spikes(firing):
    counts = [[firing.spike_times(c, s).size for s in range(2)] for c in range(3)]
    assert np.ptp(counts) >= 2
    np.testing.assert_array_equal(firing["spike_count"], counts)
    for cell, sweep in np.ndindex(3, 2):
        times = firing.spike_times(cell, sweep)
        first = times[0] if times.size else np.inf
        last = times[-1] if times.size else -np.inf
        assert firing["first_spike_time"][cell, sweep] == pytest.approx(first, rel=1e-14)
        assert firing["last_spike_time"][cell, sweep] == pytest.approx(last, rel=1e-14)


def test_extremes_and_mean_are_those_of_the_trace(firing):
    """Every step is sampled but the last end; both rules give the same mean."""
    trace = np.concatenate([firing["v"], firing.final["v"][..., None]], axis=2)
    np.testing.assert_array_equal(firing["maximum_potential"], trace[..., 1:].max(axis=2))
    np.testing.assert_array_equal(firing["minimum_potential"], trace[..., 1:].min(axis=2))
    mean = np.trapezoid(trace, dx=0.05, axis=2) / 35.0
    np.testing.assert_allclose(firing["mean_potential"], mean, rtol=1e-13)


def test_the_mean_of_a_charging_membrane():
    """``I R (1 - tau / T (1 - exp(-T / tau)))`` with 5 mV, tau 10 ms, T 20 ms."""
    found = simulate(
        RC,
        Protocol("p", ["step 50 pA for 20 ms"], holding="0 pA"),
        dt="0.01 ms",
        record=(),
        features=("mean_potential", "maximum_potential"),
        target="twin",
    )
    assert found["mean_potential"].item() == pytest.approx(
        5.0 * (1 - 0.5 * (1 - np.exp(-2.0))), abs=1e-6
    )
    assert found["maximum_potential"].item() == pytest.approx(5 * (1 - np.exp(-2.0)), abs=1e-6)


def test_every_feature_has_a_meaning_and_a_unit():
    for name, feature in FEATURES.items():
        assert feature.meaning, name
        assert feature.unit in {"", "mV", "ms"}, name


def test_features_are_asked_for_by_name():
    with pytest.raises(SelectionError, match=r"no running feature 'spikes'; .*spike_count"):
        simulate(HH, TRAIN, features=("spikes",), target="twin")

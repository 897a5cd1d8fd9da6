"""Features of real spikes beside eFEL's own, run here where it is installed."""

import numpy as np
import pytest

from loligo import read
from loligo.analysis.spikes import detect_spikes, spike_features, train
from loligo.analysis.spikes.names import counterparts

efel = pytest.importorskip("efel", reason="eFEL is not installed")

RATE, START, STOP = 20.0, 1646.85, 2146.85


@pytest.fixture(scope="module")
def sweep(recordings):
    recording = read(recordings / "abf/171116sh_0018.abf")
    return recording.trace(14, recording.response).values()


@pytest.fixture(scope="module")
def theirs(sweep):
    efel.reset()
    efel.set_setting("Threshold", -20.0)
    efel.set_setting("interp_step", 1 / RATE)
    efel.set_setting("strict_stiminterval", True)
    efel.set_setting("ignore_first_ISI", False)
    names = [entry.other for entry in counterparts("efel").values()]
    inputs = {
        "T": np.arange(sweep.size) / RATE,
        "V": sweep,
        "stim_start": [START],
        "stim_end": [STOP],
    }
    (found,) = efel.get_feature_values([inputs], names, raise_warnings=False)
    return found


@pytest.fixture(scope="module")
def ours(sweep):
    found = detect_spikes(sweep, RATE)
    features = spike_features(sweep, RATE, found, stops=[START, STOP])
    inside = (found.peak_time >= START) & (found.peak_time < STOP)
    return {name: values[inside] for name, values in features.values.items()}


@pytest.fixture(scope="module")
def evoked(sweep):
    return train(detect_spikes(sweep, RATE).peak_time, START, STOP)


@pytest.mark.parametrize("name", ["upstroke", "downstroke"])
def test_what_is_the_same_is_equal(ours, theirs, name):
    entry = counterparts("efel")["spike_" + name]
    assert entry.is_same
    assert ours[name] == pytest.approx(theirs[entry.other], rel=1e-6)


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("peak_time", 1 / RATE),
        ("threshold_time", 1 / RATE),
        ("half_width", 2 / RATE),
        ("peak_potential", 1.0),
        ("threshold_potential", 2.5),
        ("amplitude", 2.5),
    ],
)
def test_what_differs_by_sampling_differs_by_less_than_that(ours, theirs, name, within):
    other = theirs[counterparts("efel")["spike_" + name].other]
    assert ours[name].shape == np.shape(other)
    assert np.abs(ours[name] - other).max() <= within


def test_counts_intervals_and_their_variation(evoked, theirs):
    assert evoked.spike_count == theirs["spike_count"][0]
    assert evoked.interval_variation == pytest.approx(theirs["ISI_CV"][0], rel=0.01)
    assert evoked.first_spike_latency == pytest.approx(
        theirs["time_to_first_spike"][0], abs=1 / RATE
    )

"""The intervals of noise, hum and drift hold the truth as often as they promise."""

import numpy as np
import pytest
from scipy.signal import lfilter

from loligo.analysis.quality import change, fast_noise_rms, mains_hum, noise_rms, slope

RATE = 10.0
DRAWN = 250


def correlated(rng, shape, keep):
    white = rng.standard_normal(shape)
    if keep == 0:
        return white
    white[..., 0] /= np.sqrt(1 - keep**2)
    return np.sqrt(1 - keep**2) * lfilter([1.0], [1.0, -keep], white, axis=-1)


def about_its_mean(count, keep):
    """Expected mean square of `count` samples of that noise around their mean."""
    lag = np.arange(1, count)
    return 1 - (1 + 2 * np.sum((1 - lag / count) * keep**lag)) / count


def share_holding(found, truth):
    return np.mean([interval.low <= truth <= interval.high for interval in found])


@pytest.mark.parametrize(
    ("segments", "count", "keep"), [(1, 2000, 0.0), (20, 200, 0.95), (5, 2000, 0.9), (50, 150, 0)]
)
def test_noise(segments, count, keep):
    rng = np.random.default_rng(segments)
    drawn = [correlated(rng, (segments, count), keep) for _ in range(DRAWN)]
    truth = np.sqrt(about_its_mean(count, keep))
    assert 0.92 < share_holding([noise_rms(d, RATE) for d in drawn], truth) < 0.98
    fast = np.sqrt(about_its_mean(15, keep) * 15 / 14)
    assert 0.92 < share_holding([fast_noise_rms(d, RATE) for d in drawn], fast) < 0.98


@pytest.mark.parametrize(("segments", "amplitude", "keep"), [(10, 0.6, 0.9), (2, 0.8, 0.0)])
def test_hum(segments, amplitude, keep):
    rng = np.random.default_rng(segments)
    time = np.arange(1000) / 2.0
    found = []
    for _ in range(DRAWN):
        phases = rng.uniform(0, 2 * np.pi, (segments, 1))
        noise = correlated(rng, (segments, time.size), keep)
        made = noise + amplitude * np.cos(2 * np.pi * 0.05 * time + phases)
        found.append(mains_hum(made, 2.0))
    assert all(hum.is_found and hum.mains == 0.05 for hum in found)
    first = [hum.lines[0].amplitude for hum in found]
    assert 0.92 < share_holding(first, amplitude) < 0.98
    assert np.mean([i.value for i in first]) == pytest.approx(amplitude, rel=0.02)


def test_hum_is_seldom_found_where_there_is_none():
    rng = np.random.default_rng(8)
    found = [mains_hum(correlated(rng, (5, 1000), 0.9), 2.0) for _ in range(DRAWN)]
    assert np.mean([hum.is_found for hum in found]) < 0.03
    assert np.mean([hum.lines[0].amplitude.low == 0 for hum in found]) > 0.92


@pytest.mark.parametrize(("count", "keep"), [(3, 0.0), (10, 0.0), (60, 0.0), (60, 0.5)])
def test_slope(count, keep):
    rng = np.random.default_rng(count)
    time = 1e4 * np.arange(count)
    found = [slope(time, 3e-5 * time + correlated(rng, count, keep)) for _ in range(2 * DRAWN)]
    assert 0.92 < share_holding(found, 3e-5) < 0.985


@pytest.mark.parametrize("count", [10, 20, 60])
@pytest.mark.parametrize("shape", ["straight", "jump"])
def test_change(count, shape):
    rng = np.random.default_rng(count)
    clean = np.arange(count) / count if shape == "straight" else np.arange(count) >= count / 2
    course = 2.0 * clean
    end = count // 5
    truth = course[-end:].mean() - course[:end].mean()
    found = [change(course + rng.standard_normal(count)) for _ in range(2 * DRAWN)]
    assert 0.92 < share_holding(found, truth) < 0.995

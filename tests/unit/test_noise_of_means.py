"""Errors of means and slopes: slow noise in closed form, and rounding that repeats do not show."""

import numpy as np
import pytest
from scipy.signal import lfilter

from loligo.analysis.interval import Location, line, minus
from loligo.analysis.membrane_test.bins import bins_of
from loligo.analysis.membrane_test.lowpass import bessel_filter
from loligo.analysis.membrane_test.noise import NoiseSpectrum
from loligo.analysis.passive.data import Steps, blocks
from loligo.analysis.passive.noise import PotentialNoise, covariance_of_blocks

RATE = 10.0  # kHz


def relaxing(rng, shape, rms, memory):
    """Ornstein-Uhlenbeck noise of a correlation time [ms], sampled exactly."""
    keep = np.exp(-1 / (memory * RATE))
    white = rng.standard_normal(shape)
    white[:, 0] /= np.sqrt(1 - keep**2)
    return rms * np.sqrt(1 - keep**2) * lfilter([1.0], [1.0, -keep], white, axis=1)


@pytest.mark.parametrize("memory", [3.0, 30.0])
def test_the_variance_of_a_mean_of_slow_noise(memory):
    """2 s^2 m / T (1 - m / T (1 - exp(-T / m))), far above that of independent samples."""
    rms, count = 0.05, 10_000
    found = []
    for seed in range(6):
        rows = relaxing(np.random.default_rng(seed), (10, count), rms, memory)
        left = rows - rows.mean(axis=0)
        noise = PotentialNoise(left, RATE, lost=0.1)
        edges = np.array([500.0])
        bins = bins_of(count, RATE, edges, full=0.0, growth=10.0)
        longest = int(np.argmax(bins.counts))
        found.append(covariance_of_blocks(noise, bins)[longest, longest])
        length = bins.counts[longest] / RATE
    share = memory / length
    expected = 2 * rms**2 * share * (1 - share * -np.expm1(-1 / share))
    assert expected > 20 * rms**2 / bins.counts[longest]
    assert np.mean(found) == pytest.approx(expected, rel=0.2)


def test_rounding_is_counted_once():
    """Noise above a step of the digitizer has its rounding in it, noise far below does not."""
    step, count = 0.03, 4000
    edges, jumps = np.array([100.0, 300.0]), np.array([1.0, -1.0])
    widths = {}
    for size in (2.0, 0.02):
        noise = size * step * np.random.default_rng(3).standard_normal((5, count))
        rows = step * np.round((noise - 65.0) / step)
        spectrum = PotentialNoise(rows - rows.mean(axis=0), RATE, lost=0.2)
        steps = Steps(rows, np.full(5, -10.0), RATE, edges, jumps, resolution=step)
        data = blocks(steps, spectrum, with_edges=True)
        widths[size] = 1 / np.median(np.diag(data.white)[data.bins.counts[data.used] == 1])
    power = np.sqrt(5) * 10.0
    assert widths[2.0] * power == pytest.approx(step * np.hypot(2.0, 1 / np.sqrt(12)), rel=0.1)
    assert widths[0.02] * power == pytest.approx(step / np.sqrt(12), rel=0.1)


def test_a_slope_holds_what_rounding_hides():
    """Equal steps that are all rounded alike lie on a line, but not on the right one."""
    step, slope = 1.0, 3.4
    x = np.array([1.0, 2.0, 3.0, 4.0])
    y = np.round(slope * x / step) * step  # 3, 7, 10, 14
    y[:] = [3.0, 6.0, 9.0, 12.0]  # as 3.33 would be, cut off
    blind, _ = line(x, y)
    assert not blind.low < slope < blind.high
    seen, _ = line(x, y, rounding=step / np.sqrt(12))
    assert seen.low < slope < seen.high
    assert line(x, y, rounding=0.0)[0] == blind


def test_a_difference_keeps_both_roundings():
    found = minus(Location(2.0, 0.5, 9.0, 0.3), Location(1.0, 0.5, 9.0, 0.4))
    assert (found.value, found.rounding) == (1.0, pytest.approx(0.5))
    assert found.error == pytest.approx(np.sqrt(0.5))
    assert minus(Location(2.0, 0.0, 4.0), Location(1.0, 0.0, 9.0)).freedom == 4.0


def test_sweeps_without_noise_have_none():
    noise = NoiseSpectrum(np.zeros((5, 2000)), RATE, bessel_filter(3.0), lost=0.2)
    assert noise.variances(np.ones((1, 2000)))[0] == 0.0

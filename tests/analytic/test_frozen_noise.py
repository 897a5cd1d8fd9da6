"""Noise against what it ought to be: Gaussian, of the spectrum asked for, the same every time."""

import math

import numpy as np
import pytest

from loligo.protocol import Noise, Protocol
from loligo.protocol.noise import band_limited, gaussian, one_pole


def samples(values):
    return np.frombuffer(values, dtype=np.float64)


def test_numbers_are_gaussian():
    x = gaussian(3, 200_001)
    count = x.size
    assert count == 200_001
    assert x.mean() == pytest.approx(0, abs=4 / np.sqrt(count))
    assert x.var() == pytest.approx(1, abs=4 * np.sqrt(2 / count))
    assert (x**3).mean() == pytest.approx(0, abs=4 * np.sqrt(15 / count))
    assert (x**4).mean() == pytest.approx(3, abs=4 * np.sqrt(96 / count))
    for level, share in ((0.0, 0.5), (1.0, 0.15865525), (2.0, 0.02275013), (3.0, 0.00134990)):
        found = (x > level).mean()
        assert found == pytest.approx(share, abs=4 * np.sqrt(share / count))
    pairs = np.corrcoef(x[:-1], x[1:])[0, 1]
    assert pairs == pytest.approx(0, abs=4 / np.sqrt(count))


def test_bits_are_those_of_philox():
    """Known answer of Philox4x64-10 for counter and key 0, from Random123's table of them."""
    last = np.full(4, 2**64 - 1, dtype=np.uint64)  # one before 0
    raw = np.random.Philox(counter=last, key=0).random_raw(4)
    assert [f"{int(word):016x}" for word in raw] == [
        "16554d9eca36314c",
        "db20fe9d672d0fdc",
        "d7e772cee186176b",
        "7e68b68aec7ba23b",
    ]
    words = np.random.Philox(key=5).random_raw(2).tolist()
    first, second = (((word >> 11) + 0.5) / 2**53 for word in words)
    radius, turn = math.sqrt(-2 * math.log(first)), 2 * math.pi * second
    expected = [radius * math.cos(turn), radius * math.sin(turn)]
    assert gaussian(5, 2) == pytest.approx(expected, rel=1e-13)


def test_one_pole_noise_has_an_exponential_autocorrelation():
    interval, correlation_time = 0.5, 5.0
    x = samples(one_pole(11, interval, 200_000.0, correlation_time))
    assert x.size == 400_001
    independent = x.size * interval / (2 * correlation_time)
    assert x.mean() == pytest.approx(0, abs=4 / np.sqrt(independent))
    assert x.var() == pytest.approx(1, abs=4 * np.sqrt(2 / independent))
    for lag in (1, 4, 10, 20, 40):
        found = (x[lag:] * x[:-lag]).mean()
        assert found == pytest.approx(np.exp(-lag * interval / 5), abs=5 / np.sqrt(independent))


def test_one_pole_noise_begins_in_its_steady_state():
    first = np.array([samples(one_pole(seed, 0.1, 0.2, 50.0))[0] for seed in range(2000)])
    assert first.var() == pytest.approx(1, abs=4 * np.sqrt(2 / 2000))


def test_band_limited_noise_is_flat_up_to_its_bandwidth_and_nothing_above():
    interval, duration, bandwidth = 0.1, 20_000.0, 0.5
    x = samples(band_limited(2, interval, duration, bandwidth))
    assert x[-1] == x[0]
    power = np.abs(np.fft.rfft(x[:-1])) ** 2
    frequency = np.fft.rfftfreq(x.size - 1, interval)
    inside = (frequency > 0) & (frequency <= bandwidth)
    assert power[~inside].max() < 1e-18 * power[inside].mean()
    halves = power[inside].reshape(2, -1).mean(axis=1)
    count = inside.sum()
    assert halves[0] / halves[1] == pytest.approx(1, abs=4 * np.sqrt(4 / count))
    assert x[:-1].var() == pytest.approx(1, abs=4 / np.sqrt(count))


def test_same_seed_same_noise_and_another_another():
    def command(seed, sweep=0):
        noise = Noise("20 pA", "100 ms", correlation_time="3 ms", seed=seed)
        protocol = Protocol("noise", [noise], holding="5 pA")
        return protocol.command(sweep, np.arange(0, 100, 0.1))

    assert np.array_equal(command(1), command(1))
    assert not np.allclose(command(1), command(2))
    assert np.array_equal(command("4..6 by 1", sweep=2), command(6))


def test_deviation_scales_one_shape():
    noise = Noise("10, 20 pA", "100 ms", bandwidth="200 Hz", seed=1)
    protocol = Protocol("noise", [noise], holding="0 pA")
    first, second = (protocol.segments(sweep)[0] for sweep in (0, 1))
    assert first.shape == second.shape
    assert (first.scale, second.scale) == (10.0, 20.0)


def test_more_of_a_seed_begins_the_same():
    assert np.array_equal(gaussian(1, 10), gaussian(1, 13)[:10])
    short, long = (samples(one_pole(1, 0.1, t, 3.0)) for t in (5.0, 50.0))
    assert np.array_equal(short, long[: short.size])

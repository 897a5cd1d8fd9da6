"""Noise, its spectrum, hum and rounding agree with closed forms."""

import numpy as np
import pytest

from loligo.analysis.quality import (
    digitizer_step,
    fast_noise_rms,
    mains_hum,
    noise_rms,
    slow_noise_rms,
    spectrum,
    without_events,
)

RATE = 10.0


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_white_noise_has_its_root_mean_square_and_density(rng):
    segments = 3.0 * rng.standard_normal((60, 5000))
    for found in (
        noise_rms(segments, RATE),
        fast_noise_rms(segments, RATE),
        slow_noise_rms(segments),
    ):
        assert found.value == pytest.approx(3.0, rel=0.01)
    level = 2 * 3.0**2 / RATE  # one-sided density of white noise: variance by half the rate
    assert spectrum(segments, RATE).density.mean() == pytest.approx(level, rel=0.02)


def test_the_band_of_the_spectrum_holds_the_truth_95_percent_of_the_time(rng):
    inside = []
    for _ in range(40):
        found = spectrum(rng.standard_normal((3, 4000)), RATE)
        inside.append((found.low[3:] <= 2 / RATE) & (found.high[3:] >= 2 / RATE))
    assert 0.94 < np.mean(inside) < 0.96


def test_the_power_of_the_spectrum_is_the_variance(rng):
    white = rng.standard_normal((20, 5001))
    smooth = (white[:, 1:] + white[:, :-1]) / 2  # variance 1/2, density 4 cos^2(pi f / f_s) / 2
    found = spectrum(smooth, RATE)
    truth = 2 / RATE * np.cos(np.pi * found.frequency / RATE) ** 2
    low = found.frequency < 4
    assert np.mean(found.density[low] / truth[low]) == pytest.approx(1, rel=0.02)
    assert found.density.sum() * found.frequency[0] == pytest.approx(0.5, rel=0.02)


def test_slow_wandering_is_in_the_noise_but_not_in_the_fast_noise(rng):
    time = np.arange(5000) / RATE
    wave = np.sqrt(2) * 4.0 * np.sin(2 * np.pi * time / 500)
    segments = [wave + rng.standard_normal(5000) for _ in range(5)]
    assert noise_rms(segments, RATE).value == pytest.approx(np.sqrt(17), rel=0.02)
    assert fast_noise_rms(segments, RATE).value == pytest.approx(1, rel=0.02)


def test_events_are_left_out_of_the_noise_but_not_of_the_slow_noise(rng):
    segments = rng.standard_normal((20, 5000))
    event = -40 * np.exp(-np.arange(200) / 50)
    for segment in segments:
        segment[2000:2200] += event
    truth = np.sqrt(1 + (event**2).sum() / 5000 - (event.sum() / 5000) ** 2)
    assert noise_rms(segments, RATE).value == pytest.approx(1, rel=0.02)
    assert slow_noise_rms(segments).value == pytest.approx(truth, rel=0.02)
    assert not without_events(segments[0], RATE)[2000:2100].any()


def test_white_noise_holds_no_events(rng):
    kept = [without_events(row, RATE).mean() for row in rng.standard_normal((200, 5000))]
    assert np.mean(kept) > 0.9999


@pytest.mark.parametrize("mains", [0.05, 0.06])
def test_hum_has_its_amplitudes_whatever_the_phase(rng, mains):
    time = np.arange(5000) / RATE
    segments = [
        1.5 * np.sin(2 * np.pi * mains * time + phase)
        + 0.4 * np.sin(2 * np.pi * 3 * mains * time)
        + 0.02 * time  # a drift
        + 0.5 * rng.standard_normal(time.size)
        for phase in rng.uniform(0, 2 * np.pi, 10)
    ]
    found = mains_hum(segments, RATE)
    assert found.is_found
    assert found.mains == mains
    amplitudes = [line.amplitude for line in found.lines]
    assert amplitudes[0].value == pytest.approx(1.5, rel=0.01)
    assert amplitudes[2].value == pytest.approx(0.4, rel=0.03)
    assert amplitudes[1].high < 0.03


def test_without_hum_the_amplitude_has_an_upper_limit(rng):
    time = np.arange(5000) / RATE
    other = np.sin(2 * np.pi * 0.083 * time)  # a line, but none of the mains
    found = mains_hum([other + rng.standard_normal(5000) for _ in range(10)], RATE)
    assert not found.is_found
    assert 0 < found.lines[0].amplitude.high < 0.05


def test_what_is_too_short_or_too_slow_tells_no_mains(rng):
    assert mains_hum([rng.standard_normal(1990)], RATE) is None
    assert mains_hum([rng.standard_normal(2000)], RATE) is not None
    assert mains_hum([rng.standard_normal(2000)], 0.2) is None


def test_the_step_of_a_digitizer_shows_in_floating_point(rng):
    values = np.round(rng.standard_normal(5000) * 3 / 0.125) * 0.125 - 70
    assert digitizer_step(values.astype(np.float32)) == pytest.approx(0.125)
    assert digitizer_step(rng.standard_normal(5000)) == 0
    assert digitizer_step(np.zeros(100)) == 0


def test_a_line_fainter_than_chance_is_not_bounded_by_nothing(rng):
    """The power at 50 and 60 Hz taken out of white noise: less than noise ever leaves there."""
    time = np.arange(5000) / RATE
    segments = []
    for _ in range(20):
        noise = rng.standard_normal(5000)
        for mains in (0.05, 0.06):
            wave = np.exp(2j * np.pi * mains * time) * np.hanning(5000)
            for part in (wave.real, wave.imag):
                noise = noise - part * (part @ noise) / (part @ part)
        segments.append(noise)
    found = mains_hum(segments, RATE)
    assert not found.is_found
    # an amplitude a of white noise has a**2 = 4 s**2 / n, here times 3/2 for the Hann window
    chance = np.sqrt(4 / 5000 * 1.5)
    assert 0.3 * chance < found.lines[0].amplitude.high < chance


def test_300_hz_alone_is_a_harmonic_of_50_and_of_60_hz(rng):
    time = np.arange(5000) / RATE
    line = 0.5 * np.sin(2 * np.pi * 0.3 * time)
    assert not mains_hum([line + rng.standard_normal(5000) for _ in range(10)], RATE).is_found

"""Noise against textbook numbers, Nyquist's theorem, and the spectra of what is made of it."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.signal import welch

from loligo.errors import ModelError
from loligo.rig import Bessel, Butterworth, Circuit, Hum, Noise, OnePole
from loligo.rig.noise import synthesize, variance
from loligo.rig.noise.spectra import johnson_current, johnson_voltage, shot_current
from loligo.rig.noise.synthesis import folded

CELL = Circuit(
    series_resistance="10 MOhm",
    membrane_capacitance="33 pF",
    membrane_resistance="0.3 GOhm",
    seal_resistance="2 GOhm",
    pipette_capacitance="5 pF",
)
HEADSTAGE = Noise(
    feedback_resistance="0.5 GOhm", voltage_noise="3 nV/sqrt(Hz)", input_capacitance="15 pF"
)
F = np.geomspace(1e-3, 100.0, 41)


def test_resistors_at_22_degrees():
    assert np.sqrt(johnson_voltage(0.01, 22.0) * 10) == pytest.approx(40.37319e-3, rel=1e-6)
    assert np.sqrt(johnson_current(1.0, 22.0) * 10) == pytest.approx(0.4037319, rel=1e-6)
    assert np.sqrt(johnson_current(50.0, 22.0) * 10) == pytest.approx(0.05709631, rel=1e-6)
    assert np.sqrt(shot_current(-1.0) * 1) == pytest.approx(0.01790071, rel=1e-6)


@pytest.mark.parametrize(("band", "rms"), [(1, 0.865111), (3, 1.944337), (10, 3.886256)])
def test_series_resistance_in_voltage_clamp(band, rms):
    circuit = Circuit(series_resistance="10 MOhm", membrane_capacitance="33 pF")
    density = Noise().density(circuit, "voltage_clamp")
    assert np.sqrt(variance(density, high=band)) == pytest.approx(rms, rel=1e-6)
    tau, floor = 0.33, johnson_current(0.01, 22.0)
    formula = floor * (band - np.arctan(2 * np.pi * band * tau) / (2 * np.pi * tau))
    assert variance(density, high=band) == pytest.approx(formula, rel=1e-10)


def test_a_capacitor_at_the_electrode_holds_kt():
    """However large the resistor: kT/C, 6.383561 uV for 100 pF."""
    for resistance in ("1 MOhm", "1 GOhm"):
        circuit = Circuit(
            series_resistance=resistance,
            membrane_capacitance="1e9 pF",
            pipette_capacitance="100 pF",
        )
        density = Noise().density(circuit, "current_clamp")
        power = variance(density, low=1e-6, high=1e9)
        assert np.sqrt(power) == pytest.approx(6.383561e-3, rel=3e-4)


@pytest.mark.parametrize("clamp", ["voltage_clamp", "current_clamp"])
def test_all_thermal_noise_is_nyquists(clamp):
    """4 k T times the real part of the whole admittance, or impedance, written anew here."""
    s = 2j * np.pi * F
    behind = 1 / 0.3 + 1 / 2.0 + 33.0 * s
    admittance = 1 / (0.01 + 1 / behind)
    whole = admittance if clamp == "voltage_clamp" else 1 / (admittance + 5.0 * s)
    expected = 4 * 1.380649e-5 * (273.15 + 30) * whole.real
    found = Noise(temperature="30 degC", membrane=True).spectrum(F, CELL, clamp)
    assert found == pytest.approx(expected, rel=1e-9)


def test_voltage_noise_rises_with_the_square_of_frequency():
    patch = Circuit(
        series_resistance="1 kOhm", membrane_capacitance="1 pF", pipette_capacitance="4 pF"
    )
    parts = HEADSTAGE.parts(F, patch, "voltage_clamp")
    slope = np.gradient(np.log(parts["amplifier voltage"]), np.log(F))
    assert slope == pytest.approx(np.full(F.size, 2.0), abs=1e-4)
    expected = 9e-18 * (2 * np.pi * 1e3 * F * 20e-12) ** 2  # A^2/Hz
    assert parts["amplifier voltage"] == pytest.approx(expected * 1e27, rel=1e-3)
    assert HEADSTAGE.parts(F, CELL, "current_clamp")["amplifier voltage"] == pytest.approx(
        np.full(F.size, 9e-18 * 1e9), rel=1e-9
    )


def test_sources_one_by_one():
    noise = Noise(
        current_noise="0.2 fA/sqrt(Hz)",
        current_noise_corner="50 Hz",
        voltage_noise="5 nV/sqrt(Hz)",
        voltage_noise_corner="0.2 kHz",
        dielectric_loss=2e-3,
        input_current="-2 pA",
    )
    patch = Circuit(
        series_resistance="1 kOhm",
        membrane_capacitance="1 pF",
        seal_resistance="20 GOhm",
        pipette_capacitance="4 pF",
    )
    parts = noise.parts(F, patch, "voltage_clamp")
    assert parts["amplifier current"] == pytest.approx(4e-32 * 1e27 * (1 + 0.05 / F), rel=1e-9)
    assert parts["input current"] == pytest.approx(np.full(F.size, 2 * 1.602176634e-4 * 2))
    kt = 1.380649e-23 * 295.15
    assert parts["dielectric"] == pytest.approx(
        4 * kt * 2e-3 * 4e-12 * 2 * np.pi * 1e3 * F * 1e27, rel=1e-9
    )
    assert parts["seal"] == pytest.approx(np.full(F.size, 4 * kt / 20e9 * 1e27), rel=1e-3)
    flicker = noise.parts(F, patch, "current_clamp")["amplifier voltage"]
    assert flicker == pytest.approx(25e-18 * 1e9 * (1 + 0.2 / F), rel=1e-9)


@pytest.mark.parametrize("one", [Bessel(corner="5 kHz"), Butterworth(poles=2, corner="5 kHz")])
def test_power_after_a_filter(one):
    density = HEADSTAGE.density(CELL, "voltage_clamp")
    flat = variance(lambda f: np.full_like(f, 2.0), output_filter=one)
    assert flat == pytest.approx(2.0 * one.noise_bandwidth, rel=1e-9)

    def passed(f):
        return float(density(np.array([f]))[0] * np.abs(one.transfer(f)) ** 2)

    if one.order < 4:
        with pytest.raises(ModelError, match="no bound"):
            variance(lambda f: f**4, output_filter=one)
        return
    expected = quad(passed, 1e-9, 20, limit=500)[0] + quad(passed, 20, 500, limit=500)[0]
    assert variance(density, output_filter=one) == pytest.approx(expected, rel=1e-6)
    assert variance(density, low=1.0, output_filter=one) + variance(
        density, high=1.0, output_filter=one
    ) == pytest.approx(expected, rel=1e-6)


def test_power_of_flicker_needs_a_lower_end():
    density = Noise(current_noise="1 pA/sqrt(kHz)", current_noise_corner="1 kHz").density
    patch = Circuit(series_resistance="1 MOhm", membrane_capacitance="1 pF")
    with pytest.raises(ModelError, match="towards 0 Hz"):
        variance(density(patch, "voltage_clamp"), high=10.0)
    only = variance(lambda f: 1 / f, low=0.001, high=10.0)
    assert only == pytest.approx(np.log(1e4), rel=1e-12)
    with pytest.raises(ModelError, match="no band"):
        variance(lambda f: 1 / f, low=3.0, high=1.0)
    with pytest.raises(ModelError, match="without a filter"):
        variance(lambda f: 1 / f, low=3.0)


def test_johnson_level_of_a_trace():
    """Welch's estimate of a made trace is 4kT/R within 2 %."""
    noise = Noise(feedback_resistance="0.5 GOhm")
    patch = Circuit(series_resistance="1 kOhm", membrane_capacitance="1 pF")
    found = noise.trace(
        patch, "voltage_clamp", 2**19, "50 kHz", seed=7, output_filter=Bessel(corner="10 kHz")
    )[0]
    f, power = welch(found, 50.0, nperseg=2048)
    level = power[(f > 0.1) & (f < 1.0)].mean()
    assert level == pytest.approx(4 * 1.380649e-5 * 295.15 / 0.5, rel=0.02)


def test_spectrum_of_a_trace_is_the_folded_one():
    one = Bessel(corner="8 kHz")
    density = HEADSTAGE.density(CELL, "voltage_clamp")
    found = synthesize(density, 2**15, 20.0, seed=3, sweeps=range(16), output_filter=one)
    f, power = welch(found, 20.0, nperseg=512)
    expected = folded(density, f[2:-2], 20.0, one)
    ratio = power.mean(axis=0)[2:-2] / expected
    averaged = 16 * (2 * 2**15 / 512 - 1) * 0.53  # segments that overlap by half, Hann window
    assert np.abs(ratio - 1).max() < 5 / np.sqrt(averaged)
    assert ratio.mean() == pytest.approx(1.0, abs=5 / np.sqrt(averaged * ratio.size / 2))
    unfolded = density(f[-3:-2]) * np.abs(one.transfer(f[-3:-2])) ** 2
    assert expected[-1] > 1.5 * unfolded[0]


@pytest.mark.parametrize("poles", [4, 8])
def test_rms_is_the_integral_wherever_the_filter_is(poles):
    """Sampling folds frequencies but keeps the power."""
    for corner in ("2 kHz", "30 kHz"):
        one = Bessel(poles=poles, corner=corner)
        density = HEADSTAGE.density(CELL, "voltage_clamp")
        found = synthesize(density, 4000, 20.0, seed=5, sweeps=range(100), output_filter=one)
        expected = variance(density, output_filter=one)
        # A square's variance is twice the squared power; samples are correlated over the filter.
        spread = np.sqrt(2 / (4000 * 100 * min(1.0, 2 * one.corner / 20.0)))
        assert (found**2).mean() == pytest.approx(expected, rel=5 * spread)


def test_folding_is_what_the_sum_of_images_says():
    one = OnePole(corner="5 kHz")
    f = np.array([0.5, 3.0, 9.99])
    rate, tau = 20.0, 1 / (2 * np.pi * 5.0)
    found = folded(np.ones_like, f, rate, one)
    # Of samples of an exponentially correlated process, r = exp(-1 / (rate tau)).
    r = np.exp(-1 / (rate * tau))
    power = one.noise_bandwidth
    expected = power * (2 / rate) * (1 - r**2) / (1 - 2 * r * np.cos(2 * np.pi * f / rate) + r**2)
    assert found == pytest.approx(expected, rel=2e-4)


def test_white_noise_is_white_gaussian_and_not_circular():
    found = synthesize(np.ones_like, 1000, 20.0, seed=11, sweeps=range(400), bandwidth=10.0)
    assert found.var() == pytest.approx(10.0, rel=5 * np.sqrt(2 / found.size))
    for lag in (1, 2, 7, 999):
        pairs = found[:, lag:] * found[:, : 1000 - lag]
        assert abs(pairs.mean()) < 5 * 10.0 / np.sqrt(pairs.size)
    standard = found / np.sqrt(10.0)
    assert (standard**4).mean() == pytest.approx(3.0, abs=5 * np.sqrt(96 / found.size))
    slow = synthesize(
        lambda f: 1 / (1 + (f / 0.05) ** 2), 1000, 20.0, seed=11, sweeps=range(400), bandwidth=10.0
    )
    ends = (slow[:, 0] * slow[:, -1]).mean() / slow.var()
    expected = np.exp(-2 * np.pi * 0.05 * 999 / 20.0)
    assert ends == pytest.approx(expected, abs=5 / np.sqrt(400))


def test_flicker_has_the_exponent_of_its_spectrum():
    found = synthesize(lambda f: 1 / f, 2**15, 20.0, seed=2, sweeps=range(20), bandwidth=10.0)
    f, power = welch(found, 20.0, nperseg=4096)
    band = (f > 0.05) & (f < 5)
    slope = np.polyfit(np.log(f[band]), np.log(power.mean(axis=0)[band]), 1)[0]
    assert slope == pytest.approx(-1.0, abs=0.03)


def test_noise_without_an_end_is_refused():
    with pytest.raises(ModelError, match="give a filter"):
        synthesize(np.ones_like, 100, 20.0, seed=1)
    with pytest.raises(ModelError, match="more poles"):
        synthesize(lambda f: f**2, 100, 20.0, seed=1, output_filter=OnePole(corner="1 kHz"))
    with pytest.raises(ModelError, match="0 samples"):
        synthesize(np.ones_like, 0, 20.0, seed=1, bandwidth=10.0)


def test_hum_is_its_harmonics_through_the_filter():
    hum = Hum(amplitude="2 pA", frequency="50 Hz", harmonics=(0.0, 0.5))
    one = OnePole(corner="100 Hz")
    times = np.arange(4000) / 10.0
    for filtered in (None, one):
        found = np.fft.rfft(hum.trace(times, seed=4, output_filter=filtered)) / 2000
        gains = [1, 1] if filtered is None else np.abs(one.transfer([0.05, 0.15]))
        assert np.abs(found[[20, 60]]) == pytest.approx([2 * gains[0], 1 * gains[1]], rel=1e-9)
        assert np.abs(np.delete(found, [20, 60])).max() < 1e-9
    plain, lagging = hum.trace(times, seed=4), hum.trace(times, seed=4, output_filter=one)
    settled = one.apply(plain, "10 kHz")
    assert lagging[2000:] == pytest.approx(settled[2000:], abs=2e-3)

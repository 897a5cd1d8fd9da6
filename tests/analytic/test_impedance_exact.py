"""The impedance of membranes in closed form, without noise or nearly so."""

import chirps
import numpy as np
import pytest

from loligo.analysis.estimate import Status
from loligo.analysis.impedance import impedance

RATE = 0.5


def measured(transfer, command=None, rms=1e-3, sweeps=3, rest=-65.0):
    played = chirps.chirp() if command is None else command
    noise = chirps.coloured(np.random.default_rng(1), (sweeps, played.size), RATE, rms, white=0)
    return impedance(
        chirps.recording(played, rest + chirps.respond(transfer, played, RATE) + noise, RATE)
    )


def value(found, name):
    entry = found.estimate(name)
    assert entry is not None and entry.status is Status.OK, entry
    return entry.value


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (chirps.rc(), "linear"),
        (chirps.rc(series=0.02), "exponential"),
        (chirps.resonant(), "linear"),
        (chirps.resonant(), "exponential"),
    ],
)
def test_the_curve_and_its_limit(cell, kind):
    found = measured(cell, chirps.chirp(kind=kind))
    truth = cell(2j * np.pi * found.frequency)
    np.testing.assert_allclose(found.magnitude, np.abs(truth), rtol=0.02)
    np.testing.assert_allclose(found.phase, np.angle(truth), atol=0.02)
    smooth = np.abs(cell(2j * np.pi * found.smooth_frequency))
    np.testing.assert_allclose(found.smooth_magnitude, smooth, rtol=2e-3)
    assert value(found, "low_frequency_impedance") == pytest.approx(float(cell(0.0)), rel=2e-3)
    assert found.coherence.min() > 0.99


def test_cutoff_of_one_compartment():
    assert value(measured(chirps.rc()), "impedance_cutoff_frequency") == pytest.approx(
        1 / (2 * np.pi * 20.0), rel=0.01
    )


def test_resonance():
    cell = chirps.resonant()
    found = measured(cell)
    fine = np.linspace(1e-4, 0.02, 200_000)
    size = np.abs(cell(2j * np.pi * fine))
    low = abs(cell(2j * np.pi * found.smooth_frequency[0]))
    assert value(found, "resonance_frequency") == pytest.approx(fine[size.argmax()], rel=0.02)
    assert value(found, "impedance_at_resonance") == pytest.approx(size.max(), rel=2e-3)
    assert value(found, "resonance_strength") == pytest.approx(size.max() / low, rel=5e-3)


def test_no_resonance_is_said():
    found = measured(chirps.rc(), rms=0.3)
    for name in ("resonance_frequency", "impedance_at_resonance", "resonance_strength"):
        entry = found.estimate(name)
        assert entry.status is Status.NO_RESONANCE
        assert "lowest frequency" in entry.reason


def test_a_band_that_ends_above_the_limit_is_refused():
    found = measured(chirps.resonant(), chirps.chirp(first=0.003, last=0.03))
    entry = found.estimate("low_frequency_impedance")
    assert entry.status is Status.UNRESOLVED
    assert "start the chirp at a lower frequency" in entry.reason


def test_voltage_clamp_is_the_inverse():
    cell = chirps.rc(series=0.01)
    played = chirps.chirp(amplitude=5.0)
    current = chirps.respond(lambda s: 1 / cell(s), played, RATE)
    noise = chirps.coloured(np.random.default_rng(2), (3, played.size), RATE, 0.01)
    found = impedance(
        chirps.recording(-70 + played, current + noise, RATE, unit="pA", command_unit="mV")
    )
    assert value(found, "low_frequency_impedance") == pytest.approx(0.16, rel=5e-3)
    truth = cell(2j * np.pi * found.frequency)
    np.testing.assert_allclose(found.magnitude, np.abs(truth), rtol=0.03)
    np.testing.assert_allclose(found.phase, np.angle(truth), atol=0.03)
    assert found.potential == pytest.approx(-70, abs=0.5)
    assert "series resistance" in found.estimates[0].definition


def test_a_command_the_rig_stopped_early_is_noticed():
    played = chirps.chirp()
    stopped = played.copy()
    stopped[-(played.size // 64) :] = 0.0
    cell = chirps.rc()
    noise = chirps.coloured(np.random.default_rng(3), (3, played.size), RATE, 0.2)
    heard = -65 + chirps.respond(cell, stopped, RATE) + noise
    found = impedance(chirps.recording(played, heard, RATE))
    assert found.window.stop == pytest.approx(8000 * 63 / 64, rel=2e-3)
    assert "only up to 787" in found.estimates[0].reason
    assert found.estimates[0].low <= 0.15 <= found.estimates[0].high


def test_different_commands_share_one_impedance():
    played = np.array([chirps.chirp(), chirps.chirp(kind="exponential")])
    noise = chirps.coloured(np.random.default_rng(4), played.shape, RATE, 0.05)
    rows = -65 + chirps.respond(chirps.rc(), played, RATE) + noise
    made = chirps.recording(played[0], rows, RATE)
    from loligo.analysis.impedance import fit_rational, frequency_response, spectra

    found = spectra(played, rows, RATE)
    assert found.counts.tolist() == [1, 1]
    fit = fit_rational(found, frequency_response(found))[0]
    assert abs(fit.response(np.array([0.0]))[0]) == pytest.approx(0.15, rel=0.01)
    assert len(made) == 2

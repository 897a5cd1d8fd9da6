"""When there is no impedance, and why."""

import chirps
import numpy as np
import pytest
import rc_cells

import loligo
from loligo.analysis.estimate import Status
from loligo.analysis.impedance import impedance
from loligo.errors import SelectionError

RATE = 0.5


def only(found):
    (entry,) = found.estimates
    assert entry.value is None and entry.reason
    assert entry.name == "low_frequency_impedance"
    return entry


def noisy(played, cell=None, rms=0.2, sweeps=3, seed=5):
    noise = chirps.coloured(np.random.default_rng(seed), (sweeps, played.size), RATE, rms)
    return -65 + chirps.respond(cell or chirps.rc(), played, RATE) + noise


def test_steps_are_no_chirp():
    assert only(impedance(rc_cells.current_clamp((-50.0, 0.0)))).status is Status.NO_WAVEFORM


def test_a_sine_is_no_chirp():
    played = 20 * np.sin(2 * np.pi * 0.005 * np.arange(4000) / RATE)
    entry = only(impedance(chirps.recording(played, noisy(played), RATE)))
    assert entry.status is Status.NO_WAVEFORM
    assert "many frequencies" in entry.reason


def test_without_a_command():
    made = loligo.from_arrays(np.zeros((1, 4000)) - 65, unit="mV", sampling_rate="1 kHz")
    assert only(impedance(made)).status in {Status.NO_COMMAND, Status.WRONG_MODE}


def test_a_sweep_that_fires_is_left_out():
    played = chirps.chirp()
    rows = noisy(played)
    rows[1, 2000:2003] += 80
    found = impedance(chirps.recording(played, rows, RATE))
    assert found.sweeps == (0, 2)
    assert found.left_out == {1: "action potential or artefact"}
    assert "left out: sweep 1" in found.estimates[0].reason
    rows[:, 2000:2003] += 80
    assert only(impedance(chirps.recording(played, rows, RATE))).status is Status.SPIKING


def test_missing_values_are_left_out():
    played = chirps.chirp()
    rows = noisy(played)
    rows[0, 7] = np.nan
    assert impedance(chirps.recording(played, rows, RATE)).left_out == {0: "missing values"}


def test_a_large_excursion_has_no_one_impedance():
    played = chirps.chirp(amplitude=150.0)
    rows = noisy(played, lambda s: 0.15 / (1 + 20 * s))
    entry = only(impedance(chirps.recording(played, rows - 20, RATE)))
    assert entry.status in {Status.UNRESOLVED, Status.SPIKING}
    played = chirps.chirp(amplitude=40.0)
    rows = chirps.respond(lambda s: 1 / chirps.rc()(s), played, RATE)
    clamped = chirps.recording(played, rows + 0.1, RATE, unit="pA", command_unit="mV")
    assert only(impedance(clamped)).status is Status.UNRESOLVED


def test_noise_alone_gives_no_value():
    played = chirps.chirp(amplitude=0.5)
    found = impedance(chirps.recording(played, noisy(played, rms=2.0), RATE))
    assert not any(entry.is_ok for entry in found.estimates)


def test_a_wrong_response_is_an_error():
    played = chirps.chirp()
    made = chirps.recording(played, noisy(played), RATE)
    with pytest.raises(SelectionError):
        impedance(made, "nothing")


@pytest.mark.parametrize("count", [1, 10, 40])
def test_short_waveforms_are_refused(count):
    played = chirps.chirp(duration=count / RATE)
    assert not any(
        e.is_ok for e in impedance(chirps.recording(played, noisy(played), RATE)).estimates
    )

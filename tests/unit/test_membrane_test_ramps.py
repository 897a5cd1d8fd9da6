"""Capacitance from triangle ramps: what is measured and what is refused."""

import clamped_cells as circuits
import numpy as np
import pytest

import loligo
from loligo.analysis import Status
from loligo.analysis.membrane_test import capacitance_by_ramp, command_of_triangle, membrane_test
from loligo.recording import Epoch, EpochKind

RATE, CORNERS = 20.0, (20.0, 70.0, 120.0)
COMMAND = command_of_triangle(*CORNERS, -10.0)


def ramped(capacitance=33.0, resistance=0.5, rms=0.5, sweeps=20, seed=1):
    """Sweeps of the current, by the trapezium from the circuit's step response."""
    fine = np.arange(0, 140, 0.01)
    system = circuits.in_series(
        circuits.circuit(0.012, [(capacitance, resistance)]), circuits.bessel4(2.0)
    )
    total = np.zeros_like(fine)
    for at, slope in zip(CORNERS, (-0.2, 0.4, -0.2), strict=True):
        step = circuits.step_response(system, fine - at)
        total += slope * np.concatenate(([0], np.cumsum((step[1:] + step[:-1]) / 2) * 0.01))
    rng = np.random.default_rng(seed)
    return total[::5] + rms * rng.standard_normal((sweeps, fine.size // 5))


def test_interval_covers_the_capacitance():
    hits = 0
    for seed in range(12):
        found = capacitance_by_ramp(ramped(seed=seed), RATE, COMMAND, 2.0)
        assert found.is_ok
        assert found.value == pytest.approx(33.0, rel=0.02)
        hits += found.low <= 33.0 <= found.high
    assert hits >= 9  # of 12; fewer has a chance of 0.2 % at 95 %


def test_cancelled_capacitance():
    found = capacitance_by_ramp(ramped(capacitance=0.2, rms=0.02), RATE, COMMAND, 2.0)
    assert not found.is_ok
    found = capacitance_by_ramp(ramped(), RATE, COMMAND, 2.0, compensated=30.0)
    assert found.status is Status.COMPENSATED


def test_nothing_but_noise():
    noise = np.random.default_rng(5).standard_normal((5, 2800))
    assert capacitance_by_ramp(noise, RATE, COMMAND, 2.0).status is Status.TOO_NOISY


def test_not_a_passive_cell():
    time = np.arange(2800) / RATE
    wave = 60 * np.sin(time / 3) * (time > CORNERS[0])
    found = capacitance_by_ramp(ramped() + wave, RATE, COMMAND, 2.0)
    assert found.status is Status.UNRESOLVED
    assert "no passive cell" in found.reason


@pytest.mark.parametrize(("back", "status"), [(-70.0, Status.OK), (-75.0, Status.NO_STEP)])
def test_ramps_of_a_recording(back, status):
    """A triangle is a test where it returns to its base at the same slope."""
    on, middle, off = CORNERS
    time = np.arange(2800) / RATE
    command = np.interp(time, [on, middle, off], [-70.0, -80.0, back])
    epochs = [
        Epoch("pre", EpochKind.HOLD, 0.0, on, "command", -70.0),
        Epoch("A", EpochKind.RAMP, on, middle, "command", -80.0, -70.0),
        Epoch("B", EpochKind.RAMP, middle, off, "command", back, -80.0),
        Epoch("post", EpochKind.HOLD, off, 140.0, "command", back),
    ]
    recording = loligo.from_arrays(
        ramped(),
        unit="pA",
        sampling_rate="20 kHz",
        command=np.tile(command, (20, 1)),
        command_unit="mV",
        epochs=[epochs] * 20,
    )
    (first, *_) = membrane_test(recording).estimates
    assert first.status is status or first.name == "series_resistance"
    capacitance = next(e for e in membrane_test(recording).estimates if e.name == "capacitance")
    assert capacitance.status is status
    assert status is not Status.OK or capacitance.value == pytest.approx(33.0, rel=0.02)

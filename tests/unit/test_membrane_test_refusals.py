"""What the membrane test refuses, each with its status and reason, and what it keeps."""

from dataclasses import replace

import clamped_cells as circuits
import numpy as np
import pytest

import loligo
from loligo.analysis import Status
from loligo.analysis.membrane_test import (
    capacitance_by_ramp,
    command_of_step,
    command_of_triangle,
    measure_transient,
    membrane_test,
)
from loligo.analysis.membrane_test.words import remarks
from loligo.errors import SelectionError
from loligo.recording import Epoch, EpochKind

RATE, ON, OFF, END = 20.0, 20.0, 70.0, 120.0
TRANSIENT = ("series_resistance", "membrane_resistance", "capacitance", "clamp_time_constant")


def recorded(rs=0.012, cell=(33.0, 0.5), corner=2.0, rms=0.5, sweeps=3, step=-10.0, rate=RATE):
    time = np.arange(int(END * rate)) / rate
    system = circuits.in_series(circuits.circuit(rs, [cell]), circuits.bessel4(corner))
    clean = step * (
        circuits.step_response(system, time - ON) - circuits.step_response(system, time - OFF)
    )
    rng = np.random.default_rng(4)
    return clean - 50 + rms * rng.standard_normal((sweeps, time.size))


def measured(current, rate=RATE, step=-10.0, **options):
    return measure_transient(current, rate, command_of_step(ON, OFF, step), 2.0, **options)


def all_refused(found, status, reason):
    for name in TRANSIENT:
        assert found[name].status is status, found[name]
        assert found[name].value is None
        assert found[name].low is None
        assert reason in found[name].reason


def test_a_plain_cell_is_measured():
    found = measured(recorded())
    assert all(e.is_ok and e.low < e.value < e.high and e.definition for e in found.values())
    assert found["capacitance"].value == pytest.approx(33, rel=0.01)


def test_a_wrongly_stated_filter_is_not_believed():
    found = measure_transient(recorded(), RATE, command_of_step(ON, OFF, -10.0), 10.0)
    assert found["series_resistance"].value == pytest.approx(0.012, rel=0.02)
    assert "is not the stated one (10 kHz)" in found["series_resistance"].reason


def test_stated_compensation_refuses_all_but_the_steady_state():
    found = measured(recorded(), compensated=23.1)
    all_refused(found, Status.COMPENSATED, "23.1 pF")
    assert found["total_resistance"].value == pytest.approx(0.512, rel=0.02)


def test_unstated_compensation_is_seen_in_the_trace():
    """A step of current with a small residue of the transient left."""
    found = measured(recorded(rs=0.15, cell=(2.0, 0.4)))
    all_refused(found, Status.COMPENSATED, "cancelled")
    assert found["total_resistance"].is_ok


def test_cancelled_without_residue():
    time = np.arange(int(END * RATE)) / RATE
    square = np.where((time >= ON) & (time < OFF), -20.0, 0.0)
    noise = 0.5 * np.random.default_rng(1).standard_normal((5, time.size))
    found = measured(square + noise)
    assert not any(found[name].is_ok for name in TRANSIENT)
    assert found["total_resistance"].value == pytest.approx(0.5, rel=0.02)


def test_clipped_transient():
    current = np.maximum(recorded(), -400.0)
    found = measured(current)
    all_refused(found, Status.SATURATED, "largest value")
    assert found["total_resistance"].is_ok


def test_ringing():
    time = np.arange(int(END * RATE)) / RATE
    after = np.clip(time - ON, 0, None)
    rings = np.where(time >= ON, 1500 * np.exp(-after / 0.6) * np.cos(2 * np.pi * after / 0.8), 0)
    found = measured(recorded() - rings)
    all_refused(found, Status.UNRESOLVED, "rings")


def test_no_cell_behind_the_pipette():
    found = measured(recorded(rs=0.02, cell=(10.0, 0.005)))
    assert not any(found[name].is_ok for name in TRANSIENT)
    assert found["total_resistance"].is_ok


def test_nothing_but_noise():
    noise = np.random.default_rng(3).standard_normal((4, int(END * RATE)))
    found = measured(noise)
    all_refused(found, Status.TOO_NOISY, "stand out")
    assert not found["total_resistance"].is_ok


def test_sampling_too_slow():
    found = measured(recorded(rs=0.005, cell=(10.0, 0.5), rate=5.0), rate=5.0)
    assert not any(found[name].is_ok for name in ("series_resistance", "clamp_time_constant"))


def test_missing_values():
    current = recorded()
    current[1, 700] = np.nan
    all_refused(measured(current), Status.NOT_FINITE, "missing")
    found = capacitance_by_ramp(current, RATE, command_of_triangle(20.0, 45.0, 70.0, -10.0))
    assert found.status is Status.NOT_FINITE


@pytest.mark.parametrize(
    ("shape", "on", "rate", "message"),
    [
        ((2, 3, 4), 20.0, RATE, "shape"),
        ((1, 2400), 0.1, RATE, "8 samples"),
        ((1, 100), 20.0, RATE, "before the end"),
        ((1, 2400), 20.0, 0.0, "above zero"),
    ],
)
def test_arrays_that_do_not_fit_are_errors(shape, on, rate, message):
    with pytest.raises(SelectionError, match=message):
        measure_transient(np.zeros(shape), rate, command_of_step(on, 70.0, -10.0))


def test_a_slow_current_is_recognized():
    """Ih-like growth of 3 nS with 40 ms during a step of 200 ms."""
    time = np.arange(8000) / RATE
    system = circuits.in_series(
        circuits.circuit(0.012, [(60.0, 0.2)], None, (3.0, 40.0)), circuits.bessel4(2.0)
    )
    clean = -10 * circuits.step_response(system, time - 50)
    clean += 10 * circuits.step_response(system, time - 250)
    noise = np.random.default_rng(2).standard_normal((6, time.size))
    found = measure_transient(clean + noise, RATE, command_of_step(50.0, 250.0, -10.0), 2.0)
    for name in ("series_resistance", "membrane_resistance", "capacitance"):
        assert "slow current grows" in found[name].reason
    assert found["membrane_resistance"].value == pytest.approx(0.2, rel=0.03)
    assert found["capacitance"].value == pytest.approx(60, rel=0.03)


def epochs(level, kind=EpochKind.STEP):
    return [
        Epoch("pre", EpochKind.HOLD, 0.0, ON, "command", -70.0),
        Epoch("A", kind, ON, OFF, "command", level),
        Epoch("post", EpochKind.HOLD, OFF, END, "command", -70.0),
    ]


def as_recording(current, level=-80.0, unit="pA", command_unit="mV"):
    time = np.arange(current.shape[1]) / RATE
    command = np.where((time >= ON) & (time < OFF), level, -70.0)
    return loligo.from_arrays(
        current,
        unit=unit,
        sampling_rate=f"{RATE} kHz",
        command=np.tile(command, (len(current), 1)),
        command_unit=command_unit,
        epochs=[epochs(level)] * len(current),
    )


def test_recording_gives_pooled_then_each_sweep():
    found = membrane_test(as_recording(recorded(sweeps=6))).estimates
    assert [e.sweep for e in found[:6]] == [None] * 6
    assert {e.sweep for e in found[6:]} == set(range(6))
    assert {e.epoch for e in found} == {"A"}
    pooled = {e.name: e for e in found[:6]}
    for entry in found[6:]:
        assert entry.value == pytest.approx(pooled[entry.name].value, rel=0.05)
        assert entry.low < entry.value < entry.high


def test_drift_of_series_resistance_is_said():
    sweeps = [recorded(rs=rs, sweeps=1)[0] for rs in np.linspace(0.010, 0.013, 9)]
    found = membrane_test(as_recording(np.array(sweeps))).estimates
    series = next(e for e in found if e.name == "series_resistance")
    assert "drifts by +" in series.reason
    each = [e.value for e in found if e.name == "series_resistance" and e.sweep is not None]
    assert each[-1] > each[0] * 1.2


def test_no_drift_is_told_of_what_single_sweeps_do_not_determine():
    """Their values are then infinite, of which there is no difference; warnings are errors here."""
    fit = membrane_test(as_recording(recorded(sweeps=9))).tests[0].fit
    unknown = replace(fit, sweeps=np.full_like(fit.sweeps, np.inf))
    assert "drifts" not in remarks(unknown, "series_resistance")


def test_no_test_in_the_protocol():
    found = membrane_test(as_recording(recorded(step=-60.0), level=-130.0)).estimates
    assert {e.status for e in found} == {Status.NO_STEP}


def test_wrong_mode():
    found = membrane_test(as_recording(recorded(), unit="mV", command_unit="pA")).estimates
    assert {e.status for e in found} == {Status.WRONG_MODE}


def test_no_command():
    recording = loligo.from_arrays(recorded(), unit="pA", sampling_rate="20 kHz")
    assert {e.status for e in membrane_test(recording).estimates} == {Status.NO_COMMAND}

"""A response that measures nothing, or in a unit that cannot be, gives no number."""

import numpy as np
import pytest
import rc_cells

import loligo
from loligo.analysis import Status
from loligo.analysis.quality import Quality
from loligo.recording import Recording, Sweep, Trace

LEVELS = (-100.0, -50.0, 0.0)


def digitized(recording: Recording, gain: float, spoil) -> Recording:
    """The recording as 16-bit integers, each changed by `spoil(sweep, numbers)`."""
    sweeps = []
    for index, sweep in enumerate(recording.sweeps):
        trace = sweep.traces["response"]
        numbers = np.clip(np.round(trace.values() / gain), -32768, 32767).astype(np.int16)
        traces = dict(sweep.traces)
        traces["response"] = Trace(spoil(index, numbers), trace.sampling_rate, gain)
        sweeps.append(Sweep(sweep.number, sweep.start, traces, sweep.epochs))
    return Recording(
        channels=recording.channels,
        sweeps=tuple(sweeps),
        provenance=recording.provenance,
        electrodes=recording.electrodes,
    )


def noisy(make, levels, rms):
    noise = np.random.default_rng(3).normal(0, rms, (len(levels), 1600))
    return make(levels, noise=noise)


def of_the_cell(recording):
    results = loligo.analyze(recording).results
    return [e for r in results if not isinstance(r, Quality) for e in r.estimates]


def whole(recording):
    return {e.name: e for e in of_the_cell(recording) if e.sweep is None}


MAKES = pytest.mark.parametrize(
    ("make", "levels", "name", "gain"),
    [
        (rc_cells.current_clamp, LEVELS, "resting_potential", 0.03),
        (rc_cells.voltage_clamp, (-80.0,) * 3, "holding_current", 0.06),
    ],
)


@MAKES
def test_a_zero_filled_response(make, levels, name, gain):
    recording = digitized(noisy(make, levels, 0.3), gain, lambda _, numbers: 0 * numbers)
    found = whole(recording)
    assert found[name].status is Status.SATURATED
    assert "the same number (0) throughout" in found[name].reason
    assert not any(e.is_ok for e in found.values())


@MAKES
def test_zeros_in_floating_point(make, levels, name, gain):
    clean = make(levels)
    zeros = [
        Sweep(s.number, s.start, {**s.traces, "response": Trace(np.zeros(1600), 2.0)}, s.epochs)
        for s in clean.sweeps
    ]
    made = Recording(
        channels=clean.channels,
        sweeps=tuple(zeros),
        provenance=clean.provenance,
        electrodes=clean.electrodes,
    )
    assert whole(made)[name].status is Status.SATURATED


@MAKES
def test_a_response_at_the_digitizers_limit(make, levels, name, gain):
    """Noise now and then leaves the limit, so that the samples are not all equal."""

    def spoil(_, numbers):
        out = np.full_like(numbers, -32768)
        out[::7] += 3
        return out

    found = whole(digitized(noisy(make, levels, 0.3), gain, spoil))
    assert found[name].status is Status.SATURATED
    assert "out of range" in found[name].reason
    assert not any(e.is_ok for e in found.values())


@MAKES
def test_one_sweep_out_of_range_is_left_out_and_said(make, levels, name, gain):
    clean = noisy(make, levels, 0.3)
    spoiled = digitized(clean, gain, lambda i, n: np.full_like(n, 32767) if i == 1 else n)
    found = whole(spoiled)[name]
    assert found.value == pytest.approx(whole(clean)[name].value, abs=0.2)
    assert "left out: sweep 1 (the same number" in found.reason


@MAKES
def test_a_baseline_stuck_beside_noise(make, levels, name, gain):
    def spoil(_, numbers):
        return np.where(np.arange(numbers.size) < 520, numbers[0], numbers).astype(np.int16)

    found = whole(digitized(noisy(make, levels, 2.0), gain, spoil))
    assert found[name].status is Status.SATURATED


def test_millivolts_under_a_header_of_volts():
    clean = noisy(rc_cells.current_clamp, LEVELS, 0.3)
    wrong = loligo.from_arrays(
        np.array([clean.trace(i, "response").values() for i in range(3)]),
        unit="V",
        sampling_rate="2 kHz",
        command=np.array([rc_cells.command(level) for level in LEVELS]),
        command_unit="pA",
        epochs=[rc_cells.epochs(level) for level in LEVELS],
    )
    assert not any(estimate.is_ok for estimate in of_the_cell(wrong))
    for name in ("resting_potential", "input_resistance"):
        estimate = whole(wrong)[name]
        assert estimate.status is Status.IMPLAUSIBLE
        assert "unit" in estimate.reason


def test_events_that_shift_the_holding_current_are_said():
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 1.0, (8, 1600))
    noise[:, 60:120] -= 80.0  # a synaptic current in each baseline
    found = whole(rc_cells.voltage_clamp((-80.0,) * 8, noise=noise))["holding_current"]
    assert "transient currents (events) shift the mean by -" in found.reason
    assert "the median is -20" in found.reason
    quiet = whole(noisy(rc_cells.voltage_clamp, (-80.0,) * 8, 1.0))["holding_current"]
    assert not quiet.reason


def test_evoked_currents_are_after_a_real_baseline(recordings):
    """f1: five stimuli evoke EPSCs before the test pulse; -34.7 pA by pyABF's windows."""
    found = whole(loligo.read(recordings / "abf/f1.abf"))["holding_current"]
    assert found.value == pytest.approx(-34.67, abs=1.0)
    assert "0 to 164.1 ms" in found.definition

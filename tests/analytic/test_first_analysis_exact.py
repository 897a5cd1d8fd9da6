"""Without noise the estimates are the closed form's; units, offsets and time do not matter."""

import numpy as np
import pytest
import rc_cells
from hypothesis import given, settings
from hypothesis import strategies as st
from steady import steady

import loligo

LEVELS = (-100.0, -75.0, -50.0, -25.0, 0.0)


def of(recording, name):
    return next(e for e in steady(recording) if e.name == name and e.sweep is None)


def test_current_clamp_is_exact():
    recording = rc_cells.current_clamp(LEVELS, resistance=0.15, rest=-68.0)
    for estimate in steady(recording):
        truth = {"input_resistance": 0.15, "resting_potential": -68.0, "baseline_potential": -68.0}
        assert estimate.value == pytest.approx(truth[estimate.name], rel=1e-9), estimate
        assert estimate.high - estimate.low < 1e-9


def test_voltage_clamp_is_exact():
    recording = rc_cells.voltage_clamp((-110.0, -90.0, -70.0), resistance=0.5, reversal=-60.0)
    for estimate in steady(recording):
        truth = {"total_resistance": 0.5, "holding_current": -20.0}
        assert estimate.value == pytest.approx(truth[estimate.name], rel=1e-9), estimate


def test_display_units():
    estimate = of(rc_cells.current_clamp(LEVELS), "input_resistance")
    value, _, _, unit = estimate.displayed()
    assert (value, unit) == (pytest.approx(150.0), "MOhm")


def test_steps_are_reported_one_by_one():
    found = steady(rc_cells.current_clamp(LEVELS))
    single = [
        (e.sweep, e.epoch) for e in found if e.name == "input_resistance" and e.sweep is not None
    ]
    assert single == [(0, "B"), (1, "B"), (2, "B"), (3, "B")]  # the zero step has no ratio


@settings(max_examples=25, deadline=None)
@given(
    resistance=st.floats(0.01, 5.0),
    rest=st.floats(-90.0, -30.0),
    seed=st.integers(0, 2**16),
)
def test_scale_offset_and_unit_do_not_matter(resistance, rest, seed):
    """Twice the response is twice the resistance; volts for millivolts change nothing."""
    noise = rc_cells.coloured(np.random.default_rng(seed), (5, 1600), 0.2, 1.0)
    recording = rc_cells.current_clamp(LEVELS, resistance=resistance, rest=rest, noise=noise)
    values = np.array([sweep.trace("response").values() for sweep in recording.sweeps])
    commands = np.array([sweep.trace("command").values() for sweep in recording.sweeps])
    epochs = [sweep.epochs for sweep in recording.sweeps]

    def again(response, unit="mV"):
        return loligo.from_arrays(
            response,
            unit=unit,
            sampling_rate="2 kHz",
            command=commands,
            command_unit="pA",
            epochs=epochs,
        )

    first = of(recording, "input_resistance")
    in_volts = of(again(values / 1000, "V"), "input_resistance")
    doubled = of(again(2 * values), "input_resistance")
    lifted = of(again(values + 10.0), "input_resistance")
    assert in_volts.value == pytest.approx(first.value, rel=1e-6)
    assert in_volts.low == pytest.approx(first.low, rel=1e-6, abs=1e-9)
    assert doubled.value == pytest.approx(2 * first.value, rel=1e-9)
    assert doubled.high == pytest.approx(2 * first.high, rel=1e-9)
    assert lifted.value == pytest.approx(first.value, rel=1e-6)
    assert of(again(values + 10.0), "resting_potential").value == pytest.approx(
        of(recording, "resting_potential").value + 10.0
    )


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(5)))
def test_the_order_of_sweeps_does_not_matter(order):
    noise = rc_cells.coloured(np.random.default_rng(1), (5, 1600), 0.2, 1.0)
    recording = rc_cells.current_clamp(LEVELS, noise=noise)
    first = of(recording, "input_resistance")
    moved = of(recording.select(order), "input_resistance")
    assert moved.value == pytest.approx(first.value, rel=1e-9)
    assert moved.low == pytest.approx(first.low, rel=1e-6)


def test_shift_in_time_does_not_matter():
    from dataclasses import replace

    recording = rc_cells.current_clamp(LEVELS)
    shift = 123.0

    def later(sweep):
        traces = {name: replace(t, start=t.start + shift) for name, t in sweep.traces.items()}
        epochs = tuple(replace(e, start=e.start + shift, stop=e.stop + shift) for e in sweep.epochs)
        return replace(sweep, traces=traces, epochs=epochs)

    moved = replace(recording, sweeps=tuple(later(s) for s in recording.sweeps))
    assert of(moved, "input_resistance").value == of(recording, "input_resistance").value


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.05, 0.2])
@pytest.mark.parametrize("rest", [-65.0, -65.013, -64.99])
def test_a_coarse_digitizer_does_not_make_the_interval_too_narrow(noise, rest):
    """Steps of 0.03 mV: whether or not noise dithers them, the interval holds the truth."""
    step = 0.03
    rows = rc_cells.coloured(np.random.default_rng(2), (5, 1600), noise, 0.0)
    recording = rc_cells.current_clamp(LEVELS, rest=rest, noise=rows)
    codes = [np.round(s.trace("response").values() / step).astype(np.int16) for s in recording]
    digitized = loligo.from_arrays(
        codes,
        unit="mV",
        sampling_rate="2 kHz",
        command=[s.trace("command").values() for s in recording],
        command_unit="pA",
        epochs=[s.epochs for s in recording],
    )
    from dataclasses import replace

    def scaled(sweep):
        traces = {**sweep.traces}
        traces["response"] = replace(traces["response"], gain=step)
        return replace(sweep, traces=traces)

    digitized = replace(digitized, sweeps=tuple(scaled(s) for s in digitized.sweeps))
    found = of(digitized, "resting_potential")
    assert found.low <= rest <= found.high
    assert found.high - found.low < 0.05

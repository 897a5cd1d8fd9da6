"""Corrections of real recordings: model cells of known parts, and cells looked at from outside."""

import numpy as np
import pytest

import loligo
from loligo.analysis.correct import (
    correct_bridge,
    correct_leak,
    correct_series_resistance,
    leak_line,
    steady_current_voltage,
)
from loligo.analysis.membrane_test import membrane_test
from loligo.analysis.passive import passive_properties
from loligo.errors import CorrectionError
from loligo.recording.corrections import junction_potential, recorded_channel, uncorrected


def jump(recording, epoch, width=0.5):
    """Fast change at the step's begin per current [GOhm], by lines before and after it."""
    response = recording.response
    found, sizes = [], []
    for index in range(len(recording)):
        step = recording.sweep(index).epoch(epoch)
        trace = recording.trace(index, response)
        command = recording.command(response)
        before = recording.trace(index, command).window(step.start - 1, step.start)[-1]
        size = step.level - before
        if size >= -20:
            continue
        window = trace.window(step.start + width, step.start + 4 * width)
        times = width + np.arange(window.size) / trace.sampling_rate
        at_once = np.polyval(np.polyfit(times, window, 1), 0.0)
        found.append(at_once - trace.window(step.start - 5, step.start).mean())
        sizes.append(size)
    return float(np.dot(found, sizes) / np.dot(sizes, sizes))


def test_bridge_of_a_cell(recordings):
    """12 MOhm jump at each edge of 171116sh_0018, seen by straight lines; and they are gone."""
    recording = loligo.read(recordings / "abf/171116sh_0018.abf")
    made = correct_bridge(recording)
    (correction,) = made.corrections
    assert 11e-3 < correction.value < 13.5e-3
    before, after = jump(recording, "B"), jump(made, "B")
    assert before - after == pytest.approx(correction.value, rel=0.05)
    assert abs(after) < 0.3 * abs(before)
    left = next(e for e in passive_properties(made).estimates if e.name == "bridge_error")
    # after two exponentials what is left may not be told from them; if it is told, it is none
    assert left.reason if not left.is_ok else left.low < 0 < left.high
    assert recorded_channel(made, made.response) is not None
    restored = uncorrected(made).trace(3, recording.response)
    assert np.array_equal(restored.values(), recording.trace(3, recording.response).values())


def test_balanced_bridge_is_left_alone(recordings):
    with pytest.raises(CorrectionError, match="cannot be told from zero"):
        correct_bridge(loligo.read(recordings / "abf/96711008.abf"))


def test_transient_of_a_model_cell_goes(recordings):
    """PATCH-1U: nominal 500 MOhm and 33 pF behind the pipette; what is left is the resistor."""
    recording = loligo.read(recordings / "abf/model_vc_step.abf")
    made = correct_series_resistance(recording)
    (correction,) = made.corrections
    assert correction.value == pytest.approx(11e-3, rel=0.1)
    assert correction.parameters["capacitance"] == pytest.approx(33, rel=0.1)
    values = [r.stack("IN 0").values.mean(axis=0) for r in (recording, made)]
    rate = recording.trace(0, "IN 0").sampling_rate
    step = recording.sweep(0).epoch("A")
    start, stop = round(step.start * rate), round(step.stop * rate)
    steady = values[0][stop - 400 : stop].mean()
    transients = [np.abs(v[start : start + round(3 * rate)] - steady).sum() for v in values]
    assert transients[1] < 0.1 * transients[0]
    assert values[1][stop - 400 : stop].mean() == pytest.approx(steady, abs=0.05)
    ohmic = -10.0 / (steady - values[0][:start].mean())
    assert ohmic == pytest.approx(0.51, rel=0.02)
    after = membrane_test(made).estimates
    assert {e.status.value for e in after} == {"compensated"}


def test_leak_of_a_cell_and_one_that_is_none(recordings):
    """1487 MOhm by straight lines (its note); an inward rectifier has no linear leak."""
    recording = loligo.read(recordings / "abf/17o05024_vc_steps.abf")
    line = leak_line(recording)
    assert 1 / line.conductance.value == pytest.approx(1.487, rel=0.02)
    made = correct_leak(recording)
    held = made.stack("IN 0").values[:, :4000]
    assert abs(np.median(held)) < 2.5
    with pytest.raises(CorrectionError, match="leave a straight line"):
        leak_line(loligo.read(recordings / "abf/171116sh_0012.abf"))


def test_levels_of_a_family_and_junction_potential(recordings):
    recording = loligo.read(recordings / "abf/17o05024_vc_steps.abf")
    levels = steady_current_voltage(recording, "20 MOhm")
    assert [level.command for level in levels] == [-110, -100, -90, -80, -70, -60, -50]
    for level in levels:
        assert level.potential == pytest.approx(level.command - 0.02 * level.current)
    moved = steady_current_voltage(junction_potential(recording, "10 mV"), "20 MOhm")
    for was, now in zip(levels, moved, strict=True):
        assert now.potential == pytest.approx(was.potential - 10, abs=1e-6)
        assert now.current == was.current

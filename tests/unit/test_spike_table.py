"""The spikes of a recording: stimuli by epoch, what is outside them, refusals."""

import math

import numpy as np
import pytest
from spike_shapes import Shape, trace

from loligo.analysis import Status
from loligo.analysis.spikes import spikes
from loligo.errors import SelectionError
from loligo.recording import from_arrays

RATE = 20.0
LEVELS = (-20.0, 0.0, 20.0, 40.0, 60.0, 80.0)
INSIDE = (0, 0, 1, 2, 4, 5)


def _cell(noise=0.05):
    sweeps, commands = [], []
    for place, (level, count) in enumerate(zip(LEVELS, INSIDE, strict=True)):
        peaks = 130 + (340 / max(count, 1)) * np.arange(count)
        outside = [560.0] if place % 2 else []
        sweeps.append(trace(Shape(), [*peaks, *outside], 700.0, RATE, noise, place))
        command = np.zeros(round(700 * RATE))
        command[round(100 * RATE) : round(500 * RATE)] = level
        commands.append(command)
    return np.array(sweeps), np.array(commands)


def _recording(**changes):
    sweeps, commands = _cell()
    known = {"unit": "mV", "sampling_rate": "20 kHz", "command": commands, "command_unit": "pA"}
    return from_arrays(sweeps, **{**known, **changes})


def test_counts_inside_and_outside_the_step():
    rows = list(spikes(_recording()).sweep_rows())
    assert [row["spike_count_in_stimulus"] for row in rows] == list(INSIDE)
    assert [row["spike_count_outside_stimulus"] for row in rows] == [0, 1, 0, 1, 0, 1]
    assert {row["status"] for row in rows} == {"ok"}


def test_the_step_level_with_holding_is_a_stimulus_too():
    rows = list(spikes(_recording()).stimulus_rows())
    assert [row["command_current"] for row in rows] == pytest.approx(LEVELS)
    assert {(row["stimulus_start"], row["stimulus_stop"]) for row in rows} == {(100.0, 500.0)}
    assert [row["mean_frequency"] for row in rows] == [count / 400 for count in INSIDE]
    assert rows[2]["first_spike_latency"] == pytest.approx(30, abs=0.05)
    assert math.isnan(rows[0]["first_spike_latency"])


def test_curve_of_the_cell():
    estimates = {e.name: e for e in spikes(_recording()).estimates}
    assert (estimates["rheobase"].low, estimates["rheobase"].value) == (0.0, 20.0)
    assert estimates["fi_slope"].value == pytest.approx(0.07 / 400, rel=0.05)
    assert estimates["fi_slope"].low <= 0.07 / 400 <= estimates["fi_slope"].high


def test_each_spike_knows_its_epoch():
    rows = list(spikes(_recording()).spike_rows())
    assert len(rows) == sum(INSIDE) + 3
    assert sum(row["epoch"] == "" for row in rows) == 3
    assert {row["epoch"] for row in rows if row["spike_peak_time"] < 500} == {"A"}
    for row in rows:
        assert row["spike_amplitude_from_baseline"] == pytest.approx(100, abs=0.5)


def test_without_a_command_spikes_belong_to_the_sweep():
    table = spikes(_recording(command=None, command_unit=None))
    assert [row["spike_count"] for row in table.sweep_rows()] == [0, 1, 1, 3, 4, 6]
    assert list(table.stimulus_rows()) == []
    assert {e.name for e in table.estimates} & {"rheobase", "fi_slope"} == set()
    assert "amplitude_from_baseline: no_baseline" in next(table.spike_rows())["status"]


def test_a_sweep_with_a_gap_is_refused_and_the_others_are_not():
    sweeps, commands = _cell()
    sweeps[3, 5000:5010] = np.nan
    table = spikes(
        from_arrays(sweeps, unit="mV", sampling_rate="20 kHz", command=commands, command_unit="pA")
    )
    rows = list(table.sweep_rows())
    assert (rows[3]["status"], rows[3]["spike_count"]) == (Status.NOT_FINITE.value, None)
    assert "not finite" in rows[3]["reason"]
    assert rows[4]["spike_count"] == 4
    assert 3 not in {row["sweep"] for row in table.spike_rows()}


def test_voltage_clamp_is_refused():
    recording = from_arrays(np.zeros((1, 100)), unit="pA", sampling_rate="20 kHz")
    table = spikes(recording)
    assert table.sweeps == ()
    (refusal,) = table.estimates
    assert (refusal.name, refusal.status) == ("spike_count", Status.WRONG_MODE)
    assert "is voltage clamp" in refusal.reason
    assert list(table.spike_rows()) == list(table.stimulus_rows()) == list(table.sweep_rows()) == []


def test_a_wrong_response_is_an_error():
    with pytest.raises(SelectionError, match="nothing"):
        spikes(_recording(), "nothing")


def test_the_jump_at_a_step_is_no_spike():
    sweeps, commands = _cell(noise=0.0)
    at = round(100 * RATE)
    sweeps[:, at : at + 4] += [60, 55, 30, 10]
    table = spikes(
        from_arrays(sweeps, unit="mV", sampling_rate="20 kHz", command=commands, command_unit="pA")
    )
    assert [row["spike_count_in_stimulus"] for row in table.sweep_rows()] == list(INSIDE)
    assert next(table.sweep_rows())["rejected_count"] == 1

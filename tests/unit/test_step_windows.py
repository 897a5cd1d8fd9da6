"""Which epochs count as steps, and which channel tells how large they were."""

from dataclasses import replace

import numpy as np
import pytest
import rc_cells
from steady import steady

import loligo
from loligo.analysis.layout import layout_of, steps
from loligo.recording import Channel, ClampMode, Epoch, EpochKind, Role, Trace

STEP = EpochKind.STEP


def dual(level: float) -> list[Epoch]:
    """A protocol with two stimulus windows and a constant step between, as the field uses."""
    levels = [("pre", 0.0), ("A", 0.0), ("B", level), ("C", 0.0), ("D", -100.0), ("E", level)]
    rows = [
        Epoch(n, STEP, 100.0 * i, 100.0 * (i + 1), "command", x) for i, (n, x) in enumerate(levels)
    ]
    return [*rows, Epoch("post", EpochKind.HOLD, 600.0, 800.0, "command", 0.0)]


def dual_recording(levels):
    time = np.arange(1600) / 2.0
    commands = np.zeros((len(levels), 1600))
    for row, level in zip(commands, levels, strict=True):
        row[(time >= 200) & (time < 300)] = level
        row[(time >= 400) & (time < 500)] = -100.0
        row[(time >= 500) & (time < 600)] = level
    return loligo.from_arrays(
        -70 + 0.2 * commands,
        unit="mV",
        sampling_rate="2 kHz",
        command=commands,
        command_unit="pA",
        epochs=[dual(level) for level in levels],
    )


def test_two_stimulus_windows_and_the_step_between():
    recording = dual_recording((-100.0, -50.0, 0.0, 50.0))
    assert list(steps(layout_of(recording))) == ["B", "D", "E"]  # not the returns A, C, post
    whole = [e for e in steady(recording) if e.name == "input_resistance" and e.sweep is None]
    assert [(e.epoch, e.value) for e in whole] == [
        ("B", pytest.approx(0.2)),
        ("D", pytest.approx(0.2)),
        ("E", pytest.approx(0.2)),
    ]


def test_windows_are_the_last_fifth_and_the_stretch_before():
    (step, *_) = steps(layout_of(rc_cells.current_clamp((-50.0,))))["B"]
    assert (step.steady.start, step.steady.stop) == (650.0, 750.0)
    assert (step.baseline.start, step.baseline.stop) == (125.0, 250.0)
    assert (step.before, step.level) == (0.0, -50.0)


def with_monitor(scale: float):
    recording = rc_cells.current_clamp((-100.0, -50.0, 0.0))
    monitor = Channel("I_Com", Role.MONITOR, "pA", ClampMode.CURRENT_CLAMP, "electrode 0", "pA")
    sweeps = []
    for sweep in recording.sweeps:
        told = sweep.trace("command")
        seen = Trace(scale * told.values(), told.sampling_rate)
        sweeps.append(replace(sweep, traces={**sweep.traces, "I_Com": seen}))
    channels = (*recording.channels, monitor)
    return replace(recording, channels=channels, sweeps=tuple(sweeps))


def test_a_monitor_that_follows_the_command_is_preferred():
    estimate = next(e for e in steady(with_monitor(0.9)) if e.name == "input_resistance")
    assert estimate.value == pytest.approx(0.15 / 0.9)
    assert "'I_Com', which measured the command (10.0% off" in estimate.definition
    assert "differ by up to 10%" in estimate.reason
    close = next(e for e in steady(with_monitor(0.99)) if e.name == "input_resistance")
    assert not close.reason


def test_a_monitor_that_does_not_follow_is_not_used_and_said():
    estimate = next(e for e in steady(with_monitor(0.1)) if e.name == "input_resistance")
    assert estimate.value == pytest.approx(0.15)
    assert "'I_Com' measured other steps than the command's (90% off)" in estimate.reason


def test_a_long_window_is_not_loaded_whole():
    from loligo.analysis.layout import Window, load

    class Counting:
        shape = (50_000_000,)
        dtype = np.dtype(np.float64)
        asked = 0

        def __getitem__(self, key):
            start, stop, _ = key.indices(self.shape[0])
            self.asked += stop - start
            return np.full(stop - start, -70.0)

    samples = Counting()
    values = load(Trace(samples, 20.0), Window(0.0, 2_500_000.0))
    assert samples.asked == values.size == 1_000_000


def test_a_command_with_gaps_costs_its_sweep_only():
    command = np.array([rc_cells.command(level) for level in (-100.0, -75.0, -50.0, -25.0)])
    response = -70.0 + 0.15 * command
    command[1, 900:] = np.nan
    recording = loligo.from_arrays(
        response, unit="mV", sampling_rate="2 kHz", command=command, command_unit="pA"
    )
    found = steady(recording)
    whole = next(e for e in found if e.name == "input_resistance")
    assert whole.value == pytest.approx(0.15)
    assert "over 3 steps" in whole.definition
    assert {e.sweep for e in found if e.name == "baseline_potential"} == {0, 2, 3}

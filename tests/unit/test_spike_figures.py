"""The figures of spikes draw what was measured, and say so where there is nothing to draw."""

import numpy as np
import pytest
from matplotlib.text import Text
from spike_shapes import Shape, trace

from loligo.analysis.spikes import spikes
from loligo.plot.firing import draw_frequency_current, draw_raster
from loligo.plot.spikes import draw_phase_plot, draw_spikes
from loligo.recording import from_arrays

RATE = 20.0


def _recording(counts, levels):
    sweeps, commands = [], []
    for seed, (count, level) in enumerate(zip(counts, levels, strict=True)):
        peaks = 130 + (340 / max(count, 1)) * np.arange(count)
        sweeps.append(trace(Shape(), peaks, 700.0, RATE, 0.05, seed))
        command = np.zeros(round(700 * RATE))
        command[round(100 * RATE) : round(500 * RATE)] = level
        commands.append(command)
    return from_arrays(
        np.array(sweeps),
        unit="mV",
        sampling_rate="20 kHz",
        command=np.array(commands),
        command_unit="pA",
    )


@pytest.fixture(scope="module")
def firing():
    recording = _recording((0, 0, 1, 3, 6, 8), (0.0, 20.0, 40.0, 60.0, 80.0, 100.0))
    return recording, spikes(recording)


def _words(figure):
    figure.canvas.draw()
    return " | ".join(found.get_text() for found in figure.findobj(Text) if found.get_text())


def _points(axes, place):
    return axes.collections[place].get_offsets()


def test_the_sweeps_at_rheobase_and_fastest_are_drawn(firing):
    recording, table = firing
    figure = draw_spikes(recording, table)
    words = _words(figure)
    assert "sweep 2, 40 pA: 1 spike" in words
    assert "sweep 5, 100 pA: 8 spikes" in words
    assert "half width 0.9" in words or "half width 1.0" in words
    lower = figure.axes[1]
    assert len(_points(lower, -1)) == 8
    assert np.asarray(_points(lower, -1))[:, 0] == pytest.approx(
        130 + 42.5 * np.arange(8), abs=0.05
    )


def test_the_threshold_lies_on_the_loop_at_the_slope_criterion(firing):
    recording, table = firing
    (axes,) = draw_phase_plot(recording, table).axes
    marked = next(line for line in axes.lines if line.get_label() == "threshold")
    ((x,), (y,)) = marked.get_data()
    shape = Shape()
    assert x == pytest.approx(shape.potential(shape.threshold()), abs=0.5)
    assert y == pytest.approx(10, abs=4)
    first = next(line for line in axes.lines if line.get_label() == "first spike")
    grid = np.linspace(-2, 3, 20001)
    assert max(first.get_ydata()) == pytest.approx(shape.slope(grid).max(), rel=0.05)


def test_the_curve_shows_mean_and_initial_frequency_slope_and_rheobase(firing):
    _, table = firing
    figure = draw_frequency_current(table)
    words = _words(figure)
    assert "rheobase 40 pA [20 to 40]" in words
    points = {c.get_label(): np.asarray(c.get_offsets()) for c in figure.axes[0].collections}
    assert points["mean"][:, 1] == pytest.approx(np.array([0, 0, 1, 3, 6, 8]) / 0.4)
    assert points["initial"][3:, 1] == pytest.approx(
        1e3 / np.array([340 / 3, 340 / 6, 42.5]), rel=1e-3
    )


def test_the_raster_has_a_tick_a_spike(firing):
    _, table = firing
    axes = draw_raster(table).axes[0]
    ticks = [c for c in axes.collections if c.get_label() == "in a stimulus"]
    assert len(ticks[0].get_segments()) == 18
    assert "18 spikes in 6 sweeps" in axes.get_title(loc="left")


def test_without_spikes_the_figures_say_so():
    recording = _recording((0, 0), (0.0, 20.0))
    table = spikes(recording)
    for figure in (draw_spikes(recording, table), draw_phase_plot(recording, table)):
        assert "no spike in 2 sweeps" in _words(figure)
    assert "0 spikes in 2 sweeps" in _words(draw_raster(table))
    assert "rheobase: no spike" in _words(draw_frequency_current(table))


def test_of_a_voltage_clamp_recording_the_figures_tell_the_reason():
    recording = from_arrays(np.zeros((1, 100)), unit="pA", sampling_rate="20 kHz")
    table = spikes(recording)
    figures = [draw_spikes(recording, table), draw_phase_plot(recording, table), draw_raster(table)]
    for figure in figures:
        assert "is voltage clamp" in _words(figure).replace("\n", " ")
    assert "no step of current" in _words(draw_frequency_current(table))


@pytest.mark.parametrize(
    "name", ["abf/171116sh_0019.abf", "abf/18425108.abf", "abf/File_axon_2.abf", "abf/96711008.abf"]
)
def test_real_recordings_are_drawn(recordings, name):
    from loligo import read

    recording = read(recordings / name)
    table = spikes(recording)
    for figure in (
        draw_spikes(recording, table),
        draw_phase_plot(recording, table),
        draw_raster(table),
        draw_frequency_current(table),
    ):
        assert _words(figure)

"""What the figures draw: every extreme, nothing by pyplot, a long file block by block."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import rc_cells

from loligo.analysis.layout import layout_of
from loligo.analysis.resistance import fit_resistance
from loligo.plot import draw_resistance, draw_sweeps
from loligo.plot.envelope import envelope
from loligo.recording import Trace, Truth


class LongRun:
    """An hour at 20 kHz made on demand; remembers the most it was asked for at once."""

    shape = (72_000_000,)
    dtype = np.dtype(np.float64)
    most = 0

    def __getitem__(self, key):
        start, stop, _ = key.indices(self.shape[0])
        self.most = max(self.most, stop - start)
        values = np.zeros(stop - start, dtype=np.float32)
        if start <= 40_000_001 < stop:
            values[40_000_001 - start] = 77.0
        return values


def test_an_hour_is_drawn_block_by_block_with_its_peak():
    samples = LongRun()
    times, values = envelope(Trace(samples, 20.0), 1400)
    assert samples.most <= 1_100_000
    assert times.size == values.size <= 2 * 1401
    assert values.max() == 77.0
    assert times[values.argmax()] == pytest.approx(40_000_001 / 20.0, abs=3_600_000 / 1400)


def test_few_samples_are_drawn_as_they_are():
    trace = Trace(np.arange(100.0), 20.0)
    times, values = envelope(trace, 1400)
    assert np.array_equal(values, trace.values())
    assert np.array_equal(times, trace.times())


def cell(count: int = 4):
    noise = rc_cells.coloured(np.random.default_rng(0), (count, 1600), 0.2, 1.0)
    return rc_cells.current_clamp(np.linspace(-100, 50, count), noise=noise)


def texts(figure) -> str:
    from matplotlib.text import Text

    figure.canvas.draw()
    return " | ".join(t.get_text() for t in figure.findobj(Text) if t.get_text())


def test_axes_carry_names_units_and_epochs():
    shown = texts(draw_sweeps(cell()))
    for words in ("response [mV]", "command\n[pA]", "time after sweep start [ms]", "4 sweeps"):
        assert words in shown
    for words in ("pre", "B", "post", "steady state of B", "step B [pA]"):
        assert words in shown


def test_it_says_how_many_of_how_many():
    figure = draw_sweeps(cell(30), most=7)
    assert "7 of 30 sweeps drawn" in texts(figure)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 2]
    assert len(lines) == 7


def test_a_simulation_is_marked():
    assert "SIMULATED" in texts(draw_sweeps(replace(cell(), truth=Truth({}))))


def test_transients_do_not_flatten_a_current_and_are_said():
    recording = rc_cells.voltage_clamp((-80.0,) * 3)
    noise = np.zeros((3, 1600))
    noise[:, 500:504] = -5000.0
    figure = draw_sweeps(rc_cells.voltage_clamp((-80.0,) * 3, noise=noise))
    assert "axis cut" in texts(figure)
    assert figure.axes[0].get_ylim()[0] > -500
    assert "axis cut" not in texts(draw_sweeps(recording))


def test_the_remark_leaves_the_legend_free():
    from matplotlib.text import Text

    noise = np.zeros((50, 1600))
    noise[:, 500:504] = -5000.0
    recording = rc_cells.voltage_clamp((-80.0,) * 50, noise=noise)
    figure = draw_sweeps(replace(recording, truth=Truth({})))
    figure.canvas.draw()
    axes = figure.axes[0]
    title = next(t for t in axes.findobj(Text) if "axis cut" in t.get_text())
    legend = axes.get_legend().get_window_extent()
    lowest_line = title.get_text().splitlines()[-1]
    title.set_text(lowest_line)
    assert "50 sweeps" in lowest_line
    assert title.get_window_extent().x1 < legend.x0


def test_a_figure_writes_numbers_as_the_table_does():
    noise = rc_cells.coloured(np.random.default_rng(0), (4, 1600), 3.0, 1.0)
    steps = rc_cells.voltage_clamp((-80.0,) * 4, noise=noise)
    (fit,), _ = fit_resistance(layout_of(steps), "total_resistance")
    from loligo.analysis.digits import number

    value, low, high, _ = fit.estimate.displayed()
    assert f"\n{number(value, low, high)} MΩ [" in texts(draw_resistance(fit))


def test_without_command_there_is_one_panel():
    import loligo

    plain = loligo.from_arrays(np.zeros(1000), unit="mV", sampling_rate="2 kHz")
    assert len(draw_sweeps(plain).axes) == 1


def test_the_line_and_its_points():
    (fit,), _ = fit_resistance(layout_of(cell()), "input_resistance")
    figure = draw_resistance(fit)
    assert "input resistance (B)" in texts(figure)
    line = figure.axes[0].lines[-1]
    slope = np.ptp(line.get_ydata()) / np.ptp(line.get_xdata())
    assert slope == pytest.approx(fit.estimate.value)
    (points,) = [c for c in figure.axes[0].collections if c.get_label() == "used"]
    assert len(points.get_offsets()) == len(fit.used) == 3


def test_drawing_leaves_pyplot_alone():
    code = (
        "import sys, numpy as np, loligo\n"
        "from loligo.plot import draw_sweeps\n"
        "assert 'matplotlib' not in sys.modules\n"
        "draw_sweeps(loligo.from_arrays(np.zeros(99), unit='mV', sampling_rate='1 kHz'))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr

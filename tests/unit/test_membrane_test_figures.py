"""Figures of the membrane test: what is drawn, what is written, and that refusals are drawn too."""

import clamped_cells as circuits
import numpy as np
import pytest

import loligo
from loligo.analysis.membrane_test import membrane_test
from loligo.plot.membrane_test import draw_membrane_test
from loligo.plot.membrane_test_drift import draw_over_sweeps
from loligo.recording import Epoch, EpochKind

RATE, ON, OFF, END = 20.0, 20.0, 70.0, 120.0


def recording(scale=1.0, sweeps=6):
    time = np.arange(int(END * RATE)) / RATE
    system = circuits.in_series(circuits.circuit(0.012, [(33.0, 0.5)]), circuits.bessel4(2.0))
    clean = -10 * circuits.step_response(system, time - ON)
    clean += 10 * circuits.step_response(system, time - OFF)
    noise = 0.5 * np.random.default_rng(4).standard_normal((sweeps, time.size))
    epochs = [
        Epoch("pre", EpochKind.HOLD, 0.0, ON, "command", -70.0),
        Epoch("A", EpochKind.STEP, ON, OFF, "command", -80.0),
        Epoch("post", EpochKind.HOLD, OFF, END, "command", -70.0),
    ]
    command = np.where((time >= ON) & (time < OFF), -80.0, -70.0)
    return loligo.from_arrays(
        scale * clean - 50 + noise,
        unit="pA",
        sampling_rate="20 kHz",
        command=np.tile(command, (sweeps, 1)),
        command_unit="mV",
        epochs=[epochs] * sweeps,
    )


@pytest.fixture(scope="module")
def measured():
    return membrane_test(recording())


def words(axes):
    return " ".join([axes.get_title(loc="left"), *(text.get_text() for text in axes.texts)])


def test_what_the_figures_need_is_what_was_measured(measured):
    (test,) = measured.tests
    assert measured.channel == measured.estimates[0].channel
    assert (test.label, test.height, test.sweeps) == ("A", -10.0, tuple(range(6)))
    assert test.time.shape == test.mean.shape == test.command.shape == test.fitted.shape
    inside = (test.time > ON) & (test.time < OFF)
    assert set(test.command[inside]) == {-80.0}
    assert set(test.command[~inside & (test.time != ON)]) == {-70.0}
    assert np.sqrt(np.mean((test.mean - test.fitted) ** 2)) == pytest.approx(0.5 / 6**0.5, rel=0.1)
    assert (*test.pooled, *test.each) == measured.estimates


def test_the_fit_is_drawn_with_residuals_and_values(measured):
    figure = draw_membrane_test(measured.tests[0])
    whole, onset, values, residuals, early, _ = figure.axes
    assert whole.get_ylabel() == "current [pA]"
    assert residuals.get_xlabel() == "time after sweep start [ms]"
    assert early.get_xlabel() == "time after the step [ms]"
    assert early.get_xlim() == onset.get_xlim()
    assert "step of \N{MINUS SIGN}10 mV, mean of 6 sweeps" in words(whole)
    assert "MΩ  [" in words(values)
    (drawn,) = (line for line in residuals.lines if len(line.get_xdata()) > 2)
    test = measured.tests[0]
    assert np.allclose(drawn.get_ydata(), test.mean - test.fitted)


def test_a_refused_test_is_drawn_with_its_reason():
    found = membrane_test(recording(scale=0.0))
    assert not any(entry.is_ok for entry in found.tests[0].pooled)
    figure = draw_membrane_test(found.tests[0])
    written = " ".join(" ".join(words(axes) for axes in figure.axes).split())
    assert "does not stand out of the noise" in written
    drift = draw_over_sweeps(found)
    assert all("too noisy" in words(axes) for axes in drift.axes)


def test_drift_shows_each_sweep_with_the_mean(measured):
    figure = draw_over_sweeps(measured)
    assert len(figure.axes) == 4
    for axes, name in zip(
        figure.axes,
        ("series_resistance", "membrane_resistance", "capacitance", "holding_current"),
        strict=True,
    ):
        each = [e.displayed()[0] for e in measured.tests[0].each if e.name == name]
        points = next(line for line in axes.lines if line.get_marker() == "o")
        assert np.allclose(points.get_ydata(), each)
        assert "[" in axes.get_ylabel()
    assert "start [s]" in figure.axes[-1].get_xlabel()


def test_ramps_mark_the_capacitive_step(recordings):
    found = membrane_test(loligo.read(recordings / "abf/model_vc_ramp.abf"))
    (test,) = found.tests
    assert test.is_ramp
    assert test.height == pytest.approx(-10.0)
    figure = draw_membrane_test(test)
    slope = 2 * 10 / (test.fit.data.command.times[1] - test.fit.data.command.times[0])
    written = words(figure.axes[0])
    assert float(written.split("dV/dt\n")[1].split(" pA")[0]) == pytest.approx(
        32.6 * slope, rel=0.02
    )


def test_a_recording_without_a_test_has_an_empty_figure():
    found = membrane_test(loligo.from_arrays(np.ones((2, 100)), unit="pA", sampling_rate="20 kHz"))
    assert found.tests == ()
    assert all("no values" in words(axes) for axes in draw_over_sweeps(found).axes)

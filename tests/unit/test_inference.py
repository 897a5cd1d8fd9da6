"""Free parameters by path, bounds, windows, statuses: what a fit says and refuses."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, from_arrays, record
from loligo.cell import Cell
from loligo.errors import ModelError, SelectionError, UnitError
from loligo.inference import FitStatus, Free, fit
from loligo.plot import draw_fit
from loligo.rig import Bessel, Noise, PassiveCell, Pipette, Rig, VoltageClamp

CELL = PassiveCell(resistance="400 MOhm", capacitance="40 pF", reversal="-65 mV")
MEMBRANE = Cell(
    name="a passive cell",
    capacitance="40 pF",
    temperature="22 degC",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "2.5 nS", "reversal": "-65 mV"}},
)
RIG = Rig(
    pipette=Pipette(series_resistance="10 MOhm", capacitance="4 pF"),
    amplifier=VoltageClamp(capacitance_fast="3 pF", summing_time="5 us"),
    filter=Bessel(corner="5 kHz"),
    noise=Noise(feedback_resistance="500 MOhm"),
)
STEP = Protocol("step", ["hold for 5 ms", "step -80 mV for 15 ms"], holding="-70 mV", sweeps=3)
RS = "pipette.series_resistance"


@pytest.fixture(scope="module")
def recording():
    return record(MEMBRANE, RIG, STEP, seed=1)


def test_a_fit_says_what_it_found(recording):
    found = fit(recording, CELL, RIG, [RS, "cell.capacitance"], starts=1)
    assert found.is_ok
    assert found.paths == (RS, "cell.capacitance")
    assert found[RS].low < 0.010 < found[RS].high
    assert found[RS].start == 0.010
    assert "pipette.series_resistance = 10" in repr(found)
    low, high = 1e3 * found[RS].low, 1e3 * found[RS].high
    assert str(found[RS]).endswith(f"MOhm ({low:.4g} to {high:.4g})")
    rest = found.residuals(0)
    assert rest.size == found.model[0].size == found.stretches[0].response.size
    assert found.stretches[0].sweeps == (0, 1, 2)
    recorded = found.stretches[0].response
    assert found.normalized_rms == pytest.approx(rest.std() / recorded.std(), rel=1e-2)
    assert found.missed(0, 5.0, 6.0) < found.missed(0, 0.0, 4.0)
    with pytest.raises(SelectionError, match="no samples were fitted"):
        found.missed(0, 50.0, 60.0)
    with pytest.raises(SelectionError, match="no free parameter"):
        found["pipette.capacitance"]


def test_an_estimate_at_a_bound_says_so(recording):
    free = {RS: Free(low="11 MOhm", start="12 MOhm"), "cell.capacitance": None}
    found = fit(recording, CELL, RIG, free, starts=1)
    assert found[RS].status is FitStatus.AT_BOUND
    assert found[RS].low is None
    assert "low bound, 11 MOhm" in found[RS].reason
    assert found.status is FitStatus.AT_BOUND
    assert RS in found.reason
    assert found["cell.capacitance"].low is not None


def test_what_cannot_be_told_apart_is_named(recording):
    """Nearly all of the pipette's capacitance is cancelled, so that only the difference shows."""
    free = [RS, "cell.resistance", "cell.reversal", "response.offset"]
    found = fit(recording, CELL, RIG, free, starts=1)
    assert found.status is FitStatus.NOT_IDENTIFIED
    group = next(iter(found.confounded))
    assert set(group) == {"cell.reversal", "response.offset"}
    assert found["response.offset"].status is FitStatus.NOT_IDENTIFIED
    assert "cell.reversal" in found["response.offset"].reason
    assert found[RS].status is FitStatus.OK


def test_what_the_response_does_not_depend_on(recording):
    rig = RIG.with_(**{"pipette.wall_position": 0.4})
    found = fit(recording, CELL, rig, [RS, "pipette.wall_position"], starts=1)
    assert found["pipette.wall_position"].status is FitStatus.NOT_IDENTIFIED
    assert "hardly depends" in found["pipette.wall_position"].reason
    assert found[RS].is_ok


def test_a_model_that_lacks_something_says_where(recording):
    wrong = CELL.with_(capacitance="60 pF")
    found = fit(recording, wrong, RIG, [RS], starts=1)
    assert found.status is FitStatus.MISFIT
    assert "times as large as usual" in found.reason


def test_windows_leave_the_rest_out(recording):
    windows = [("0 ms", "4 ms"), ("5.5 ms", "15 ms")]
    found = fit(recording, CELL, RIG, [RS, "cell.capacitance"], windows=windows, starts=1)
    assert found.model[0].size == round(13.5 * found.stretches[0].rate)
    assert found["cell.capacitance"].value == pytest.approx(40.0, rel=0.03)
    for wrong in ([("3 ms", "30 ms")], [("3 ms", "2 ms")]):
        with pytest.raises(SelectionError, match="a sweep is from 0"):
            fit(recording, CELL, RIG, [RS], windows=wrong)
    with pytest.raises(SelectionError, match="overlap"):
        fit(recording, CELL, RIG, [RS], windows=[("0 ms", "4 ms"), ("3 ms", "5 ms")])
    with pytest.raises(UnitError, match="no unit"):
        fit(recording, CELL, RIG, [RS], windows=[(1.0, 4.0)])


@pytest.mark.parametrize(
    ("path", "error", "told"),
    [
        ("pipete.capacitance", SelectionError, "did you mean 'pipette'"),
        ("pipette.series", SelectionError, "series_resistance"),
        ("amplifier.capacitance", SelectionError, "capacitance_fast"),
        ("cell.resistence", SelectionError, "did you mean 'resistance'"),
        ("response.gain", SelectionError, "allowed: delay, offset"),
        ("pipette.seal_resistance", ModelError, "not set"),
        ("amplifier.kind", SelectionError, "nothing at 'kind'"),
        ("filter.poles", ModelError, "no number"),
        ("3.pipette.capacitance", SelectionError, "no recording 3"),
    ],
)
def test_paths_that_lead_nowhere(recording, path, error, told):
    with pytest.raises(error, match=told):
        fit(recording, CELL, RIG, [path])


@pytest.mark.parametrize(
    ("free", "told"),
    [
        ({RS: Free(low="20 MOhm")}, "not between its bounds"),
        ({RS: Free(low="12 MOhm", high="11 MOhm", start="12 MOhm")}, "not between"),
        ({RS: Free(low=0)}, "must be above 0"),
        ({"amplifier.capacitance_slow": Free(scale="log")}, "no logarithm"),
        ({"amplifier.series_resistance_correction": Free(high=1.5)}, "the model allows"),
    ],
)
def test_bounds_that_hold_nothing(recording, free, told):
    with pytest.raises(ModelError, match=told):
        fit(recording, CELL, RIG, free)


def test_what_cannot_be_fitted(recording):
    with pytest.raises(SelectionError, match="no parameter is free"):
        fit(recording, CELL, RIG, [])
    with pytest.raises(SelectionError, match="1 recordings and 2 rigs"):
        fit(recording, CELL, [RIG, RIG], [RS])
    with pytest.raises(SelectionError, match="at least 1"):
        fit(recording, CELL, RIG, [RS], starts=0)
    with pytest.raises(ModelError, match="leaves nothing"):
        fit(recording, CELL, RIG, [RS], leak_subtracted=True)
    with pytest.raises(SelectionError, match="sweep 7"):
        fit(recording, CELL, RIG, [RS], sweeps=[7])
    bare = from_arrays(np.zeros((1, 50)), unit="pA", sampling_rate="10 kHz")
    with pytest.raises(ModelError, match="no command"):
        fit(bare, CELL, RIG, [RS])
    wild = RIG.with_control(
        whole_cell_series_resistance_compensation="30 MOhm", series_resistance_correction=1.0
    )
    with pytest.raises(ModelError, match="unstable around the cell"):
        fit(recording, CELL, wild, [RS])


def test_samples_out_of_range_are_no_data():
    """Transients of 950 pA in a range of 500 pA; without them the cell comes back."""
    narrow = RIG.with_(digitizer={"range": "0.25 V"})
    recording = record(MEMBRANE, narrow, STEP, seed=1)
    with pytest.raises(ModelError, match=r"sweep 0 is at the end of the digitizer's range in \d"):
        fit(recording, CELL, narrow, [RS])
    later = [("0 ms", "4 ms"), ("6 ms", "15 ms")]
    found = fit(recording, CELL, narrow, [RS, "cell.capacitance"], windows=later, starts=1)
    assert found["cell.capacitance"].value == pytest.approx(40.0, rel=0.05)


def test_the_figure_tells_all(recording):
    found = fit(recording, CELL, RIG, [RS, "cell.capacitance"], starts=1)
    figure = draw_fit(found)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert RS in texts
    assert any("MOhm" in text for text in texts)
    curves = figure.axes[0].lines
    assert curves[1].get_ydata() == pytest.approx(found.model[0])
    bad = draw_fit(fit(recording, CELL.with_(capacitance="60 pF"), RIG, [RS], starts=1))
    assert any("misfit" in text.get_text() for axes in bad.axes for text in axes.texts)
    with pytest.raises(SelectionError, match="no recording 1"):
        draw_fit(found, recording=1)

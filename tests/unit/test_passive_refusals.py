"""What passive properties refuse, and the arithmetic of slopes over steps."""

import numpy as np
import pytest
import rc_cells

from loligo.analysis.estimate import Status
from loligo.analysis.passive import charging_curve, passive_properties
from loligo.analysis.passive.relation import combined, peak_slope, rectification
from loligo.errors import SelectionError


def whole(recording, name):
    found = passive_properties(recording).estimates
    return next(e for e in found if e.name == name and e.sweep is None)


def test_voltage_clamp_is_refused():
    assert whole(rc_cells.voltage_clamp([-80.0]), "capacitance").status is Status.WRONG_MODE


def test_no_step_is_refused():
    found = whole(rc_cells.current_clamp([0.0, 0.0]), "membrane_time_constant")
    assert found.status is Status.NO_STEP


def test_large_depolarizations_only_are_refused():
    found = whole(rc_cells.current_clamp([50.0, 80.0]), "membrane_time_constant")
    assert found.status is Status.NO_STEP
    assert "depolarizing" in found.reason


def test_wrong_response_is_an_error():
    with pytest.raises(SelectionError):
        passive_properties(rc_cells.current_clamp([-50.0]), "elsewhere")


def test_missing_values_are_refused():
    potential = np.full(1000, -65.0)
    potential[500] = np.nan
    found = charging_curve(potential, -10.0, 10.0, 20.0, 60.0)
    assert {e.status for e in found.values()} == {Status.NOT_FINITE}


def test_a_dead_channel_is_refused():
    found = charging_curve(np.full(1000, -65.0), -10.0, 10.0, 20.0, 60.0)
    assert {e.status for e in found.values()} == {Status.UNRESOLVED}


def test_noise_alone_gives_no_cell():
    rng = np.random.default_rng(2)
    found = charging_curve(-65 + rng.standard_normal(8000), -10.0, 10.0, 200.0, 600.0)
    assert not any(e.is_ok for e in found.values())


def test_recording_of_a_passive_cell():
    rng = np.random.default_rng(4)
    noise = rc_cells.coloured(rng, (5, 1600), 0.05, 2.0)
    recording = rc_cells.current_clamp([-40, -30, -20, -10, 20], noise=noise)
    estimates = passive_properties(recording).estimates
    found = {e.name: e for e in estimates if e.sweep is None}
    assert found["membrane_time_constant"].value == pytest.approx(15.0, rel=0.05)
    assert found["capacitance"].value == pytest.approx(100.0, rel=0.05)
    peak, sag = found["peak_input_resistance"], found["sag_ratio"]
    assert peak.value == pytest.approx(0.15, rel=0.02)
    assert abs(sag.value) < 0.03
    assert sag.low - 0.02 < 0 < sag.high + 0.02
    ratio = found["rectification_ratio"]
    assert ratio.low < 1 < ratio.high
    singles = [e for e in estimates if e.sweep is not None]
    assert {e.sweep for e in singles} == {0, 1, 2, 3}


def test_peak_slope_is_the_mean_of_ratios_for_one_level():
    found = peak_slope([-100, -100], [(-10.0, 0.1), (-12.0, 0.1)])
    assert found.value == pytest.approx(0.11)
    assert found.low < 0.1 or found.high > 0.12  # they differ far more than their errors


def test_combined_weighs_by_the_errors():
    assert combined([1.0, 2.0], [1.0, 1e3]).value == pytest.approx(1.0, abs=1e-5)


def test_rectification_of_two_straight_lines():
    currents = [-100, -80, -60, -40, -20, 20, 40]
    bend = [-9.0 + 0.1 * (i + 45) - 0.0 if i < -45 else 0.2 * i for i in currents]
    found = rectification(currents, [(v, 0.01) for v in bend])
    assert not isinstance(found, str)
    assert found[0].value == pytest.approx(0.5, rel=1e-6)
    assert isinstance(rectification([-10.0, -10.0], [(-1.0, 0.1)] * 2), str)
    assert isinstance(rectification([10.0], [(1.0, 0.1)]), str)


def test_noise_whose_quick_fit_gives_up(monkeypatch):
    """The quick least squares for the noise's spectrum can fail to end; another takes its place."""
    rng = np.random.default_rng(6)
    time = np.arange(8000) / 10
    since = np.clip(time - 200, 0, 400), np.clip(time - 600, 0, None)
    unit = np.where(time < 600, 1 - np.exp(-since[0] / 15), (1 - np.exp(-400 / 15)))
    unit = np.where(time < 600, unit, unit * np.exp(-since[1] / 15))
    potential = -65 - 10 * unit + 0.1 * rng.standard_normal(8000)
    usual = charging_curve(potential, -50.0, 10.0, 200.0, 600.0)["membrane_time_constant"]

    def gives_up(columns, target):
        raise RuntimeError("Maximum number of iterations reached.")

    monkeypatch.setattr("scipy.optimize.nnls", gives_up)
    other = charging_curve(potential, -50.0, 10.0, 200.0, 600.0)["membrane_time_constant"]
    assert usual.low < 15 < usual.high
    assert other.value == pytest.approx(usual.value, rel=0.01)
    assert other.high - other.low == pytest.approx(usual.high - usual.low, rel=0.3)

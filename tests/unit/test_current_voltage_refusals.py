"""What stands against a current-voltage relation is told, and nothing is guessed in its place."""

from dataclasses import replace

import numpy as np
import planned
import pytest
from rc_cells import current_clamp
from step_families import Gated, family

from loligo import analyze
from loligo.analysis import Status
from loligo.analysis.current_voltage import current_voltage, fit_boltzmann
from loligo.errors import ArrayError, UnitError
from loligo.plot import draw_current_voltage
from loligo.recording import RigState
from loligo.report.corrected import corrected
from loligo.report.result import FileResult, FileStatus
from loligo.report.section import section

LEVELS = np.arange(-90, 71, 10.0)


def of(found, name):
    return next(e for e in found.estimates if e.name == name and e.sweep is None)


def test_leak_that_nobody_subtracted():
    recording = family(Gated(leak=3.0), LEVELS, noise=1.0, source="arrays")
    found = current_voltage(recording)
    for name in ("peak_current", "reversal_potential", "activation_midpoint"):
        entry = of(found, name)
        assert entry.status is Status.NOT_SUBTRACTED
        assert "3 levels at or below the holding level are needed" in entry.reason
    assert any(e.name == "steady_current" and e.is_ok for e in found.estimates)
    assert of(current_voltage(recording, leak_subtracted=True), "peak_current").is_ok


def test_a_reversal_potential_out_of_reach():
    recording = family(Gated(), np.arange(-90, 31, 10.0), noise=1.0)
    found = current_voltage(recording)
    assert of(found, "activation_midpoint").status is Status.NO_REVERSAL
    assert "pass reversal=" in of(found, "reversal_potential").reason
    known = current_voltage(recording, reversal="45 mV")
    assert of(known, "activation_midpoint").value == pytest.approx(-30.0, abs=0.5)
    assert "the caller gives it" in of(known, "reversal_potential").definition
    with pytest.raises(UnitError):
        current_voltage(recording, reversal=45.0)


def test_levels_that_do_not_reach_the_whole_curve():
    recording = family(Gated(midpoint=-30.0), np.arange(0, 91, 10.0), noise=1.0)
    entry = of(current_voltage(recording), "activation_midpoint")
    assert entry.status in {Status.UNRESOLVED, Status.TOO_NOISY}
    assert entry.value is None


def test_a_current_that_is_no_boltzmann_curve():
    recording = family(Gated(), LEVELS, noise=1.0)
    bent = [
        replace(
            sweep,
            traces={
                **sweep.traces,
                "response": replace(
                    sweep.traces["response"],
                    samples=sweep.traces["response"].values() * (2.0 if i % 2 else 0.2),
                ),
            },
        )
        for i, sweep in enumerate(recording.sweeps)
    ]
    entry = of(current_voltage(replace(recording, sweeps=tuple(bent))), "activation_midpoint")
    assert entry.status is Status.UNRESOLVED
    assert "leaves the values by" in entry.reason


def test_nothing_but_noise():
    found = current_voltage(family(Gated(conductance=0.0), LEVELS, noise=5.0))
    assert of(found, "activation_midpoint").status is Status.NO_REVERSAL
    assert of(found, "peak_current").status is Status.TOO_NOISY


def test_another_mode_and_no_family():
    assert current_voltage(current_clamp((-50.0, 0.0))).estimates[0].status is Status.WRONG_MODE
    few = current_voltage(family(Gated(), LEVELS[:4], noise=1.0))
    assert few.estimates[0].status is Status.NO_STEP
    assert "5 levels" in few.estimates[0].reason


def test_the_voltage_error_is_told():
    recording = family(Gated(), LEVELS, noise=1.0)
    state = RigState(
        whole_cell_series_resistance_compensation=0.02, series_resistance_correction=0.7
    )
    sweeps = tuple(
        replace(s, traces={n: replace(t, rig_state=state) for n, t in s.traces.items()})
        for s in recording.sweeps
    )
    entry = of(current_voltage(replace(recording, sweeps=sweeps)), "activation_midpoint")
    # the largest peak is that of 20 nS at -20 mV, -1049 pA; 0.3 times 20 MOhm of it is 6.3 mV
    assert Gated().peak(LEVELS).min() == pytest.approx(-1049, abs=1)
    assert "(20 MOhm, 70% corrected) shifts them by up to 6.3 mV" in entry.reason
    assert entry.is_ok


@pytest.mark.parametrize(
    ("potential", "errors", "told"),
    [
        (np.arange(4.0), None, "4 different potentials"),
        (np.arange(6.0), np.zeros(6), "errors must be above 0"),
        (np.array([0.0, 1, 2, 3, 4, np.nan]), None, "finite"),
        (np.arange(6.0), np.ones(5), "one length"),
    ],
)
def test_arrays_that_cannot_be_fitted(potential, errors, told):
    with pytest.raises(ArrayError, match=told):
        fit_boltzmann(potential, np.arange(len(potential), dtype=float), errors)


def test_figures():
    for recording in (
        family(Gated(), LEVELS, noise=5.0),
        family(Gated(lasts=True), np.arange(-90, 31, 10.0), noise=5.0),
    ):
        (measured,) = current_voltage(recording).families
        figure = draw_current_voltage(measured)
        left, right = figure.axes
        assert left.get_ylabel() == "current [pA]"
        assert (right.get_ylabel() == "conductance [nS]") is (measured.curve.fit is not None)


def test_a_sweep_out_of_range_is_left_out():
    """Its transient is beyond the digitizer's range; the other sweeps are used."""
    gain = "0.52 mV/pA"  # of 19.2 nA; 180 mV through 10 MOhm charge with more
    recording = planned.family(**{"digitizer.current_gain": gain}).record()
    found = current_voltage(recording)
    entry = of(found, "activation_midpoint")
    assert entry.is_ok
    assert "(out of range, or its copies are)" in entry.reason
    assert len(found.families[0].levels) == 15  # of 17


def test_it_is_a_part_of_the_report(tmp_path):
    recording = family(Gated(), LEVELS, noise=2.0)
    result = FileResult("iv", FileStatus.OK, recording=recording, analysis=analyze(recording))
    page = str(section(result, "iv", "iv", corrected(result, "iv", None)))
    assert "Current and voltage" in page
    assert "activation midpoint" in page

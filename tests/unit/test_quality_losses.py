"""What goes wrong on the way is found, where it does, and not where it does not."""

from dataclasses import replace

import numpy as np
import pytest

from loligo.analysis import Estimate, Status
from loligo.analysis.quality import Decision, quality
from loligo.errors import SelectionError
from loligo.recording import ClampMode
from tests.helpers.pulsed_cells import clamped, command, injected, pulsed, times

VC, CC = ClampMode.VOLTAGE_CLAMP, ClampMode.CURRENT_CLAMP


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def of(found, name, sweep=None):
    return next(e for e in found.estimates if e.name == name and e.sweep == sweep)


def verdict(found, name):
    return next(v for v in found.verdicts if v.criterion.name == name)


def test_a_good_recording_passes_what_can_be_judged(rng):
    found = quality(pulsed(VC, [clamped(rng) for _ in range(10)], gain=0.1))
    assert of(found, "lost_sweep_count").value == 0
    assert of(found, "unanswered_sweep_count").value == 0
    assert of(found, "saturated_share").value == 0
    assert of(found, "fast_noise_rms").value == pytest.approx(2.0, rel=0.01)
    assert of(found, "digitizer_step").value == pytest.approx(0.1)
    judged = [v.status for v in found.verdicts if v.status is not Decision.NOT_JUDGED]
    assert set(judged) == {Decision.PASS}
    assert verdict(found, "series_resistance").status is Decision.NOT_JUDGED


@pytest.mark.parametrize("mode", [VC, CC])
def test_a_patch_lost_half_way_is_lost_from_that_sweep_on(rng, mode):
    if mode is VC:
        good = [clamped(rng) for _ in range(6)]
        bad = [clamped(rng, membrane=0.02, holding=-2400, noise=20) for _ in range(4)]
    else:
        good = [injected(rng) for _ in range(6)]
        bad = [injected(rng, resistance=0.006, rest=-1.0, tau=0.2) for _ in range(4)]
    found = quality(pulsed(mode, [*good, *bad]))
    lost = of(found, "lost_sweep_count")
    assert lost.value == 4
    assert lost.reason.startswith("sweeps 6 to 9: ")
    assert verdict(found, "patch_kept").status is Decision.FAIL


def test_a_pipette_in_the_bath_never_had_a_patch(rng):
    rows = [clamped(rng, series=0.005, membrane=0.0005, holding=0.0) for _ in range(4)]
    found = of(quality(pulsed(VC, rows)), "lost_sweep_count")
    assert found.value == 4
    assert "pipette in the bath" in found.reason


def test_a_seal_that_decays_is_drift_and_no_loss(rng):
    resistances = np.linspace(1.0, 0.5, 10)
    rows = [clamped(rng, membrane=r, holding=-60 / r) for r in resistances]
    found = quality(pulsed(VC, rows))
    assert of(found, "lost_sweep_count").value == 0
    total = resistances + 0.01
    truth = total[-2:].mean() / total[:2].mean() - 1
    change = of(found, "total_resistance_change")
    assert change.low < truth < change.high < 0
    slope = np.polyfit(1e4 * np.arange(10), total, 1)[0]
    assert of(found, "total_resistance_drift").value == pytest.approx(slope, rel=0.05)


def test_a_cell_that_goes_on_spontaneously_is_not_lost(rng):
    rows = [injected(rng, rest=rest) for rest in (-70, -68, -72, -60, -55, -52)]
    assert of(quality(pulsed(CC, rows)), "lost_sweep_count").value == 0


def test_a_depolarizing_step_bounds_no_seal(rng):
    recording = pulsed(VC, [clamped(rng) for _ in range(4)])
    opposed = Estimate(
        "total_resistance", 9.0, 8.0, 10.0, Status.OK, "depolarizing step: take care", "response"
    )
    found = of(quality(recording, measured=[opposed]), "seal_resistance")
    assert found.status is Status.NO_STEP
    assert found.low is None


def test_the_seal_has_a_lower_bound_only(rng):
    found = of(quality(pulsed(VC, [clamped(rng) for _ in range(10)])), "seal_resistance")
    assert found.status is Status.BOUND
    assert found.value is None
    assert found.low == pytest.approx(0.51, rel=0.02)
    assert found.low < 0.51
    assert found.high == np.inf


def estimates_of(values, name, channel="response"):
    whole = Estimate(name, float(np.mean(values)), min(values), max(values), Status.OK)
    single = [replace(whole, value=v, low=v, high=v, sweep=i) for i, v in enumerate(values)]
    return [replace(e, channel=channel) for e in (whole, *single)]


def test_series_resistance_that_doubles_fails(rng):
    recording = pulsed(VC, [clamped(rng) for _ in range(10)])
    measured = estimates_of([0.008] * 5 + [0.016] * 5, "series_resistance")
    found = quality(recording, measured=measured)
    assert of(found, "series_resistance_change").value == pytest.approx(1.0)
    assert verdict(found, "series_resistance_change").status is Decision.FAIL
    assert verdict(found, "series_resistance").status is Decision.PASS
    other = quality(recording, measured=estimates_of([0.03] * 10, "series_resistance", "another"))
    assert verdict(other, "series_resistance").status is Decision.NOT_JUDGED


@pytest.mark.parametrize("mode", [VC, CC])
def test_a_command_that_nothing_answers_is_missing(rng, mode):
    answered = clamped if mode is VC else injected
    silent = [rng.standard_normal(times().size) * 0.5 for _ in range(3)]
    rows = [answered(rng) for _ in range(3)] + silent
    found = of(quality(pulsed(mode, rows)), "unanswered_sweep_count")
    assert found.value == 3
    assert found.reason.startswith("sweeps 3 to 5: ")


def test_noise_that_would_hide_the_answer_leaves_it_open(rng):
    rows = [1000 * rng.standard_normal(times().size) for _ in range(3)]
    found = of(quality(pulsed(VC, rows)), "unanswered_sweep_count")
    assert found.status is Status.NO_STEP


@pytest.mark.parametrize(("size", "late"), [(1.0, 0.0), (0.3, 0.0), (1.0, 3.0), (0.0, 0.0)])
def test_a_monitor_confirms_or_contradicts_the_protocol(rng, size, late):
    seen = command(VC, size, late) + 0.05 * rng.standard_normal(times().size)
    found = quality(pulsed(VC, [clamped(rng) for _ in range(5)], monitor=seen))
    error = of(found, "command_error")
    assert error.value == pytest.approx(1 - size, abs=0.002)
    expected = Decision.PASS if size == 1.0 else Decision.FAIL
    assert verdict(found, "command_as_told").status is expected
    delay = of(found, "command_delay")
    if size == 1.0:
        assert delay.value == pytest.approx(late, abs=0.1)
    else:
        assert delay.status is Status.NO_STEP


def test_the_digitizers_limit_is_found_with_its_first_time(rng):
    rows = [clamped(rng) for _ in range(4)]
    rows[2][5000:5100] = -10_000.0
    found = quality(pulsed(VC, rows, gain=0.1))
    assert of(found, "saturated_share", 2).value == pytest.approx(100 / 20_000)
    assert of(found, "first_saturation_time", 2).value == pytest.approx(500.0)
    assert of(found, "saturated_share").value == pytest.approx(100 / 80_000)
    assert "sweep 2" in of(found, "saturated_share").reason
    assert verdict(found, "out_of_range").status is Decision.WARN


def test_an_amplifiers_limit_is_a_flat_top(rng):
    rows = [np.minimum(clamped(rng), 200.0) for _ in range(4)]
    clipped = int((rows[0] == 200.0).sum())
    assert clipped < 10
    assert of(quality(pulsed(VC, rows)), "saturated_share").value == 0
    rows[1][4000:4300] = 250.0
    found = quality(pulsed(VC, rows))
    assert of(found, "saturated_share", 1).value == pytest.approx(300 / 20_000)
    assert "stuck" in of(found, "saturated_share").reason


def test_a_noiseless_closed_form_is_not_out_of_range(rng):
    found = quality(pulsed(VC, [clamped(rng, noise=0.0) for _ in range(3)]))
    assert of(found, "saturated_share").value == 0


def test_the_course_of_a_sweep_is_told(rng):
    rows = [injected(rng) + 2.0 * (times() > 1000) for _ in range(3)]
    found = quality(pulsed(CC, rows), criteria="ipfx")
    change = of(found, "sweep_potential_change", 1)
    assert change.low < 2.0 < change.high
    assert verdict(found, "vm_delta_mv_max").status is Decision.FAIL
    assert verdict(found, "vm_delta_mv_max").sweeps == (0, 1, 2)
    assert of(found, "voltage_fast_noise_rms_after", 1).value == pytest.approx(0.1, rel=0.05)
    assert verdict(found, "post_noise_rms_mv_max").status is Decision.FAIL


def test_a_recording_of_nothing_refuses_and_says_why():
    flat = quality(pulsed(CC, [np.full(times().size, -70.0)] * 2))
    assert of(flat, "voltage_noise_rms").status is Status.NO_BASELINE
    assert "all one number" in of(flat, "voltage_noise_rms").reason
    gone = quality(pulsed(CC, [np.full(times().size, np.nan)] * 2))
    assert of(gone, "voltage_noise_rms").status is Status.NO_BASELINE
    empty = quality(pulsed(VC, []))
    assert not any(entry.is_ok for entry in empty.estimates if entry.name != "lost_sweep_count")


def test_only_a_wrong_choice_raises(rng):
    recording = pulsed(VC, [clamped(rng)])
    with pytest.raises(SelectionError, match="command"):
        quality(recording, "command")
    with pytest.raises(SelectionError, match="did you mean 'ipfx'"):
        quality(recording, criteria="ipfxx")

"""Real cells: the first analysis against numbers of eFEL, pyABF and plain numpy (`reference/`)."""

import json

import pytest
from steady import steady

import loligo


def estimates(recordings, name, **options):
    return steady(loligo.read(recordings / "abf" / f"{name}.abf", **options))


def whole(found, name, epoch=None):
    return next(e for e in found if e.name == name and e.sweep is None and epoch in (None, e.epoch))


def single(found, name, sweep, epoch):
    return next(e for e in found if (e.name, e.sweep, e.epoch) == (name, sweep, epoch) and e.is_ok)


@pytest.mark.parametrize(
    ("name", "options", "sweep", "epoch", "megaohm"),
    [
        # (steady state - baseline) / current by eFEL 5.7.34; its windows are the last tenths
        ("171116sh_0018", {}, 0, "B", 107.638),
        ("171116sh_0019", {}, 0, "B", 101.51),
        ("20303005", {}, 0, "B", 235.536),
        ("18711001", {}, 0, "A", 191.255),
        ("File_axon_5", {}, 0, "B", 160.677),
        ("190619B_0003", {"response": "IN 0"}, 0, "B", 271.529),
    ],
)
def test_input_resistance_of_one_step(recordings, name, options, sweep, epoch, megaohm):
    estimate = single(estimates(recordings, name, **options), "input_resistance", sweep, epoch)
    assert 1000 * estimate.value == pytest.approx(megaohm, rel=0.04)


def test_model_cell_by_the_current_that_was_measured(recordings):
    """A 500 MOhm circuit; the slope over all levels by measured current is 505.7 MOhm."""
    estimate = whole(estimates(recordings, "2020_03_02_0000"), "input_resistance")
    assert estimate.low < 0.5057 < estimate.high
    assert 1000 * estimate.value == pytest.approx(505.7, rel=0.005)
    assert "'I_Com', which measured the command" in estimate.definition


@pytest.mark.parametrize(
    ("name", "reference", "epoch", "tolerance"),
    [
        ("171116sh_0012", "epoch 2 (steps from -70)", "B", 0.01),
        ("171116sh_0012", "epoch 5 (steps from -50)", "E", 0.01),
        # ours subtracts each sweep's own baseline (it wanders by 2 pA, the steps are of 4 pA)
        ("17o05024_vc_steps", "epoch 2", "B", 0.05),
    ],
)
def test_slope_resistance_below_the_holding_level(recordings, name, reference, epoch, tolerance):
    table = json.loads((recordings / "reference/other.json").read_text())["iv_steady_state"]
    truth = table[f"abf/{name}.abf {reference}"]["slope_resistance_MOhm_below_minus70"]
    estimate = whole(estimates(recordings, name), "total_resistance", epoch)
    assert 1000 * estimate.value == pytest.approx(truth, rel=tolerance)
    assert 1000 * estimate.low < truth < 1000 * estimate.high


@pytest.mark.parametrize(
    ("name", "picoampere"), [("171116sh_0011", -130.1), ("171116sh_0020", 75.6)]
)
def test_holding_current_as_by_memtest(recordings, name, picoampere):
    estimate = whole(estimates(recordings, name), "holding_current")
    assert estimate.value == pytest.approx(picoampere, abs=0.5)


def test_model_cell_in_voltage_clamp(recordings):
    """PATCH-1U: 500 MOhm (1 %) behind a 10 MOhm pipette."""
    estimate = whole(estimates(recordings, "model_vc_step"), "total_resistance")
    assert 1000 * estimate.value == pytest.approx(510.0, rel=0.01)
    assert 1000 * estimate.low < 510.0 < 1000 * estimate.high


@pytest.mark.parametrize(
    ("name", "refused", "status"),
    [
        ("171116sh_0017", "input_resistance", "no_step"),  # a chirp
        ("17o05027_ic_ramp", "input_resistance", "no_step"),
        ("171116sh_0014", "total_resistance", "no_step"),  # triangles
        ("File_axon_2", "resting_potential", "no_command"),  # gap-free
        ("96711008", "input_resistance", "too_noisy"),  # bridge out of balance
    ],
)
def test_refusals(recordings, name, refused, status):
    estimate = whole(estimates(recordings, name), refused)
    assert (estimate.status, estimate.value) == (status, None)
    assert estimate.reason

"""Verdicts are never more certain than the intervals they are made from."""

import tomllib

import pytest

from loligo.analysis import Estimate, Status
from loligo.analysis.quality import PRESETS, Comparison, Criteria, Decision, criteria_from, judge
from loligo.errors import SelectionError, UnitError
from loligo.recording import ClampMode
from loligo.terms import TERMS, term
from loligo.units import convert


def estimate(name, value, low, high, sweep=None, status=Status.OK, reason=""):
    return Estimate(name, value, low, high, status, reason, "r", sweep)


def decided(criteria, *estimates, mode=ClampMode.VOLTAGE_CLAMP):
    return judge(criteria, estimates, mode)[0]


AT_MOST = criteria_from({"series_resistance": {"at_most": "20 MOhm"}})
AT_LEAST = criteria_from({"seal_resistance": {"at_least": "1 GOhm"}})
WITHIN = criteria_from({"holding_current": {"within": "100 pA"}})


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ((0.010, 0.019), Decision.PASS),
        ((0.015, 0.025), Decision.UNDECIDED),
        ((0.021, 0.025), Decision.FAIL),
        ((None, None), Decision.UNDECIDED),
        ((0.021, float("inf")), Decision.FAIL),
    ],
)
def test_an_interval_that_holds_the_limit_decides_nothing(ends, status):
    found = decided(AT_MOST, estimate("series_resistance", 0.0215, *ends))
    assert found.status is status
    assert found.estimate is not None


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ((-90.0, -20.0), Decision.PASS),
        ((-120.0, -101.0), Decision.FAIL),
        ((-120.0, -80.0), Decision.UNDECIDED),
        ((-20.0, 99.0), Decision.PASS),
        ((-120.0, 120.0), Decision.UNDECIDED),
        ((101.0, 130.0), Decision.FAIL),
    ],
)
def test_within_looks_at_both_sides(ends, status):
    entry = estimate("holding_current", sum(ends) / 2, *ends)
    assert decided(WITHIN, entry).status is status


def test_a_bound_passes_or_leaves_open_but_never_fails():
    for low, status in ((2.0, Decision.PASS), (0.9999, Decision.UNDECIDED)):
        entry = estimate("seal_resistance", None, low, float("inf"), status=Status.BOUND)
        found = decided(AT_LEAST, entry)
        assert found.status is status
        assert "or more" in found.reason


def test_what_was_not_measured_is_not_judged_and_says_why():
    refused = estimate(
        "series_resistance", None, None, None, status=Status.COMPENSATED, reason="compensated"
    )
    assert decided(AT_MOST, refused).reason == "compensated"
    assert decided(AT_MOST).status is Decision.NOT_JUDGED
    assert decided(AT_MOST).reason == "series resistance was not measured"


def test_the_worst_sweep_decides_and_all_that_miss_are_named():
    each = criteria_from({"holding_current": {"within": "100 pA", "each_sweep": True}})
    sweeps = [estimate("holding_current", v, v - 1, v + 1, i) for i, v in enumerate((5, 150, -300))]
    found = decided(each, *sweeps)
    assert found.status is Decision.FAIL
    assert found.sweeps == (1, 2)
    assert found.estimate is sweeps[2]
    assert "in sweep 2, the worst of 3" in found.reason


def test_a_warning_never_fails():
    soft = criteria_from({"series_resistance": {"at_most": "20 MOhm", "warning": True}})
    assert decided(soft, estimate("series_resistance", 0.1, 0.09, 0.11)).status is Decision.WARN


def test_criteria_of_another_clamp_mode_are_left_out():
    table = {"resting_potential": {"at_most": "-50 mV", "mode": "current_clamp"}}
    own = criteria_from(table)
    entry = estimate("resting_potential", -60.0, -61.0, -59.0)
    assert judge(own, [entry], ClampMode.VOLTAGE_CLAMP) == ()
    for mode in (ClampMode.CURRENT_CLAMP, ClampMode.ZERO_CURRENT):
        assert judge(own, [entry], mode)[0].status is Decision.PASS


def test_criteria_come_from_toml():
    text = """
    [access]
    quantity = "series_resistance"
    at_most = "0.015 GOhm"
    meaning = "Ours."
    [saturated_share]
    at_most = "1 %"
    [lost_sweep_count]
    at_most = 2
    """
    access, share, lost = criteria_from(tomllib.loads(text)).members
    assert (access.name, access.limit, access.unit) == ("access", 15.0, "MOhm")
    assert access.internal_limit == pytest.approx(0.015)
    assert access.words == "at most 15 MOhm"
    assert share.internal_limit == pytest.approx(0.01)
    assert lost.internal_limit == 2
    assert access.source == "given by the user"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"x": {"at_most": "1 mV"}}, "glossary"),
        ({"series_resistance": {"at_most": "1 MOhm", "atleast": 2}}, "did you mean"),
        ({"series_resistance": {}}, "needs one limit"),
        ({"series_resistance": {"at_most": "2 MOhm", "at_least": "1 MOhm"}}, "needs one limit"),
        ({"series_resistance": {"at_most": "1 MOhm", "mode": "clamp"}}, "clamp mode"),
    ],
)
def test_a_table_that_is_wrong_is_refused(table, words):
    with pytest.raises(SelectionError, match=words):
        criteria_from(table)
    with pytest.raises(UnitError):
        criteria_from({"series_resistance": {"at_most": "20 mV"}})
    with pytest.raises(UnitError):
        criteria_from({"series_resistance": {"at_most": 20}})


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_presets_are_of_the_glossary_and_have_a_source(preset: Criteria):
    names = [criterion.name for criterion in preset.members]
    assert len(set(names)) == len(names)
    for criterion in preset.members:
        assert criterion.source
        assert criterion.meaning.endswith(".")
        assert bool(criterion.quantity) != bool(criterion.unavailable)
        if criterion.quantity:
            entry = TERMS[criterion.quantity]
            if criterion.unit:
                assert convert(1.0, criterion.unit, entry.unit) > 0


def test_ipfx_has_its_documented_names_and_defaults():
    documented = {
        "access_resistance_mohm_max": 20.0,
        "access_resistance_mohm_min": 1.0,
        "blowout_mv_max": 10.0,
        "electrode_0_pa_max": 200.0,
        "input_vs_access_resistance_max": 0.15,
        "leak_pa_max": 100.0,
        "post_noise_rms_mv_max": 0.07,
        "pre_noise_rms_mv_max": 0.07,
        "seal_gohm_min": 1.0,
        "slow_noise_rms_mv_max": 0.5,
        "vm_delta_mv_max": 1.0,
    }
    members = {criterion.name: criterion for criterion in PRESETS["ipfx"].members}
    assert {name: entry.limit for name, entry in members.items()} == documented
    symmetric = {"blowout_mv_max", "electrode_0_pa_max", "leak_pa_max"}
    assert all(members[name].comparison is Comparison.WITHIN for name in symmetric)
    assert term("access_resistance").name == members["access_resistance_mohm_max"].quantity

"""Drift over sweeps: the courses, what is refused, and that files hold them."""

from __future__ import annotations

import numpy as np
import pytest

from loligo.errors import ModelError
from loligo.rig import CurrentClamp, Drift, Pipette, Rig, VoltageClamp

RIG = Rig(pipette=Pipette(series_resistance="10 MOhm"), amplifier=VoltageClamp())
STARTS = [0.0, 1000.0, 2000.0, 6000.0, 7000.0]


def resistances(*drifts, starts=STARTS):
    rig = RIG.with_(drift=[drift.written() for drift in drifts])
    return [each.pipette.series_resistance * 1e3 for each in rig.over(starts)]


def drift(course="step", **more):
    return Drift(of="pipette.series_resistance", course=course, **more)


def test_a_step_is_there_from_its_sweep_on():
    assert resistances(drift(to="25 MOhm", sweep=2)) == pytest.approx([10, 10, 25, 25, 25])


def test_a_line_is_straight_in_the_time_at_which_sweeps_start():
    """10 to 24 MOhm in 7 s: 2 MOhm each second, and a pause of 4 s counts as 4 s."""
    assert resistances(drift("linear", to="24 MOhm")) == pytest.approx([10, 12, 14, 22, 24])
    part = resistances(drift("linear", to="20 MOhm", sweep=1, until=3))
    assert part == pytest.approx([10, 10, 12, 20, 20])


def test_an_approach_is_exponential():
    found = resistances(drift("exponential", to="30 MOhm", time_constant="2 s", sweep=1))
    passed = np.maximum(np.array(STARTS) - 1000.0, 0.0)
    assert found == pytest.approx(30.0 - 20.0 * np.exp(-passed / 2000.0))


def test_told_values_are_those():
    told = ["10 MOhm", "11 MOhm", "0.013 GOhm", "9 MOhm", "40 MOhm"]
    assert resistances(drift("told", values=told)) == pytest.approx([10, 11, 13, 9, 40])


def test_drifts_of_one_parameter_follow_each_other():
    """A rising resistance that suction brings back."""
    found = resistances(drift("linear", to="24 MOhm"), drift(to="12 MOhm", sweep=4))
    assert found == pytest.approx([10, 12, 14, 22, 12])


def test_what_was_not_there_can_come():
    """A seal that did not leak does; a drifting offset and a changed control."""
    rig = RIG.with_(
        drift=[
            {"of": "pipette.seal_resistance", "to": "300 MOhm", "sweep": 1},
            {"of": "pipette.electrode_offset", "course": "linear", "to": "3 mV"},
            {"of": "amplifier.capacitance_fast", "to": "4 pF", "sweep": 2},
        ]
    )
    found = rig.over([0.0, 1.0, 2.0])
    assert [each.pipette.seal_resistance for each in found] == [None, 0.3, 0.3]
    assert [each.pipette.electrode_offset for each in found] == pytest.approx([0.0, 1.5, 3.0])
    assert [each.amplifier.capacitance_fast for each in found] == [0.0, 0.0, 4.0]
    assert not any(each.drift for each in found)


def test_a_fraction_drifts_without_a_unit():
    rig = RIG.with_(
        **{"amplifier.whole_cell_series_resistance_compensation": "10 MOhm"},
        drift=[{"of": "amplifier.series_resistance_correction", "to": 0.7, "sweep": 1}],
    )
    assert [r.amplifier.series_resistance_correction for r in rig.over([0.0, 1.0])] == [0.0, 0.7]


def test_files_hold_it():
    rig = RIG.with_(drift=[drift("exponential", to="30 MOhm", time_constant="2 s").written()])
    assert Rig.from_toml(rig.to_toml()) == rig
    assert rig.with_control(capacitance_fast="1 pF").drift == rig.drift


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"course": "linear"}, "needs to"),
        ({"course": "told", "to": "1 MOhm"}, "has no to"),
        ({"to": "20 MOhm", "values": ["1 MOhm"]}, "has no values"),
        ({"to": "20 MOhm", "until": 3}, "'linear' has"),
        ({"course": "linear", "to": "20 MOhm", "sweep": 3, "until": 3}, "after sweep = 3"),
        ({"course": "exponential", "to": "20 MOhm"}, "needs time_constant"),
        ({"course": "told", "values": ["1 MOhm"], "sweep": 1}, "leave sweep out"),
    ],
)
def test_drifts_that_say_too_little_or_too_much(given, told):
    with pytest.raises(ModelError, match=told):
        Drift(of="pipette.series_resistance", **given)


@pytest.mark.parametrize("of", ["filter.corner", "name", "amplifier.kind"])
def test_only_pipette_and_amplifier_drift(of):
    with pytest.raises(ModelError, match="pipette and amplifier drift"):
        Drift(of=of, to="1 kHz")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"of": "pipette.series_resistence", "to": "1 MOhm"}, "series_resistance"),
        ({"of": "amplifier.bridge_balance", "to": "1 MOhm"}, "there is nothing"),
        ({"of": "pipette.series_resistance", "to": "20 pF"}, "needed is GOhm"),
        ({"of": "pipette.series_resistance", "to": "2 MOhm", "sweep": 2}, "there are 2 sweeps"),
        (
            {"of": "pipette.seal_resistance", "course": "linear", "to": "1 GOhm"},
            "no value to start from",
        ),
        (
            {"of": "pipette.series_resistance", "course": "told", "values": ["1 MOhm"]},
            "1 values are told, for 2 sweeps",
        ),
        ({"of": "pipette.series_resistance", "to": "-2 MOhm", "sweep": 1}, "drifted by sweep 1"),
    ],
)
def test_drifts_that_do_not_fit_the_rig(given, told):
    rig = RIG.with_(drift=[given])
    with pytest.raises(ModelError, match=told):
        rig.over([0.0, 1.0])


def test_in_current_clamp_the_bridge_may_be_left_where_it_was():
    rig = Rig(
        pipette=Pipette(series_resistance="10 MOhm"),
        amplifier=CurrentClamp(bridge_balance="10 MOhm"),
        drift=[Drift(of="amplifier.bridge_balance", to="4 MOhm", sweep=1)],
    )
    assert [r.settings()["bridge_balance"] for r in rig.over([0.0, 1.0])] == [0.01, 0.004]

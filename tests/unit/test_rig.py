"""Rigs as descriptions: what they refuse, and that files hold them."""

from __future__ import annotations

import pytest

from loligo.errors import ModelError, SelectionError, UnitError
from loligo.rig import CurrentClamp, Pipette, VoltageClamp, with_passive_cell


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"series_resistance": "0 MOhm"}, "series_resistance = 0 GOhm must be above 0"),
        ({"series_resistance": "10 MOhm", "capacitance": "-1 pF"}, "capacitance = -1 pF"),
        ({"series_resistance": "10 MOhm", "sael_resistance": "1 GOhm"}, "seal_resistance"),
    ],
)
def test_impossible_pipettes(given, told):
    with pytest.raises(ModelError, match=told):
        Pipette(**given)


def test_a_resistance_needs_its_unit():
    with pytest.raises((ModelError, UnitError), match="series_resistance"):
        Pipette(series_resistance=10)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"series_resistance_correction": 0.8}, "whole_cell_series_resistance_compensation"),
        ({"series_resistance_correction": 1.2}, "series_resistance_correction"),
        (
            {
                "series_resistance_prediction": 0.5,
                "whole_cell_series_resistance_compensation": "10 MOhm",
            },
            "whole_cell_capacitance_compensation",
        ),
        ({"series_resistance_bandwidth": "3 kHz"}, "a correction, which is 0"),
    ],
)
def test_controls_that_need_others(given, told):
    with pytest.raises(ModelError, match=told):
        VoltageClamp(**given)


def test_holding_needs_both_values():
    with pytest.raises(ModelError, match="both holding_potential and holding_time"):
        CurrentClamp(holding_potential="-70 mV")


def test_an_unstable_rig_has_no_steady_state_and_says_why():
    pipette = Pipette(series_resistance="20 MOhm")
    amplifier = CurrentClamp(capacitance_neutralization="8 pF")
    closed = with_passive_cell(
        amplifier.system(pipette), resistance="200 MOhm", capacitance="50 pF", reversal="-70 mV"
    )
    assert not closed.is_stable
    with pytest.raises(ModelError, match="lower the compensation or the neutralization"):
        closed.steady_state(0.0)


def test_unknown_outputs_are_refused_with_those_there_are():
    system = VoltageClamp().system(Pipette(series_resistance="10 MOhm"))
    with pytest.raises(SelectionError, match="response"):
        system.seen("respons")


def test_a_changed_control_changes_the_system_only_there():
    pipette = Pipette(series_resistance="10 MOhm")
    plain = CurrentClamp().system(pipette)
    bridged = CurrentClamp(bridge_balance="10 MOhm").system(pipette)
    assert (plain.slopes.states == bridged.slopes.states).all()
    changed = bridged.seen("response").states[0] - plain.seen("response").states[0]
    assert dict(zip(plain.states, changed, strict=True)) == {
        "pipette": 0.0,
        "follower": 0.0,
        "injected": -0.01,
    }


def test_slow_holding_brings_the_output_there():
    amplifier = CurrentClamp(holding_potential="-65 mV", holding_time="500 ms")
    closed = with_passive_cell(
        amplifier.system(Pipette(series_resistance="10 MOhm")),
        resistance="200 MOhm",
        capacitance="50 pF",
        reversal="-70 mV",
    )
    assert closed.output("response", closed.steady_state(0.0), 0.0) == pytest.approx(-65.0)

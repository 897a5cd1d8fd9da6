"""Roles from evidence: what determines them, and what is refused."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from loligo.errors import SelectionError, UndeterminedError
from loligo.recording import Basis, ClampMode, Role
from loligo.recording.io.options import checked_options
from loligo.recording.io.roles import Input, Output, assign_roles

PATH = Path("cell.abf")


@dataclass
class Samples:
    """Evidence made up: shift and noise, and level, of each input."""

    effects: dict
    levels: dict

    def effect(self, name):
        return self.effects.get(name)

    def level(self, name):
        return self.levels.get(name)


def assign(inputs, outputs=(), evidence=None, **options):
    return assign_roles(PATH, inputs, outputs, checked_options(**options), evidence)


def role(assignment, name):
    return next(channel.role for channel in assignment.channels if channel.name == name)


def finding(assignment, subject):
    return next(entry for entry in assignment.findings if entry.subject == subject)


TWO = [Input("A", "pA", 0), Input("B", "pA", 1)]
VOLTAGE = Output("Cmd", "mV", 0)


def test_one_follower_among_quiet_inputs_is_the_response():
    found = assign(TWO, [VOLTAGE], Samples({"A": (50.0, 2.0), "B": (0.5, 2.0)}, {}))
    assert role(found, "A") is Role.RESPONSE
    assert role(found, "B") is Role.AUXILIARY
    assert finding(found, "response").evidence.startswith("A follows")


def test_a_quiet_input_may_be_another_cell_and_that_is_said():
    quiet = Samples({"A": (50.0, 2.0), "B": (0.5, 2.0)}, {})
    found = finding(assign(TWO, [VOLTAGE], quiet), "role of B")
    assert found.basis is Basis.UNKNOWN
    assert "response=['A', 'B']" in found.evidence
    both = assign(TWO, [VOLTAGE], quiet, response=["A", "B"])
    assert role(both, "B") is Role.RESPONSE
    assert not [entry for entry in both.findings if entry.subject == "role of B"]


def test_crosstalk_is_no_response():
    found = assign(TWO, [VOLTAGE], Samples({"A": (0.1, 0.001), "B": (50.0, 2.0)}, {}))
    assert role(found, "B") is Role.RESPONSE


def test_scales_count_when_shifts_are_compared():
    mixed = [Input("A", "pA", 0), Input("B", "nA", 1)]
    found = assign(mixed, [VOLTAGE], Samples({"A": (5.0, 0.1), "B": (5.0, 0.1)}, {}))
    assert role(found, "B") is Role.RESPONSE


@pytest.mark.parametrize(
    "effects",
    [
        {"A": (50.0, 2.0), "B": (40.0, 2.0)},  # both follow
        {"A": (1.0, 2.0), "B": (0.5, 2.0)},  # neither does
        {"A": (50.0, 2.0), "B": (3.0, 2.0)},  # the other is in doubt
        {"A": (50.0, 2.0)},  # nothing is known of the other
    ],
)
def test_anything_less_clear_is_refused(effects):
    with pytest.raises(UndeterminedError, match="response="):
        assign(TWO, [VOLTAGE], Samples(effects, {}))


def test_an_option_settles_it():
    found = assign(TWO, [VOLTAGE], response="B")
    assert role(found, "B") is Role.RESPONSE
    assert finding(found, "response").basis is Basis.GIVEN


def test_a_monitor_must_be_within_reach_of_a_command():
    inputs = [Input("I", "pA", 0), Input("V", "V", 1)]
    near = assign(inputs, [VOLTAGE], Samples({}, {"V": -0.07}))
    far = assign(inputs, [VOLTAGE], Samples({}, {"V": 3.1}))
    assert role(near, "V") is Role.MONITOR
    assert role(far, "V") is Role.AUXILIARY


def test_a_waveform_outweighs_a_held_level():
    inputs = [Input("V", "mV", 0), Input("I", "pA", 1)]
    held = Output("Hold", "mV", 1, is_constant=True)
    found = assign(inputs, [held, Output("Cmd", "pA", 0)])
    assert role(found, "V") is Role.RESPONSE
    assert role(found, "Cmd") is Role.COMMAND
    assert role(found, "Hold") is Role.AUXILIARY


def test_the_amplifier_outweighs_a_held_level():
    entry = Input("V", "mV", 0, stated_mode=ClampMode.CURRENT_CLAMP)
    found = assign([entry], [Output("Hold", "mV", 0, is_constant=True)])
    assert finding(found, "clamp_mode").value == "current_clamp"
    with pytest.raises(UndeterminedError, match="clamp_mode="):
        assign([entry], [VOLTAGE])


def test_an_output_that_is_unknown_still_tells_the_mode():
    output = Output("Cmd", "pA", 0, unknown="its file is missing; pass command=")
    found = assign([Input("V", "mV", 0)], [output])
    assert finding(found, "clamp_mode").value == "current_clamp"
    assert [channel.name for channel in found.channels] == ["V"]
    assert finding(found, "command").basis is Basis.UNKNOWN
    assert "missing" in finding(found, "command").evidence


def test_two_outputs_are_told_apart_by_number_or_refused():
    outputs = [Output("Cmd 0", "mV", 0), Output("Cmd 1", "mV", 1)]
    found = assign([Input("I", "pA", 1)], outputs)
    assert role(found, "Cmd 1") is Role.COMMAND
    assert role(found, "Cmd 0") is Role.AUXILIARY
    unpaired = assign([Input("I", "pA", 5)], outputs)
    assert finding(unpaired, "command").basis is Basis.UNKNOWN
    assert "command=" in finding(unpaired, "command").evidence
    named = assign([Input("I", "pA", 5)], outputs, command="Cmd 0")
    assert finding(named, "command").value == "Cmd 0"


def test_two_electrodes_are_paired_by_number():
    outputs = [Output("Cmd 0", "mV", 0), Output("Cmd 1", "mV", 1)]
    found = assign(TWO, outputs, response=["A", "B"])
    electrodes = {channel.name: channel.electrode for channel in found.channels}
    assert electrodes["A"] == electrodes["Cmd 0"] != electrodes["B"] == electrodes["Cmd 1"]


def test_a_copy_comes_after_the_output_it_equals():
    inputs = [
        Input("AO", "mV", is_command_copy=True, copy_of="Cmd"),
        Input("I", "pA", 0),
    ]
    found = assign(inputs, [VOLTAGE])
    assert [channel.name for channel in found.channels] == ["I", "Cmd", "AO"]
    assert "AO" in found.channels[1].evidence


def test_a_given_command_is_the_only_one():
    inputs = [Input("I", "pA", 0), Input("V", "mV", 1)]
    found = assign(inputs, [VOLTAGE], command="V")
    assert role(found, "V") is Role.COMMAND
    assert role(found, "Cmd") is Role.AUXILIARY
    with pytest.raises(SelectionError, match="neither a channel nor a file"):
        assign(inputs, [VOLTAGE], command="W")


def test_the_unit_of_a_command_can_be_given():
    found = assign([Input("I", "pA", 0)], [Output("Cmd", "", 0)], command_unit="20 mV")
    assert role(found, "Cmd") is Role.COMMAND
    assert found.scales["Cmd"] == 20.0


def test_at_zero_current_nothing_is_commanded():
    entry = Input("V", "mV", 0, stated_mode=ClampMode.ZERO_CURRENT)
    found = assign([entry], [Output("Cmd", "pA", 0)])
    assert finding(found, "clamp_mode").value == "zero_current"
    assert role(found, "Cmd") is Role.AUXILIARY
    assert "ignores commands" in finding(found, "command").evidence


def roles(inputs, outputs, **options):
    return {channel.name: channel for channel in assign(inputs, outputs, **options).channels}


LIGHT = Output("LED", "V", 1, largest=5.0)


@pytest.mark.parametrize("light", [LIGHT, Output("LED", "V", 1, largest=0.4), Output("LED", "V")])
def test_a_light_source_is_not_the_command_at_rest(light):
    """Current clamp with no current commanded and light by the second output."""
    inputs = [Input("Vm", "mV", 0), Input("Im", "pA", 1)]
    held = Output("Cmd 0", "pA", 0, is_constant=True)
    found = roles(inputs, [held, light])
    assert found["Vm"].clamp_mode == "current_clamp"
    assert found["Vm"].role == "response"
    assert found["Cmd 0"].role == "command"
    assert found["LED"].role == "auxiliary"
    assert "LED" not in found["Cmd 0"].evidence


def test_a_light_source_is_not_the_command_in_voltage_clamp():
    held = Output("Cmd 0", "mV", 0, is_constant=True)
    found = roles([Input("Im", "pA", 1)], [held, LIGHT])
    assert (found["Cmd 0"].role, found["LED"].role) == ("command", "auxiliary")
    assert "5000 mV" in found["LED"].evidence


def test_a_light_source_alone_is_no_command():
    found = roles([Input("Im", "pA", 0)], [Output("LED", "V", 0, largest=5.0)])
    assert found["Im"].clamp_mode == "voltage_clamp"
    assert found["LED"].role == "auxiliary"


def test_a_command_in_volts_is_one_alone_or_by_name():
    command = Output("Cmd 1", "V", 1, largest=0.08)
    assert roles([Input("Im", "pA", 0)], [command])["Cmd 1"].role == "command"
    held = Output("Cmd 0", "mV", 0, is_constant=True)
    found = roles([Input("Im", "pA", 0)], [held, command], command="Cmd 1")
    assert found["Cmd 1"].role == "command"

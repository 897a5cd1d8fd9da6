"""The keyword arguments of `read`."""

from pathlib import Path

import pytest

from loligo.errors import SelectionError, UnitError
from loligo.recording import ClampMode
from loligo.recording.io.options import checked_options, given_unit


def test_units_with_and_without_scale():
    assert (given_unit("mV").unit.name, given_unit("mV").scale) == ("mV", 1.0)
    assert (given_unit("0.05 mV").unit.name, given_unit("0.05 mV").scale) == ("mV", 0.05)
    assert given_unit("-1 pA").scale == -1.0


@pytest.mark.parametrize("text", ["0 mV", "nan mV", "inf mV", "x mV", "0.05", "mv", "1 2 mV"])
def test_what_is_no_unit(text):
    with pytest.raises(UnitError):
        given_unit(text)


def test_a_unit_for_the_response_or_by_channel():
    for_response = checked_options(unit="mV")
    assert for_response.unit_of("any", is_response=True).unit.name == "mV"
    assert for_response.unit_of("any") is None
    by_name = checked_options(unit={"IN 0": "pA"})
    assert by_name.unit_of("IN 0").unit.name == "pA"
    assert by_name.unit_of("IN 1", is_response=True) is None


def test_names_rates_and_modes():
    options = checked_options(
        response=["a", "b"], sampling_rate="25000 Hz", clamp_mode="zero_current", command=Path("c")
    )
    assert options.response == ("a", "b")
    assert options.sampling_rate == 25.0
    assert options.clamp_mode is ClampMode.ZERO_CURRENT
    assert options.command == "c"
    assert checked_options(response="one").response == ("one",)


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"clamp_mode": "voltage"}, SelectionError, "did you mean 'voltage_clamp'"),
        ({"sampling_rate": 10}, UnitError, "no unit"),
        ({"sampling_rate": "0 Hz"}, UnitError, "above 0"),
        ({"command_unit": "parrots"}, UnitError, "not a unit"),
    ],
)
def test_what_is_refused(given, error, told):
    with pytest.raises(error, match=told):
        checked_options(**given)


def test_the_command_file_is_looked_for_beside_the_recording(tmp_path):
    (tmp_path / "command.csv").write_text("1\n")
    beside = tmp_path / "cell.csv"
    assert checked_options(command="command.csv").command_file(beside) == tmp_path / "command.csv"
    assert checked_options(command="none.csv").command_file(beside) is None
    assert checked_options().command_file(beside) is None


@pytest.mark.parametrize("response", [0, 1, [0], ["IN 0", 1], {"IN 0"}])
def test_a_response_is_named_not_numbered(response):
    with pytest.raises(SelectionError, match="give the channel's name"):
        checked_options(response=response)


@pytest.mark.parametrize("unit", [5, {"IN 0": None}, ["mV"], b"mV"])
def test_a_unit_is_a_text(unit):
    with pytest.raises(UnitError, match="write 'mV'"):
        checked_options(unit=unit)
    with pytest.raises(UnitError, match="such as 'mV'"):
        checked_options(command_unit=5)

"""Parameters from the outside: every way to write them, and what is refused with which words."""

import numpy as np
import pint
import pytest
import xarray as xr

from loligo.cell.lowered import Parameter
from loligo.engine.parameters import cell_values, numbers
from loligo.errors import ModelError, SelectionError, UnitError

KNOWN = (
    Parameter("temperature", 6.3, "degC", "temperature"),
    Parameter("area", 100.0, "um2", "area"),
    Parameter("capacitance", 1.0, "uF/cm2", "capacitance"),
    Parameter("channel.na.conductance", 120.0, "mS/cm2", "conductance"),
    Parameter("channel.na.reversal", 50.0, "mV", "reversal"),
    Parameter("constants.k", 2.0, "", "constant"),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("50 mV", 50.0),
        ("0.05 V", 50.0),
        ("\u221250 mV", -50.0),
        ((0.05, "V"), 50.0),
        (([0.05, 0.06], "V"), [50.0, 60.0]),
        ((np.array([1, 2]), "mV"), [1.0, 2.0]),
        (["50 mV", "60 mV"], [50.0, 60.0]),
        (pint.UnitRegistry().Quantity(0.05, "volt"), 50.0),
        (xr.DataArray([1.0, 2.0], attrs={"units": "uV"}), [0.001, 0.002]),
        (0, 0.0),
        ([0.0, 0.0], [0.0, 0.0]),
    ],
)
def test_ways_to_write_a_potential(value, expected):
    np.testing.assert_allclose(numbers(value, "mV", "e"), expected, rtol=1e-15)


def test_temperatures_have_an_offset():
    assert numbers("279.45 K", "degC", "temperature") == pytest.approx(6.3, abs=1e-10)


def test_plain_numbers_fit_where_there_is_no_unit():
    np.testing.assert_array_equal(numbers([1, 2.5], "", "k"), [1.0, 2.5])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (50.0, ["e = 50 has no unit", "'50 mV'"]),
        ([1.0, 2.0], ["e = 1 has no unit", "(values, 'mV')"]),
        ("50 pA", ["e is given in pA", "current", "needed is mV"]),
        ("50 mv", ["mv"]),
        ("many mV", ["e = 'many mV'", "write a number and a unit"]),
        (["50 mV", "0.06 V"], ["e mixes the units V, mV"]),
        (([1.0, np.nan], "mV"), ["e holds a number that is not finite"]),
        ("inf mV", ["e holds a number that is not finite"]),
        ({"a": 1}, ["e = {'a': 1} is no number", "(values, 'mV')"]),
        ([1.0, [2.0, 3.0]], ["e = [1.0, [2.0, 3.0]] is no number"]),
    ],
)
def test_what_is_refused(value, words):
    with pytest.raises(UnitError) as caught:
        numbers(value, "mV", "e")
    for word in words:
        assert word in str(caught.value)


def test_values_are_single_or_one_per_cell():
    given = {
        "channel.na.conductance": ([60.0, 120.0, 240.0], "mS/cm2"),
        "channel.na.reversal": "0.045 V",
        "command.scale": [1.0, 2.0, 3.0],
        "command.offset": "2 uA/cm2",
    }
    values, n_cells = cell_values(KNOWN, given, "uA/cm2")
    assert n_cells == 3
    np.testing.assert_array_equal(values["channel.na.conductance"], [60.0, 120.0, 240.0])
    assert values["channel.na.reversal"] == 45.0
    assert values["capacitance"] == 1.0
    assert values["command.offset"] == 2.0
    np.testing.assert_array_equal(values["command.scale"], [1.0, 2.0, 3.0])


def test_nothing_given_is_one_cell_as_described():
    values, n_cells = cell_values(KNOWN, {}, "pA")
    assert n_cells == 1
    assert {name: float(x) for name, x in values.items()} == {
        **{p.name: p.value for p in KNOWN},
        "command.scale": 1.0,
        "command.offset": 0.0,
    }


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"channel.na.conductanc": "1 mS/cm2"}, SelectionError, ["did you mean 'channel.na.cond"]),
        ({"channel.na.conductance": "10 nS"}, UnitError, ["channel.na.conductance", "mS/cm2"]),
        (
            {"channel.na.conductance": ([1, -2], "mS/cm2")},
            ModelError,
            ["channel.na.conductance = -2 mS/cm2 must be 0 or more"],
        ),
        ({"area": "0 um2"}, ModelError, ["area = 0 um2 must be above 0"]),
        ({"capacitance": "-1 uF/cm2"}, ModelError, ["capacitance = -1 uF/cm2 must be above 0"]),
        (
            {"constants.k": [1, 2], "channel.na.reversal": ([1, 2, 3], "mV")},
            ModelError,
            ["constants.k: 2", "channel.na.reversal: 3"],
        ),
        ({"constants.k": [[1, 2], [3, 4]]}, ModelError, ["constants.k has shape (2, 2)"]),
        ({"constants.k": []}, UnitError, ["constants.k has no values"]),
    ],
)
def test_what_of_a_cell_is_refused(given, error, words):
    with pytest.raises(error) as caught:
        cell_values(KNOWN, given, "pA")
    for word in words:
        assert word in str(caught.value)

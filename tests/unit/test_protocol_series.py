"""Series of a protocol: what may be written, what is refused, and how it is written back."""

import numpy as np
import pint
import pytest
import xarray as xr

from loligo.errors import LoligoError, ModelError, UnitError
from loligo.protocol import Series, above_holding, series, waveform
from loligo.protocol.series import LEVELS, as_series, number
from loligo.protocol.waveform import as_waveform

UREG = pint.UnitRegistry()


def level(value):
    return as_series(value, LEVELS, "level")


@pytest.mark.parametrize(
    ("written", "values", "dimension"),
    [
        ("-60 mV", [-60], "voltage"),
        ("-0.06 V", [-60], "voltage"),
        ("−60 mV", [-60], "voltage"),  # a minus sign
        ("-60..60 mV by 40 mV", [-60, -20, 20, 60], "voltage"),
        ("-60 mV..60 mV by 40 mV", [-60, -20, 20, 60], "voltage"),
        ("-60 .. 60 mV by 40 mV", [-60, -20, 20, 60], "voltage"),
        ("-60..60 mV by 0.04 V", [-60, -20, 20, 60], "voltage"),
        ("60..-60 mV by 40 mV", [60, 20, -20, -60], "voltage"),
        ("60..-60 mV by -40 mV", [60, 20, -20, -60], "voltage"),
        ("0..1 nA by 0.5 nA", [0, 500, 1000], "current"),
        ("1, 2, 5 nS", [1, 2, 5], "conductance"),
        ("1 nS, 2000 pS", [1, 2], "conductance"),
        ("-1e1 uA/cm2", [-10], "current_density"),
        ("0.01 mA/cm2", [10], "current_density"),
        (["-60 mV", "-0.04 V"], [-60, -40], "voltage"),
        (UREG.Quantity(0.1, "nA"), [100], "current"),
        (UREG.Quantity(np.array([0.1, 0.2]), "nA"), [100, 200], "current"),
        (xr.DataArray([1.0, 2.0], attrs={"units": "nA"}), [1000, 2000], "current"),
        (xr.DataArray(3.0, attrs={"units": "mV"}), [3], "voltage"),
    ],
)
def test_what_may_be_written(written, values, dimension):
    found = level(written)
    assert found.dimension == dimension
    assert found.values == pytest.approx(values, rel=1e-12)
    assert not found.above_holding


def test_decimal_steps_are_decimal():
    assert level("0..1 pA by 0.1 pA").values == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
    assert series(0, 0.7, 0.1, "mV").values[3] == 0.3


def test_both_ends_are_included():
    found = series(-120, 60, by=10, unit="mV")
    assert (found.values[0], found.values[-1], len(found)) == (-120.0, 60.0, 19)


def test_above_holding():
    assert level("20 pA above holding") == above_holding("20 pA")
    assert level("10..30 pA by 10 pA above holding").above_holding
    assert str(above_holding("10..30 pA by 10 pA")) == "10..30 pA by 10 pA above holding"
    with pytest.raises(ModelError, match="only levels"):
        as_series("20 ms above holding", ("time",), "duration")


@pytest.mark.parametrize(
    ("written", "error", "told"),
    [
        ("-60", UnitError, "its unit decides the clamp"),
        (-60, UnitError, "no unit"),
        (0, UnitError, "no unit"),
        ("-60 ms", UnitError, "is a time; a voltage or current"),
        ("-60 MV", UnitError, "did you mean mV"),
        ("-60..60 mV", ModelError, "does not say its step"),
        ("-60..65 mV by 10 mV", ModelError, "do not end on 65 but on 60 or 70; .*both ends"),
        ("-60..60 mV by 0 mV", ModelError, "do not lead"),
        ("-60..60 mV by -10 mV", ModelError, "do not lead"),
        ("-60..-60 mV by 10 mV", ModelError, "do not lead"),
        ("-60..60 mV by 10 pA", UnitError, "is a current"),
        ("-60 mV, 3 pA", UnitError, "mixes current and voltage"),
        ("0..1 mV by 0.000001 mV", ModelError, "more than"),
        ("0..1 mV by 2e-309 mV", ModelError, "more than"),
        ("mV", ModelError, "does not start with a number"),
        ("nan mV", ModelError, "does not start with a number"),
        ("1,,2 mV", ModelError, "does not start with a number"),
        ("", ModelError, "does not start with a number"),
        ([], ModelError, "empty"),
        (["-60 mV", "3 pA"], UnitError, "mixes current and voltage"),
        (None, LoligoError, "level"),
        (UREG.Quantity(float("inf"), "mV"), UnitError, "finite|number"),
    ],
)
def test_what_is_refused(written, error, told):
    with pytest.raises(error, match=told):
        level(written)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (Series((500.0,), "time"), "500 ms"),
        (Series((2000.0,), "time"), "2 s"),
        (Series((1000.0, 2500.0), "time"), "1, 2.5 s"),
        (Series((10.0, 2000.0), "time"), "10, 2000 ms"),
        (Series((0.0, 2000.0), "time"), "0, 2 s"),
        (Series((0.005,), "frequency"), "5 Hz"),
        (Series((0.1,), "voltage"), "0.1 mV"),
        (Series((-1.0, 0.0, 1.0), "voltage"), "-1..1 mV by 1 mV"),
        (Series((-1.0, 1.0), "voltage"), "-1, 1 mV"),
        (Series((1.0, 2.0, 4.0), "current"), "1, 2, 4 pA"),
        (Series((2.0, 2.0, 2.0), "current"), "2, 2, 2 pA"),
        (Series((0.5,), "fraction"), "0.5"),
        (Series((1.0, 2.0, 3.0), "fraction"), "1..3 by 1"),
        (Series((1e-7,), "charge"), "1e-07 fC"),
    ],
)
def test_how_it_is_written(entry, text):
    assert str(entry) == text
    assert as_series(text, (entry.dimension,), "x") == entry


def test_a_number_reads_back():
    for value in (0.1 + 0.2, 1e22, -1 / 3, 5.0, 123456789.123):
        assert float(number(value)) == value


def test_waveforms():
    held = waveform([0, 1, 2], "V")
    assert held.array().tolist() == [0, 1000, 2000]
    assert as_waveform("0, 1, 2 V", "w") == held
    two = waveform([[0, 1], [2, 3]], "mV", above_holding=True)
    assert str(two) == "0, 1 mV | 2, 3 mV above holding"
    assert as_waveform(str(two), "w") == two
    assert as_waveform(UREG.Quantity([0.0, 1.0], "nA"), "w").array().tolist() == [0, 1000]
    table = xr.DataArray([[1.0], [2.0]], attrs={"units": "pA"})
    assert as_waveform(table, "w").array(1).tolist() == [2]
    assert "2 sweep(s), [2] samples" in repr(two)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("0, 1", "one unit"),
        ("0, x mV", "numbers with commas"),
        ("0, 1 mV | 2, 3 pA", "one unit"),
        ("0, nan mV", "finite"),
        ("0, 1 ms", "a command is one of"),
        ([0.0, 1.0], "need a unit"),
    ],
)
def test_waveforms_that_are_refused(written, told):
    with pytest.raises(LoligoError, match=told):
        as_waveform(written, "wave")
    with pytest.raises(ModelError, match="shape"):
        waveform([], "mV")

"""Quantities at the door: what is accepted, converted and refused."""

import math

import numpy as np
import pint
import pytest
import xarray as xr

from loligo.errors import LoligoError, UnitError
from loligo.unit_names import _symbols, _words
from loligo.units import (
    INTERNAL_UNITS,
    convert,
    format_quantity,
    is_unit,
    quantity,
    resolve,
    to_internal,
)


@pytest.mark.parametrize(
    ("written", "dimension", "internal"),
    [
        ("10 MOhm", "resistance", 0.01),
        ("10MOhm", "resistance", 0.01),
        ("10 Mohm", "resistance", 0.01),
        ("10 MΩ", "resistance", 0.01),  # Greek capital omega
        ("10 M\u2126", "resistance", 0.01),  # ohm sign
        ("5 µs", "time", 0.005),  # micro sign
        ("5 \u03bcs", "time", 0.005),  # Greek mu
        ("5 us", "time", 0.005),
        ("-65 mV", "voltage", -65.0),
        ("-0.065 V", "voltage", -65.0),
        ("1e3 uV", "voltage", 1.0),
        ("1.5 nA", "current", 1500.0),
        ("2e-12 A", "current", 2.0),
        ("20 kHz", "frequency", 20.0),
        ("20000 Hz", "frequency", 20.0),
        ("1 s", "time", 1000.0),
        ("33 pF", "capacitance", 33.0),
        ("1 uF", "capacitance", 1e6),
        ("10 nS", "conductance", 10.0),
        ("80 %", "fraction", 0.8),
        ("0.8", "fraction", 0.8),
        ("0 degC", "temperature", 0.0),
        ("310.15 kelvin", "temperature", 37.0),
        ("140 mM", "concentration", 140.0),
        ("1 pC", "charge", 1000.0),
        ("1 /ms", "rate", 1.0),
        ("4/ms", "rate", 4.0),
        ("5 1/s", "rate", 0.005),
        ("3 /s", "rate", 0.003),
        ("120 mS/cm2", "conductance_density", 120.0),
        ("20 S/m2", "conductance_density", 2.0),
        ("1 pS/um2", "conductance_density", 0.1),
        ("0.01 F/m2", "capacitance_density", 1.0),
        ("10 mA/cm2", "current_density", 10000.0),
        ("1 cm2", "area", 1e8),
        ("1e-7 m/s", "permeability", 1e-5),
        ("10 nC/cm2", "charge_density", 10.0),
        ("0.01 uC/cm**2", "charge_density", 10.0),
        ("10 uA/cm2", "current_density", 10.0),
        ("1 mA/cm^2", "current_density", 1000.0),
        (pint.UnitRegistry().Quantity(2.0, "uA/cm**2"), "current_density", 2.0),
    ],
)
def test_text_becomes_the_internal_unit(written, dimension, internal):
    assert quantity(written, dimension, name="x") == pytest.approx(internal, rel=1e-12, abs=1e-9)


def test_decimal_prefixes_convert_without_rounding():
    assert resolve("MOhm").factor == 1e-3
    assert resolve("nA").factor == 1e3
    assert resolve("V").factor == 1e3
    assert resolve("A").factor == 1e12


def test_pint_quantities_and_labelled_scalars():
    units = pint.UnitRegistry()
    assert quantity(3 * units.nA, "current", name="x") == 3000.0
    assert quantity(units.Quantity(20, "kHz"), "frequency", name="x") == 20.0
    labelled = xr.DataArray(0.2, attrs={"units": "s"})
    assert quantity(labelled, "time", name="x") == 200.0


@pytest.mark.parametrize("zero", [0, 0.0, "0", np.float64(0), np.int16(0)])
@pytest.mark.parametrize("dimension", ["voltage", "current", "time"])
def test_zero_needs_no_unit(zero, dimension):
    assert quantity(zero, dimension, name="x") == 0.0


@pytest.mark.parametrize("number", [10, -65.0, "10", np.float32(2)])
def test_bare_numbers_are_refused_with_an_example(number):
    with pytest.raises(UnitError, match=r"holding = .* has no unit; .*for example '.* mV'"):
        quantity(number, "voltage", name="holding")


def test_a_wrong_dimension_says_both():
    with pytest.raises(UnitError, match="x = 10 MOhm is a resistance; a voltage is needed"):
        quantity("10 MOhm", "voltage", name="x")


@pytest.mark.parametrize("text", ["nan mV", "inf mV", "-inf mV", "1e400 mV"])
def test_only_finite_numbers(text):
    with pytest.raises(UnitError, match="finite"):
        quantity(text, "voltage", name="x")


def test_a_fraction_is_finite_too():
    with pytest.raises(UnitError):
        quantity("nan", "fraction", name="x")


@pytest.mark.parametrize("unit", ["mv", "parsec mV", "mV2", "m V", "Mm/s", "💡", "x" * 100, "eV"])
def test_what_is_not_a_unit_here(unit):
    assert not is_unit(unit)
    with pytest.raises(UnitError, match="examples: mV"):
        resolve(unit)


@pytest.mark.parametrize(
    "text",
    [
        "MV",
        "PA",
        "MA",
        "ma",
        "pa",
        "na",
        "mohm",
        "PF",
        "MS",
        "C",
        "e",
        "h/c",
        "au",
        "a",
        "d",
        "pc",
        "counts",
        "bit",
        "rad",
        "ly",
        "GV",
        "daV",
        "year",
        "in",
        "deg",
        "baud",
        "ks",
        "%%",
        "abA",
    ],
)
def test_text_that_a_registry_of_all_units_misreads(text):
    with pytest.raises(UnitError, match="not a unit loligo knows"):
        resolve(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("mv", "mV"), ("MV", "mV"), ("PA", "Pa or pA"), ("khz", "kHz"), ("MS", "mS or ms")],
)
def test_a_slip_in_case_is_named(text, meant):
    with pytest.raises(UnitError, match=f"did you mean {meant}"):
        resolve(text)


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("Volts", "voltage", 1e3),
        ("Amperes", "current", 1e12),
        ("picoamps", "current", 1.0),
        ("Millivolts", "voltage", 1.0),
        ("MEGAOHMS", "resistance", 1e-3),
        ("\u00b0C", "temperature", 1.0),
        ("deg C", "temperature", 1.0),
        ("Celsius", "temperature", 1.0),
        ("cmH2O", "pressure", 0.735559),
        ("mV/pA", "resistance", 1.0),
        ("V / A", "resistance", 1e-9),
        ("V/V", "fraction", 1.0),
        ("mmol/l", "concentration", 1.0),
    ],
)
def test_words_and_ratios(text, dimension, factor):
    resolved = resolve(text)
    assert (resolved.dimension, resolved.offset) == (dimension, 0.0)
    assert resolved.factor == pytest.approx(factor, rel=1e-5)


def test_every_accepted_name_has_a_dimension_of_ours():
    alone = {"mol", "mmol", "umol", "nmol", "l", "L"}
    for name in _symbols() - alone:
        assert resolve(name).dimension in INTERNAL_UNITS
    for word in set(_words()) - {w for w in _words() if "mole" in w or w[:3] == "lit"}:
        assert resolve(word).dimension in INTERNAL_UNITS


@pytest.mark.parametrize("text", ["10,5 mV", "1 000 mV", "1,000 mV", "1_000 mV", "1.2.3 mV"])
def test_separators_in_a_number_are_named(text):
    with pytest.raises(UnitError, match="with a decimal point and no separators"):
        quantity(text, "voltage", name="x")


def test_a_minus_sign_as_printed():
    assert quantity("\u221270 mV", "voltage", name="x") == -70.0


@pytest.mark.parametrize("value", ["", "mV", "ten mV", None, [1, 2], "1_000 mV", "0x10 mV", True])
def test_what_is_not_one_number(value):
    with pytest.raises(UnitError):
        quantity(value, "voltage", name="x")


def test_an_unknown_dimension_suggests_one():
    with pytest.raises(UnitError, match="did you mean 'voltage'"):
        quantity("1 mV", "volage", name="x")


def test_errors_are_also_built_in_ones():
    with pytest.raises(ValueError, match="no unit") as caught:
        quantity(1, "voltage", name="x")
    assert isinstance(caught.value, LoligoError)


def test_arrays_and_single_conversions():
    np.testing.assert_array_equal(to_internal([-0.065, 0.02], "V"), [-65.0, 20.0])
    assert to_internal(np.array([25], np.int16), "degC")[0] == 25.0
    assert convert(0.01, "GOhm", "MOhm") == pytest.approx(10.0, rel=1e-15)
    assert convert(10.0, "MOhm", "MOhm") == 10.0
    with pytest.raises(UnitError, match="mV is a voltage, pA a current"):
        convert(1.0, "mV", "pA")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0105, "GOhm", "10.5 MOhm"),
        (0.5, "GOhm", "500 MOhm"),
        (50.0, "GOhm", "50 GOhm"),
        (20.0, "kHz", "20 kHz"),
        (1_800_000.0, "ms", "1800 s"),
        (200.0, "ms", "200 ms"),
        (-65.25, "mV", "-65.25 mV"),
        (0.0, "pA", "0 pA"),
        (math.nan, "pA", "nan pA"),
        (3.0, "", "3"),
        (7.0, "furlong", "7 furlong"),
    ],
)
def test_quantities_for_people(value, unit, text):
    assert format_quantity(value, unit) == text


def test_few_digits_are_no_exponent():
    assert format_quantity(1.25, "GOhm", 3) == "1250 MOhm"


def test_each_internal_unit_is_its_own_reference():
    for dimension, unit in INTERNAL_UNITS.items():
        resolved = resolve(unit)
        assert (resolved.dimension, resolved.factor, resolved.offset) == (dimension, 1.0, 0.0)

"""Units: whatever a quantity is written in, it is the same quantity."""

import math

from hypothesis import given
from hypothesis import strategies as st

from loligo.units import convert, format_quantity, is_unit, quantity, resolve

UNITS = {
    "voltage": ("V", "mV", "uV", "volt"),
    "current": ("A", "mA", "uA", "nA", "pA", "fA"),
    "time": ("s", "ms", "us"),
    "resistance": ("Ohm", "kOhm", "MOhm", "GOhm", "TOhm"),
    "conductance": ("S", "mS", "uS", "nS", "pS"),
    "capacitance": ("F", "uF", "nF", "pF"),
    "frequency": ("Hz", "kHz", "MHz"),
}
pairs = st.sampled_from(
    [(dimension, a, b) for dimension, names in UNITS.items() for a in names for b in names]
)
numbers = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-9)


@given(pairs, numbers)
def test_a_quantity_does_not_depend_on_the_unit_it_is_written_in(pair, number):
    dimension, one, other = pair
    direct = quantity(f"{number!r} {one}", dimension, name="x")
    through = quantity(f"{convert(number, one, other)!r} {other}", dimension, name="x")
    assert math.isclose(direct, through, rel_tol=1e-12)


@given(pairs, numbers)
def test_conversion_and_back(pair, number):
    _, one, other = pair
    back = convert(convert(number, one, other), other, one)
    assert math.isclose(back, number, rel_tol=1e-12)


@given(pairs, numbers)
def test_a_written_quantity_reads_back(pair, number):
    dimension, unit, _ = pair
    internal = quantity(f"{number!r} {unit}", dimension, name="x")
    text = format_quantity(internal, resolve(unit).internal, digits=15)
    assert math.isclose(quantity(text, dimension, name="x"), internal, rel_tol=1e-12)


@given(st.text(max_size=20))
def test_any_text_is_a_unit_or_not_but_never_a_crash(text):
    assert is_unit(text) in {True, False}

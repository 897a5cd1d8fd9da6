"""Any number at any control: taken where the instrument has it, else refused with what it has."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loligo.errors import ModelError
from loligo.rig import instruments
from loligo.units import INTERNAL_UNITS, convert, resolve

NAMED = {name: instruments.load(name) for name in instruments.names()}
NUMERIC = [
    (name, headstage, key)
    for name, instrument in NAMED.items()
    for headstage in instrument.headstage
    for key in instrument.control
    if not instrument.range_of(key, headstage).words
]
SWITCHES = [place for place in NUMERIC if NAMED[place[0]].range_of(place[2], place[1]).choices]
KNOBS = [place for place in NUMERIC if place not in SWITCHES]


def in_its_unit(value, control):
    """What one would write, of a number in the internal unit."""
    if not control.unit:
        return value
    internal = INTERNAL_UNITS[resolve(control.unit).dimension]
    return f"{convert(value, internal, control.unit)!r} {control.unit}"


@given(st.sampled_from(KNOBS), st.floats(-3.0, 4.0))
def test_a_range_holds_what_is_between_its_ends(place, share):
    name, headstage, key = place
    instrument = NAMED[name]
    control, allowed = instrument.control[key], instrument.range_of(key, headstage)
    low = allowed.least.value if allowed.least is not None else -1.0
    high = allowed.most.value if allowed.most is not None else low + 1.0
    value = low + share * (high - low)
    inside = (allowed.least is None or share >= 0) and (allowed.most is None or share <= 1)
    text = in_its_unit(value, control)
    if inside:
        assert control.read(text, key, allowed, name) == pytest.approx(value, abs=1e-12)
    elif min(abs(share), abs(share - 1)) > 1e-6:
        with pytest.raises(ModelError, match=r"allowed is .*\d") as told:
            control.read(text, key, allowed, name)
        assert f"({key})" in str(told.value)


@given(st.sampled_from(SWITCHES), st.floats(1e-4, 1e4))
def test_a_switch_has_only_its_positions(place, factor):
    name, headstage, key = place
    instrument = NAMED[name]
    control, allowed = instrument.control[key], instrument.range_of(key, headstage)
    for choice in allowed.choices:
        text = in_its_unit(choice.value, control)
        assert control.read(text, key, allowed, name) == pytest.approx(choice.value)
    other = allowed.choices[0].value * factor
    near = min(abs(other / choice.value - 1) for choice in allowed.choices)
    assume(near > 1e-6)
    with pytest.raises(ModelError, match="it has"):
        control.read(in_its_unit(other, control), key, allowed, name)

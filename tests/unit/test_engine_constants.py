"""What does not change during a run is computed once: which parts, under which names."""

import numpy as np

from loligo.cell import catalogue, equations
from loligo.cell.expression import evaluate, parse, symbols
from loligo.engine.assemble import assemble
from loligo.engine.constants import Constants
from loligo.engine.system import Options

NAMES = {"g", "area", "v", "m", "e"}


def _hoisted(text, known=("g", "area", "e"), hint="i"):
    constants = Constants(set(known))
    return constants, constants.hoist(parse(text, NAMES), hint)


def test_the_largest_constant_part_gets_one_name():
    constants, left = _hoisted("(0.01 * area * g) * m * (v - e)")
    assert symbols(left) == {"fixed.i", "m", "v", "e"}
    assert constants.names[parse("0.01 * area * g", NAMES)] == "fixed.i"


def test_values_are_the_same():
    text = "exp(g / e) * m + where(v > e * 2, area, m)"
    constants, left = _hoisted(text)
    values = {"g": 2.0, "area": 3.0, "v": 1.5, "m": 0.5, "e": 0.7}
    named = {name: evaluate(node, values) for node, name in constants.names.items()}
    assert evaluate(left, {**values, **named}) == evaluate(parse(text, NAMES), values)


def test_a_single_parameter_keeps_its_name():
    constants, left = _hoisted("m * g")
    assert left == parse("m * g", NAMES)
    assert constants.names == {parse("g", NAMES): "g"}


def test_equal_parts_share_a_name_and_others_never_do():
    constants = Constants({"g", "e"})
    first = constants.hoist(parse("(g + e) * m", NAMES), "x")
    again = constants.hoist(parse("(g + e) * v", NAMES), "y")
    other = constants.hoist(parse("(g - e) * v", NAMES), "x")
    assert symbols(first) & symbols(again) == {"fixed.x"}
    assert symbols(other) - {"v"} == {"fixed.x.2"}


def test_plain_numbers_need_no_row():
    constants, left = _hoisted("3 * v + 2")
    assert constants.names == {}
    assert left == parse("3 * v + 2", NAMES)


def test_a_condition_on_constants_keeps_its_sides():
    constants, left = _hoisted("where(g < e, v, m)")
    assert symbols(left) == {"g", "e", "v", "m"}
    assert set(constants.names.values()) == {"g", "e"}


def test_constants_of_a_cell_are_those_of_its_membrane():
    """Area, capacitance and three densities become conductances: in 100 um2, nS are mS/cm2."""
    system = assemble(equations(catalogue.load("hodgkin_huxley1952")), Options())
    values = equations(catalogue.load("hodgkin_huxley1952")).defaults
    found = {name: float(evaluate(node, values)) for name, node in system.constants}
    expected = {
        "fixed.g.na": 120.0,
        "fixed.g.k": 36.0,
        "fixed.g.leak": 0.3,
        "channel.na.reversal": 50.0,
        "channel.k.reversal": -77.0,
        "channel.leak.reversal": -54.387,
    }
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-15, err_msg=name)

"""Expressions rewritten for compiling: the same values, from a handful of functions."""

import numpy as np
import pytest
from engine_expressions import EXPRESSIONS, VALUES
from hypothesis import given
from hypothesis import strategies as st

from loligo.cell.expression import Call, Number, Power, Symbol, evaluate, parse
from loligo.cell.expression.tree import call, power, walk
from loligo.engine.rewrite import expand, is_positive, linear, straighten

X = Symbol("x")
NEAR = np.array([0.0, *(s * 10.0**e for s in (-1, 1) for e in range(-16, 0))])
SWITCHES = np.array([s * x for s in (-1, 1) for x in (1e-3, 0.01, 0.03, 0.05, 0.1)])
ARGUMENTS = np.concatenate(
    [NEAR, SWITCHES * (1 - 1e-9), SWITCHES * (1 + 1e-9), np.linspace(-40, 40, 801)]
)
"""Around removable singularities, on both sides of where a series takes over, and everywhere."""


def _long(name, x):
    """The function in extended precision, as its textbook writes it."""
    x = x.astype(np.longdouble)
    zero = x == 0
    safe = np.where(zero, 1, x)
    one_minus = -np.expm1(-safe)
    values = {
        "expm1": np.expm1(x),
        "linoid": np.where(zero, 1, safe / one_minus),
        "sigmoid": 1 / (1 + np.exp(-x)),
        "tanh": np.tanh(x),
        "sinh": np.sinh(x),
        "cosh": np.cosh(x),
    }
    return values[name]


@pytest.mark.parametrize("name", ["expm1", "linoid", "sigmoid", "tanh", "sinh", "cosh"])
def test_functions_keep_their_digits(name):
    found = evaluate(expand(call(name, X)), {"x": ARGUMENTS})
    np.testing.assert_allclose(found, _long(name, ARGUMENTS).astype(float), rtol=2e-13, atol=0)


def test_slope_of_linoid_is_its_derivative():
    """By its Taylor series where the closed form cancels, ``1/2 + x/6 - x^3/180``."""
    expression = expand(call("linoid_slope", X))
    x = np.longdouble(1) * np.concatenate(
        [np.linspace(-40, -0.02, 500), np.linspace(0.02, 40, 500)]
    )
    closed = (1 - x / np.expm1(x)) / -np.expm1(-x)
    found = evaluate(expression, {"x": x.astype(float)})
    np.testing.assert_allclose(found, closed.astype(float), rtol=1e-12)
    series = 0.5 + NEAR / 6 - NEAR**3 / 180 + NEAR**5 / 5040
    small = np.abs(NEAR) < 0.02
    found = evaluate(expression, {"x": NEAR})
    np.testing.assert_allclose(found[small], series[small], rtol=1e-14)


def test_decimal_logarithm():
    x = np.geomspace(1e-30, 1e30, 301)
    found = evaluate(expand(call("log10", X)), {"x": x})
    np.testing.assert_allclose(found, np.log10(x), rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("exponent", [-65, -8, -3, -1.5, -0.5, 0.5, 1.5, 2, 3, 7, 64, 65])
def test_powers(exponent):
    x = np.geomspace(0.03, 30.0, 101)
    found = evaluate(expand(power(X, exponent)), {"x": x})
    np.testing.assert_allclose(
        found, np.power(np.longdouble(x), exponent).astype(float), rtol=6e-14
    )


def test_whole_powers_of_negative_numbers():
    x = np.array([-2.0, -0.5])
    np.testing.assert_array_equal(evaluate(expand(power(X, 3.0)), {"x": x}), x**3)
    np.testing.assert_array_equal(evaluate(expand(power(X, -2.0)), {"x": x}), x**-2)


@given(EXPRESSIONS)
def test_expanded_expressions_have_the_same_value_and_few_functions(tree):
    expanded = expand(tree)
    np.testing.assert_allclose(evaluate(expanded, VALUES), evaluate(tree, VALUES), rtol=1e-11)
    functions = {node.function for node in walk(expanded) if isinstance(node, Call)}
    assert functions <= {"exp", "log", "sqrt", "abs", "min", "max"}
    assert not any(isinstance(node, Power) for node in walk(expanded))


def test_a_division_by_zero_stays_one():
    assert not np.isfinite(evaluate(expand(parse("x / 0", {"x"})), {"x": 1.0}))


@pytest.mark.parametrize(
    ("text", "slope", "offset"),
    [
        ("v", 1.0, 0.0),
        ("-(v + 40) / 10", -0.1, -4.0),
        ("2 - 3 * (v - 1)", -3.0, 5.0),
        ("(v * 2 + 1) * 4 - 3", 8.0, 1.0),
    ],
)
def test_straight_lines_are_recognized(text, slope, offset):
    line = linear(parse(text, {"v"}))
    assert (line.symbol, line.slope, line.offset) == pytest.approx(("v", slope, offset))


@pytest.mark.parametrize("text", ["v * v", "1 / v", "v + x", "exp(v)", "3", "v * x", "v / 0"])
def test_what_is_no_straight_line_in_one_name(text):
    assert linear(parse(text, {"v", "x"})) is None


@given(EXPRESSIONS)
def test_straightened_expressions_have_the_same_value(tree):
    np.testing.assert_allclose(
        evaluate(straighten(tree), VALUES), evaluate(tree, VALUES), rtol=1e-11
    )


@given(EXPRESSIONS, st.floats(-3, 3))
def test_what_is_called_positive_is(tree, shift):
    shifted = tree - shift
    for node in (tree, shifted, tree * shifted, tree / (1.0 + tree)):
        if is_positive(node):
            assert (evaluate(node, VALUES) > 0).all()
    assert not is_positive(Symbol("x"))
    assert not is_positive(Number(0.0))

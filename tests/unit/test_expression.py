"""Expressions of model files: what is read, what is refused, what they are worth."""

import math

import numpy as np
import pytest

from loligo.cell.expression import (
    Call,
    Compare,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
    derivative,
    evaluate,
    latex,
    number,
    parse,
    substitute,
    symbols,
    to_text,
)
from loligo.cell.expression.latex import latex_number
from loligo.cell.expression.parse import LONGEST
from loligo.errors import ExpressionError

X = Symbol("x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 - 3 - 4", -5.0),
        ("2 / 4 / 2", 0.25),
        ("-x**2", -9.0),
        ("(-x)**2", 9.0),
        ("2 ** -1", 0.5),
        ("2^3", 8.0),
        ("(x**2)**3", 729.0),
        ("x \u2212 1", 2.0),
        ("+x", 3.0),
        ("exp(0) + log(1) + sqrt(16)", 5.0),
        ("log10(1000)", 3.0),
        ("abs(-2) + min(1, x) + max(1, x)", 6.0),
        ("tanh(0) + sinh(0) + cosh(0)", 1.0),
        ("expm1(0)", 0.0),
        ("pow(x, 3)", 27.0),
        ("where(x > 2, 10, 20)", 10.0),
        ("where(x <= 2, 10, 20)", 20.0),
        ("where(x == 3, 1, 2) + where(x != 3, 1, 2)", 3.0),
        ("where(x >= 3, 1, 2) + where(x < 3, 1, 2)", 3.0),
        ("na.m + 1", 1.5),
        ("  x\t+ 1 ", 4.0),
    ],
)
def test_arithmetic(text, value):
    result = evaluate(parse(text), {"x": 3.0, "na.m": 0.5})
    assert result == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "x.__class__()",
        "f(x)(y)",
        "(lambda: 1)()",
        "[x for x in y]",
        "x if y else z",
        "'text'",
        "f'{x}'",
        "b'1'",
        "True",
        "None",
        "...",
        "1j",
        "x[0]",
        "x := 1",
        "x = 1",
        "x; y",
        "x and y",
        "not x",
        "~x",
        "x % 2",
        "x // 2",
        "x @ y",
        "x < 1",
        "where(x, 1, 2)",
        "where(1 < x < 2, 1, 2)",
        "where(x in y, 1, 2)",
        "where(x < 1, 2)",
        "exp(x=1)",
        "exp(*x)",
        "exp()",
        "x ** y",
        "pow(x, y)",
        "open('file')",
        "eval('1')",
        "1e400",
        "",
        "(",
        "x\ny",
        "import os",
        "yield x",
        "await x",
        "(x + 1).real",
        "\x00",
        "1" * (LONGEST + 1),
        "(" * 1000 + "x" + ")" * 1000,
        "-" * 3000 + "x",
        "9" * 5000,
        "+".join("x" * 300),
    ],
)
def test_what_is_not_arithmetic_is_refused(text):
    with pytest.raises(ExpressionError):
        parse(text)


def test_nothing_is_called_or_looked_up(monkeypatch):
    called = []
    monkeypatch.setattr("builtins.eval", lambda *a: called.append(a))
    monkeypatch.setattr("builtins.exec", lambda *a: called.append(a))
    parse("exp(x) + where(x < 1, log(x), na.m)")
    assert called == []


def test_errors_point_at_the_place_and_at_the_nearest_name():
    with pytest.raises(ExpressionError, match=r"character 5 \('maxx\(x\)'\): unknown function"):
        parse("1 + maxx(x)")
    with pytest.raises(ExpressionError, match=r"unknown name 'ca_otu'; did you mean 'ca_out'\?"):
        parse("v * ca_otu", names={"v", "ca_out"})
    with pytest.raises(ExpressionError, match=r"write exp\(b \* log\(a\)\)"):
        parse("q10 ** ((temperature - 20) / 10)")


def test_removable_singularities_are_removed():
    x = np.array([-1e-3, -1e-8, 0.0, 1e-12, 1e-3, 1e-2])
    series = 1 + x / 2 + x**2 / 12 - x**4 / 720
    np.testing.assert_allclose(evaluate(parse("linoid(x)"), {"x": x}), series, rtol=1e-15)
    slope = 0.5 + x / 6 - x**3 / 180
    np.testing.assert_allclose(evaluate(parse("linoid_slope(x)"), {"x": x}), slope, rtol=1e-13)


@pytest.mark.parametrize("x", [-800.0, -40.0, -1.5, 0.2, 3.0, 40.0, 800.0])
def test_named_functions_equal_their_definitions(x):
    exact = x / -math.expm1(-x) if x > -700 else 0.0
    assert evaluate(parse("linoid(x)"), {"x": x}) == pytest.approx(exact, rel=1e-14, abs=1e-300)
    exact = 1 / (1 + math.exp(-x)) if x > -700 else 0.0
    assert evaluate(parse("sigmoid(x)"), {"x": x}) == pytest.approx(exact, rel=1e-14, abs=1e-300)


def test_nernst_is_the_table_value():
    # RT/F ln 10 = 58.564085 mV at 22 degC (CODATA constants)
    potential = evaluate(parse("nernst(2, 100, 1)"), {"temperature": 22.0})
    assert potential == pytest.approx(58.564085, abs=2e-6)


def test_ghk_is_zero_at_the_nernst_potential_and_finite_at_zero():
    flux = parse("ghk(v, 2, inside, outside)")
    at = {"temperature": 37.0, "inside": 1e-4, "outside": 2.0}
    reversal = float(evaluate(parse("nernst(2, outside, inside)"), at))
    assert evaluate(flux, {**at, "v": reversal}) == pytest.approx(0.0, abs=1e-9)
    # its limit at 0 mV is z F (inside - outside)
    expected = 2 * 96485.33212 * (1e-4 - 2.0)
    assert evaluate(flux, {**at, "v": 0.0}) == pytest.approx(expected, rel=1e-12)


def test_values_broadcast_and_missing_ones_are_named():
    table = evaluate(parse("a * v"), {"a": np.array([[1.0], [2.0]]), "v": np.arange(3.0)})
    np.testing.assert_array_equal(table, [[0, 1, 2], [0, 2, 4]])
    with pytest.raises(ExpressionError, match=r"no value for 'na.m'; did you mean 'na.h'"):
        evaluate(parse("na.m"), {"na.h": 1.0})


def test_a_division_by_zero_is_not_finite_and_no_warning():
    assert not np.isfinite(evaluate(parse("1 / x"), {"x": 0.0}))
    assert np.isnan(evaluate(parse("log(x)"), {"x": -1.0}))


def test_building_folds_constants_and_drops_what_is_neutral():
    assert X + 0 == X == 0 + X == X * 1 == X / 1 == X - 0 == X**1
    assert Number(1.0) == X**0
    assert Number(0.0) == X * 0
    assert parse("6 * x") == 2 * (3 * X)
    assert 0 - X == -X
    assert number(2.0) / 0.0 == Operation("/", Number(2.0), Number(0.0))
    assert Number(0.0) / X == Number(0.0)
    assert parse("exp(0)") == Number(1.0)
    assert parse("log(0)") == Call("log", (Number(0.0),))
    assert Number(0.0) ** -1 == Power(Number(0.0), -1.0)
    assert Operation("/", Number(1.0), X) == 1 / X
    assert parse("where(x < 1, y, y)") == Symbol("y")


@pytest.mark.parametrize("text", ["10**400", "1e300 * 1e300", "1e300 / 1e-300", "-1e308 - 1e308"])
def test_what_overflows_stays_as_written(text):
    tree = parse(text)
    assert not isinstance(tree, Number)
    assert parse(to_text(tree)) == tree
    assert not np.isfinite(evaluate(tree, {}))


def test_the_deepest_expression_can_be_used():
    tree = parse("+".join("x" * 200))
    assert evaluate(tree, {"x": 1.0}) == 200
    assert evaluate(derivative(tree, "x"), {"x": 1.0}) == 200
    assert parse(to_text(tree)) == tree
    assert len({tree, substitute(tree, {"x": Symbol("y")})}) == 2
    assert latex(tree).count("x") == 200


def test_nodes_are_values():
    text = "where(x < 1, 2 * y**2, exp(z) - 1)"
    assert parse(text) == parse(text)
    assert hash(parse(text)) == hash(parse(text))
    assert len({parse("x + 1"), parse("x + 1"), parse("1 + x")}) == 2
    assert repr(parse("x+1")) == "<x + 1>"
    with pytest.raises(AttributeError):
        parse(text).yes = X


def test_names_can_be_found_and_replaced():
    tree = parse("where(x < a, na.m * y, exp(z))")
    assert symbols(tree) == {"x", "a", "na.m", "y", "z"}
    replaced = substitute(tree, {"na.m": 2.0, "y": Symbol("w"), "z": 0.0})
    assert replaced == parse("where(x < a, 2 * w, 1)")
    assert isinstance(replaced, Where)
    assert replaced.condition == Compare("<", X, Symbol("a"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 * x**2", "6 * x"),
        ("x / a", "1 / a"),
        ("a / x", "-a / x / x"),
        ("exp(2 * x)", "exp(2 * x) * 2"),
        ("log(x)", "1 / x"),
        ("where(x < 1, x**2, 3 * x)", "where(x < 1, 2 * x, 3)"),
        ("max(x, 2)", "where(x > 2, 1, 0)"),
        ("abs(x)", "where(x < 0, -1, 1)"),
        ("y", "0"),
    ],
)
def test_derivatives_from_the_book(text, expected):
    at = {"x": np.array([0.3, 1.7, 2.5]), "a": 1.3, "y": 2.0}
    found = evaluate(derivative(parse(text), "x"), at)
    np.testing.assert_allclose(found, evaluate(parse(expected), at), rtol=1e-14)


def test_what_has_no_derivative_says_so():
    with pytest.raises(TypeError, match="second derivatives of linoid"):
        derivative(parse("linoid_slope(x)"), "x")
    with pytest.raises(TypeError, match="Compare has no derivative"):
        derivative(Compare("<", X, X), "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a / b", r"\frac{a}{b}"),
        ("a - (b - c)", r"a - \left( b - c \right)"),
        ("a - -3", "a + 3"),
        ("a + -3", "a - 3"),
        ("-2 * a", r"-2 \, a"),
        ("b * (-2 * a)", r"b \, \left( -2 \, a \right)"),
        ("(a + b) * c", r"\left( a + b \right) \, c"),
        ("(a / b)**2", r"\left( \frac{a}{b} \right)^{2}"),
        ("exp(-a)", "e^{-a}"),
        ("sqrt(a)", r"\sqrt{a}"),
        ("abs(a)", r"\left| a \right|"),
        ("log(a)", r"\ln \left( a \right)"),
        ("log10(a)", r"\log_{10} \left( a \right)"),
        ("c * expm1(a)", r"c \, \left( e^{a} - 1 \right)"),
        ("sigmoid(a)", r"\frac{1}{1 + e^{-a}}"),
        ("linoid(a)", r"\frac{a}{1 - e^{-a}}"),
        ("max(a, b)", r"\max \left( a, b \right)"),
        ("linoid_slope(a)", r"\operatorname{linoid\_slope} \left( a \right)"),
        (
            "where(a >= 1, b, c)",
            r"\begin{cases} b & \text{if } a \ge 1 \\ c & \text{otherwise} \end{cases}",
        ),
        ("ca_out", r"\mathrm{ca\_out}"),
    ],
)
def test_latex(text, expected):
    assert latex(parse(text), {"a": "a", "b": "b", "c": "c"}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (-65.0, "-65"),
        (0.07, "0.07"),
        (1e-5, "10^{-5}"),
        (-1e-5, "-10^{-5}"),
        (2.5e-5, r"2.5 \times 10^{-5}"),
        (6e23, r"6 \times 10^{23}"),
        (math.inf, r"\infty"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\mathrm{nan}"),
    ],
)
def test_latex_of_numbers(value, expected):
    assert latex_number(value) == expected


def test_text_of_nested_powers_reads_back():
    tree = Power(Power(X, 2.0), 3.0)
    assert to_text(tree) == "(x**2)**3"
    assert parse(to_text(tree)) == tree

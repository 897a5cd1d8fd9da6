"""Any expression: it reads back, its derivative is its slope, and any text is safe to parse."""

import keyword

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from loligo.cell.expression import (
    FUNCTIONS,
    Compare,
    Expression,
    Symbol,
    derivative,
    evaluate,
    latex,
    number,
    parse,
    substitute,
    symbols,
    to_text,
)
from loligo.cell.expression.tree import add, call, divide, multiply, power, subtract, where
from loligo.errors import ExpressionError

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(number)
NAMES = st.sampled_from(["v", "x", "na.m", "temperature", "ca_out"]).map(Symbol)
RELATIONS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


def _larger(smaller):
    calls = st.one_of(
        *(
            st.builds(call, st.just(name), *(smaller for _ in range(count)))
            for name, count in FUNCTIONS.items()
        )
    )
    return st.one_of(
        st.builds(add, smaller, smaller),
        st.builds(subtract, smaller, smaller),
        st.builds(multiply, smaller, smaller),
        st.builds(divide, smaller, smaller),
        st.builds(power, smaller, st.sampled_from([-2.0, -0.5, 0.5, 1.5, 2.0, 3.0, 4.0])),
        st.builds(where, st.builds(Compare, RELATIONS, smaller, smaller), smaller, smaller),
        calls,
    )


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, NAMES), _larger, max_leaves=12)


@given(EXPRESSIONS)
def test_text_reads_back_as_the_same_expression(tree):
    assert parse(to_text(tree)) == tree


@given(EXPRESSIONS)
def test_latex_is_balanced(tree):
    text = latex(tree)
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert text.count(r"\begin") == text.count(r"\end")


@given(EXPRESSIONS, st.floats(-3, 3))
def test_replacing_a_name_by_its_value_changes_nothing(tree, value):
    rest = {"v": 0.5, "x": -1.5, "na.m": 0.25, "temperature": 22.0, "ca_out": 2.0}
    for name in symbols(tree):
        rest.setdefault(name, 1.0)
    before = evaluate(tree, {**rest, "x": value})
    after = evaluate(substitute(tree, {"x": value}), rest)
    # folding reorders no operation except the product of constants
    np.testing.assert_allclose(after, before, rtol=1e-6, equal_nan=True)


SMOOTH = ["exp", "log", "sqrt", "sinh", "cosh", "tanh", "linoid", "sigmoid", "expm1", "log10"]


def _smooth(smaller):
    return st.one_of(
        st.builds(add, smaller, smaller),
        st.builds(subtract, smaller, smaller),
        st.builds(multiply, smaller, smaller),
        st.builds(divide, smaller, smaller),
        st.builds(power, smaller, st.sampled_from([-1.0, 0.5, 2.0, 3.0])),
        st.builds(call, st.sampled_from(SMOOTH), smaller),
    )


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.recursive(
        st.one_of(st.floats(0.25, 3).map(number), st.just(Symbol("x"))), _smooth, max_leaves=6
    ),
    st.floats(0.3, 2.0),
)
def test_derivative_is_the_slope(tree, x):
    try:
        slope = float(evaluate(derivative(tree, "x"), {"x": x}))
    except TypeError:
        assume(False)
    step = 1e-3
    points = x + step * np.array([-3, -2, -1, 1, 2, 3])
    values = evaluate(tree, {"x": points}) * np.ones(6)
    assume(np.isfinite(values).all() and np.isfinite(slope))
    weights = np.array([-1, 9, -45, 45, -9, 1]) / 60
    coarse = evaluate(tree, {"x": x + 2 * (points - x)}) * np.ones(6)
    fine, other = values @ weights / step, coarse @ weights / (2 * step)
    size = max(1.0, abs(fine), np.abs(values).max())
    assume(abs(fine - other) <= 1e-7 * size)  # a pole or a root close by: no slope to compare with
    np.testing.assert_allclose(slope, fine, rtol=0, atol=1e-6 * size)


@given(st.text(max_size=60))
def test_any_text_is_arithmetic_or_refused(text):
    try:
        tree = parse(text)
    except ExpressionError:
        return
    assert isinstance(tree, Expression)


PIECES = [*FUNCTIONS, "where", "nernst", "ghk", "v", "x", "(", ")", ",", "+", "-", "*", "/", "**"]
PIECES += ["<", "1", "2.5", "e", ".", "=", ":", "[", "]", "{", "'", "lambda", "import", "\n", "#"]
PIECES += [
    "__class__",
    "if",
    "else",
    "not",
    "f'",
    "@",
    ";",
    "\\",
    "0x1",
    "1_0",
    "j",
    *keyword.kwlist,
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
def test_anything_made_of_syntax_is_arithmetic_or_refused(text):
    try:
        tree = parse(text)
    except ExpressionError:
        return
    assert isinstance(tree, Expression)
    assert parse(to_text(tree)) == tree

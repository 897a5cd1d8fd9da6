"""Expressions as source text: it has their value, and every fused product is written down."""

import numpy as np
import pytest
from engine_expressions import EXPRESSIONS, VALUES
from hypothesis import example, given, settings

from loligo.cell.expression import Number, Operation, Symbol, evaluate, parse
from loligo.cell.expression.tree import call
from loligo.engine.printing import Printer, identifiers
from loligo.engine.simplify import simplified

A, B, C, D = (Symbol(name) for name in "abcd")
PRINT = Printer({name: name for name in "abcd"})

SCOPE = {
    "fma": lambda a, b, c: a * b + c,
    "exp_": np.exp,
    "log_": np.log,
    "sqrt_": np.sqrt,
    "max_": max,
    "min_": min,
    "abs": abs,
}


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (A + B, "a + b"),
        (A * B + C, "fma(a, b, c)"),
        (C + A * B, "fma(a, b, c)"),
        (A * B - C, "fma(a, b, -c)"),
        (C - A * B, "fma(-a, b, c)"),
        (A * B - C * D, "fma(-c, d, a * b)"),
        (A * B + C * D, "fma(c, d, a * b)"),
        (C - Number(2.0) * B, "fma(-2.0, b, c)"),
        (A * B - Number(3.0), "fma(a, b, -3.0)"),
        (A - (B - C), "a - (b - c)"),
        ((A + B) * C, "(a + b) * c"),
        (A / (B * C), "a / (b * c)"),
        (A / B / C, "a / b / c"),
        (Operation("*", A, Operation("*", B, C)), "a * (b * c)"),
        (A * Number(-2.0), "(-2.0) * a"),
        ((A - B) - C * (A + D), "fma(-c, a + d, a - b)"),
        (C - (A + B) * D, "fma(-(a + b), d, c)"),
    ],
)
def test_sums_of_products_are_fused_by_name(node, text):
    assert PRINT(node) == text


def test_functions_have_the_names_that_kernels_import():
    node = parse("sqrt(a) + max(exp(b), log(c)) + min(a, abs(b))", set("abc"))
    assert PRINT(node) == "sqrt_(a) + max_(exp_(b), log_(c)) + min_(a, abs(b))"


def test_a_choice_is_one_of_two_names():
    assert PRINT(parse("where(a < 2 * b, c, d)", set("abcd"))) == "c if a < 2.0 * b else d"


def test_literals_are_wrapped_as_the_target_needs():
    single = Printer({"a": "a"}, lambda value: f"real({value!r})")
    assert single(A * Number(0.1) - Number(0.2)) == "fma(real(0.1), a, real(-0.2))"


@settings(max_examples=50)
@example(call("linoid", -0.0125 * (Symbol("v") - -1.0)))  # 0 / 0 before the choice
@given(EXPRESSIONS)
def test_printed_lines_have_the_value(tree):
    lines, aliases = simplified([("result", tree)], "s")
    names = identifiers([*VALUES, *(name for name, _ in lines)])
    printer = Printer(names)
    result = printer(aliases.get("result", Symbol("result")))
    code = "\n".join([*(f"{names[n]} = {printer(e)}" for n, e in lines), f"result_ = {result}"])
    for run in range(4):
        scope = {**SCOPE, **{names[n]: np.float64(values[run]) for n, values in VALUES.items()}}
        with np.errstate(all="ignore"):  # both sides of a choice are computed, as in a kernel
            exec(code, scope)
        expected = np.broadcast_to(evaluate(tree, VALUES), (4,))[run]
        assert scope["result_"] == pytest.approx(expected, rel=1e-11)


def test_identifiers_are_valid_and_different():
    names = ["na.m", "na_m", "na-m", "1.x", "for", "v", "channel.na.conductance", ".a", "x_for"]
    found = identifiers(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(text.isidentifier() for text in found.values())
    assert "for" not in found.values()
    assert found["v"] == "v"
    assert found["na.m"] == "na_m"

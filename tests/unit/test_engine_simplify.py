"""Assignments made cheap: the same values, common parts computed once, choices between names."""

from collections import Counter

import numpy as np
import pytest
from engine_expressions import EXPRESSIONS, VALUES, run
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.cell import catalogue, equations
from loligo.cell.expression import Call, Number, Operation, Symbol, Where, evaluate, parse
from loligo.cell.expression.tree import children, walk
from loligo.engine.assemble import assemble
from loligo.engine.simplify import simplified
from loligo.engine.system import Options


@settings(max_examples=40)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=5))
def test_simplified_lines_have_the_same_values(trees):
    lines = [(f"line.{i}", tree) for i, tree in enumerate(trees)]
    lines += [("sum", sum((Symbol(name) for name, _ in lines), Number(0.0)))]
    before = run(lines, VALUES)
    new, aliases = simplified(lines, "s")
    after = run(new, VALUES)
    for name, _ in lines:
        found = evaluate(aliases[name], after) if name in aliases else after[name]
        np.testing.assert_allclose(found, before[name], rtol=1e-11, err_msg=name)


@settings(max_examples=40)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=5))
def test_simplified_lines_can_be_printed(trees):
    new, _ = simplified([(f"line.{i}", tree) for i, tree in enumerate(trees)], "s")
    for _, expression in new:
        inner = [node for part in children(expression) for node in walk(part)]
        assert not any(isinstance(node, Where) for node in inner)
        if isinstance(expression, Where):
            assert isinstance(expression.yes, Symbol | Number)
            assert isinstance(expression.no, Symbol | Number)


def _operations(lines):
    return [n for _, e in lines for n in walk(e) if isinstance(n, Operation | Call)]


def test_common_parts_are_computed_once():
    names = {"x", "y"}
    lines = [("a", parse("(x + y) * 2 + sqrt(x + y)", names)), ("b", parse("(x + y) * 3", names))]
    new, _ = simplified(lines, "s")
    assert Counter(_operations(new))[parse("x + y", names)] == 1


def test_a_whole_line_is_reused_under_its_name():
    names = {"x", "y", "a"}
    new, _ = simplified([("a", parse("x * y", names)), ("b", parse("x * y + 1", names))], "s")
    assert dict(new)["b"] == parse("a + 1", names)


def test_a_name_for_a_name_or_number_is_an_alias():
    lines = [("a", Symbol("x")), ("b", parse("2 * 3", set())), ("c", parse("a * b", {"a", "b"}))]
    new, aliases = simplified(lines, "s")
    assert aliases == {"a": Symbol("x"), "b": Number(6.0)}
    assert evaluate(dict(new)["c"], {"x": 2.5}) == 15.0


@pytest.mark.parametrize("name", ["hodgkin_huxley1952", "hay2011_soma", "hudspeth_lewis1988"])
def test_no_exponential_of_a_cell_is_computed_twice(name):
    system = assemble(equations(catalogue.load(name)), Options())
    calls = [n for n in _operations(system.step) if isinstance(n, Call) and n.function == "exp"]
    assert calls
    assert len(set(calls)) == len(calls)

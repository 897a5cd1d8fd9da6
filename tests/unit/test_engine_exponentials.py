"""Exponentials that share a base: which ones do, and that no digit or range is lost by it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.cell import catalogue, equations
from loligo.cell.expression import Call, Number, Operation, Symbol, evaluate, parse
from loligo.cell.expression.tree import call, walk
from loligo.engine.assemble import assemble
from loligo.engine.exponentials import replace, share
from loligo.engine.system import Options

V = np.linspace(-200.0, 200.0, 801)


def _shared(*texts):
    roots = [parse(text, {"v", "x"}) for text in texts]
    by = share(roots)
    return roots, [replace(root, by) for root in roots]


def _exponentials(nodes):
    return {n for node in nodes for n in walk(node) if isinstance(n, Call) and n.function == "exp"}


def test_hodgkin_and_huxley_need_one_exponential():
    """Slopes of 10, 18, 20 and 80 mV are all parts of 720 mV."""
    system = assemble(equations(catalogue.load("hodgkin_huxley1952")), Options())
    assert len(_exponentials(e for _, e in system.step)) == 1


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        (("exp(v / 10)", "exp(v / 20)"), 1),
        (("exp(v / 10)", "exp((v - 30) / 40)", "exp(v / 20 + 1)"), 1),
        (("exp(v / 10)", "exp(-v / 10)"), 2),
        (("exp(v / 10)", "exp(x / 20)"), 2),
        (("exp(v / 10)", "exp(v / 25)"), 1),
        (("exp(v / 10)", "exp(v / 31.4159265)"), 2),
        (("exp(v / 10)", "exp(v / 960)"), 1),
        (("exp(v / 10)", "exp(v / 970)"), 2),
        (("exp(v * v)", "exp(2 * v)", "exp(v)"), 2),
    ],
    ids=[
        "double",
        "family",
        "opposite",
        "names",
        "common part",
        "no part",
        "96 times",
        "97 times",
        "no line",
    ],
)
def test_whole_multiples_of_a_slope_share(texts, left):
    roots, shared = _shared(*texts)
    assert len(_exponentials(shared)) == left
    values = {"v": np.linspace(-20, 20, 41), "x": np.linspace(-20, 20, 41)}
    for before, after in zip(roots, shared, strict=True):
        np.testing.assert_allclose(evaluate(after, values), evaluate(before, values), rtol=1e-13)


def test_a_slope_beside_a_multiple_is_not_taken_for_it():
    """One part in 1e10 is somebody's number, not rounding."""
    roots, shared = _shared("exp(v / 20)", "exp(0.10000000001 * v)")
    assert shared == roots


FAMILIES = st.lists(
    st.tuples(st.integers(1, 16), st.integers(-120, 120), st.booleans()), min_size=2, max_size=6
)


@settings(max_examples=40)
@given(FAMILIES, st.integers(10, 200))
def test_shared_exponentials_keep_digits_and_range(members, scale):
    """In extended precision; each product costs a rounding, so does the argument."""
    slopes = [(1.0 if rising else -1.0) * power / scale for power, _, rising in members]
    roots = [
        call("exp", slope * Symbol("v") + -slope * middle)
        for slope, (_, middle, _) in zip(slopes, members, strict=True)
    ]
    by = share(roots)
    for root, slope, (_, middle, _) in zip(roots, slopes, members, strict=True):
        argument = np.longdouble(slope) * V.astype(np.longdouble) + np.longdouble(-slope * middle)
        near = np.abs(argument) < 70.0
        found = evaluate(replace(root, by), {"v": V})
        exact = np.exp(argument[near]).astype(float)
        np.testing.assert_allclose(found[near], exact, rtol=5e-14)
        for node in walk(replace(root, by)):
            if isinstance(node, Number):
                assert 1e-37 < abs(node.value) < 1e38 or node.value == 0.0


def test_powers_share_their_squares():
    """The eighth and the sixteenth power of one exponential are four squarings in all."""
    _, shared = _shared("exp(v / 160)", "exp(v / 20)", "exp(v / 10)")
    base, eighth, sixteenth = shared
    raised = base
    for _ in range(3):
        raised = Operation("*", raised, raised)
    assert eighth == raised
    assert sixteenth == Operation("*", raised, raised)

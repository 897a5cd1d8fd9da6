"""Hypothesis strategies for expressions that the engine rewrites, and values to put into them.

Everything is positive and well conditioned, so that two ways of writing an expression agree to a
few roundings, and a difference is an error.
"""

import numpy as np
from hypothesis import strategies as st

from loligo.cell.expression import Compare, Expression, Number, Symbol, evaluate
from loligo.cell.expression.tree import add, call, divide, multiply, power, where

NAMES = ("v", "x", "na.m", "ca")
VALUES = {
    "v": np.array([-80.0, -40.0, -1.0, 30.0]),
    "x": np.array([0.3, 1.7, 2.5, 0.9]),
    "na.m": np.array([0.05, 0.5, 0.95, 0.99]),
    "ca": np.array([1e-4, 5e-4, 2e-3, 0.1]),
}
"""Four runs; ``v`` is negative too, and stands in straight lines alone."""

POSITIVE = st.one_of(
    st.floats(0.05, 5.0).map(Number), st.sampled_from(["x", "na.m", "ca"]).map(Symbol)
)
SLOPES = st.sampled_from([-1 / 80, -1 / 40, -1 / 20, -1 / 18, -1 / 10, 1 / 80, 1 / 20, 1 / 7])
LINES = st.builds(lambda slope, middle: slope * (Symbol("v") - middle), SLOPES, st.floats(-80, 40))
EXPONENTIALS = st.builds(call, st.sampled_from(["exp", "sigmoid", "linoid"]), LINES)


def _larger(smaller: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(add, smaller, smaller),
        st.builds(multiply, smaller, smaller),
        st.builds(divide, smaller, smaller),
        st.builds(power, smaller, st.sampled_from([-2.0, -1.0, 0.5, 1.5, 2.0, 3.0, 4.0])),
        st.builds(
            where,
            st.builds(Compare, st.sampled_from(["<", ">="]), st.just(Symbol("v")), LINES),
            smaller,
            smaller,
        ),
        st.builds(call, st.sampled_from(["min", "max"]), smaller, smaller),
        st.builds(lambda x: call("log", 1.5 + x), smaller),
    )


EXPRESSIONS = st.recursive(st.one_of(POSITIVE, EXPONENTIALS), _larger, max_leaves=10)
"""Positive expressions of `NAMES`."""


def run(lines, values):
    """The values of all names after assignments in order; each may be assigned once."""
    known = dict(values)
    for name, expression in lines:
        assert name not in known, f"{name} is assigned twice"
        known[name] = evaluate(expression, known)
    return known

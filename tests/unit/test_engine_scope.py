"""Names at a moment of a step: definitions computed when needed, anew when their states change."""

import numpy as np
import pytest

from loligo.cell.expression import Number, Symbol, evaluate, parse
from loligo.engine.scope import Definitions, Scope, Statements

NAMES = {"v", "ca", "m", "E", "f", "g", "h"}


def _definitions():
    texts = {"E": "25 * log(2 / ca)", "f": "v - E", "g": "f * f + m", "h": "2 * m"}
    return Definitions({name: parse(text, NAMES) for name, text in texts.items()})


def test_reach_goes_through_definitions():
    found = _definitions()
    assert found.depends_on("g") == {"g", "f", "E", "v", "ca", "m"}
    assert found.depends_on("v") == {"v"}
    assert found.varies_with(parse("3 * g", NAMES), "ca")
    assert not found.varies_with(parse("3 * h", NAMES), "ca")


@pytest.mark.parametrize("name", ["v", "ca", "m"])
def test_total_derivatives_are_slopes(name):
    """Against a central difference through all definitions."""
    found = _definitions()
    slope = found.total_derivative(parse("g * g + v", NAMES), name)
    at = {"v": -30.0, "ca": 0.3, "m": 0.2}

    def value(node, values):
        known = dict(values)
        for key in ("E", "f", "g", "h"):
            known[key] = evaluate(found.expressions[key], known)
        for key, expression in found.expressions.items():
            if ".by." in key:
                known[key] = evaluate(expression, known)
        return float(evaluate(node, known))

    step = 1e-5 * max(1.0, abs(at[name]))
    above, below = ({**at, name: at[name] + s} for s in (step, -step))
    node = parse("g * g + v", NAMES)
    expected = (value(node, above) - value(node, below)) / (2 * step)
    assert value(slope, at) == pytest.approx(expected, rel=1e-7)


def test_a_derivative_of_nothing_is_zero():
    assert _definitions().total_derivative(parse("h + 3", NAMES), "ca") == Number(0.0)


def test_a_definition_is_computed_once_until_its_states_change():
    statements = Statements()
    scope = Scope(_definitions(), statements)
    scope.resolve(Symbol("f"))
    scope.resolve(parse("f + E + h", NAMES))
    assert [name for name, _ in statements.lines] == ["E", "f", "h"]
    later = scope.after({"v": "v.next"})
    later.resolve(parse("f + E + h", NAMES))
    assert [name for name, _ in statements.lines] == ["E", "f", "h", "f.2"]
    assert statements.lines[-1][1] == Symbol("v.next") - Symbol("E")


def test_what_an_old_scope_computed_stays_as_it_was():
    statements = Statements()
    scope = Scope(_definitions(), statements)
    old = scope.resolve(Symbol("f"))
    new = scope.after({"ca": "ca.next"}).resolve(Symbol("f"))
    values = {"v": 1.0, "ca": 0.5, "ca.next": 2.0}
    for name, expression in statements.lines:
        values[name] = evaluate(expression, values)
    assert values[old.name] == pytest.approx(1.0 - 25 * np.log(4.0))
    assert values[new.name] == pytest.approx(1.0)


def test_names_are_assigned_once():
    statements = Statements(taken={"x"})
    assert statements.store("x", Number(1.0)) == "x.2"
    assert statements.store("x", Number(1.0)) == "x.3"
    assert statements.assign("y", Symbol("x")) == Symbol("x")
    assert statements.assign("y", Number(2.0)) == Number(2.0)
    assert statements.assign("y", parse("v * 2", NAMES)) == Symbol("y")
    assert [name for name, _ in statements.lines] == ["x.2", "x.3", "y"]

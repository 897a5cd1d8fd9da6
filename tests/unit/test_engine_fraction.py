"""Gates as linear rates with one denominator: every gate of the catalogue keeps its laws."""

import numpy as np
import pytest

from loligo.cell import Cell, catalogue, equations
from loligo.cell.expression import Symbol, evaluate, parse
from loligo.cell.lowered import Relaxation
from loligo.cell.steady import steady_values
from loligo.engine.fraction import fraction, linear_rate
from loligo.engine.rewrite import expand

POTENTIALS = np.r_[np.linspace(-130.0, 80.0, 631), -40.0, -55.0, -35.0, -54.0 + 1e-6]
"""[mV], removable singularities among them."""


@pytest.fixture(scope="module")
def gates():
    """Every gate of every cell of the catalogue, by name, with the value of each symbol."""
    found = {}
    for name in catalogue.names():
        cell = catalogue.load(name)
        if isinstance(cell, Cell):
            lowered = equations(cell)
            values = steady_values(lowered, POTENTIALS)
            found |= {f"{name} {g.state}": (g, values) for g in lowered.relaxations}
    assert len(found) > 60
    return found


def test_every_gate_keeps_its_laws(gates):
    for name, (gate, values) in gates.items():
        rate = linear_rate(gate)
        a, s, d = (evaluate(expand(part), values) for part in (rate.a, rate.s, rate.d))
        if gate.inf is not None:
            speed = 1.0 / evaluate(gate.tau, values)
            opening = evaluate(gate.inf, values) * speed
        else:
            opening = evaluate(gate.alpha, values)
            speed = opening + evaluate(gate.beta, values)
        assert (d > 0).all(), name
        np.testing.assert_allclose(s / d, speed, rtol=1e-11, err_msg=name)
        np.testing.assert_allclose(a / d, opening, rtol=1e-11, atol=1e-300, err_msg=name)
        assert rate.factor == gate.factor


def test_every_gate_fits_single_precision(gates):
    """Between -120 and 60 mV."""
    within = (POTENTIALS >= -120.0) & (POTENTIALS <= 60.0)
    for name, (gate, values) in gates.items():
        rate = linear_rate(gate)
        for part in (rate.a, rate.s, rate.d):
            found = np.broadcast_to(evaluate(expand(part), values), POTENTIALS.shape)
            assert np.abs(found[within]).max() < 1e38, name
        assert evaluate(expand(rate.d), values).min() > 1e-37, name


@pytest.mark.parametrize(
    "text",
    [
        "1 / (1 + exp(-x))",
        "sigmoid(x) * linoid(x) + 3",
        "linoid(x) - sigmoid(x)",
        "sigmoid(x) / (exp(x) + 2)",
        "1 / (x + 1)",
        "x / sigmoid(x)",
        "(sigmoid(x) + 1) / (linoid(-x) * 2)",
        "exp(x) + exp(-x) - sigmoid(x) * sigmoid(x)",
    ],
)
def test_fractions_have_the_value_and_a_positive_denominator(text):
    x = np.r_[np.linspace(-9.0, 9.0, 181), 1e-9, -1e-9, 1e-3, -1e-3]
    node = parse(text, {"x"})
    found = fraction(node)
    above, below = (
        evaluate(expand(part), {"x": x}) for part in (found.numerator, found.denominator)
    )
    assert (below > 0).all()
    np.testing.assert_allclose(above / below, evaluate(node, {"x": x}), rtol=1e-11, atol=1e-13)


def test_a_divisor_of_unknown_sign_is_left_alone():
    node = parse("1 / (x + 1)", {"x"})
    assert fraction(node).numerator == node


def test_rates_that_share_their_denominator_need_it_once():
    shape = parse("sigmoid(x)", {"x"})
    rate = linear_rate(Relaxation("m", alpha=2.0 * shape, beta=3.0 * shape))
    assert rate.d == fraction(shape).denominator
    assert evaluate(rate.s, {"x": 1.0}) == 5.0
    assert evaluate(rate.a, {"x": 1.0}) == 2.0


def test_a_steady_state_with_a_time_constant():
    """``dx/dt = (inf - x) / tau``, worked out at one potential: inf = 0.25, tau = 8 ms."""
    gate = Relaxation("m", inf=parse("v / 4", {"v"}), tau=parse("8 * v", {"v"}), factor=Symbol("q"))
    rate = linear_rate(gate)
    a, s, d = (float(evaluate(part, {"v": 1.0})) for part in (rate.a, rate.s, rate.d))
    assert (a - s * 0.5) / d == (0.25 - 0.5) / 8.0
    assert rate.factor == Symbol("q")

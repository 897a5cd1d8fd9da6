"""Rates as fractions with a positive denominator, so that a gate needs one division a step.

A gate obeys ``dx/dt = (a - s x) / d``. Rates like ``x / (1 - exp(-x))`` or ``1 / (1 + exp(-x))``
bring their denominators into ``d`` instead of being divided out one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from loligo.cell.expression import Call, Expression, Number, Operation
from loligo.cell.expression.tree import call, where
from loligo.cell.lowered import Relaxation
from loligo.engine.rewrite import ONE, exponential, is_positive, is_small


@dataclass(frozen=True, slots=True)
class Fraction:
    """``numerator / denominator``, the latter above 0."""

    numerator: Expression
    denominator: Expression = ONE


@dataclass(frozen=True, slots=True)
class LinearRate:
    """``dx/dt = factor (a - s x) / d`` with ``d`` above 0."""

    a: Expression
    s: Expression
    d: Expression
    factor: Expression


def fraction(node: Expression) -> Fraction:  # noqa: PLR0911
    """Return an expression as a fraction with a denominator that is above 0 for certain."""
    if isinstance(node, Call):
        return _of_call(node)
    if not isinstance(node, Operation):
        return Fraction(node)
    left = fraction(node.left)
    if node.operator == "/":
        right = fraction(node.right)
        if not is_positive(node.right):
            return Fraction(node)
        return Fraction(left.numerator * right.denominator, left.denominator * right.numerator)
    right = fraction(node.right)
    if node.operator == "*":
        return Fraction(left.numerator * right.numerator, left.denominator * right.denominator)
    if left.denominator == right.denominator:
        numerator = _sum(node.operator, left.numerator, right.numerator)
        return Fraction(numerator, left.denominator)
    numerator = _sum(
        node.operator, left.numerator * right.denominator, right.numerator * left.denominator
    )
    return Fraction(numerator, left.denominator * right.denominator)


def _sum(operator: str, left: Expression, right: Expression) -> Expression:
    return left + right if operator == "+" else left - right


def _of_call(node: Call) -> Fraction:
    x = node.arguments[0]
    if node.function == "sigmoid":
        return Fraction(ONE, ONE + exponential(-x))
    if node.function == "linoid":
        series = ONE + x * (0.5 + x * Number(1.0 / 12.0))
        rest = call("abs", ONE - exponential(-x))
        return Fraction(where(is_small(x), series, call("abs", x)), where(is_small(x), ONE, rest))
    return Fraction(node)


def linear_rate(gate: Relaxation) -> LinearRate:
    """Return the equation of a gate as a linear rate.

    ``alpha (1 - x) - beta x`` or ``(inf - x) / tau``, with all denominators in ``d``.
    """
    if gate.inf is not None and gate.tau is not None:
        inf, tau = fraction(gate.inf), fraction(gate.tau)
        return LinearRate(
            inf.numerator * tau.denominator,
            inf.denominator * tau.denominator,
            inf.denominator * tau.numerator,
            gate.factor,
        )
    assert gate.alpha is not None
    assert gate.beta is not None
    alpha, beta = fraction(gate.alpha), fraction(gate.beta)
    if alpha.denominator == beta.denominator:
        total = alpha.numerator + beta.numerator
        return LinearRate(alpha.numerator, total, alpha.denominator, gate.factor)
    opening = alpha.numerator * beta.denominator
    total = opening + beta.numerator * alpha.denominator
    return LinearRate(opening, total, alpha.denominator * beta.denominator, gate.factor)

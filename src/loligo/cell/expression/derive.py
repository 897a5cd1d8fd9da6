"""Derivatives of expressions."""

from __future__ import annotations

from collections.abc import Callable

from loligo.cell.expression.tree import (
    Call,
    Compare,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
    call,
    power,
    where,
)


def derivative(node: Expression, name: str) -> Expression:
    """Return the partial derivative of an expression with respect to a name.

    Where an expression has a kink (``abs``, ``min``, ``max``, ``where``) it is the derivative of
    the branch taken.
    """
    if isinstance(node, Number):
        return Number(0.0)
    if isinstance(node, Symbol):
        return Number(1.0 if node.name == name else 0.0)
    if isinstance(node, Operation):
        return _of_operation(node, name)
    if isinstance(node, Power):
        inner = derivative(node.base, name)
        return node.exponent * power(node.base, node.exponent - 1.0) * inner
    if isinstance(node, Where):
        return where(node.condition, derivative(node.yes, name), derivative(node.no, name))
    if isinstance(node, Call):
        return _of_call(node, name)
    raise TypeError(f"{type(node).__name__} has no derivative")


def _of_operation(node: Operation, name: str) -> Expression:
    left, right = derivative(node.left, name), derivative(node.right, name)
    if node.operator == "+":
        return left + right
    if node.operator == "-":
        return left - right
    if node.operator == "*":
        return left * node.right + node.left * right
    if right == Number(0.0):
        return left / node.right
    return (left - node * right) / node.right


def _of_call(node: Call, name: str) -> Expression:
    x = node.arguments[0]
    if node.function in {"min", "max"}:
        other = node.arguments[1]
        condition = Compare("<" if node.function == "min" else ">", x, other)
        return where(condition, derivative(x, name), derivative(other, name))
    inner = derivative(x, name)
    if inner == Number(0.0):
        return inner
    if node.function == "linoid_slope":
        raise TypeError("second derivatives of linoid are not implemented")
    outers: dict[str, Callable[[], Expression]] = {
        "exp": lambda: node,
        "expm1": lambda: call("exp", x),
        "log": lambda: 1.0 / x,
        "log10": lambda: Number(0.4342944819032518) / x,
        "sqrt": lambda: 0.5 / node,
        "abs": lambda: where(Compare("<", x, Number(0.0)), Number(-1.0), Number(1.0)),
        "sinh": lambda: call("cosh", x),
        "cosh": lambda: call("sinh", x),
        "tanh": lambda: 1.0 - node * node,
        "linoid": lambda: call("linoid_slope", x),
        "sigmoid": lambda: node * (1.0 - node),
    }
    return outers[node.function]() * inner

"""The value of an expression on numbers or arrays, in plain NumPy: what all kernels must equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.cell.expression.tree import (
    Call,
    Compare,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
)
from loligo.errors import ExpressionError, suggest

_SERIES = 1e-3


def linoid(x: ArrayLike) -> NDArray[np.float64]:
    """Return ``x / (1 - exp(-x))``, 1 at 0."""
    x = np.asarray(x, dtype=np.float64)
    small = np.abs(x) < _SERIES
    safe = np.where(small, 1.0, x)
    with np.errstate(over="ignore"):
        value = safe / -np.expm1(-safe)
    return np.where(small, 1.0 + x * (0.5 + x / 12.0), value)


def linoid_slope(x: ArrayLike) -> NDArray[np.float64]:
    """Return the derivative of `linoid`, 1/2 at 0."""
    x = np.asarray(x, dtype=np.float64)
    small = np.abs(x) < 0.03
    safe = np.where(small, 1.0, x)
    value = linoid(safe)
    series = 0.5 + x * (1.0 / 6.0 - x * x * (1.0 / 180.0 - x * x / 5040.0))
    return np.where(small, series, value / safe * (1.0 - linoid(-safe)))


def sigmoid(x: ArrayLike) -> NDArray[np.float64]:
    """Return ``1 / (1 + exp(-x))``."""
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(x, dtype=np.float64))))


_CALLS: dict[str, Any] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "min": np.minimum,
    "max": np.maximum,
    "linoid": linoid,
    "linoid_slope": linoid_slope,
    "sigmoid": sigmoid,
}
_RELATIONS: dict[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_OPERATIONS: dict[str, Any] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


def evaluate(node: Expression, values: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Return the value of an expression.

    Parameters
    ----------
    node : Expression
    values : mapping of str to array_like
        A value for each name; they broadcast.

    Returns
    -------
    ndarray of float64
        Not finite where the expression is not (a division by zero, a logarithm of a negative).

    Raises
    ------
    ExpressionError
        A name has no value.
    """
    with np.errstate(all="ignore"):
        return np.asarray(_value(node, values), dtype=np.float64)


def _value(node: Expression, values: Mapping[str, ArrayLike]) -> Any:  # noqa: PLR0911
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Symbol):
        if node.name not in values:
            raise ExpressionError(f"no value for {node.name!r}; {suggest(node.name, values)}")
        return np.asarray(values[node.name], dtype=np.float64)
    if isinstance(node, Operation):
        left, right = _value(node.left, values), _value(node.right, values)
        return _OPERATIONS[node.operator](left, right)
    if isinstance(node, Power):
        return np.power(_value(node.base, values), node.exponent)
    if isinstance(node, Call):
        return _CALLS[node.function](*(_value(a, values) for a in node.arguments))
    if isinstance(node, Compare):
        left, right = _value(node.left, values), _value(node.right, values)
        return _RELATIONS[node.relation](left, right)
    assert isinstance(node, Where)
    condition = _value(node.condition, values)
    return np.where(condition, _value(node.yes, values), _value(node.no, values))

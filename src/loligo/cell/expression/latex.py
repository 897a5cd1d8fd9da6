"""Expressions as LaTeX, in the notation of textbooks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal

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

_RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}


def latex(node: Expression, names: Mapping[str, str] | None = None) -> str:
    """Write an expression as LaTeX, for math mode.

    Parameters
    ----------
    node : Expression
    names : mapping of str to str, optional
        LaTeX of the names; a name that is not there is set upright.

    Returns
    -------
    str
    """
    return _Writer(names or {}).write(node, 0)


def latex_name(name: str) -> str:
    """Set a name upright, with its underscores escaped."""
    return r"\mathrm{" + name.replace("_", r"\_") + "}"


def latex_number(value: float) -> str:
    r"""Write a number to eight digits, with a power of ten where it is large or small.

    >>> latex_number(2.5e-05)
    '2.5 \\times 10^{-5}'
    """
    if not math.isfinite(value):
        return r"\mathrm{nan}" if math.isnan(value) else f"{'-' if value < 0 else ''}\\infty"
    text = f"{value:.8g}"
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        return text
    digits = Decimal(text)
    exponent = digits.adjusted()
    mantissa = f"{digits.scaleb(-exponent).normalize():f}"
    power = f"10^{{{exponent}}}"
    return {"1": power, "-1": f"-{power}"}.get(mantissa, rf"{mantissa} \times {power}")


class _Writer:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def write(self, node: Expression, outer: int) -> str:
        """Write a node; in parentheses where what is around it binds more strongly."""
        if isinstance(node, Number):
            return _bracketed(latex_number(node.value), node.value < 0 and outer > 0)
        if isinstance(node, Symbol):
            return self.names.get(node.name) or latex_name(node.name)
        if isinstance(node, Operation):
            return self.operation(node, outer)
        if isinstance(node, Power):
            base = self.write(node.base, 0)
            return f"{_bracketed(base, not _simple(node.base))}^{{{latex_number(node.exponent)}}}"
        if isinstance(node, Where):
            yes, no = self.write(node.yes, 0), self.write(node.no, 0)
            condition = self.condition(node.condition)
            cases = rf"{yes} & {condition} \\ {no} & \text{{otherwise}}"
            return _bracketed(rf"\begin{{cases}} {cases} \end{{cases}}", outer > 0)
        assert isinstance(node, Call)
        return self.function(node, outer)

    def condition(self, node: Compare) -> str:
        left, right = self.write(node.left, 0), self.write(node.right, 0)
        return rf"\text{{if }} {left} {_RELATIONS[node.relation]} {right}"

    def operation(self, node: Operation, outer: int) -> str:
        left, right = node.left, node.right
        if node.operator == "/":
            return rf"\frac{{{self.write(left, 0)}}}{{{self.write(right, 0)}}}"
        if node.operator == "*":
            negative = isinstance(left, Number) and left.value < 0
            left = Number(-left.value) if negative and isinstance(left, Number) else left
            factor = "" if left == Number(1.0) else f"{self.write(left, 2)} \\, "
            text = f"{'-' if negative else ''}{factor}{self.write(right, 2)}"
            return _bracketed(text, outer > 2 or (negative and outer > 0))
        operator: str = node.operator
        if isinstance(right, Number) and right.value < 0:
            operator, right = {"+": "-", "-": "+"}[operator], Number(-right.value)
        text = f"{self.write(left, 1)} {operator} {self.write(right, 2 if operator == '-' else 1)}"
        return _bracketed(text, outer > 1)

    def function(self, node: Call, outer: int) -> str:
        x = self.write(node.arguments[0], 0)
        built: dict[str, Callable[[], str]] = {
            "exp": lambda: f"e^{{{x}}}",
            "expm1": lambda: _bracketed(f"e^{{{x}}} - 1", outer > 1),
            "sqrt": lambda: rf"\sqrt{{{x}}}",
            "abs": lambda: rf"\left| {x} \right|",
            "linoid": lambda: rf"\frac{{{x}}}{{1 - e^{{{self.minus(node)}}}}}",
            "sigmoid": lambda: rf"\frac{{1}}{{1 + e^{{{self.minus(node)}}}}}",
            "log": lambda: rf"\ln \left( {x} \right)",
            "log10": lambda: rf"\log_{{10}} \left( {x} \right)",
        }
        if node.function in built:
            return built[node.function]()
        arguments = ", ".join(self.write(argument, 0) for argument in node.arguments)
        known = node.function in {"sinh", "cosh", "tanh", "min", "max"}
        name = f"\\{node.function}" if known else rf"\operatorname{{{node.function}}}"
        return rf"{name} \left( {arguments} \right)".replace("linoid_slope", r"linoid\_slope")

    def minus(self, node: Call) -> str:
        return self.write(-node.arguments[0], 0)


def _simple(node: Expression) -> bool:
    """Tell whether a power can be written on a node without parentheses."""
    if isinstance(node, Number):
        return node.value >= 0 and "times" not in latex_number(node.value)
    return isinstance(node, Symbol) or (isinstance(node, Call) and node.function in {"sqrt", "abs"})


def _bracketed(text: str, wanted: bool | int) -> str:
    return rf"\left( {text} \right)" if wanted else text

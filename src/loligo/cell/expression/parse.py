"""Text to expression, through an allow-list of syntax.

Python's own parser reads the text into a syntax tree; every node of it must be arithmetic that is
listed here. Nothing is ever evaluated or looked up.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection

from loligo.cell.expression.tree import (
    FUNCTIONS,
    Compare,
    Expression,
    Number,
    Relation,
    Symbol,
    add,
    call,
    divide,
    multiply,
    power,
    subtract,
    where,
)
from loligo.errors import ExpressionError, suggest

LONGEST = 4000
"""An expression of more characters is refused."""

DEEPEST = 200
"""An expression with more levels of operations is refused."""

GAS_CONSTANT = 8.314462618
FARADAY_CONSTANT = 96485.33212
ZERO_CELSIUS = 273.15

_OPERATORS = {ast.Add: add, ast.Sub: subtract, ast.Mult: multiply, ast.Div: divide}
_RELATIONS: dict[type, Relation] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
MACROS = {"where": 3, "nernst": 3, "ghk": 4, "pow": 2}
"""Further names that may be called, which stand for larger expressions."""


def parse(text: str, names: Collection[str] | None = None) -> Expression:
    """Parse an arithmetic expression.

    Parameters
    ----------
    text : str
        Numbers, names (also dotted ones, ``na.m``), ``+ - * / **``, parentheses, comparisons inside
        ``where(test, yes, no)``, the functions of `FUNCTIONS`,
        ``nernst(z, outside, inside)`` [mV] and ``ghk(v, z, inside, outside)`` [mM C/mmol], the
        current per permeability of the Goldman-Hodgkin-Katz flux equation; the last two use
        ``temperature`` [degC].
    names : collection of str, optional
        Names that may occur; any name where it is not given.

    Returns
    -------
    Expression

    Raises
    ------
    ExpressionError
        Not arithmetic, an unknown name or function, a power that is not constant; the message
        points at the place.
    """
    if len(text) > LONGEST:
        raise ExpressionError(
            f"the expression {text[:40]!r}... has {len(text)} characters; at most {LONGEST}"
        )
    stripped = text.strip().replace("^", "**").replace("\u2212", "-")
    try:
        tree = ast.parse(stripped, mode="eval")
        return _Reader(stripped, names).read(tree.body)
    except SyntaxError as error:
        raise ExpressionError(
            f"{text!r} is not an arithmetic expression: {error.msg} at character {error.offset}"
        ) from None
    except (RecursionError, MemoryError, ValueError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError(f"the expression {text[:40]!r}... cannot be parsed") from None


class _Reader:
    def __init__(self, text: str, names: Collection[str] | None) -> None:
        self.text = text
        self.names = names
        self.depth = 0

    def refuse(self, node: ast.AST, problem: str) -> ExpressionError:
        piece = ast.get_source_segment(self.text, node) or ""
        place = getattr(node, "col_offset", 0)
        return ExpressionError(
            f"in {self.text!r}, at character {place + 1} ({piece[:40]!r}): {problem}"
        )

    def read(self, node: ast.expr) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refuse(node, f"more than {DEEPEST} operations inside each other")
        result = self.kind(node)
        self.depth -= 1
        return result

    def kind(self, node: ast.expr) -> Expression:
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return self.name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            value = self.read(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return self.operation(node)
        if isinstance(node, ast.Call):
            return self.function(node)
        if isinstance(node, ast.Compare):
            raise self.refuse(node, "a comparison is allowed only as the first of where(a, b, c)")
        raise self.refuse(
            node,
            f"{type(node).__name__} is not arithmetic; allowed are numbers, names, + - * / **, "
            f"parentheses, where and the functions {', '.join(FUNCTIONS)}",
        )

    def constant(self, node: ast.Constant) -> Expression:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.refuse(node, "only numbers are allowed")
        if not math.isfinite(node.value):
            raise self.refuse(node, "the number is too large")
        return Number(float(node.value))

    def name(self, node: ast.Name | ast.Attribute) -> Expression:
        name = self.dotted(node)
        if self.names is not None and name not in self.names:
            raise self.refuse(node, f"unknown name {name!r}; {suggest(name, self.names)}")
        return Symbol(name)

    def dotted(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            return f"{self.dotted(node.value)}.{node.attr}"
        raise self.refuse(node, "only names have parts, as in na.m")

    def operation(self, node: ast.BinOp) -> Expression:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Pow):
            if not isinstance(right, Number):
                raise self.refuse(node.right, "a power must be a number; write exp(b * log(a))")
            return power(left, right.value)
        build = _OPERATORS.get(type(node.op))
        if build is None:
            raise self.refuse(node, f"{type(node.op).__name__} is not allowed; use + - * / **")
        return build(left, right)

    def function(self, node: ast.Call) -> Expression:
        if not isinstance(node.func, ast.Name):
            raise self.refuse(node, "only functions by name are allowed")
        name = node.func.id
        wanted = FUNCTIONS.get(name, MACROS.get(name))
        if wanted is None:
            known = [*FUNCTIONS, *MACROS]
            raise self.refuse(node, f"unknown function {name!r}; {suggest(name, known)}")
        if node.keywords or len(node.args) != wanted:
            raise self.refuse(node, f"{name} takes {wanted} arguments without names")
        if name == "where":
            yes, no = self.read(node.args[1]), self.read(node.args[2])
            return where(self.comparison(node.args[0]), yes, no)
        arguments = [self.read(argument) for argument in node.args]
        if name == "pow":
            if not isinstance(arguments[1], Number):
                raise self.refuse(node.args[1], "a power must be a number")
            return power(arguments[0], arguments[1].value)
        if name == "nernst":
            return nernst(*arguments)
        if name == "ghk":
            return ghk(*arguments)
        return call(name, *arguments)

    def comparison(self, node: ast.expr) -> Compare:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            raise self.refuse(node, "the first of where(a, b, c) must be one comparison")
        relation = _RELATIONS.get(type(node.ops[0]))
        if relation is None:
            raise self.refuse(node, f"use one of {', '.join(_RELATIONS.values())}")
        return Compare(relation, self.read(node.left), self.read(node.comparators[0]))


def _thermal_voltage() -> Expression:
    """RT/F [mV] as a function of the temperature [degC]."""
    kelvin = Symbol("temperature") + ZERO_CELSIUS
    return multiply(Number(1e3 * GAS_CONSTANT / FARADAY_CONSTANT), kelvin)


def nernst(valence: Expression, outside: Expression, inside: Expression) -> Expression:
    """Return the Nernst potential [mV], ``(RT / zF) log(outside / inside)``."""
    return _thermal_voltage() / valence * call("log", outside / inside)


def ghk(
    potential: Expression, valence: Expression, inside: Expression, outside: Expression
) -> Expression:
    """Return the Goldman-Hodgkin-Katz current per permeability.

    It is ``z F u (inside - outside exp(-u)) / (1 - exp(-u))`` with ``u = z V F / RT``. With
    concentrations in mM and a permeability in cm/s the product is in uA/cm2.
    """
    u = valence * potential / _thermal_voltage()
    flux = inside * call("linoid", u) - outside * call("linoid", -u)
    return multiply(Number(FARADAY_CONSTANT), valence * flux)

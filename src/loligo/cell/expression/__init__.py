"""Arithmetic expressions of model files: parsed through an allow-list, never evaluated as Python.

A model file from a stranger can be wrong, but it cannot run code. Expressions are small frozen
trees that can be differentiated, printed as LaTeX and compiled.
"""

from loligo.cell.expression.derive import derivative
from loligo.cell.expression.evaluate import evaluate
from loligo.cell.expression.latex import latex
from loligo.cell.expression.parse import parse
from loligo.cell.expression.tree import (
    FUNCTIONS,
    Call,
    Compare,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
    number,
    substitute,
    symbols,
    to_text,
)

__all__ = [
    "FUNCTIONS",
    "Call",
    "Compare",
    "Expression",
    "Number",
    "Operation",
    "Power",
    "Symbol",
    "Where",
    "derivative",
    "evaluate",
    "latex",
    "number",
    "parse",
    "substitute",
    "symbols",
    "to_text",
]

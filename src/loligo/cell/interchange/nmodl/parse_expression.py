"""Expressions of NMODL: precedence climbing, linear in the length, bounded in the depth."""

from __future__ import annotations

from loligo.cell.interchange.nmodl.cursor import Cursor
from loligo.cell.interchange.nmodl.syntax import Apply, Binary, Literal, Name, Node, Unary

_BINDS = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "^": 7,
}
_SIGN = 6

LONGEST_CHAIN = 150
"""Operations of one precedence after each other."""


def expression(cursor: Cursor, least: int = 1) -> Node:
    """Take an expression whose operators bind at least as strongly as `least`.

    Raises
    ------
    ModelError
        What stands there is no expression, or is nested too deeply.
    """
    cursor.deeper()
    left = _operand(cursor)
    count = 0
    while cursor.token.kind == "sign" and _BINDS.get(cursor.token.text, 0) >= least:
        count += 1
        if count > LONGEST_CHAIN:
            raise cursor.error(f"more than {LONGEST_CHAIN} operations in a row")
        sign = cursor.take()
        right = expression(cursor, _BINDS[sign.text] + (sign.text != "^"))
        left = Binary(sign.text, left, right, sign.line)
    cursor.depth -= 1
    return left


def _operand(cursor: Cursor) -> Node:
    token = cursor.token
    if cursor.at("-", "+", "!"):
        cursor.take()
        operand = expression(cursor, _SIGN)
        return operand if token.text == "+" else Unary(token.text, operand, token.line)
    if cursor.taken("("):
        inner = expression(cursor)
        cursor.expect(")")
        return inner
    if token.kind == "number":
        value = cursor.number()
        cursor.unit()
        return Literal(value)
    name = cursor.name("an expression")
    if name.endswith("'"):
        raise cursor.error(f"the derivative {name} inside an expression", token.line)
    return call(cursor, name) if cursor.at("(") else Name(name, token.line)


def call(cursor: Cursor, name: str) -> Apply:
    """Take the arguments of a function."""
    line = cursor.expect("(").line
    arguments: list[Node] = []
    while not cursor.taken(")"):
        if arguments:
            cursor.expect(",")
        arguments.append(expression(cursor))
    return Apply(name, tuple(arguments), line)

"""Statements of NMODL: assignments, choices, calls, SOLVE, reactions."""

from __future__ import annotations

from loligo.cell.interchange.nmodl.cursor import Cursor
from loligo.cell.interchange.nmodl.parse_expression import call, expression
from loligo.cell.interchange.nmodl.refused import METHODS
from loligo.cell.interchange.nmodl.syntax import (
    Assign,
    Conserve,
    Do,
    If,
    Local,
    Node,
    React,
    Solve,
    Statement,
)
from loligo.errors import suggest


def statements(cursor: Cursor) -> tuple[Statement, ...]:
    """Take a block of statements in braces.

    Raises
    ------
    ModelError
        A statement that is none, or is refused by name.
    """
    found: list[Statement] = []
    for _ in cursor.inside():
        statement = _statement(cursor)
        if statement is not None:
            found.append(statement)
    return tuple(found)


def _statement(cursor: Cursor) -> Statement | None:  # noqa: PLR0911
    line = cursor.line
    if cursor.taken("UNITSON", "UNITSOFF", ";"):
        return None
    if cursor.taken("LOCAL"):
        return Local(cursor.names(), line)
    if cursor.at("IF", "if"):
        return _choice(cursor)
    if cursor.taken("SOLVE"):
        return _solve(cursor, line)
    if cursor.taken("~"):
        return _reaction(cursor, line)
    if cursor.taken("CONSERVE"):
        return _conserve(cursor, line)
    if cursor.taken("TABLE"):
        _table(cursor)
        return None
    if cursor.taken("CONDUCTANCE"):
        cursor.name()
        if cursor.taken("USEION"):
            cursor.name()
        return None
    name = cursor.name("a statement")
    if cursor.at("("):
        return Do(call(cursor, name), line)
    cursor.expect("=")
    return Assign(name, expression(cursor), line)


def _choice(cursor: Cursor) -> If:
    line = cursor.take().line
    cursor.expect("(")
    condition = expression(cursor)
    cursor.expect(")")
    yes = statements(cursor)
    no: tuple[Statement, ...] = ()
    if cursor.taken("ELSE", "else"):
        if cursor.at("IF", "if"):
            cursor.deeper()
            no = (_choice(cursor),)
            cursor.depth -= 1
        else:
            no = statements(cursor)
    return If(condition, yes, no, line)


def _solve(cursor: Cursor, line: int) -> Solve:
    block, method, steady = cursor.name(), "", False
    if cursor.taken("METHOD"):
        method = cursor.name()
    elif cursor.taken("STEADYSTATE"):
        method, steady = cursor.name(), True
    if method not in METHODS:
        hint = suggest(method, METHODS - {""})
        raise cursor.error(f"METHOD {method} is not known; {hint}", line)
    return Solve(block, method, steady, line)


def _reaction(cursor: Cursor, line: int) -> React:
    if cursor.token.kind == "number":
        raise cursor.error("a reaction with numbers of molecules; only one state to one is read")
    source = cursor.name("a state")
    one_way = cursor.at("->")
    if not cursor.at("<->", "->"):
        raise cursor.error(
            f"{cursor.token.text[:20]!r} in a reaction; only '~ a <-> b (f, r)' and '~ a -> b (f)' "
            "are read, one state to one"
        )
    cursor.take()
    if cursor.token.kind == "number":
        raise cursor.error("a reaction with numbers of molecules; only one state to one is read")
    target = cursor.name("a state")
    if cursor.at("+"):
        raise cursor.error("a reaction of two substances; only one state to one is read")
    cursor.expect("(")
    forward = expression(cursor)
    backward: Node | None = None
    if not one_way:
        cursor.expect(",")
        backward = expression(cursor)
    cursor.expect(")")
    return React(source, target, forward, backward, line)


def _conserve(cursor: Cursor, line: int) -> Conserve:
    states = [cursor.name("a state")]
    while cursor.taken("+"):
        states.append(cursor.name("a state"))
    cursor.expect("=")
    return Conserve(tuple(states), expression(cursor), line)


def _table(cursor: Cursor) -> None:
    """Skip TABLE: it says how to tabulate, not what."""
    if not cursor.at("FROM", "DEPEND"):
        cursor.names()
    if cursor.taken("DEPEND"):
        cursor.names()
    for word in ("FROM", "TO", "WITH"):
        cursor.expect(word)
        expression(cursor)

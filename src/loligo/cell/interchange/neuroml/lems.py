"""LEMS expressions: text to loligo's expressions, their dimensions checked on the way.

LEMS writes ``^`` for powers, ``.lt. .and.`` for comparisons and ``ln`` or ``log`` for the natural
logarithm. Here its text is rewritten token by token into loligo's own and read by `parse`, which
knows arithmetic alone. Exponents that are no number become ``exp(b * log(a))``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loligo.cell.expression import Compare, Expression, Number, parse, substitute
from loligo.cell.expression.tree import Relation, Symbol, walk, where
from loligo.cell.interchange.neuroml.dimensions import Dimension
from loligo.cell.interchange.neuroml.measure import DimensionError, measure
from loligo.errors import ExpressionError, suggest

LONGEST = 4000
"""A LEMS expression of more characters is refused."""

LARGEST = 3000
"""An expression of more nodes, with all it stands for written out, is refused."""

_DEEPEST = 60
_FUNCTIONS = {
    "exp": "exp",
    "ln": "log",
    "log": "log",
    "sqrt": "sqrt",
    "abs": "abs",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
}
_RELATIONS: Mapping[str, Relation] = {
    ".lt.": "<",
    ".leq.": "<=",
    ".gt.": ">",
    ".geq.": ">=",
    ".eq.": "==",
    ".neq.": "!=",
}
_WORD = r"\.(?:lt|gt|leq|geq|eq|neq|and|or|not)\."
_TOKEN = re.compile(
    rf"\s*(?:(?P<word>{_WORD})|(?P<number>(?:\d+(?:(?!{_WORD})\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<mark>[-+*/^(),]))",
    re.ASCII,
)
_PREFIX = "x_"
"""Before each LEMS name, so that none is a word or a function of loligo's."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a name stands for, and its dimension."""

    value: Expression
    dimension: Dimension


Scope = Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Condition:
    """Comparisons joined by ``and`` or ``or``; a single one joins nothing."""

    join: str
    parts: tuple[Condition | Compare, ...]

    def choose(self, yes: Expression, no: Expression) -> Expression:
        """Return `yes` where it holds, else `no`."""
        result = yes if self.join == "and" else no
        for part in reversed(self.parts):
            sides = (result, no) if self.join == "and" else (yes, result)
            result = part.choose(*sides) if isinstance(part, Condition) else where(part, *sides)
            if size(result) > LARGEST:
                raise ExpressionError(f"its conditions need more than {LARGEST} operations")
        return result


def size(node: Expression) -> int:
    """Return the number of nodes of an expression, counted no further than `LARGEST` + 1."""
    return sum(1 for _, _ in zip(walk(node), range(LARGEST + 1), strict=False))


def read_expression(text: str, scope: Scope, dimension: Dimension | None = None) -> Expression:
    """Return the expression a LEMS text means.

    Parameters
    ----------
    text : str
    scope : mapping of str to Known
        The names it may use.
    dimension : tuple, optional
        The dimension its value must have.

    Raises
    ------
    ExpressionError
        Not arithmetic, an unknown name, dimensions that do not fit, too large.
    """
    reader = _Reader(text, scope)
    written = reader.sum()
    reader.end()
    return reader.finish(written, dimension)


def read_condition(text: str, scope: Scope) -> Condition:
    """Return the condition a LEMS text means; see `read_expression`."""
    reader = _Reader(text, scope)
    condition = reader.either()
    reader.end()
    return condition


class _Reader:
    """A LEMS text, token by token; each method returns a part of it as loligo's text."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.place = 0
        self.depth = 0
        if len(text) > LONGEST:
            raise ExpressionError(f"it has {len(text)} characters; at most {LONGEST}")
        self.tokens: list[tuple[str, str]] = []
        start = 0
        stripped = text.rstrip()
        while start < len(stripped):
            match = _TOKEN.match(stripped, start)
            if match is None or match.lastgroup is None:
                raise self.error(f"{stripped[start : start + 20]!r} is not arithmetic")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            start = match.end()

    def error(self, problem: str) -> ExpressionError:
        shown = self.text if len(self.text) <= 120 else f"{self.text[:117]}..."
        return ExpressionError(f"in {shown!r}: {problem}")

    @property
    def next(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise self.error("it ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def need(self, mark: str) -> None:
        if self.next != mark:
            raise self.error(f"{mark!r} is needed, not {self.next or 'the end'!r}")
        self.place += 1

    def end(self) -> None:
        if self.place < len(self.tokens):
            raise self.error(f"{self.next!r} is not expected there")

    def sum(self) -> str:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"more than {_DEEPEST} parentheses inside each other")
        text = self.product()
        while self.next in {"+", "-"}:
            text += f" {self.take()[1]} {self.product()}"
        self.depth -= 1
        return text

    def product(self) -> str:
        text = self.factor()
        while self.next in {"*", "/"}:
            text += f" {self.take()[1]} {self.factor()}"
        return text

    def factor(self) -> str:
        signs = ""
        while self.next in {"+", "-"}:
            signs += self.take()[1]
        base = self.atom()
        if self.next == "^":
            self.take()
            sign = self.take()[1] if self.next in {"+", "-"} else ""
            base = self.power(base, f"{sign}{self.atom()}")
            if self.next == "^":
                raise self.error("a power of a power needs parentheses")
        minus = signs.count("-") % 2
        return f"(-{base})" if minus else base

    def power(self, base: str, exponent: str) -> str:
        found = self.finish(exponent, None)
        if isinstance(found, Number):
            return f"({base})**({found.value!r})"
        return f"exp(({exponent}) * log({base}))"

    def atom(self) -> str:
        kind, text = self.take()
        if kind == "number":
            return text
        if text == "(":
            inner = self.sum()
            self.need(")")
            return f"({inner})"
        if kind != "name":
            raise self.error(f"{text!r} is not expected there")
        if self.next != "(":
            if text not in self.scope:
                raise self.error(f"unknown name {text!r}; {suggest(text, self.scope)}")
            return f"{_PREFIX}{text}"
        if text not in _FUNCTIONS:
            raise self.error(f"the function {text!r} is not read; {suggest(text, _FUNCTIONS)}")
        self.take()
        inner = self.sum()
        self.need(")")
        return f"{_FUNCTIONS[text]}({inner})"

    def either(self) -> Condition:
        parts: list[Condition | Compare] = [self.both()]
        while self.next == ".or.":
            self.take()
            parts.append(self.both())
        return Condition("or", tuple(parts))

    def both(self) -> Condition:
        parts = [self.comparison()]
        while self.next == ".and.":
            self.take()
            parts.append(self.comparison())
        return Condition("and", tuple(parts))

    def comparison(self) -> Condition | Compare:
        start, depth = self.place, self.depth
        if self.next == "(":
            self.depth += 1
            if self.depth > _DEEPEST:
                raise self.error(f"more than {_DEEPEST} parentheses inside each other")
            closing = self._closing()
            inside = {text for _, text in self.tokens[start:closing]}
            if inside & {*_RELATIONS, ".and.", ".or.", ".not."}:
                self.take()
                inner = self.either()
                self.need(")")
                self.depth = depth
                return inner
        self.depth = depth
        left = self.sum()
        relation = _RELATIONS.get(self.next)
        if relation is None:
            raise self.error(f"a comparison is needed; allowed: {', '.join(_RELATIONS)}")
        self.take()
        right = self.sum()
        sides = self.parsed(left), self.parsed(right)
        self.checked(Compare(relation, *sides))
        return Compare(relation, self.inserted(sides[0]), self.inserted(sides[1]))

    def _closing(self) -> int:
        """Return the place of the parenthesis that closes the one here."""
        level = 0
        for place in range(self.place, len(self.tokens)):
            level += {"(": 1, ")": -1}.get(self.tokens[place][1], 0)
            if level == 0:
                return place
        raise self.error("a parenthesis is not closed")

    def finish(self, written: str, dimension: Dimension | None) -> Expression:
        tree = self.parsed(written)
        self.checked(tree, dimension)
        return self.inserted(tree)

    def parsed(self, written: str) -> Expression:
        try:
            return parse(written, [f"{_PREFIX}{name}" for name in self.scope])
        except ExpressionError as error:
            raise self.error(str(error).replace(_PREFIX, "")) from None

    def checked(self, tree: Expression, wanted: Dimension | None = None) -> None:
        known = {f"{_PREFIX}{name}": item.dimension for name, item in self.scope.items()}
        try:
            measure(tree, known, wanted)
        except DimensionError as error:
            raise self.error(str(error).replace(_PREFIX, "")) from None

    def inserted(self, tree: Expression) -> Expression:
        """Return the expression with what its names stand for."""
        values = {f"{_PREFIX}{name}": item.value for name, item in self.scope.items()}
        total = 0
        for node in walk(tree):
            total += size(values[node.name]) if isinstance(node, Symbol) else 1
            if total > LARGEST:
                raise self.error(f"written out it has more than {LARGEST} operations")
        return substitute(tree, values)

"""`Cursor`: a place in the tokens of a file, from which a parser takes one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from loligo.cell.interchange.nmodl.refused import REFUSED
from loligo.cell.interchange.nmodl.source import Source
from loligo.cell.interchange.nmodl.tokens import Token, tokens
from loligo.errors import ModelError

DEEPEST = 50
"""Expressions and blocks inside each other."""


class Cursor:
    """A place in the tokens of a file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.place]

    @property
    def line(self) -> int:
        """The line of the next token."""
        return self.token.line

    def at(self, *words: str) -> bool:
        """Tell whether the next token is one of these words or signs."""
        return self.token.kind in {"name", "sign"} and self.token.text in words

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.token
        if token.kind != "end":
            self.place += 1
        return token

    def taken(self, *words: str) -> bool:
        """Go on if the next token is one of these."""
        found = self.at(*words)
        if found:
            self.place += 1
        return found

    def expect(self, word: str) -> Token:
        """Take a token that must be this."""
        if not self.at(word):
            raise self.unexpected(f"{word!r}")
        return self.take()

    def unexpected(self, wanted: str) -> ModelError:
        """Return the error that another token was wanted, or that it is refused by name."""
        token = self.token
        if token.kind == "name" and token.text in REFUSED:
            return self.error(f"{token.text} is refused: {REFUSED[token.text]}")
        return self.error(f"{token.text[:30]!r} where {wanted} should be")

    def error(self, problem: str, line: int | None = None) -> ModelError:
        """Return an error about a line, by default that of the next token."""
        return self.source.error(self.line if line is None else line, problem)

    def name(self, what: str = "a name") -> str:
        """Take a name; one with an index is refused."""
        if self.token.kind != "name" or self.token.text in REFUSED:
            raise self.unexpected(what)
        name = self.take().text
        if self.at("["):
            raise self.error(f"{name}[...] is an array; arrays are refused, write single names")
        return name

    def names(self) -> tuple[str, ...]:
        """Take names with commas between them."""
        found = [self.name()]
        while self.taken(","):
            found.append(self.name())
        return tuple(found)

    def number(self) -> float:
        """Take a number, perhaps with a sign."""
        sign = -1.0 if self.taken("-") else 1.0
        if sign > 0:
            self.taken("+")
        if self.token.kind != "number":
            raise self.unexpected("a number")
        value = float(self.take().text)
        if value == float("inf"):
            raise self.error("the number is too large")
        return sign * value

    def unit(self) -> str:
        """Take a unit in parentheses, where one is there, and return it."""
        if not self.taken("("):
            return ""
        start, parts = self.line, []
        while not self.taken(")"):
            if self.token.kind == "end" or self.line > start + 1 or self.at("{", "}", "("):
                raise self.error("a unit without its closing parenthesis", start)
            parts.append(self.take().text)
        return "".join(parts)

    def inside(self) -> Iterator[None]:
        """Yield until the closing brace of the block that opens here."""
        start = self.line
        self.expect("{")
        self.deeper()
        while not self.taken("}"):
            if self.token.kind == "end":
                raise self.error("a block without its closing brace", start)
            before = self.place
            yield
            assert self.place > before
        self.depth -= 1

    def deeper(self) -> None:
        """Count one level more; the caller counts it back."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"more than {DEEPEST} levels inside each other")

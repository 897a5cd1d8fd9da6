"""From the text of an NMODL file to words, numbers and signs, in one pass over it."""

from __future__ import annotations

import re
from typing import NamedTuple

from loligo.cell.interchange.nmodl.source import Source

_TOKEN = re.compile(
    r"(?P<space>[ \t\f\v]+)|(?P<newline>\n)|(?P<comment>[:?][^\n]*)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*'*)"
    r"|(?P<text>\"[^\"\n]*\")"
    r"|(?P<sign><->|->|<<|<=|>=|==|!=|&&|\|\||[^\s\w])"
    r"|(?P<other>.)",
    re.ASCII,
)
_SKIPPED = {"space", "comment"}


class Token(NamedTuple):
    """A word, a number or a sign.

    ``kind`` is ``"name"``, ``"number"``, ``"text"``, ``"sign"``, ``"other"``, ``"title"`` or, at
    the end, ``"end"``.
    """

    kind: str
    text: str
    line: int


def tokens(source: Source) -> list[Token]:
    """Return the tokens of a file, without comments, with one of kind ``"end"`` at the end.

    Raises
    ------
    ModelError
        A comment that does not end, or a block in C.
    """
    found = []
    text, place, line = source.text, 0, 1
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match is not None
        kind, word, place = str(match.lastgroup), match.group(), match.end()
        if kind == "newline":
            line += 1
        elif word == "COMMENT":
            end = text.find("ENDCOMMENT", place)
            if end < 0:
                raise source.error(line, "COMMENT without ENDCOMMENT")
            line += text.count("\n", place, end)
            place = end + len("ENDCOMMENT")
        elif word == "TITLE":
            end = text.find("\n", place)
            end = len(text) if end < 0 else end
            found.append(Token("title", text[place:end].strip(), line))
            place = end
        elif word == "VERBATIM":
            raise source.error(line, "VERBATIM is code in C, which is not read")
        elif kind not in _SKIPPED:
            found.append(Token(kind, word, line))
    return [*found, Token("end", "the end", line)]

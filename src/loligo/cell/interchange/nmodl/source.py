"""`Source`: the text of an NMODL file, and errors that show the line they are about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from loligo.errors import ModelError

LONGEST = 400_000
"""A file of more characters is refused."""


@dataclass(frozen=True)
class Source:
    """A text with a name.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    text : str
    """

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.text.split("\n")

    def error(self, line: int, problem: str) -> ModelError:
        """Return the error that tells a problem, its line and the text of the line."""
        text = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        text = text if len(text) <= 80 else f"{text[:77]}..."
        return ModelError(f"{self.name}, line {line} ({text!r}): {problem}")


def read_source(source: str | Path) -> Source:
    """Return the text that a path leads to, or that is given itself.

    Raises
    ------
    ModelError
        It cannot be read, or is too long.
    """
    if isinstance(source, str) and ("\n" in source or "{" in source):
        found = Source("the text", source)
    else:
        path = Path(source)
        try:
            found = Source(path.name, path.read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{path.name}: cannot be read: {error}") from None
    if len(found.text) > LONGEST:
        raise ModelError(f"{found.name}: {len(found.text)} characters; at most {LONGEST}")
    return Source(found.name, found.text.replace("\r\n", "\n").replace("\r", "\n"))

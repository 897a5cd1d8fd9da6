"""How a text table is written: delimiter, decimal sign, titles, and where the numbers begin.

Determined from the first lines; a table that reads two ways is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loligo.errors import ReadError, UndeterminedError

_STYLES = (("\t", "."), (";", "."), (";", ","), ("\t", ","), (",", "."), (" ", "."), (" ", ","))
"""Delimiter and decimal sign, the unmistakable ones first; a space stands for any white space."""

_SAMPLE = 60
_HEADER_LINES = 40
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_MISSING = {"", "nan"}


@dataclass(frozen=True, slots=True)
class TextLayout:
    """The layout of a text table.

    Attributes
    ----------
    delimiter, decimal : str
    titles : tuple of str
        One per column, empty where the table has none.
    first : int
        Index of the first line of numbers.
    columns : int
    notes : tuple of str
        Lines before the titles.
    evidence : str
        How the titles were recognized.
    """

    delimiter: str
    decimal: str
    titles: tuple[str, ...]
    first: int
    columns: int
    notes: tuple[str, ...]
    evidence: str = ""


def cells(line: str, delimiter: str) -> list[str]:
    """Split a line, quotes removed."""
    parts = line.split() if delimiter == " " else line.split(delimiter)
    return [part.strip().strip('"').strip() for part in parts]


def is_number(cell: str, decimal: str = ".") -> bool:
    """Tell whether a cell is a number written with this decimal sign."""
    if decimal == ",":
        cell = cell.replace(".", "x").replace(",", ".")
    return bool(_NUMBER.fullmatch(cell))


def text_layout(path: Path, lines: list[str]) -> TextLayout:
    """Determine the layout of a table from its lines.

    Raises
    ------
    ReadError
        The lines are not a table of numbers.
    UndeterminedError
        The comma may separate columns or decimals.
    """
    best: TextLayout | None = None
    furthest = 0
    for delimiter, decimal in _STYLES:
        layout = _layout(lines, delimiter, decimal)
        if isinstance(layout, int):
            furthest = max(furthest, layout)
        elif best is None or layout.columns > best.columns:
            best = layout
    if best is None:
        raise ReadError(
            path,
            "its lines are not a table of numbers"
            + (f"; line {furthest + 1} does not fit those above" if furthest else ""),
            "A table has one number per column in each line, below at most one line of titles",
        )
    if best.delimiter == "," and best.columns == 2 and not best.titles:
        body = lines[best.first : best.first + _SAMPLE]
        if not any("." in line for line in body):
            raise UndeterminedError(
                path,
                f"the comma in {body[0].strip()!r} may separate two columns or be a decimal sign",
                "Give the columns titles, or write the decimals with a point",
            )
    return best


def _layout(lines: list[str], delimiter: str, decimal: str) -> TextLayout | int:
    """Return the layout with these signs, or the first line that does not fit them."""
    body = [i for i, line in enumerate(lines[: _HEADER_LINES + _SAMPLE]) if line.strip()]
    rows = {i: cells(lines[i], delimiter) for i in body}
    numeric = {i: _is_row(row, decimal) for i, row in rows.items()}
    first = next((i for i in body if numeric[i]), None)
    if first is None or body.index(first) >= _HEADER_LINES:
        return 0
    width = len(rows[first])
    last = body[-1]
    for i in body:
        fits = numeric[i] and len(rows[i]) == width
        if i > first and not fits and not (i == last and len(rows[i]) <= width):
            return i
    above = [i for i in body if i < first]
    if above and len(rows[above[-1]]) == width:
        titles = tuple(cell.lstrip("#% ") for cell in rows[above[-1]])
        notes = tuple(lines[i].strip() for i in above[:-1])
        return TextLayout(delimiter, decimal, titles, first, width, notes, "first line is text")
    notes = tuple(lines[i].strip() for i in above)
    below = [i for i in body if i > first]
    if not above and below and _is_ruler(rows[first], decimal):
        following = all(not _is_ruler(rows[i], decimal) for i in below)
        if following:
            titles = tuple(rows[first])
            why = "the numbers of the first line are evenly spaced, those of no other line are"
            return TextLayout(delimiter, decimal, titles, below[0], width, notes, why)
    return TextLayout(delimiter, decimal, (), first, width, notes)


def _is_row(row: list[str], decimal: str) -> bool:
    """Tell whether a row holds numbers, some of which may be missing."""
    given = [cell for cell in row if cell.lower() not in _MISSING]
    return bool(given) and all(is_number(cell, decimal) for cell in given)


def _is_ruler(row: list[str], decimal: str) -> bool:
    """Tell whether four or more numbers of a row are evenly spaced."""
    if len(row) < 4 or not all(is_number(cell, decimal) for cell in row):
        return False
    steps = np.diff([float(cell.replace(decimal, ".")) for cell in row])
    return bool(steps[0] != 0 and np.allclose(steps, steps[0], rtol=1e-6, atol=0))

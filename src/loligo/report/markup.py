"""HTML by hand, safely: everything is escaped unless it is `Html` already."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Markup that is finished and must not be escaped again."""

    __slots__ = ()


def safe(value: object) -> Html:
    """Return finished markup as it is, anything else as escaped text without control characters."""
    if isinstance(value, Html):
        return value
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    kept = (c if c in "\n\t" or unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)
    return Html(escape("".join(kept)))


def element(name: str, *content: object, **attributes: str) -> Html:
    """Return an element; ``class_`` stands for the attribute class."""
    pairs = "".join(
        f' {key.rstrip("_")}="{escape(value, quote=True)}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{pairs}>{''.join(safe(part) for part in content)}</{name}>")


def join(parts: Iterable[object]) -> Html:
    """Return parts one after the other."""
    return Html("".join(safe(part) for part in parts))


def table(head: Sequence[object], rows: Iterable[Sequence[object]], class_: str = "") -> Html:
    """Return a table; the empty string where there are no rows."""
    lines = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    if not lines:
        return Html("")
    top = element("thead", element("tr", *(element("th", cell, scope="col") for cell in head)))
    whole = element("table", top, element("tbody", *lines), class_=class_)
    return element("div", whole, class_="wide")


def block(title: str, content: Html) -> Html:
    """Return a titled block; nothing where the content is empty."""
    return join((element("h3", title), content)) if content else Html("")


def unit_symbol(unit: str) -> str:
    """Return a unit as it is printed: MΩ for MOhm."""
    return unit.replace("Ohm", "Ω").replace("um", "µm")


def number(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """Write a value with as many digits as its interval gives meaning to."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.{_decimals(value, low, high)}f}".replace("-", "\N{MINUS SIGN}")


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """Write the ends of an interval; words where it has none."""
    if value is None:
        return ""
    if low is None or high is None:
        return "unbounded"
    digits = _decimals(value, low, high)
    ends = f"{low:.{digits}f} to {high:.{digits}f}"
    return ends.replace("-", "\N{MINUS SIGN}")


def _decimals(value: float, low: float | None, high: float | None) -> int:
    known = low is not None and high is not None and high > low
    size = (high - low) / 2 if known else abs(value) / 100  # type: ignore[operator]
    if size <= 0 or not math.isfinite(size):
        return 2
    return min(max(1 - math.floor(math.log10(size)), 0), 4)

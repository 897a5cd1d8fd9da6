"""HTML by hand, safely: everything is escaped unless it is `Html` already."""

from __future__ import annotations

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

"""A protocol at a glance: its table of epochs as text and as HTML."""

from __future__ import annotations

import math
import re
from html import escape

from loligo.protocol.protocol import Protocol
from loligo.units import format_quantity

Row = tuple[str, str, str, str]

HEADS: Row = ("label", "epoch", "start", "duration")
CLAMPS = {
    "voltage": "voltage clamp",
    "current": "current clamp",
    "current_density": "current clamp by density",
    "conductance": "dynamic clamp",
    "none": "no command (I=0)",
}
_SHOWN = 72
_LONG_NUMBER = re.compile(r"\d+\.\d{5,}")


def summary(protocol: Protocol) -> str:
    """Return clamp, holding, sweeps and their timing in one line."""
    parts = [CLAMPS[protocol.dimension]]
    if protocol.holding is not None:
        parts.append(f"holding {_short(str(protocol.holding))}")
    count = protocol.n_sweeps
    lengths = [protocol.duration(sweep) for sweep in range(count)]
    parts.append(f"{count} sweep{'s' if count > 1 else ''} of {_span(lengths)}")
    if protocol.sweep_interval is not None:
        parts.append(f"every {protocol.sweep_interval}")
    if protocol.leak is not None:
        parts.append(f"leak {protocol.leak} before each of {protocol.sweeps}")
    return ", ".join(parts)


def rows(protocol: Protocol) -> list[Row]:
    """Return label, sentence, start and duration of each epoch, over all sweeps."""
    starts: list[list[float]] = [[] for _ in protocol.epochs]
    durations: list[list[float]] = [[] for _ in protocol.epochs]
    for main in range(protocol.sweeps):
        lengths = [epoch.length(main) for epoch in protocol.epochs]
        for place, (epoch, length) in enumerate(zip(protocol.epochs, lengths, strict=True)):
            if length or epoch.charge_at(main) is not None:
                starts[place].append(math.fsum(lengths[:place]))
                durations[place].append(length)
    table = []
    for place, epoch in enumerate(protocol.epochs):
        words = [epoch.name()]
        words += [part for pair in epoch.said() if pair[0] != "for" for part in pair if part]
        table.append(
            (
                epoch.label,
                _short(" ".join(words)),
                _span(starts[place]),
                _span(durations[place]),
            )
        )
    return table


def _short(text: str) -> str:
    """Return a sentence with its numbers rounded to five digits, cut where it is too long."""
    text = _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.5g}", text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 4].rstrip()} ..."


def _span(values: list[float]) -> str:
    if not values:
        return "never"
    ends = (format_quantity(v, "ms") for v in (min(values), max(values)))
    return " .. ".join(dict.fromkeys(ends))


def as_text(protocol: Protocol) -> str:
    """Return the text repr: a headline and the table of epochs."""
    table = [HEADS, *rows(protocol)]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEADS))]
    lines = [f"Protocol  {protocol.name}".rstrip(), f"  {summary(protocol)}"]
    if protocol.source:
        lines.append(f"  {protocol.source}")
    for row in table:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def as_html(protocol: Protocol) -> str:
    """Return the HTML repr, self-contained and escaped."""
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows(protocol)
    )
    source = f"<p>{escape(protocol.source)}</p>" if protocol.source else ""
    return (
        f'<div class="loligo-protocol"><h3>Protocol {escape(protocol.name)}</h3>'
        f"<p>{escape(summary(protocol))}</p>{source}"
        f"<table><tr>{heads}</tr>{body}</table></div>"
    )

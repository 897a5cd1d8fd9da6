"""What the manual shows of the study: tables made from its cells, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.recovery.summary import Row, errors, kept_back, lines, reasons
from benchmarks.recovery.truths import ABSOLUTE, QUANTITIES

RESULTS = Path(__file__).with_name("cells.jsonl")
"""The cells that are shown; replaced by ``--cells 1000 --out``."""

_SCALES = {"mV": (1e3, "µV"), "GOhm": (1e6, "kΩ")}


def page(cells: Sequence[Row]) -> str:
    """Return the tables of the page in Markdown.

    Parameters
    ----------
    cells : sequence of dict
        Lines of `measure`.

    Returns
    -------
    str
        How many cells; for each mode a table of its quantities; why estimates were refused.
    """
    parts = [f"{len(cells)} cells of seed {cells[0]['seed']}.\n"]
    table = lines(cells)
    for mode in QUANTITIES:
        of_mode = [line for line in table if line["mode"] == mode]
        parts.append(f"### In {mode.replace('_', ' ')}\n\n{_table(of_mode)}")
    parts.append(f"### What was refused\n\n{_refused(cells)}")
    return "\n".join(parts)


def _table(rows: Sequence[Row]) -> str:
    head = ["quantity", "cells", "refused", "median error", "95 % intervals that hold the truth"]
    body = []
    for row in rows:
        told = row["n"] - row["refused"]
        chance = 196.0 * np.sqrt(0.95 * 0.05 / max(told, 1))
        held = "-" if row["coverage_95"] is None else f"{100 * row['coverage_95']:.1f} %"
        shown = _error(row["quantity"], row["median_abs_error"])
        body.append(
            [
                row["quantity"].replace("_", " "),
                str(row["n"]),
                str(row["refused"]),
                shown,
                f"{held} (95 ± {chance:.1f} by chance)",
            ]
        )
    return _markdown(head, body)


def _refused(cells: Sequence[Row]) -> str:
    """Return what the refused estimates would have been, beside those that are told."""
    head = ["mode", "quantity", "refused", "why", "median error, told", "had it been told"]
    body = []
    for mode, names in QUANTITIES.items():
        for name in names:
            why = reasons(cells, name, mode)
            if not why:
                continue
            told = [c["found"][name] for c in cells if c["mode"] == mode and name in c["found"]]
            usual = float(np.median(errors(name, told))) if told else None
            forced = errors(name, kept_back(cells, name, mode))
            body.append(
                [
                    mode.replace("_", " "),
                    name.replace("_", " "),
                    str(sum(why.values())),
                    ", ".join(f"{reason} {count}" for reason, count in why.most_common()),
                    _error(name, usual),
                    f"{_error(name, float(np.median(forced)))} (of {len(forced)})"
                    if forced
                    else "nothing to tell",
                ]
            )
    return _markdown(head, body) if body else "None.\n"


def _error(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name in ABSOLUTE:
        scale, unit = _SCALES[ABSOLUTE[name]]
        return f"{scale * value:.3g} {unit}"
    return f"{100 * value:.2g} %"


def _markdown(head: list[str], body: list[list[str]]) -> str:
    every = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(row) + " |\n" for row in every)

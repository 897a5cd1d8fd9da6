"""From cells to a line a quantity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.recovery.truths import ABSOLUTE, QUANTITIES

Row = dict[str, Any]


def lines(cells: Sequence[Row]) -> list[Row]:
    """Return one line for each quantity and mode.

    Returns
    -------
    list of dict
        ``quantity``, ``mode``, ``n`` (cells), ``refused`` (of them), ``median_abs_error``
        (relative, but of potentials [mV] and of the bridge [GOhm]) and ``coverage_95`` of those
        told.
    """
    return [
        _line(name, mode, [cell for cell in cells if cell["mode"] == mode])
        for mode, names in QUANTITIES.items()
        for name in names
    ]


def _line(name: str, mode: str, cells: Sequence[Row]) -> Row:
    told = [cell["found"][name] for cell in cells if name in cell["found"]]
    off = errors(name, told)
    return {
        "quantity": name,
        "mode": mode,
        "n": len(cells),
        "refused": len(cells) - len(told),
        "median_abs_error": float(f"{np.median(off):.3g}") if told else None,
        "coverage_95": round(float(np.mean([holds(entry) for entry in told])), 4) if told else None,
    }


def errors(name: str, told: Iterable[Sequence[float]]) -> list[float]:
    """Return absolute errors of (truth, value, ...), relative where that means something."""
    return [
        abs(value - truth) if name in ABSOLUTE else abs(value / truth - 1.0)
        for truth, value, *_ in told
    ]


def holds(entry: Sequence[float]) -> bool:
    """Tell whether the interval of (truth, value, low, high) holds the truth."""
    truth, _, low, high = entry
    return low <= truth <= high


def kept_back(cells: Iterable[Row], name: str, mode: str) -> list[tuple[float, float]]:
    """Return truth and value of the refused estimates that had a value, though not a told one."""
    return [
        (truth, value)
        for cell in cells
        if cell["mode"] == mode and name in cell["refused"]
        for truth, value, _ in [cell["refused"][name]]
        if value is not None
    ]


def reasons(cells: Iterable[Row], name: str, mode: str) -> Counter[str]:
    """Return how often each kind of refusal was given."""
    return Counter(
        cell["refused"][name][2].partition(":")[0]
        for cell in cells
        if cell["mode"] == mode and name in cell["refused"]
    )

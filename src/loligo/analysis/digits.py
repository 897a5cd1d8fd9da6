"""Values as people write them: with as many digits as their interval gives meaning to."""

from __future__ import annotations

import math


def unit_symbol(unit: str) -> str:
    """Return a unit as it is printed: MΩ for MOhm."""
    return unit.replace("Ohm", "Ω").replace("um", "µm")


def number(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """Write a value with as many digits as its interval gives meaning to."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:z.{_decimals(value, low, high)}f}".replace("-", "\N{MINUS SIGN}")


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """Write the ends of an interval; words where it has none."""
    if value is None:
        return ""
    if low is None or high is None:
        return "unbounded"
    digits = _decimals(value, low, high)
    ends = f"{low:z.{digits}f} to {high:z.{digits}f}"
    return ends.replace("-", "\N{MINUS SIGN}")


def _decimals(value: float, low: float | None, high: float | None) -> int:
    """Return two digits of half the interval; none of what is counted, four of what is exact."""
    ends = (value, low, high)
    if all(end is not None and math.isfinite(end) and end == round(end) for end in ends):
        return 0
    if low == high == value:
        return min(max(3 - math.floor(math.log10(abs(value))), 0), 6)
    known = low is not None and high is not None and high > low
    size = (high - low) / 2 if known else abs(value) / 100  # type: ignore[operator]
    if size <= 0 or not math.isfinite(size):
        return 2
    return min(max(1 - math.floor(math.log10(size)), 0), 4)

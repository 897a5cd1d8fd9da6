"""Estimates as HTML: key results, values with their intervals, refused ones by their reason.

Definitions and the values of single sweeps are folded away; a remark is not said twice in a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loligo.analysis import Estimate
from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.wording import readable, typeset, without_repeats
from loligo.report.markup import Html, element, join, table

KEY_RESULTS = (
    "resting_potential",
    "holding_current",
    "series_resistance",
    "bridge_error",
    "input_resistance",
    "total_resistance",
    "membrane_resistance",
    "capacitance",
    "membrane_time_constant",
    "sag_ratio",
    "low_frequency_impedance",
    "resonance_frequency",
    "spike_count",
    "rheobase",
    "fi_slope",
)
"""What a page's summary shows of a response, in this order."""


def key_estimates(estimates: Sequence[Estimate], channel: str) -> list[Estimate]:
    """Return of each key result of a response the first, those with a value first."""
    whole = [e for e in estimates if e.sweep is None and e.channel == channel]
    found = []
    for name in KEY_RESULTS:
        own = [e for e in whole if e.name == name]
        if own:
            found.append(next((e for e in own if e.is_ok), own[0]))
    return found


def key_lines(estimates: Sequence[Estimate], channel: str) -> list[Html]:
    """Return the key results of a response in lines; those without a value in the last one."""
    keys = key_estimates(estimates, channel)
    lines = []
    for estimate in keys:
        if estimate.value is not None:
            name, shown, ends = _key(estimate)
            words = (name, " ", element("span", shown, class_="value"), " ", ends)
            lines.append(element("div", *words, class_="key"))
    missing = _missing(keys)
    return [*lines, element("div", missing, class_="quiet")] if missing else lines


def key_tiles(estimates: Sequence[Estimate], channel: str) -> Html:
    """Return the key results of a response side by side, and which of them have no value."""
    keys = key_estimates(estimates, channel)
    tiles = []
    for estimate in keys:
        if estimate.value is not None:
            name, shown, ends = _key(estimate)
            number_ = element("div", shown, class_="value")
            tiles.append(element("div", element("div", name, class_="quiet"), number_, ends))
    parts = [element("div", *tiles, class_="keys")] if tiles else []
    missing = _missing(keys)
    if missing:
        parts.append(element("p", missing, class_="quiet"))
    return join(parts)


def _key(estimate: Estimate) -> tuple[str, str, Html]:
    """Return name, value and interval; no interval of what is counted and sure."""
    value, low, high, unit = estimate.displayed()
    shown = f"{number(value, low, high)} {unit_symbol(unit)}".strip()
    ends = "" if low == high == value else f"[{interval(value, low, high)}]"
    return place(estimate), shown, element("span", ends, class_="interval")


def _missing(keys: Sequence[Estimate]) -> str:
    """Return which results have no value, those of one status together."""
    names: dict[str, list[str]] = {}
    for estimate in keys:
        if estimate.value is None:
            names.setdefault(estimate.status.value, []).append(readable(estimate.name))
    told = [f"{', '.join(own)} ({status.replace('_', ' ')})" for status, own in names.items()]
    return f"no value: {'; '.join(told)}" if told else ""


def estimate_tables(estimates: Iterable[Estimate]) -> Html:
    """Return the values of the recording, the refused ones, definitions and those of sweeps."""
    kept = list(estimates)
    whole = [e for e in kept if e.sweep is None]
    single = [e for e in kept if e.sweep is not None]
    head = ("result (epoch)", "value", "95 % interval", "remarks")
    parts = [
        _table(head, _rows([e for e in whole if e.is_ok])),
        _refusals([e for e in whole if not e.is_ok]),
        _definitions(kept),
    ]
    if single:
        rows = [(str(e.sweep), *row) for e, row in zip(single, _rows(single), strict=True)]
        many = f"{len(single)} value{'s' if len(single) > 1 else ''} of sweeps"
        inner = _table(("sweep", *head), rows)
        parts.append(element("details", element("summary", many), inner))
    return join(parts)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    """Return a table, without the column of remarks where there are none."""
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return table(head, rows, class_="results")


def _rows(estimates: Sequence[Estimate]) -> list[tuple[object, ...]]:
    names = [f"sweep {e.sweep}" if e.sweep is not None else place(e) for e in estimates]
    remarks = without_repeats([estimate.reason for estimate in estimates], names)
    return [_row(e, remark) for e, remark in zip(estimates, remarks, strict=True)]


def _row(estimate: Estimate, remark: str) -> tuple[object, ...]:
    value, low, high, unit = estimate.displayed()
    shown: object = element("span", estimate.status.value.replace("_", " "), class_="badge refused")
    if value is not None:
        shown = element("span", f"{number(value, low, high)} {unit_symbol(unit)}", class_="value")
    return (
        element("span", place(estimate), class_="nowrap"),
        shown,
        element("span", interval(value, low, high), class_="interval"),
        typeset(remark),
    )


def _refusals(refused: Sequence[Estimate]) -> Html:
    """Return each reason once, with the names it holds for."""
    reasons: dict[tuple[str, str], dict[str, None]] = {}
    for estimate in refused:
        reasons.setdefault((estimate.status.value, estimate.reason), {})[place(estimate)] = None
    rows = [
        (
            ", ".join(names),
            element("span", status.replace("_", " "), class_="badge refused"),
            typeset(reason),
        )
        for (status, reason), names in reasons.items()
    ]
    return table(("not estimated", "status", "reason"), rows, class_="refusals")


def _definitions(estimates: Sequence[Estimate]) -> Html:
    """Return each definition once, with the results it holds for, folded away."""
    names: dict[str, dict[str, None]] = {}
    for estimate in estimates:
        if estimate.definition:
            names.setdefault(estimate.definition, {})[place(estimate)] = None
    rows = [(", ".join(own), typeset(definition)) for definition, own in names.items()]
    inner = table(("result (epoch)", "definition"), rows, class_="definitions")
    return element("details", element("summary", "definitions"), inner) if inner else inner


def place(estimate: Estimate) -> str:
    """Return the name of an estimate, with its epoch in brackets."""
    name = readable(estimate.name)
    return f"{name} ({estimate.epoch})" if estimate.epoch else name

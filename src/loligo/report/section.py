"""One file's part of the report: what was recorded, drawn, determined, unknown and found."""

from __future__ import annotations

from collections.abc import Sequence

from loligo.analysis import Estimate
from loligo.analysis.digits import interval, number, unit_symbol
from loligo.errors import LoligoError
from loligo.recording import Basis, Recording
from loligo.recording.describe import (
    channel_rows,
    epoch_rows,
    headline,
    modes,
    timing,
    unknown_rows,
)
from loligo.report.figures import resistance_figures, sweep_figure
from loligo.report.markup import (
    Html,
    block,
    element,
    join,
    safe,
    table,
)
from loligo.report.result import FileResult
from loligo.terms import term
from loligo.units import format_quantity

_LONG = 40


def section(result: FileResult, name: str, anchor: str) -> Html:
    """Return the section of a file under the given name, with its figures.

    Raises
    ------
    Exception
        Whatever goes wrong in drawing; the caller turns it into the file's reason.
    """
    parts: list[Html] = [element("h2", name, " ", badge(result))]
    if name != result.file:
        parts.append(element("p", result.file, class_="quiet path"))
    if result.reason:
        parts.append(element("p", result.reason, class_=f"reason {result.status.value}"))
    if result.recording is not None:
        parts += _recorded(result.recording)
        parts += _drawn(result.recording)
        parts.append(block("First analysis", analysis_table(result.estimates)))
        parts.append(block("Truth and estimate", truth_table(result)))
        parts += _protocol(result.recording)
        parts += _knowledge(result.recording)
    return element("section", *parts, id=anchor)


def badge(result: FileResult) -> Html:
    """Return the status of a file as a coloured word."""
    status = result.status.value
    return element("span", status.replace("_", " "), class_=f"badge {status}")


def _recorded(recording: Recording) -> list[Html]:
    parts = []
    if recording.is_simulated:
        words = "SIMULATED: computed by a program, not recorded from a cell."
        if recording.truth is not None and recording.truth.description:
            words += f" {recording.truth.description}"
        parts.append(element("p", words, class_="simulated"))
    source = recording.provenance
    parts.append(element("p", f"{timing(recording)}; {modes(recording)}."))
    facts = [("source", headline(recording))]
    facts += [
        (word, value)
        for word, value in (
            ("protocol", source.protocol),
            ("made by", source.creator),
            ("comment", source.comment),
            ("read by", source.reader),
        )
        if value
    ]
    parts.append(element("p", "; ".join(f"{k}: {v}" for k, v in facts), class_="quiet"))
    head = ("channel", "role", "unit", "electrode", "determined by")
    parts.append(block("What was recorded", table(head, channel_rows(recording))))
    return parts


def _drawn(recording: Recording) -> list[Html]:
    parts = []
    for response in recording.responses:
        if recording.sweeps_with(response):
            parts.append(sweep_figure(recording, response))
            parts.append(resistance_figures(recording, response))
    return parts


def _protocol(recording: Recording) -> list[Html]:
    tags = [
        (format_quantity(t.time, "ms"), "" if t.sweep is None else str(t.sweep), t.text)
        for t in recording.tags
    ]
    head = ("epoch", "kind", "level", "start", "duration", "channel")
    return [
        block("Epochs", _folded("epochs", head, epoch_rows(recording))),
        block("Tags", _folded("tags", ("time", "sweep", "text"), tags)),
    ]


def _folded(what: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Html:
    """Return a table, folded away where it is long."""
    whole = table(head, rows)
    if len(rows) <= _LONG:
        return whole
    return element("details", element("summary", f"{len(rows)} {what}"), whole)


def _knowledge(recording: Recording) -> list[Html]:
    known = [
        (f.subject, f.value, f.basis.value, f.evidence)
        for f in recording.findings
        if f.basis is not Basis.UNKNOWN
    ]
    corrections = [
        (c.name, c.channel, _shown(c.name, c.value), "yes" if c.applied else "no", c.definition)
        for c in recording.corrections
    ]
    head = ("correction", "channel", "value", "applied", "definition")
    history = [(entry,) for entry in recording.provenance.history]
    return [
        block("Determined", table(("what", "value", "basis", "evidence"), known)),
        block("Unknown", table(("what", "not stated in the file"), unknown_rows(recording))),
        block("Corrections", table(head, corrections)),
        block("Problems", table(("what",), [(problem,) for problem in recording.problems])),
        block("History", table(("what was done since",), history)),
    ]


def _shown(name: str, value: float) -> str:
    try:
        entry = term(name)
    except LoligoError:
        return f"{value:.4g}"
    if entry.dimension == "count":
        return f"{value:g}"
    if entry.dimension == "fraction":
        return f"{entry.display(value):.4g} {entry.display_unit}".strip()
    return unit_symbol(format_quantity(value, entry.unit))


def analysis_table(estimates: tuple[Estimate, ...]) -> Html:
    """Return the estimates of the recording, and those of single sweeps folded away."""
    head = ("result", "value", "95 % interval", "status", "definition and remarks")
    whole = table(head, [_row(e) for e in estimates if e.sweep is None])
    single = [e for e in estimates if e.sweep is not None]
    if not single:
        return whole
    inner = table(("sweep", *head), [(str(e.sweep), *_row(e)) for e in single])
    many = f"{len(single)} value{'s' if len(single) > 1 else ''} of sweeps"
    folded = element("details", element("summary", many), inner)
    return join((whole, folded))


def _row(estimate: Estimate) -> tuple[object, ...]:
    value, low, high, unit = estimate.displayed()
    name = estimate.name.replace("_", " ")
    place = f" ({estimate.epoch})" if estimate.epoch else ""
    state = "ok" if estimate.is_ok else "refused"
    remarks = [element("div", estimate.reason)] if estimate.reason else []
    if estimate.definition:
        remarks.append(element("div", estimate.definition, class_="definition"))
    return (
        element("span", name + place, class_="nowrap"),
        element("span", f"{number(value, low, high)} {unit_symbol(unit)}", class_="value")
        if value is not None
        else "–",
        element("span", interval(value, low, high), class_="interval"),
        element("span", estimate.status.value.replace("_", " "), class_=f"badge {state}"),
        join(remarks),
    )


def truth_table(result: FileResult) -> Html:
    """Return what a simulation knows beside what the analysis found; nothing for a real cell."""
    truth = result.recording.truth if result.recording is not None else None
    if truth is None:
        return Html("")
    rows = []
    names = {estimate.name for estimate in result.estimates}
    for name, value in sorted(truth.parameters.items(), key=lambda pair: pair[0] not in names):
        found = next((e for e in result.estimates if e.name == name and e.sweep is None), None)
        rows.append((name.replace("_", " "), _shown(name, value), *_against(found, value)))
    head = ("parameter", "truth", "estimate", "95 % interval", "holds the truth")
    note = "Of right 95 % intervals one in twenty does not hold the truth."
    return join((table(head, rows), element("p", note, class_="definition")))


def _against(found: Estimate | None, truth: float) -> tuple[object, object, object]:
    if found is None:
        return "not estimated", "", ""
    value, low, high, unit = found.displayed()
    if value is None:
        return safe(found.reason), "", ""
    shown = f"{number(value, low, high)} {unit_symbol(unit)}"
    held = "unknown"
    if found.low is not None and found.high is not None:
        held = "yes" if found.low <= truth <= found.high else "no"
    return element("span", shown, class_="value"), interval(value, low, high), held

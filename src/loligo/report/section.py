"""One file's part of the report: what was recorded, drawn, determined, unknown and found."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from loligo.analysis import Analysis, Estimate
from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.rig_effects import RigEffects
from loligo.analysis.wording import readable, typeset
from loligo.errors import LoligoError
from loligo.recording import Basis, Recording
from loligo.recording.describe import (
    channel_rows,
    epoch_rows,
    headline,
    inapplicable_rows,
    modes,
    timing,
    unknown_rows,
)
from loligo.report.corrected import Corrected
from loligo.report.estimates import estimate_tables, key_tiles
from loligo.report.figures import by_title, figures_of, sweep_figure
from loligo.report.markup import (
    Html,
    block,
    element,
    join,
    safe,
    table,
)
from loligo.report.result import FileResult
from loligo.report.rig import rig_section
from loligo.report.verdicts import verdict_list, verdict_table
from loligo.terms import term
from loligo.units import format_quantity

_LONG = 40


def section(result: FileResult, name: str, anchor: str, corrected: Corrected) -> Html:
    """Return the section of a file under the given name, with its figures.

    What can be taken back of what the rig did (`corrected`) is shown with it.

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
        parts += _headline(result.recording)
        if result.analysis is not None:
            parts.append(element("div", verdict_list(result.analysis), class_="judged"))
            parts.append(block("Results", _key_results(result.analysis)))
            parts.append(block("Verdicts", verdict_table(result.analysis)))
            did = rig_section(result.recording, result.analysis, corrected)
            parts.append(block("What the rig did", did))
        parts += _drawn(result.recording)
        if result.analysis is not None:
            parts += _evidence(result.recording, result.analysis)
        parts.append(block("Truth and estimate", truth_table(result)))
        parts.append(_channels(result.recording))
        parts += _protocol(result.recording)
        parts += _knowledge(result.recording)
    return element("section", *parts, id=anchor)


def badge(result: FileResult) -> Html:
    """Return the status of a file as a coloured word."""
    status = result.status.value
    return element("span", status.replace("_", " "), class_=f"badge {status}")


def _headline(recording: Recording) -> list[Html]:
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
    return parts


def _key_results(analysis: Analysis) -> Html:
    """Return the key results of each response side by side."""
    channels = dict.fromkeys(estimate.channel for estimate in analysis)
    parts = []
    for channel in channels:
        if len(channels) > 1:
            parts.append(element("h4", channel))
        parts.append(key_tiles(analysis, channel))
    return join(parts)


def _channels(recording: Recording) -> Html:
    head = ("channel", "role", "unit", "electrode", "determined by")
    return block("What was recorded", table(head, channel_rows(recording)))


def _drawn(recording: Recording) -> list[Html]:
    drawn = [name for name in recording.responses if recording.sweeps_with(name)]
    return [sweep_figure(recording, response) for response in drawn]


def _evidence(recording: Recording, analysis: Analysis) -> list[Html]:
    """Return what each analysis of each response found: its figures, then its numbers."""
    several = len(recording.responses) > 1
    parts = []
    for response in recording.responses:
        own = [
            result
            for result in analysis.results
            if result.channel == response.name and not isinstance(result, RigEffects)
        ]
        for title, results in by_title(own).items():
            found = [figures_of(recording, result, beside=own) for result in results]
            numbers = estimate_tables(e for result in results for e in result.estimates)
            whose = f"{title}: {response.name}" if several else title
            parts.append(block(whose, join((*found, numbers))))
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
        block("Not applicable", table(("what", "why"), inapplicable_rows(recording))),
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
    return typeset(format_quantity(value, entry.unit))


def truth_table(result: FileResult) -> Html:
    """Return what a simulation knows beside what the analysis found; nothing for a real cell."""
    truth = result.recording.truth if result.recording is not None else None
    if truth is None:
        return Html("")
    rows = []
    names = {estimate.name for estimate in result.estimates}
    for name, value in sorted(truth.parameters.items(), key=lambda pair: pair[0] not in names):
        found = next((e for e in result.estimates if e.name == name and e.sweep is None), None)
        rows.append((readable(name), _shown(name, value), *_against(found, value)))
    for name, course in truth.by_sweep.items():
        ends = " to ".join(
            "none" if isnan(value) else _shown(name, value) for value in (course[0], course[-1])
        )
        rows.append((readable(name), f"{ends}, by sweep", "see the sweeps", "", ""))
    head = ("parameter", "truth", "estimate", "95 % interval", "holds the truth")
    note = "Of right 95 % intervals one in twenty does not hold the truth."
    return join((table(head, rows), element("p", note, class_="definition")))


def _against(found: Estimate | None, truth: float) -> tuple[object, object, object]:
    if found is None:
        return "not estimated", "", ""
    value, low, high, unit = found.displayed()
    if value is None:
        return safe(typeset(found.reason)), "", ""
    shown = f"{number(value, low, high)} {unit_symbol(unit)}"
    held = "unknown"
    if found.low is not None and found.high is not None:
        held = "yes" if found.low <= truth <= found.high else "no"
    return element("span", shown, class_="value"), interval(value, low, high), held

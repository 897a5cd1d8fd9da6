"""The page around the files: verdict, summary table, style. No network, no script, no fonts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files

from loligo.analysis.wording import typeset
from loligo.report.estimates import key_lines
from loligo.report.markup import Html, element, join, safe, table
from loligo.report.result import FileResult, FileStatus
from loligo.report.rig import rig_line
from loligo.report.section import badge
from loligo.report.verdicts import verdict_list

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(summary: Html, verdict: str, sections: Sequence[Html], version: str, title: str) -> str:
    """Return the whole document."""
    style = files("loligo.report").joinpath("style.css").read_text(encoding="utf-8")
    head = join(
        (
            Html('<meta charset="utf-8">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            element("title", title),
            element("style", Html(style)),
        )
    )
    made = f"Made with loligo {version} on {datetime.now().astimezone():%Y-%m-%d %H:%M %Z}. "
    made += "Intervals are 95 %. Inward current is negative; sweeps are counted from 0."
    body = join(
        (
            element("h1", title),
            element("p", verdict, class_="verdict"),
            summary,
            *sections,
            element("p", made, class_="made"),
        )
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>\n'


def verdict(statuses: Sequence[FileStatus], asked: int) -> str:
    """Return in a sentence what became of the files."""
    counts = Counter(statuses)
    words = {
        FileStatus.OK: "read and analyzed",
        FileStatus.PARTIAL: "damaged, read in part",
        FileStatus.REFUSED: "refused until an option settles what the file leaves open",
        FileStatus.FAILED: "not readable",
        FileStatus.NOT_ANALYZED: "read, but nothing could be estimated",
    }
    told = [f"{counts[status]} {word}" for status, word in words.items() if counts[status]]
    total = len(statuses)
    text = f"{total} file{'s' if total != 1 else ''}: {', '.join(told)}."
    if total < asked:
        text = f"Interrupted after {total} of {asked} files. {text}"
    return text


def summary_row(result: FileResult, name: str, anchor: str) -> tuple[object, ...]:
    """Return a file's row of the summary table."""
    link = element("a", name, href=f"#{anchor}", title=safe(result.file))
    recording = result.recording
    kind: object = ""
    if recording is not None:
        modes = ", ".join(mode.value.replace("_", " ") for mode in recording.clamp_modes)
        count = len(recording.sweeps)
        lines = [modes or "mode unknown", f"{count} sweep{'s' if count != 1 else ''}"]
        kind = join(element("div", line, class_="key") for line in lines)
        if recording.is_simulated:
            kind = join((kind, element("div", "SIMULATED", class_="badge simulated-mark")))
    channels = dict.fromkeys(estimate.channel for estimate in result.estimates)
    lines = [line for channel in channels for line in key_lines(result.estimates, channel)]
    remark = [element("div", typeset(result.reason))] if result.reason else []
    found = join((*remark, *lines))
    judged = Html("")
    if result.analysis is not None:
        judged = join((verdict_list(result.analysis), rig_line(result.analysis)))
    return link, badge(result), judged, kind, found


def summary_table(rows: Sequence[tuple[object, ...]]) -> Html:
    """Return the table at the top of the page; a single file's section says it all."""
    if len(rows) < 2:
        return Html("")
    head = ("file", "status", "quality", "recording", "results and remarks")
    return table(head, rows, class_="summary")

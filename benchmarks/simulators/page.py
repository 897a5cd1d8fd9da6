"""What the manual shows of a run: text made from its lines, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.simulators.accuracy import ERROR
from benchmarks.simulators.plan import OURS
from benchmarks.simulators.results import Row, finished, markdown, reasons
from benchmarks.simulators.workloads import TOLERANCE, WORKLOADS

RESULTS = Path(__file__).with_name("results.jsonl")
"""The run that is shown; replaced by ``--precision --threads 1,2 --rounds 2 --out``."""


def usual(rows: Sequence[Row]) -> list[Row]:
    """Return the lines at each workload's own step or the usual tolerance."""
    return [
        row
        for row in rows
        if row["dt"] == WORKLOADS[row["workload"]].step or row["tolerance"] == TOLERANCE
    ]


def versions(rows: Sequence[Row]) -> str:
    """Return which version of each simulator was measured, as a sentence."""
    found = dict.fromkeys(f"{row['tool']} {row['version']}" for row in finished(rows))
    return ", ".join(found)


def loads(rows: Sequence[Row]) -> str:
    """Return how busy the machine was when measurements began, as a sentence.

    Notes
    -----
    The load average counts processes that want a core: a quiet machine shows at most about one,
    the benchmark's own. Where loligo's and the others' loads differ, so do the conditions.
    """
    ours, others = (
        [row["load"] for row in finished(rows) if (row["tool"] == OURS) is mine and row["load"]]
        for mine in (True, False)
    )
    named = (("loligo", ours), ("the others", others))
    spans = [f"{min(v):g} to {max(v):g} for {name}" for name, v in named if v]
    return f"Load average of the machine: {', '.join(spans)}." if spans else ""


def page(rows: Sequence[Row]) -> str:
    """Return the measured part of the page in Markdown.

    Parameters
    ----------
    rows : sequence of dict
        Lines of a run.

    Returns
    -------
    str
        Machine, date, versions and load; a table a workload; what was not measured and why.
    """
    shown = usual(rows)
    first = finished(rows)[0]
    days = " and ".join(sorted({row["date"] for row in finished(rows)}))
    parts = [f"Measured on {days} on {first['machine']}: {versions(rows)}.\n"]
    parts.append(loads(rows) + "\n")
    for name, workload in WORKLOADS.items():
        if any(row["workload"] == name for row in finished(shown)):
            title = workload.title[0].upper() + workload.title[1:]
            parts.append(f"### {name}: {workload.label}\n\n{title}. Error: {ERROR[name][1]}.\n")
            parts.append(markdown(shown, name))
    missing = reasons(shown)
    if missing:
        parts.append("### Not measured\n\n" + "".join(f"- {reason}\n" for reason in missing))
    return "\n".join(parts)

"""What becomes of the measured lines: files of JSON lines, and tables to read."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.simulators.accuracy import ERROR
from benchmarks.simulators.plan import OURS
from benchmarks.simulators.workloads import WORKLOADS

if TYPE_CHECKING:
    from rich.table import Table

Row = dict[str, Any]
CASE = ("workload", "tool", "variant", "threads", "dt", "tolerance")
HEAD = ("tool", "threads", "step or tol.", "run", "to loligo", "ns/step", "set-up", "error")


def write(rows: Iterable[Row], path: Path) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def read(path: Path) -> list[Row]:
    """Read lines written by `write`."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def finished(rows: Iterable[Row]) -> list[Row]:
    """Return the lines that hold a measurement."""
    return [row for row in rows if "run_s" in row]


def error(row: Row) -> float | None:
    """Return the error that stands for the workload, or None where there is nothing to compare."""
    return row["accuracy"].get(ERROR[row["workload"]][0])


def seconds(duration: float) -> str:
    """Return a duration [s] with three digits and a fitting unit.

    Examples
    --------
    >>> seconds(0.00456), seconds(1.138), seconds(28.0)
    ('4.56 ms', '1.14 s', '28.0 s')
    """
    for unit, scale in (("s", 1.0), ("ms", 1e3)):
        if duration * scale >= 1.0:
            return f"{figures(duration * scale)} {unit}"
    return f"{figures(duration * 1e6)} us"


def figures(value: float) -> str:
    """Return a number with three digits, without an exponent where it can be."""
    if value == 0.0 or not 1e-4 <= abs(value) < 1e5:
        return f"{value:.2e}" if value else "0"
    text = f"{value:#.3g}"
    return f"{value:.0f}" if "e" in text else text.rstrip(".")


def ours(rows: Sequence[Row], like: Row) -> Row | None:
    """Return loligo's own line that another is to be compared with.

    Notes
    -----
    That of the same workload and number of threads, at the same step or tolerance if there is one,
    and else loligo's first.
    """
    alike = [
        row
        for row in finished(rows)
        if row["tool"] == OURS
        and row["workload"] == like["workload"]
        and row["threads"] == like["threads"]
    ]
    same = [row for row in alike if all(row[key] == like[key] for key in ("dt", "tolerance"))]
    return next(iter(same or alike), None)


def cells(rows: Sequence[Row], row: Row) -> list[str]:
    """Return the cells of one line of a table, as in `HEAD`."""
    setting = f"{row['dt']:g} ms" if row["dt"] else f"{row['tolerance']:g}"
    start = [f"{row['tool']} {row['variant']}", str(row["threads"]), setting]
    base, wrong, step = ours(rows, row), error(row), row["ns_per_compartment_step"]
    return [
        *start,
        seconds(row["run_s"]),
        figures(row["run_s"] / base["run_s"]) if base else "-",
        figures(step) if step else "-",
        seconds(row["setup_s"]),
        "-" if wrong is None else figures(wrong),
    ]


def ordered(rows: Sequence[Row], workload: str) -> list[Row]:
    """Return a workload's measured lines: by threads, the fastest first."""
    chosen = [row for row in finished(rows) if row["workload"] == workload]
    return sorted(chosen, key=lambda row: (row["threads"], row["run_s"]))


def reasons(rows: Iterable[Row]) -> list[str]:
    """Return a sentence for each reason why a simulator has no measurement of a workload."""
    variants: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for row in rows:
        if "run_s" not in row:
            reason = row.get("skipped") or f"failed: {row['failed']}"
            variants[row["workload"], row["tool"], reason][row["variant"]] = None
    return [
        f"{workload} {tool} {', '.join(names)}: {reason}"
        for (workload, tool, reason), names in variants.items()
    ]


def fastest(rows: Iterable[Row]) -> list[Row]:
    """Return one line a case: of those measured in several rounds the one with the least time.

    Notes
    -----
    What else a machine does only adds to a time, also to processor time. Cases keep their order,
    and one that was skipped or failed in every round keeps its first line.
    """
    best: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        case = tuple(row[key] for key in CASE)
        if case not in best or row.get("run_s", inf) < best[case].get("run_s", inf):
            best[case] = row
    return list(best.values())


def tables(rows: Sequence[Row]) -> list[Table]:
    """Return a table a workload, to print with rich."""
    from rich.table import Table

    made = []
    for name in WORKLOADS:
        lines = ordered(rows, name)
        if lines:
            table = Table(title=f"{name}: {WORKLOADS[name].title}", caption=ERROR[name][1])
            for i, title in enumerate(HEAD):
                table.add_column(title, justify="left" if i == 0 else "right")
            for row in lines:
                table.add_row(*cells(rows, row), style="bold" if row["tool"] == OURS else "")
            made.append(table)
    return made


def markdown(rows: Sequence[Row], workload: str) -> str:
    """Return a workload's table in Markdown."""
    body = [cells(rows, row) for row in ordered(rows, workload)]
    table = [list(HEAD), ["---", *(["---:"] * (len(HEAD) - 1))], *body]
    return "".join("| " + " | ".join(line) + " |\n" for line in table)

"""A file's results on the terminal: verdicts first, then values, then what was refused and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from loligo.cli.work import complain, printable

if TYPE_CHECKING:
    from rich.console import Console

    from loligo.analysis import Analysis, Estimate
    from loligo.report.result import FileResult


def show_result(result: FileResult) -> None:
    """Print the verdicts and the estimates of the recording; those of sweeps are counted."""
    from rich.console import Console
    from rich.text import Text

    complain(result)
    if result.analysis is None or not result.estimates:
        return
    shown = _beside_verdicts(result.analysis)
    whole = [e for e in shown if e.sweep is None]
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(Text(printable(result.file), style="bold"))
    _verdicts(console, result)
    _values(console, [e for e in whole if e.is_ok])
    _refused(console, [e for e in whole if not e.is_ok])
    counts = {
        "of sweeps (--per sweep, or --json, shows them)": len(shown) - len(whole),
        "on quality (--as quality shows them)": len(result.estimates) - len(shown),
    }
    for what, count in counts.items():
        if count:
            console.print(Text(f"and {count} value{'s' if count > 1 else ''} {what}", "dim"))
    console.print()


def _beside_verdicts(analysis: Analysis) -> list[Estimate]:
    """Return the estimates to list: not those of quality, whose verdicts say it, unless alone."""
    from loligo.analysis.quality import Quality

    own = [result for result in analysis.results if not isinstance(result, Quality)]
    return [e for result in own or analysis.results for e in result.estimates]


_STYLES = {"fail": "red", "warn": "yellow", "undecided": "yellow", "pass": "green"}


def _verdicts(console: Console, result: FileResult) -> None:
    """Print what did not pass, with its reason, and how many criteria did."""
    from collections import Counter

    from rich.text import Text

    from loligo.analysis.quality import Quality

    verdicts = [
        verdict
        for quality in (result.analysis.of(Quality) if result.analysis else ())
        for verdict in quality.verdicts
    ]
    for status, style in _STYLES.items():
        for verdict in verdicts:
            if verdict.status.value == status != "pass":
                name = verdict.criterion.name.replace("_", " ")
                line = Text(f"{status}: ", style).append(printable(f"{name}: {verdict.reason}"), "")
                console.print(line)
    counts = Counter(verdict.status.value for verdict in verdicts)
    if verdicts:
        told = [f"{counts[word]} {word.replace('_', ' ')}" for word in ("pass", "not_judged")]
        console.print(Text(f"quality: {', '.join(told)}", "dim"))


def _values(console: Console, estimates: list[Estimate]) -> None:
    from rich.table import Table
    from rich.text import Text

    from loligo.analysis.digits import interval, number, unit_symbol
    from loligo.analysis.wording import typeset, without_repeats

    if not estimates:
        return
    table = Table(box=None, pad_edge=False)
    for head in ("result (epoch)", "value", "95 % interval", "remarks"):
        table.add_column(head, overflow="fold")
    places = [f"{e.name} ({e.epoch})" if e.epoch else e.name for e in estimates]
    remarks = without_repeats([estimate.reason for estimate in estimates], places)
    for estimate, place, remark in zip(estimates, places, remarks, strict=True):
        value, low, high, unit = estimate.displayed()
        shown = f"{number(value, low, high)} {unit_symbol(unit)}" if value is not None else "–"
        cells = (place, shown, interval(value, low, high), typeset(remark))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console.print(table)


def _refused(console: Console, estimates: list[Estimate]) -> None:
    """Print each reason once, with the names it holds for."""
    from rich.text import Text

    reasons: dict[tuple[str, str], dict[str, None]] = {}
    for estimate in estimates:
        place = f" ({estimate.epoch})" if estimate.epoch else ""
        names = reasons.setdefault((estimate.status.value, estimate.reason), {})
        names[estimate.name + place] = None
    for (status, reason), names in reasons.items():
        head = Text(f"not estimated: {printable(', '.join(names))}: ", "dim")
        console.print(head.append(printable(f"{status.replace('_', ' ')}: {reason}")))

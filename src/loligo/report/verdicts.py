"""Verdicts on quality as HTML: in a line for the summary, in a table for a file's section."""

from __future__ import annotations

from loligo.analysis import Analysis
from loligo.analysis.quality import Decision, Quality, Verdict
from loligo.analysis.wording import typeset
from loligo.report.markup import Html, element, join, table

_ORDER = (
    Decision.FAIL,
    Decision.WARN,
    Decision.UNDECIDED,
    Decision.PASS,
    Decision.NOT_JUDGED,
)


def verdict_list(analysis: Analysis) -> Html:
    """Return what did not pass, and how many criteria did, in lines."""
    verdicts = [v for quality in analysis.of(Quality) for v in quality.verdicts]
    lines = [
        join((_badge(verdict.status), " ", _name(verdict)))
        for verdict in _sorted(verdicts)
        if verdict.status in {Decision.FAIL, Decision.WARN, Decision.UNDECIDED}
    ]
    for status in (Decision.PASS, Decision.NOT_JUDGED):
        count = sum(verdict.status is status for verdict in verdicts)
        if count:
            lines.append(join((_badge(status), f" {count}")))
    return join(element("div", line, class_="key") for line in lines)


def verdict_table(analysis: Analysis) -> Html:
    """Return every criterion with what was measured, the worst first."""
    results = analysis.of(Quality)
    parts = []
    for quality in results:
        if len(results) > 1:
            parts.append(element("h4", quality.channel))
        head = ("criterion", "demand", "verdict", "what was measured")
        rows = [
            (
                element("span", _name(verdict), class_="nowrap", title=verdict.criterion.meaning),
                element("span", typeset(verdict.criterion.words), class_="nowrap"),
                _badge(verdict.status),
                typeset(verdict.reason),
            )
            for verdict in _sorted(quality.verdicts)
        ]
        parts.append(table(head, rows))
        source = f"Criteria: {quality.criteria.name}"
        source += f" ({quality.criteria.source})." if quality.criteria.source else "."
        parts.append(element("p", source, class_="definition"))
    return join(parts)


def _sorted(verdicts: list[Verdict] | tuple[Verdict, ...]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: _ORDER.index(verdict.status))


def _name(verdict: Verdict) -> str:
    return verdict.criterion.name.replace("_", " ")


def _badge(status: Decision) -> Html:
    words = status.value.replace("_", " ")
    return element("span", words, class_=f"badge verdict-{status.value}")

"""Verdicts: estimates held against criteria, never more certain than their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from loligo.analysis.digits import number, unit_symbol
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.quality.criteria import Comparison, Criteria, Criterion
from loligo.analysis.wording import readable, typeset
from loligo.recording import ClampMode
from loligo.units import format_quantity


class Decision(StrEnum):
    """What a criterion says of a recording."""

    PASS = "pass"
    WARN = "warn"
    """Missed, where to miss it is a warning."""
    FAIL = "fail"
    UNDECIDED = "undecided"
    """The 95 % interval holds the limit, or is unbounded on its side."""
    NOT_JUDGED = "not_judged"
    """There is no estimate to judge."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One criterion applied.

    Attributes
    ----------
    criterion : Criterion
    status : Decision
    estimate : Estimate or None
        What was judged; of several sweeps the worst.
    reason : str
        Why, in a sentence.
    sweeps : tuple of int
        Those that miss the criterion (or leave it undecided, where that is the verdict).
    """

    criterion: Criterion
    status: Decision
    estimate: Estimate | None
    reason: str
    sweeps: tuple[int, ...] = ()


def judge(
    criteria: Criteria, estimates: Sequence[Estimate], mode: ClampMode | None
) -> tuple[Verdict, ...]:
    """Apply the criteria of a clamp mode to estimates of one response.

    An estimate passes or misses where its whole interval does; else the verdict is undecided.
    Of several estimates of one name the first with a value is judged.
    """
    kind = ClampMode.CURRENT_CLAMP if mode is ClampMode.ZERO_CURRENT else mode
    return tuple(_verdict(c, estimates) for c in criteria.members if c.mode in {None, kind})


def _verdict(criterion: Criterion, estimates: Sequence[Estimate]) -> Verdict:
    if criterion.unavailable:
        return Verdict(criterion, Decision.NOT_JUDGED, None, criterion.unavailable)
    named = [entry for entry in estimates if entry.name == criterion.quantity]
    single = [entry for entry in named if entry.sweep is not None]
    found = single if criterion.each_sweep and single else [e for e in named if e.sweep is None]
    usable = [entry for entry in found if entry.is_ok or entry.status is Status.BOUND]
    if not usable:
        base = criterion.quantity.removesuffix("_change").removesuffix("_drift")
        others = [entry for entry in estimates if entry.name == base and not entry.is_ok]
        refused = next((e.reason for e in (*found, *named, *others) if e.reason), "")
        why = refused or f"{readable(criterion.quantity)} was not measured"
        return Verdict(criterion, Decision.NOT_JUDGED, None, why)
    judged = [(entry, _decide(criterion, entry)) for entry in usable]
    if not (criterion.each_sweep and single):
        judged = judged[:1]
    order = (Decision.FAIL, Decision.WARN, Decision.UNDECIDED, Decision.PASS)
    worst = min((decision for _, decision in judged), key=order.index)
    those = [entry for entry, decision in judged if decision is worst]
    shown = max(those, key=lambda entry: _distance(criterion, entry))
    sweeps = () if worst is Decision.PASS else tuple(e.sweep for e in those if e.sweep is not None)
    return Verdict(criterion, worst, shown, _reason(criterion, shown, worst, len(judged)), sweeps)


def _decide(criterion: Criterion, entry: Estimate) -> Decision:
    limit = criterion.internal_limit
    low = -math.inf if entry.low is None else entry.low
    high = math.inf if entry.high is None else entry.high
    if criterion.comparison is Comparison.WITHIN:
        low, high = max(low, -high, 0.0), max(high, -low)
    if criterion.comparison is Comparison.AT_LEAST:
        low, high, limit = -high, -low, -limit
    if high <= limit:
        return Decision.PASS
    if low > limit:
        return Decision.WARN if criterion.is_warning else Decision.FAIL
    return Decision.UNDECIDED


def _distance(criterion: Criterion, entry: Estimate) -> float:
    value = entry.value if entry.value is not None else (entry.low or 0.0)
    if criterion.comparison is Comparison.WITHIN:
        return abs(value)
    return -value if criterion.comparison is Comparison.AT_LEAST else value


def _reason(criterion: Criterion, entry: Estimate, decision: Decision, count: int) -> str:
    value, low, high, unit = entry.displayed()
    demand = criterion.words
    if value is None:
        bound = format_quantity(entry.low or 0.0, entry.term.unit, 3)
        known = f"{bound} or more ({readable(criterion.quantity)})"
        open_ = f"{known}: whether it is {demand} cannot be told"
        return typeset(f"{known} is {demand}" if decision is Decision.PASS else open_)
    shown = number(value, low, high)
    words = f"{shown} {unit_symbol(unit)}".strip()
    if entry.sweep is not None and count > 1:
        words += f" in sweep {entry.sweep}, the worst of {count}"
    verdict = {
        Decision.PASS: f"{words} is {demand}" if count == 1 else f"{words}: all are {demand}",
        Decision.UNDECIDED: f"{words}; its interval does not decide whether it is {demand}",
    }.get(decision, f"{words} is not {demand}")
    if criterion.limit == 0 and criterion.comparison is Comparison.AT_MOST:
        verdict = "none" if decision is Decision.PASS else f"{words}, where none is allowed"
    if entry.reason and decision is not Decision.PASS:  # the first remark; the estimate has all
        verdict += f"; {entry.reason.split('; ')[0]}"
    return typeset(verdict)

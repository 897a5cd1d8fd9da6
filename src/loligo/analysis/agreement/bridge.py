"""Two routes that cannot be compared at the same potential and time, compared over a third."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loligo.analysis.agreement.route import Route
from loligo.analysis.agreement.verdict import (
    Outcome,
    Reason,
    Verdict,
    differ,
    in_megaohm,
    near,
    span,
    told,
)


def bridged(routes: Sequence[Route], verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts, those that could not be told for want of overlap tried over a third.

    The third must agree with either, at least with one of them only at matched conditions; and
    where the two cover different potentials, it must give different values there.
    """
    by_label = {route.label: route for route in routes}
    known = {frozenset((v.first, v.second)): v for v in verdicts}
    found = []
    for verdict in verdicts:
        a, b = by_label[verdict.first], by_label[verdict.second]
        made = None
        if verdict.outcome is Outcome.UNTOLD and verdict.matched is None:
            tried = (_over(a, b, third, known) for third in routes if not third.is_fixed)
            made = next((entry for entry in tried if entry is not None), None)
        found.append(verdict if made is None else made)
    return tuple(found)


def _over(a: Route, b: Route, third: Route, known: dict[frozenset[str], Verdict]) -> Verdict | None:
    found = [known.get(frozenset((route.label, third.label))) for route in (a, b)]
    sides = [side for side in found if side is not None]
    outcomes = [side.outcome for side in sides]
    if len(sides) < 2 or not set(outcomes) <= {Outcome.AGREE, Outcome.MATCHED}:
        return None
    reasons = {reason for side in sides for reason in side.reasons}
    if not reasons:
        return None
    sentence = f"{told(a, b)}: {third.label} agrees with each"
    if not near(a, b):
        values = [third.relations[-1].resistance(route.low, route.high) for route in (a, b)]
        if values[0] is None or values[1] is None or not differ(values[0], values[1]):
            return None
        reasons.add(Reason.POTENTIAL)
        sentence += (
            f", and gives {in_megaohm(values[0])} over {span(a.low, a.high)} but "
            f"{in_megaohm(values[1])} over {span(b.low, b.high)}"
        )
    ordered = tuple(reason for reason in Reason if reason in reasons)
    words = " and ".join(f"the {reason.value}" for reason in ordered)
    base = known[frozenset((a.label, b.label))]
    sentence += f"; what differs is {words}"
    return replace(base, outcome=Outcome.MATCHED, reasons=ordered, sentence=sentence)

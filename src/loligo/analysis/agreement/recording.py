"""The routes to the input resistance of one cell over several recordings, compared in pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from loligo.analysis.agreement.bridge import bridged
from loligo.analysis.agreement.compare import compare
from loligo.analysis.agreement.route import Route, chirp_route, step_routes
from loligo.analysis.agreement.verdict import Outcome, Reason, Verdict
from loligo.analysis.estimate import Estimate
from loligo.analysis.impedance import Impedance, impedance_of
from loligo.analysis.interval import Interval
from loligo.analysis.layout import layout_of
from loligo.recording import Recording

BY_CHANCE = 0.05
"""Share of pairs that agree of which the 95 % interval of the difference leaves zero out."""


@dataclass(frozen=True)
class Agreement:
    """Whether several routes to one cell's input resistance agree.

    Attributes
    ----------
    routes : tuple of Route
        Each with its value, the potentials and the time it was measured at.
    verdicts : tuple of Verdict
        Of each pair of routes.
    without : mapping of label to reason
        Recordings that hold no route, and why.
    summary : str
    """

    routes: tuple[Route, ...]
    verdicts: tuple[Verdict, ...]
    without: dict[str, str]
    summary: str


def input_resistance_agreement(
    recordings: Mapping[str, Recording],
    *,
    impedances: Mapping[str, Impedance] | None = None,
    series_resistances: Mapping[str, Estimate] | None = None,
) -> Agreement:
    """Compare the input resistance of one cell between recordings and protocols.

    Parameters
    ----------
    recordings : mapping of label to Recording
        All of one cell. Their responses are compared, each by itself where there are several.
    impedances : mapping of label to Impedance, optional
        Of recordings where it is known already.
    series_resistances : mapping of label to Estimate, optional
        What the membrane test found in recordings in voltage clamp.

    Returns
    -------
    Agreement
    """
    routes: list[Route] = []
    without: dict[str, str] = {}
    for label, recording in recordings.items():
        for response in recording.responses:
            name = label if len(recording.responses) == 1 else f"{label} {response.name}"
            layout = layout_of(recording, response)
            found = list(step_routes(name, layout))
            known = (impedances or {}).get(name)
            measured = impedance_of(layout) if known is None else known
            chirp = chirp_route(name, measured)
            found += [chirp] if chirp is not None else []
            if not found:
                without[name] = _why(layout.response.name, measured)
            routes += found
    series = {
        label: Interval(entry.value, entry.low, entry.high)
        for label, entry in (series_resistances or {}).items()
        if entry.is_ok and entry.value is not None and None not in {entry.low, entry.high}
        if entry.low is not None and entry.high is not None
    }
    verdicts = tuple(
        compare(a, b, series.get(a.recording, series.get(b.recording)))
        for a, b in combinations(routes, 2)
        if a.recording != b.recording
    )
    verdicts = bridged(routes, verdicts)
    return Agreement(tuple(routes), verdicts, without, _summary(routes, verdicts))


def _why(channel: str, measured: Impedance) -> str:
    first = measured.estimates[0]
    return f"{channel}: no steps that give a resistance, and of a chirp: {first.reason}"


def _summary(routes: Sequence[Route], verdicts: Sequence[Verdict]) -> str:
    """Return the verdict over all pairs in words."""
    if len(verdicts) == 0:
        return f"nothing to compare: {len(routes)} route{'' if len(routes) == 1 else 's'}"
    counts = {outcome: sum(v.outcome is outcome for v in verdicts) for outcome in Outcome}
    reasons = {reason for v in verdicts for reason in v.reasons}
    parts = [f"{count} {outcome.value}" for outcome, count in counts.items() if count]
    shown = f"{len(routes)} routes to the input resistance, {len(verdicts)} pairs: "
    shown += ", ".join(parts)
    if reasons:
        *most, last = [f"the {reason.value}" for reason in Reason if reason in reasons]
        words = f"{', '.join(most)} and {last}" if most else last
        shown += f"; differences that could be explained come from {words}"
    differ = counts[Outcome.DISAGREE]
    if 0 < differ <= BY_CHANCE * len(verdicts):
        shown += "; of intervals of 95 %, as many as do not agree may do so by chance"
    return shown

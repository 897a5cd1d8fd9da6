"""Several recordings of one cell: whether its input resistance is the same by every route."""

from __future__ import annotations

from collections.abc import Mapping

from loligo.analysis.agreement import Agreement, Route, input_resistance_agreement
from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.wording import typeset
from loligo.plot import draw_agreement
from loligo.recording import Recording
from loligo.report.figures import embedded
from loligo.report.markup import Html, element, table


def agreement_section(recordings: Mapping[str, Recording]) -> Html:
    """Return the section that compares the routes.

    Parameters
    ----------
    recordings : mapping of name to Recording
        All of one cell.
    """
    found = input_resistance_agreement(recordings)
    parts: list[Html] = [
        element("h2", "Input resistance by every route"),
        element("p", found.summary, class_="verdict"),
    ]
    if found.routes:
        parts.append(element("figure", embedded(draw_agreement(found), "resistance by potential")))
        parts.append(_routes(found))
    head = ("routes", "outcome", "why")
    pairs = [(f"{v.first} and {v.second}", v.outcome.value, v.sentence) for v in found.verdicts]
    compared = element("summary", f"{len(pairs)} pairs of routes compared")
    if pairs:
        parts.append(element("details", compared, table(head, pairs)))
    without = [(label, why) for label, why in found.without.items()]
    parts.append(table(("recording without a route", "why"), without))
    return element("section", *parts, id="agreement")


def _routes(found: Agreement) -> Html:
    head = (
        "recording",
        "route (epoch)",
        "resistance",
        "95 % interval",
        "potential",
        "time after onset",
    )
    return table(head, [_route(route) for route in found.routes])


def _route(route: Route) -> tuple[object, ...]:
    value, low, high, unit = route.estimate.displayed()
    shown = f"{number(value, low, high)} {unit_symbol(unit)}" if value is not None else "–"
    return (
        route.recording,
        f"{route.kind} ({route.estimate.epoch})" if route.estimate.epoch else route.kind,
        element("span", shown, class_="value"),
        element("span", interval(value, low, high), class_="interval"),
        typeset(f"{route.low:.1f} to {route.high:.1f} mV"),
        f"{route.start:.0f} to {route.stop:.0f} ms",
    )

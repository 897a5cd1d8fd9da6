"""How an estimate of this part is made: one shape for values and for refusals."""

from __future__ import annotations

from dataclasses import dataclass

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.layout import Layout


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no value."""

    status: Status
    reason: str


def estimate(
    layout: Layout,
    name: str,
    found: Interval | Refusal,
    definition: str,
    note: str = "",
    sweep: int | None = None,
) -> Estimate:
    """Return the estimate of a response under a glossary name."""
    channel = layout.response.name
    if isinstance(found, Refusal):
        return Estimate(
            name, None, None, None, found.status, found.reason, channel, sweep, "", definition
        )
    return Estimate(
        name, found.value, found.low, found.high, Status.OK, note, channel, sweep, "", definition
    )


def exactly(value: float) -> Interval:
    """Return the interval of what is counted, not measured."""
    return Interval(value, value, value)


def own_name(layout: Layout, name: str) -> str:
    """Return the name of a quantity of the response: of a potential ``voltage_`` and the name."""
    return f"voltage_{name}" if layout.response.unit == "mV" else name

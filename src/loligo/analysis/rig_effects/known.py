"""Which of the estimates of other analyses are used, and what is said of a place."""

from __future__ import annotations

from collections.abc import Sequence

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import Interval
from loligo.analysis.layout import Layout
from loligo.analysis.quality.said import Refusal, estimate
from loligo.recording.corrections import Measured


def first(known: Sequence[Estimate], name: str, epoch: str | None = None) -> Estimate | None:
    """Return the first estimate of a name (and epoch), one with a value where there is one."""
    own = [e for e in known if e.name == name and e.sweep is None]
    own = [e for e in own if epoch is None or e.epoch == epoch]
    return next((e for e in own if e.is_ok), own[0] if own else None)


def first_or_refused(
    layout: Layout, known: Sequence[Estimate], name: str, what: str, epoch: str | None = None
) -> Estimate:
    """Return the first estimate of a name, or that the analysis it needs was not made."""
    found = first(known, name, epoch)
    if found is not None:
        return found
    return estimate(layout, name, Refusal(Status.NO_STEP, f"{what} was not made"), "")


def as_measured(entry: Estimate) -> Measured:
    """Return an estimate that has a value as a number with its interval."""
    assert entry.value is not None
    return Measured(entry.value, entry.low, entry.high)


def as_interval(found: Measured) -> Interval:
    """Return a number with its interval; its own value where it has none."""
    low = found.value if found.low is None else found.low
    high = found.value if found.high is None else found.high
    return Interval(found.value, low, high)


def label_at(layout: Layout, sweep: int, time: float) -> str:
    """Return the label of the epoch of the command at a time, ``""`` where there is none."""
    inside = (e for e in layout.epochs.get(sweep, ()) if e.start <= time < e.stop)
    return next((e.label for e in inside), "")


def place(layout: Layout, sweep: int, time: float) -> str:
    """Say where in a recording something is."""
    label = label_at(layout, sweep, time)
    return f"at {time:.4g} ms of sweep {sweep}{f' ({label})' if label else ''}"

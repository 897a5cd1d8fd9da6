"""Which steps of a recording belong together: families of levels, and of conditioning levels."""

from __future__ import annotations

from dataclasses import dataclass

from loligo.analysis.layout import Layout, Window, holding, same_level, steps
from loligo.recording import Epoch, EpochKind

FEWEST_LEVELS = 5
"""Different levels that make a family."""
_CONSTANT = (EpochKind.HOLD, EpochKind.STEP)


@dataclass(frozen=True, slots=True)
class Member:
    """One step of a family.

    Attributes
    ----------
    sweep : int
    potential : float [mV]
        What the family varies: the step's level, or that of the step before it.
    level : float [mV]
        During the step.
    held : float [mV]
        Before anything.
    baseline, whole : Window
    """

    sweep: int
    potential: float
    level: float
    held: float
    baseline: Window
    whole: Window


@dataclass(frozen=True, slots=True)
class Family:
    """Steps of one epoch: to different levels, or to one level from different ones.

    Attributes
    ----------
    epoch : str
    is_conditioned : bool
        Whether the level before the step is what varies: a family of inactivation.
    members : tuple of Member
    """

    epoch: str
    is_conditioned: bool
    members: tuple[Member, ...]


def families(layout: Layout) -> tuple[Family, ...]:
    """Return the families of a response, in order of time; those of activation first."""
    found = []
    for label, group in steps(layout).items():
        members = tuple(
            Member(
                step.sweep,
                step.level,
                step.level,
                step.before,
                step.baseline,
                step.whole,
            )
            for step in group
            if not step.is_conditioned
        )
        if _levels(members) >= FEWEST_LEVELS:
            found.append(Family(label, is_conditioned=False, members=members))
    return (*found, *_conditioned(layout, {family.epoch for family in found}))


def _levels(members: tuple[Member, ...]) -> int:
    different: list[float] = []
    for member in members:
        if not any(same_level(member.potential, level) for level in different):
            different.append(member.potential)
    return len(different)


def _conditioned(layout: Layout, varied: set[str]) -> list[Family]:
    """Return steps to one level, the first after one of a family, at once or after a gap."""
    groups: dict[str, list[Member]] = {}
    for index, epochs in layout.epochs.items():
        start = holding(epochs)
        before = None
        for epoch in epochs:
            if epoch.label in varied:
                before = epoch
            elif start is not None and before is not None and _is_test(epoch, start[1]):
                groups.setdefault(epoch.label, []).append(_member(index, before, epoch, start))
                before = None
    found = []
    for label, group in groups.items():
        members = tuple(group)
        alike = all(same_level(member.level, members[0].level) for member in members)
        if alike and _levels(members) >= FEWEST_LEVELS:
            found.append(Family(label, is_conditioned=True, members=members))
    return found


def _is_test(epoch: Epoch, held: float) -> bool:
    return (
        epoch.kind in _CONSTANT
        and epoch.level is not None
        and epoch.label not in {"pre", "post"}
        and not same_level(epoch.level, held)
    )


def _member(index: int, before: Epoch, epoch: Epoch, start: tuple[Window, float]) -> Member:
    window, held = start
    assert before.level is not None
    assert epoch.level is not None
    baseline = Window((window.start + window.stop) / 2, window.stop)
    whole = Window(epoch.start, epoch.stop)
    return Member(index, before.level, epoch.level, held, baseline, whole)

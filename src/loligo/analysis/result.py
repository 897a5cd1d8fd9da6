"""`Analysis`: what was found in a recording: estimates, and the results they are from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, overload

from loligo.analysis.digits import interval, number
from loligo.analysis.estimate import Estimate


class Result(Protocol):
    """What one analysis of one response found; each analysis has its own type with more in it."""

    @property
    def channel(self) -> str:
        """The response."""

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """Of the recording and of single sweeps, refused ones included."""


T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Analysis(Sequence[Estimate]):
    """The estimates of a recording, those of the whole recording before those of single sweeps.

    Attributes
    ----------
    results : tuple
        What each analysis of each response returned, for figures and tables.
    estimates : tuple of Estimate
        The estimates of all of them.
    """

    results: tuple[Result, ...]
    estimates: tuple[Estimate, ...]

    @overload
    def __getitem__(self, index: int) -> Estimate: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Estimate, ...]: ...
    def __getitem__(self, index: int | slice) -> Estimate | tuple[Estimate, ...]:
        return self.estimates[index]

    def __len__(self) -> int:
        return len(self.estimates)

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def __repr__(self) -> str:
        """Return the values of the recording in a line each, and how much else there is."""
        lines = ["Analysis"]
        for entry in self.estimates:
            if entry.sweep is None and entry.is_ok:
                value, low, high, unit = entry.displayed()
                where = f" ({entry.epoch})" if entry.epoch else ""
                shown = f"{number(value, low, high)} {unit} [{interval(value, low, high)}]"
                lines.append(f"  {entry.channel}: {entry.name}{where}: {shown}")
        refused = sum(entry.sweep is None and not entry.is_ok for entry in self.estimates)
        single = sum(entry.sweep is not None for entry in self.estimates)
        lines.append(f"  {refused} not estimated, with their reasons; {single} of single sweeps")
        return "\n".join(lines)

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """Return the results of one kind, one for each response it was made of."""
        return tuple(result for result in self.results if isinstance(result, kind))

    def named(self, name: str) -> tuple[Estimate, ...]:
        """Return the estimates of one name, in order."""
        return tuple(estimate for estimate in self.estimates if estimate.name == name)


def analysis_of(results: Iterable[Result]) -> Analysis:
    """Return results as an `Analysis`."""
    kept = tuple(results)
    found = (estimate for result in kept for estimate in result.estimates)
    return Analysis(kept, tuple(sorted(found, key=lambda entry: entry.sweep is not None)))

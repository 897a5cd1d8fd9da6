"""What repeats say together: bias, scatter, coverage and refusals of each result."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from loligo.errors import SelectionError, suggest
from loligo.experiment.design.repeat import Found, Repeat
from loligo.terms import Term, term

Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Row:
    """One result over all repeats, in the glossary's internal unit.

    Attributes
    ----------
    name, epoch : str
    count : int
        Repeats in which the analysis spoke of it.
    given : int
        In how many it gave a value.
    refused : tuple of (str, int, str)
        Status, how often, and a reason of the first.
    mean, deviation : float or None
        Of the values: mean and standard deviation.
    truth : float or None
        Mean of what was true.
    source : str
        By what it is true.
    bias, bias_error : float or None
        Mean of value less truth, and its standard error.
    scatter : float or None
        Standard deviation of value less truth.
    rms : float or None
        Root mean square of value less truth.
    reach : float or None
        Median half width of the analysis' own 95 % interval.
    held, with_interval : int
        How many intervals held the truth, of how many.
    """

    name: str
    epoch: str
    count: int
    given: int
    refused: tuple[tuple[str, int, str], ...]
    mean: float | None = None
    deviation: float | None = None
    truth: float | None = None
    source: str = ""
    bias: float | None = None
    bias_error: float | None = None
    scatter: float | None = None
    rms: float | None = None
    reach: float | None = None
    held: int = 0
    with_interval: int = 0

    @property
    def term(self) -> Term:
        """The glossary's entry."""
        return term(self.name)

    @property
    def coverage(self) -> float | None:
        """Share of the analysis' own 95 % intervals that held the truth."""
        return self.held / self.with_interval if self.with_interval else None

    @property
    def coverage_interval(self) -> tuple[float, float] | None:
        """95 % interval of the coverage (Wilson's)."""
        return wilson(self.held, self.with_interval) if self.with_interval else None

    def shown(self, value: float | None) -> float | None:
        """Return a number of this result in the unit people expect."""
        if value is None:
            return None
        entry = self.term
        return value if entry.dimension == "count" else entry.display(value)


@dataclass(frozen=True, slots=True)
class Condition:
    """All repeats at one value of what is varied.

    Attributes
    ----------
    value : str
        ``""`` where nothing is varied.
    repeats : int
    rows : tuple of Row
    failures : tuple of (str, int)
        Why recordings came to nothing, and how often.
    """

    value: str
    repeats: int
    rows: tuple[Row, ...]
    failures: tuple[tuple[str, int], ...] = ()

    def row(self, name: str, epoch: str | None = None) -> Row:
        """Return the row of a result.

        Raises
        ------
        SelectionError
            There is none, or several epochs have one.
        """
        found = [r for r in self.rows if r.name == name and epoch in (None, r.epoch)]
        if len(found) == 1:
            return found[0]
        if found:
            raise SelectionError(
                f"{name} has several epochs; {suggest(str(epoch), (r.epoch for r in found))}"
            )
        raise SelectionError(f"no result is named {name!r}; {suggest(name, self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the results, each once."""
        return tuple(dict.fromkeys(row.name for row in self.rows))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Design:
    """How wrong the results of a planned experiment will be.

    Attributes
    ----------
    experiment : str
        What it is of.
    vary : str
        Path of what is varied; ``""`` where nothing is.
    conditions : tuple of Condition
        One for each of its values.
    repeats : tuple of Repeat
        What all of it is from.
    """

    experiment: str
    vary: str
    conditions: tuple[Condition, ...]
    repeats: tuple[Repeat, ...]

    @property
    def only(self) -> Condition:
        """The only condition.

        Raises
        ------
        SelectionError
            There are several.
        """
        if len(self.conditions) != 1:
            raise SelectionError(f"{self.vary} has {len(self.conditions)} values; choose one")
        return self.conditions[0]

    def row(self, name: str, epoch: str | None = None) -> Row:
        """Return the row of a result of the only condition."""
        return self.only.row(name, epoch)

    def __repr__(self) -> str:
        from loligo.experiment.design.words import as_text

        return as_text(self)


def wilson(held: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score."""
    share = held / count
    below = 1 + Z**2 / count
    middle = (share + Z**2 / (2 * count)) / below
    reach = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2)) / below
    return middle - reach, middle + reach


def condition_of(value: str, repeats: Sequence[Repeat]) -> Condition:
    """Return what repeats at one value say together."""
    groups: dict[tuple[str, str], list[Found]] = {}
    for repeat in repeats:
        for found in repeat.found:
            groups.setdefault((found.name, found.epoch), []).append(found)
    failures = Counter(repeat.failure for repeat in repeats if repeat.failure)
    rows = tuple(row_of(name, epoch, group) for (name, epoch), group in groups.items())
    return Condition(value, len(repeats), rows, tuple(failures.most_common()))


def row_of(name: str, epoch: str, found: Sequence[Found]) -> Row:
    """Return what the estimates of one result say together."""
    good = [f for f in found if f.value is not None]
    bare = Row(name, epoch, len(found), len(good), _refusals(found))
    if not good:
        return bare
    values = np.array([f.value for f in good], dtype=np.float64)
    widths = [(f.high - f.low) / 2 for f in good if f.low is not None and f.high is not None]
    known = [f for f in good if f.truth is not None]
    row = {
        "mean": float(values.mean()),
        "deviation": _deviation(values),
        "reach": float(np.median(widths)) if widths else None,
    }
    if known:
        row |= _against(known)
    source = known[0].source if known else ""
    held = [f for f in known if f.low is not None and f.high is not None]
    return Row(
        bare.name,
        bare.epoch,
        bare.count,
        bare.given,
        bare.refused,
        source=source,
        held=sum(_holds(f) for f in held),
        with_interval=len(held),
        **row,
    )


def _holds(found: Found) -> bool:
    assert found.low is not None
    assert found.high is not None
    assert found.truth is not None
    return found.low <= found.truth <= found.high


def _against(known: Sequence[Found]) -> dict[str, float | None]:
    truth = np.array([f.truth for f in known], dtype=np.float64)
    off = np.array([f.value for f in known], dtype=np.float64) - truth
    scatter = _deviation(off)
    return {
        "truth": float(truth.mean()),
        "bias": float(off.mean()),
        "bias_error": None if scatter is None else scatter / math.sqrt(off.size),
        "scatter": scatter,
        "rms": float(np.sqrt(np.mean(off**2))),
    }


def _deviation(values: np.ndarray) -> float | None:
    return float(values.std(ddof=1)) if values.size > 1 else None


def _refusals(found: Iterable[Found]) -> tuple[tuple[str, int, str], ...]:
    refused = [f for f in found if f.value is None]
    counts = Counter(f.status for f in refused)
    first = {f.status: f.reason for f in reversed(refused)}
    return tuple((status, count, first[status]) for status, count in counts.most_common())

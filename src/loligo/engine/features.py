"""Running features: what is kept of a cell without recording it.

Each is one or a few rows of numbers per cell, updated at every step, so that a million cells need
no memory for their traces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loligo.cell.expression import Compare, Expression, Number, Symbol
from loligo.cell.expression.tree import call, where
from loligo.engine.system import Assignment
from loligo.errors import SelectionError, suggest

_ZERO, _ONE = Number(0.0), Number(1.0)
V, T, H, THRESHOLD = Symbol("v"), Symbol("t"), Symbol("h"), Symbol("threshold")


@dataclass(frozen=True, slots=True)
class Feature:
    """A running feature.

    Attributes
    ----------
    start : dict of str to float
        Its rows, with their values before the run.
    update : callable
        From the new potential to the expression of each row after the step.
    meaning : str
    unit : str
    """

    start: dict[str, float]
    update: Callable[[Expression], dict[str, Expression]]
    meaning: str
    unit: str


def _crossed(new: Expression, yes: Expression, no: Expression) -> Expression:
    risen = where(Compare(">=", new, THRESHOLD), yes, no)
    return where(Compare("<", V, THRESHOLD), risen, no)


def _crossing_time(new: Expression) -> Expression:
    return T + H * ((THRESHOLD - V) / (new - V))


def _first(new: Expression) -> dict[str, Expression]:
    first = Symbol("first_spike_time")
    earlier = call("min", first, _crossing_time(new))
    return {"first_spike_time": _crossed(new, earlier, first)}


def _last(new: Expression) -> dict[str, Expression]:
    return {
        "last_spike_time": _crossed(new, _crossing_time(new), Symbol("last_spike_time")),
    }


FEATURES: dict[str, Feature] = {
    "spike_count": Feature(
        {"spike_count": 0.0},
        lambda new: {"spike_count": Symbol("spike_count") + _crossed(new, _ONE, _ZERO)},
        "upward crossings of the threshold",
        "",
    ),
    "first_spike_time": Feature(
        {"first_spike_time": float("inf")},
        _first,
        "time of the first crossing, infinite where there is none",
        "ms",
    ),
    "last_spike_time": Feature(
        {"last_spike_time": float("-inf")},
        _last,
        "time of the last crossing, minus infinity where there is none",
        "ms",
    ),
    "maximum_potential": Feature(
        {"maximum_potential": float("-inf")},
        lambda new: {"maximum_potential": call("max", Symbol("maximum_potential"), new)},
        "highest potential at the end of a step",
        "mV",
    ),
    "minimum_potential": Feature(
        {"minimum_potential": float("inf")},
        lambda new: {"minimum_potential": call("min", Symbol("minimum_potential"), new)},
        "lowest potential at the end of a step",
        "mV",
    ),
    "mean_potential": Feature(
        {"mean_potential": 0.0},
        lambda new: {"mean_potential": Symbol("mean_potential") + 0.5 * H * (V + new)},
        "mean of the potential over the sweep",
        "mV",
    ),
}
"""The running features by name."""


def check_features(names: tuple[str, ...]) -> None:
    """Refuse a running feature that there is not.

    Raises
    ------
    SelectionError
        The message names the nearest one.
    """
    for name in names:
        if name not in FEATURES:
            raise SelectionError(f"no running feature {name!r}; {suggest(name, FEATURES)}")


def feature_lines(
    names: tuple[str, ...], new_potential: str
) -> tuple[list[Assignment], dict[str, str]]:
    """Return the assignments of features in a step, and the name of each row after it.

    Raises
    ------
    SelectionError
        There is no such feature.
    """
    lines: list[Assignment] = []
    updates: dict[str, str] = {}
    check_features(names)
    for name in names:
        for row, expression in FEATURES[name].update(Symbol(new_potential)).items():
            lines.append((f"{row}.next", expression))
            updates[row] = f"{row}.next"
    return lines, updates


def start_values(names: tuple[str, ...]) -> dict[str, float]:
    """Return the value of each feature's rows before the run."""
    return {row: value for name in names for row, value in FEATURES[name].start.items()}

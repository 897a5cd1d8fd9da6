"""`Drift`: how one parameter of a rig goes from sweep to sweep.

A rig's `Rig.drift` is applied by `Rig.over`, which gives the rig of each sweep; a drift is in the
time at which sweeps start, so that pauses between sweeps count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from loligo.cell.description import Description
from loligo.cell.quantity import In, OneOf, Quantity, write_quantity
from loligo.errors import ModelError, suggest

Array = NDArray[np.float64]
Value = Annotated[Quantity, OneOf(bare=True)]

PARTS = ("pipette", "amplifier")
"""What of a rig may drift."""


class Drift(Description):
    """One parameter of a pipette or amplifier over sweeps.

    Parameters
    ----------
    of : str
        Its dotted path in the rig: ``"pipette.series_resistance"``, ``"amplifier.bridge_balance"``.
    course : {"step", "linear", "exponential", "told"}
        From one sweep on another value; a straight line in time between two sweeps; an exponential
        approach; a value for each sweep.
    to : quantity, optional
        Where it goes; with all courses but ``"told"``.
    sweep : int
        The first sweep with the new value; with ``"linear"`` and ``"exponential"`` the last one
        with the old.
    until : int, optional
        With ``"linear"``: the sweep in which it arrives, and stays; the last one by default.
    time_constant : quantity, optional
        With ``"exponential"``, in the time at which sweeps start.
    values : sequence of quantities
        With ``"told"``: one for each sweep.

    Notes
    -----
    With t the start of a sweep, x the value before and t_0 the start of `sweep`::

        linear       x + (to - x) (t - t_0) / (t_until - t_0)
        exponential  to + (x - to) exp(-(t - t_0) / time_constant)
    """

    kind: Literal["drift"] = "drift"
    of: str
    course: Literal["step", "linear", "exponential", "told"] = "step"
    to: Value | None = None
    sweep: int = Field(default=0, ge=0)
    until: int | None = Field(default=None, ge=1)
    time_constant: Annotated[float, In("time", positive=True)] | None = None
    values: tuple[Value, ...] = ()

    @model_validator(mode="after")
    def _told_what_it_needs(self) -> Self:
        needs = {
            "to": (self.to is not None, self.course != "told"),
            "time_constant": (self.time_constant is not None, self.course == "exponential"),
            "values": (bool(self.values), self.course == "told"),
        }
        for name, (given, due) in needs.items():
            if given != due:
                told = f"needs {name}" if due else f"has no {name}"
                raise ModelError(f"course = {self.course!r} {told}")
        if self.until is not None and self.course != "linear":
            raise ModelError(f"course = {self.course!r} has no until; 'linear' has")
        if self.until is not None and self.until <= self.sweep:
            raise ModelError(f"until = {self.until} must be after sweep = {self.sweep}")
        if self.sweep and self.course == "told":
            raise ModelError("course = 'told' says each sweep's value; leave sweep out")
        if self.of.partition(".")[0] not in PARTS or self.of.endswith(".kind"):
            raise ModelError(
                f"of = {self.of!r}; pipette and amplifier drift, as in 'pipette.series_resistance'"
            )
        return self

    def course_from(
        self, before: Sequence[float | None], starts: Array, unit: str
    ) -> list[float | None]:
        """Return the value in each sweep.

        Parameters
        ----------
        before : sequence of float or None, shape (sweep,) [unit]
            As the rig has it; None where it has none, as a seal that does not leak.
        starts : ndarray, shape (sweep,) [ms]
            When each sweep starts.
        unit : str
            The parameter's own, of which the drift must be.

        Raises
        ------
        ModelError
            Another unit, sweeps that there are not, or nothing to start from.
        """
        count, first = len(before), self.sweep
        last = count - 1 if self.until is None else self.until
        for name, sweep in (("sweep", first), ("until", self.until or 0)):
            if sweep >= count:
                raise ModelError(f"{name} = {sweep}; there are {count} sweeps, counted from 0")
        if self.course == "told":
            if len(self.values) != count:
                raise ModelError(f"{len(self.values)} values are told, for {count} sweeps")
            return [_number(value, unit) for value in self.values]
        assert self.to is not None
        goal = _number(self.to, unit)
        if self.course == "step":
            return [*before[:first], *[goal] * (count - first)]
        if None in before:
            raise ModelError(f"the rig says no value to start from; give it one, in {unit}")
        old = np.array(before, dtype=np.float64)
        passed = starts - starts[first]
        if self.course == "linear":
            whole = starts[last] - starts[first]
            share = np.clip(passed / whole, 0.0, 1.0) if whole else np.zeros(count)
        else:
            assert self.time_constant is not None
            share = -np.expm1(-np.maximum(passed, 0.0) / self.time_constant)
        course = np.where(passed > 0.0, old[first] + share * (goal - old[first]), old)
        found: list[float | None] = course.tolist()
        return found


def _number(value: Quantity, unit: str) -> float:
    if value.unit != unit:
        told = f"needed is {unit}" if unit else "needed is a number"
        raise ModelError(f"{value} has another unit; {told}")
    return value.value


def courses_of(
    rig: Description, drifts: Sequence[Drift], starts: Sequence[float]
) -> dict[str, tuple[str | float | None, ...]]:
    """Return what a rig's drifting parameters are in each sweep, as a file writes them.

    Parameters
    ----------
    rig : Description
    drifts : sequence of Drift
        In order; several of one parameter follow each other.
    starts : sequence of float [ms]

    Returns
    -------
    dict of str to tuple
        By path; None where the rig says nothing.

    Raises
    ------
    ModelError
        A drift of what the rig has not; the message names it.
    """
    numbers: dict[str, Sequence[float | None]] = {}
    units: dict[str, str] = {}
    for number, drift in enumerate(drifts):
        path = drift.of
        try:
            unit, value = number_at(rig, path)
            before = numbers.get(path, (value,) * len(starts))
            course = drift.course_from(before, np.asarray(starts, dtype=np.float64), unit)
        except ModelError as error:
            raise ModelError(f"drift.{number}, of {path}: {error}") from None
        units[path], numbers[path] = unit, course
    return {
        path: tuple(None if x is None else _written(x, units[path]) for x in course)
        for path, course in numbers.items()
    }


def _written(value: float, unit: str) -> str | float:
    return write_quantity(value, unit) if unit else value


def number_at(described: BaseModel, path: str) -> tuple[str, float | None]:
    """Return internal unit and value of the number at a dotted path of a description.

    Raises
    ------
    ModelError
        There is nothing, or no number.
    """
    here: Any = described
    *way, name = path.split(".")
    for step in way:
        here = getattr(here, step, None)
    fields = type(here).model_fields if isinstance(here, BaseModel) else {}
    if name not in fields:
        raise ModelError(f"there is nothing; {suggest(name, fields)}")
    field = fields[name]
    kinds = [kind for kind in (*field.metadata, *_parts(field.annotation)) if isinstance(kind, In)]
    if not kinds and field.annotation is not float:
        raise ModelError("it is no number, and cannot drift")
    return (kinds[0].unit if kinds else ""), getattr(here, name)


def _parts(annotation: Any) -> list[Any]:
    return [item for part in get_args(annotation) for item in (part, *_parts(part))]

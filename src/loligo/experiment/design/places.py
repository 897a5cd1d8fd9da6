"""Where the numbers of an experiment are: reading and setting them by dotted paths.

``rig.pipette.series_resistance`` is a value of the rig, ``cell.channel.na.conductance`` a parameter
of the cell (of a neuron's region ``cell.dendrite.channel.na.conductance``), ``truth.capacitance``
what is true of cell and rig and can be read only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from loligo.engine.parameters import numbers
from loligo.errors import LoligoError, ModelError, SelectionError, suggest
from loligo.experiment.design.cells import parameter_at, true_numbers
from loligo.experiment.file import Experiment
from loligo.terms import term

RIG, CELL, TRUTH = "rig.", "cell.", "truth."


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, ``""`` for a fraction."""

    number: float
    unit: str = ""

    @classmethod
    def parse(cls, text: object, where: str) -> Amount:
        """Read ``"20 MOhm"``, ``0.7`` or ``"0.7"``.

        Raises
        ------
        ModelError
            It is no number with a unit.
        """
        number, _, unit = str(text).strip().partition(" ")
        try:
            return cls(float(number), unit.strip())
        except ValueError:
            raise ModelError(
                f"{where} = {text!r} is no quantity; write a number and its unit, like '20 MOhm'"
            ) from None

    def __str__(self) -> str:
        return f"{self.number!r} {self.unit}".strip()

    def shown(self) -> str:
        """Return it with few digits, for people."""
        return f"{self.number:.6g} {self.unit}".strip()

    def in_unit(self, unit: str, where: str) -> float:
        """Return the number in another unit of the same kind.

        Raises
        ------
        UnitError
        """
        if self.unit == unit:
            return self.number
        return float(numbers(str(self), unit, where))


def amount_at(experiment: Experiment, path: str) -> Amount:
    """Return the number at a path.

    Raises
    ------
    SelectionError
        Nothing is there, or no number.
    """
    if path.startswith(RIG):
        return _of_rig(experiment, path)
    if path.startswith(CELL):
        value, unit = parameter_at(experiment, path.removeprefix(CELL))
        return Amount(value, unit)
    if path.startswith(TRUTH):
        found = true_numbers(experiment)
        name = path.removeprefix(TRUTH)
        if name not in found:
            raise SelectionError(f"{path}: nothing of that name is known; {suggest(name, found)}")
        return Amount(found[name], term(name).unit)
    raise SelectionError(f"{path!r} begins neither with rig., nor with cell., nor with truth.")


def with_amounts(experiment: Experiment, amounts: Mapping[str, Amount]) -> Experiment:
    """Return the experiment with other numbers at some paths.

    Raises
    ------
    ModelError
        A number is refused where it goes; the message says which.
    SelectionError
        There is no such path, or it can only be read.
    """
    of_rig: dict[str, Any] = {}
    of_cell: dict[str, str] = {}
    for path, amount in amounts.items():
        amount_at(experiment, path)
        if path.startswith(RIG):
            of_rig[path.removeprefix(RIG)] = amount.number if not amount.unit else str(amount)
        elif path.startswith(CELL):
            of_cell[path.removeprefix(CELL)] = str(amount)
        else:
            raise SelectionError(f"{path} follows from cell and rig, and cannot be set")
    try:
        rig = experiment.rig.with_(**of_rig) if of_rig else experiment.rig
    except LoligoError as error:
        told = ", ".join(f"{path} = {amount.shown()}" for path, amount in amounts.items())
        raise ModelError(f"{told}: {error}") from None
    return replace(experiment, rig=rig, parameters={**experiment.parameters, **of_cell})


def _of_rig(experiment: Experiment, path: str) -> Amount:
    place: Any = experiment.rig.model_dump(mode="json")
    for part in path.removeprefix(RIG).split("."):
        if not isinstance(place, dict) or part not in place:
            known = place if isinstance(place, dict) else {}
            raise SelectionError(f"{path}: nothing at {part!r}; {suggest(part, known)}")
        place = place[part]
    if place is None:
        raise SelectionError(f"{path}: the rig has none; give it a value in the experiment first")
    if isinstance(place, bool) or not isinstance(place, str | int | float):
        raise SelectionError(f"{path} is no number")
    try:
        return Amount.parse(place, path)
    except ModelError:
        raise SelectionError(f"{path} = {place!r} is no number") from None

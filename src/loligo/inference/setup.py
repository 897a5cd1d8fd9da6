"""`Setup`: a cell and the rigs it was recorded through, with free parameters named by path.

``pipette.``, ``amplifier.`` and ``filter.`` lead into the rig, ``cell.`` into the cell,
``response.offset`` and ``response.delay`` are what a file adds to a response. With several
recordings a path holds for all of them; a number before it (``1.pipette.series_resistance``,
``1.cell.capacitance``) makes it that of one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from loligo.cell import Cell
from loligo.cell.description import Description
from loligo.cell.equations import equations
from loligo.cell.quantity import In, write_quantity
from loligo.errors import ModelError, SelectionError, suggest
from loligo.inference.free import Place
from loligo.rig import PassiveCell, Rig

_OF_RIG = ("pipette", "amplifier", "filter")
_OF_RESPONSE = ("offset", "delay")
_POSITIVE = frozenset({"conductance", "permeability", "capacitance", "area"})


@dataclass(frozen=True, slots=True)
class Setup:
    """What the forward model is made of, an entry of each tuple for each recording.

    Attributes
    ----------
    cells : tuple of PassiveCell or Cell
    rigs : tuple of Rig
    offsets : tuple of float
        Added to the response [its unit].
    delays : tuple of float [ms]
        By which the response is later than the rig makes it.
    parameters : tuple of mapping of str to float
        Of a `Cell`, by its own path, where they are not as in the cell.
    """

    cells: tuple[PassiveCell | Cell, ...]
    rigs: tuple[Rig, ...]
    offsets: tuple[float, ...]
    delays: tuple[float, ...]
    parameters: tuple[Mapping[str, float], ...]

    def place(self, path: str) -> Place:
        """Return what a path leads to.

        Raises
        ------
        SelectionError
            It leads nowhere; the message has near names.
        ModelError
            To something without a number.
        """
        which, rest = _indexed(path, len(self.rigs))
        head, _, tail = rest.partition(".")
        number = which or 0
        if head == "response":
            if tail not in _OF_RESPONSE:
                raise SelectionError(f"{path}: {suggest(tail, _OF_RESPONSE)}")
            unit = "ms" if tail == "delay" else self.rigs[number].system.units["response"]
            return Place(path, unit, (self.delays if tail == "delay" else self.offsets)[number])
        if head == "cell":
            return self._of_cell(path, number, tail)
        if head in _OF_RIG:
            return described(self.rigs[number], rest, path)
        raise SelectionError(
            f"{path}: nothing at {head!r}; {suggest(head, (*_OF_RIG, 'cell', 'response'))}"
        )

    def _of_cell(self, path: str, number: int, name: str) -> Place:
        cell = self.cells[number]
        if isinstance(cell, PassiveCell):
            return described(cell, name, path)
        known = {parameter.name: parameter for parameter in equations(cell).parameters}
        if name not in known:
            raise SelectionError(f"{path}: the cell has no {name!r}; {suggest(name, known)}")
        found = known[name]
        positive = found.kind in _POSITIVE or (found.unit in {"1/ms", "ms"} and found.value > 0.0)
        value = self.parameters[number].get(name, found.value)
        return Place(path, found.unit, value, 0.0 if positive else -math.inf, is_positive=positive)

    def changed(self, values: Mapping[str, float]) -> Setup:
        """Return a setup with other values [internal units], by path; later ones go before."""
        cells, rigs, offsets = list(self.cells), list(self.rigs), list(self.offsets)
        delays, parameters = list(self.delays), [dict(one) for one in self.parameters]
        for path, value in values.items():
            which, rest = _indexed(path, len(rigs))
            head, _, tail = rest.partition(".")
            for i in range(len(rigs)) if which is None else (which,):
                if rest == "response.offset":
                    offsets[i] = value
                elif rest == "response.delay":
                    delays[i] = value
                elif head != "cell":
                    rigs[i] = _with(rigs[i], rest, value)
                elif isinstance(cells[i], PassiveCell):
                    cells[i] = _with(cells[i], tail, value)
                else:
                    parameters[i][tail] = value
        return Setup(tuple(cells), tuple(rigs), tuple(offsets), tuple(delays), tuple(parameters))

    def cell_found(self, number: int) -> PassiveCell | Cell:
        """Return the cell of a recording with the values of its parameters in it.

        Raises
        ------
        ModelError
            The description refuses one of them.
        """
        cell, values = self.cells[number], self.parameters[number]
        if isinstance(cell, PassiveCell) or not values:
            return cell
        units = {parameter.name: parameter.unit for parameter in equations(cell).parameters}
        return cell.with_(
            **{
                name: write_quantity(value, units[name]) if units[name] else value
                for name, value in values.items()
            }
        )


def _indexed(path: str, count: int) -> tuple[int | None, str]:
    """Return which recording a path is about, ``None`` for all, and the rest of it."""
    head, _, rest = path.partition(".")
    if not head.isdigit():
        return None, path
    if int(head) >= count:
        raise SelectionError(f"{path}: there is no recording {head}; allowed: 0 to {count - 1}")
    return int(head), rest


def _with(described: Any, path: str, value: float) -> Any:
    """Return a description with one number changed, which is not checked again."""
    head, _, rest = path.partition(".")
    new = _with(getattr(described, head), rest, value) if rest else value
    return described.model_copy(update={head: new})


def described(whole: Description, path: str, shown: str) -> Place:
    """Return the number at a path of a description, with what the description allows.

    Raises
    ------
    SelectionError, ModelError
        See `Setup.place`.
    """
    head, _, rest = path.partition(".")
    fields = type(whole).model_fields
    if head not in fields or head == "kind":
        known = [name for name in fields if name != "kind"]
        raise SelectionError(f"{shown}: nothing at {head!r}; {suggest(head, known)}")
    value = getattr(whole, head)
    if rest and isinstance(value, Description):
        return described(value, rest, shown)
    if value is None:
        raise ModelError(f"{shown} is not set; give the rig a value to start from")
    if rest or not isinstance(value, float):
        raise ModelError(f"{shown} is no number that could be fitted")
    marks = [*fields[head].metadata, *_marks(fields[head].annotation)]
    kinds = [mark for mark in marks if isinstance(mark, In)]
    if not kinds:
        return Place(shown, "", value, *_limits(marks))
    least = 0.0 if kinds[0].positive else kinds[0].least
    return Place(shown, kinds[0].unit, value, least, is_positive=kinds[0].positive)


def _limits(marks: list[Any]) -> tuple[float, float]:
    """Return between which values a fraction may lie."""
    lows = [getattr(mark, name) for mark in marks for name in ("ge", "gt") if hasattr(mark, name)]
    highs = [getattr(mark, name) for mark in marks for name in ("le", "lt") if hasattr(mark, name)]
    return max(lows, default=-math.inf), min(highs, default=math.inf)


def _marks(annotation: Any) -> list[Any]:
    """Return what ``Annotated`` says inside of a union."""
    return [mark for kind in get_args(annotation) for mark in getattr(kind, "__metadata__", ())]

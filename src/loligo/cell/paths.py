"""Changing single values of a description by their dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from loligo.cell.scheme import Transition, read_transition
from loligo.cell.shape import RateShape, read_shape
from loligo.errors import ModelError, suggest
from loligo.units import INTERNAL_UNITS, quantity

_PARTS = ("rate", "midpoint", "scale")


def changed(written: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says, with other values at some paths.

    Parameters
    ----------
    written : dict
        As a file says it.
    changes : mapping of str to object
        ``{"channel.na.conductance": "60 mS/cm2", "channel.na.gate.m.alpha.midpoint": "-35 mV"}``.

    Raises
    ------
    ModelError
        A path that leads nowhere.
    """
    result = deepcopy(written)
    for path, value in changes.items():
        _set(result, path.split("."), value, path)
    return result


def _set(place: dict[str, Any], parts: list[str], value: Any, path: str) -> None:
    head, rest = parts[0], parts[1:]
    if not rest:
        place[head] = value
        return
    below = place.get(head)
    if isinstance(below, dict):
        _set(below, rest, value, path)
    elif isinstance(below, str) and len(rest) == 1 and (shape := read_shape(below, None)):
        place[head] = _part(shape, rest[0], value, path)
    elif head == "transitions" and isinstance(below, list) and len(rest) in {2, 3}:
        _set_transition(below, rest, value, path)
    else:
        raise ModelError(f"{path}: nothing at {head!r}; {suggest(head, place)}")


def _part(shape: RateShape, part: str, value: Any, path: str) -> str:
    if part not in _PARTS:
        raise ModelError(f"{path}: a shape has no {part!r}; {suggest(part, _PARTS)}")
    unit = shape.unit if part == "rate" else "mV"
    dimension = next(name for name, internal in INTERNAL_UNITS.items() if internal == unit)
    number: Any = quantity(value, dimension, name=path)
    return str(replace(shape, **{part: number}))


def _set_transition(below: list[str], rest: list[str], value: Any, path: str) -> None:
    source, target, *part = rest
    for index, text in enumerate(below):
        transition = read_transition(text)
        for name, move in zip(("forward", "backward"), transition.moves(), strict=False):
            if move[:2] != (source, target):
                continue
            new = value
            if part:
                if not isinstance(move[2], RateShape):
                    raise ModelError(f"{path}: the rate {move[2]!r} is not a shape")
                new = _part(move[2], part[0], value, path)
            below[index] = str(Transition(**{**transition.written(), name: new}))
            return
    raise ModelError(f"{path}: no transition {source} -> {target}")

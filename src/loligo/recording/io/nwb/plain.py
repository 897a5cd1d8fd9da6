"""Frozen dataclasses as plain JSON values, and back, exactly."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np


def plain(value: Any) -> Any:
    """Return a value of dataclasses, tuples, mappings and enumerations as JSON types.

    Fields at their default are left out; numbers that JSON lacks become text (``"inf"``).
    """
    told = value
    if is_dataclass(value) and not isinstance(value, type):
        told = {
            f.name: plain(getattr(value, f.name))
            for f in fields(value)
            if f.default is MISSING or getattr(value, f.name) != f.default
        }
    elif isinstance(value, Enum):
        told = value.value
    elif isinstance(value, Mapping):
        told = {key: plain(entry) for key, entry in value.items()}
    elif isinstance(value, (tuple, list)):
        told = [plain(entry) for entry in value]
    elif isinstance(value, (float, np.floating)):
        told = float(value) if math.isfinite(value) else repr(float(value))
    elif isinstance(value, np.generic):
        told = value.item()
    return told


def build(kind: Any, value: Any) -> Any:
    """Return the value of type `kind` that `plain` turned into `value`.

    Raises
    ------
    TypeError, ValueError, KeyError
        It does not fit.
    """
    origin = get_origin(kind)
    if origin is not None:
        return _build_composed(origin, get_args(kind), value)
    if is_dataclass(kind):
        return _build_dataclass(kind, value)
    if kind is float or issubclass(kind, Enum):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value


def _build_dataclass(kind: Any, value: Any) -> Any:
    hints = _hints(kind)
    return kind(**{name: build(hints[name], entry) for name, entry in value.items()})


def _build_composed(origin: Any, inner: tuple[Any, ...], value: Any) -> Any:
    """Build an optional value, a tuple or a mapping."""
    if origin in (Union, types.UnionType):
        (known,) = (kind for kind in inner if kind is not type(None))
        return None if value is None else build(known, value)
    if origin is tuple:
        return tuple(build(inner[0], entry) for entry in value)
    if not issubclass(origin, Mapping):
        raise TypeError(f"values of type {origin} are not restored")
    return {key: build(inner[1], entry) for key, entry in value.items()}


@lru_cache(maxsize=64)
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)

"""Two recordings held against each other, difference by difference, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from loligo.recording.provenance import TrueTrace
from loligo.recording.recording import Recording
from loligo.recording.sweep import Sweep, Trace

_STRETCH = 1 << 20

_WHOLE = ("start_time", "problems", "truth", "provenance", "protocols")
_LISTED = ("channels", "electrodes", "tags", "findings", "corrections")


def compare(a: Recording, b: Recording) -> tuple[str, ...]:
    """Return the differences between two recordings.

    Parameters
    ----------
    a, b : Recording

    Returns
    -------
    tuple of str
        One sentence for each difference, ``what: value in a, value in b``; empty where there is
        none. Values differ where they are further apart than half the coarser of the two
        resolutions, or at all where both are floating point; everything else differs where it is
        not equal.
    """
    return tuple(_differences(a, b))


def _differences(a: Recording, b: Recording) -> Iterator[str]:
    for name in _WHOLE:
        yield from _values(name, getattr(a, name), getattr(b, name))
    for name in _LISTED:
        yield from _sequences(name, getattr(a, name), getattr(b, name))
    if len(a.sweeps) != len(b.sweeps):
        yield f"sweeps: {len(a.sweeps)}, {len(b.sweeps)}"
        return
    for index, (first, second) in enumerate(zip(a.sweeps, b.sweeps, strict=True)):
        yield from _sweeps(f"sweep {index}", first, second)


def _values(what: str, a: Any, b: Any) -> Iterator[str]:
    """Compare two values, field by field where both are of one dataclass."""
    if isinstance(a, TrueTrace) and isinstance(b, TrueTrace):
        if a != b:
            yield f"{what}: other samples"
    elif is_dataclass(a) and type(a) is type(b):
        for field in fields(a):
            yield from _values(
                f"{what}.{field.name}", getattr(a, field.name), getattr(b, field.name)
            )
    elif isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in dict.fromkeys([*a, *b]):
            yield from _values(f"{what}[{key!r}]", a.get(key), b.get(key))
    elif not _equal(a, b):
        yield f"{what}: {a!r}, {b!r}"


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)  # noqa: PLR0124
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    if hasattr(a, "tzinfo") and hasattr(b, "tzinfo") and (a.tzinfo is None) != (b.tzinfo is None):
        return False
    return bool(a == b)


def _sequences(what: str, a: Sequence[Any], b: Sequence[Any]) -> Iterator[str]:
    if len(a) != len(b):
        yield f"{what}: {len(a)}, {len(b)}"
    for index, (first, second) in enumerate(zip(a, b, strict=False)):
        yield from _values(f"{what}[{index}]", first, second)


def _sweeps(what: str, a: Sweep, b: Sweep) -> Iterator[str]:
    for name in ("number", "start", "description", "attributes"):
        yield from _values(f"{what} {name}", getattr(a, name), getattr(b, name))
    yield from _sequences(f"{what} epochs", a.epochs, b.epochs)
    if list(a.traces) != list(b.traces):
        yield f"{what} traces: {list(a.traces)}, {list(b.traces)}"
    for name, trace in a.traces.items():
        if name in b.traces:
            yield from _traces(f"{what} {name!r}", trace, b.traces[name])


def _traces(what: str, a: Trace, b: Trace) -> Iterator[str]:
    for name in ("sampling_rate", "start", "rig_state", "resolution"):
        yield from _values(f"{what} {name}", getattr(a, name), getattr(b, name))
    if len(a) != len(b):
        yield f"{what}: {len(a)} samples, {len(b)}"
        return
    allowed = max(a.resolution, b.resolution) / 2
    for begin in range(0, len(a), _STRETCH):
        first, second = a.values(begin, begin + _STRETCH), b.values(begin, begin + _STRETCH)
        apart = (np.abs(first - second) > allowed) | (np.isnan(first) != np.isnan(second))
        if apart.any():
            at = int(np.argmax(apart))
            yield f"{what}: sample {begin + at} is {first[at]!r}, {second[at]!r}"
            return

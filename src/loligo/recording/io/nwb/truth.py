"""The truth of a simulated recording: numbers in the document, traces as arrays beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from loligo.recording.io.nwb.plain import build, plain
from loligo.recording.provenance import TrueTrace, Truth
from loligo.recording.samples import StoredInHdf5

_PLACE = "scratch"
_NAME = "loligo truth {}"


def document_of(truth: Truth | None) -> Any:
    """Return what the document says of it: all but the samples."""
    if truth is None:
        return None
    told = plain(replace(truth, traces={}))
    told.pop("traces", None)
    if truth.traces:
        told["traces"] = {
            name: {
                "unit": trace.unit,
                "sampling_rate": trace.sampling_rate,
                "lengths": [part.shape[0] for part in trace.samples],
                "array": _NAME.format(number),
            }
            for number, (name, trace) in enumerate(truth.traces.items())
        }
    return told


def add_traces(session: Any, truth: Truth | None) -> None:
    """Add the samples to a `pynwb.NWBFile`, shape (sweep, time), NaN after a shorter sweep."""
    for number, (name, trace) in enumerate(truth.traces.items() if truth else ()):
        longest = max((part.shape[0] for part in trace.samples), default=0)
        table = np.full((len(trace.samples), longest), np.nan)
        for sweep, part in enumerate(trace.samples):
            table[sweep, : part.shape[0]] = part[:]
        session.add_scratch(
            table,
            name=_NAME.format(number),
            description=f"{name} [{trace.unit}] as it was, by sweep; simulated, never measured.",
        )


def truth_of(told: Any, path: Path) -> Truth | None:
    """Return the truth that a document tells, with traces that are read when looked at.

    Raises
    ------
    TypeError, ValueError, LookupError
        It is damaged.
    """
    if not told:
        return None
    traces = {name: _trace(entry, path) for name, entry in told.pop("traces", {}).items()}
    found: Truth = build(Truth, told)
    return replace(found, traces=traces)


def _trace(entry: Mapping[str, Any], path: Path) -> TrueTrace:
    place = f"{_PLACE}/{entry['array']}"
    return TrueTrace(
        tuple(
            StoredInHdf5(path, place, int(length), np.dtype(np.float64), row=sweep)
            for sweep, length in enumerate(entry["lengths"])
        ),
        str(entry["unit"]),
        float(entry["sampling_rate"]),
    )

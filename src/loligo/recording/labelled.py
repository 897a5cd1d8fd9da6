"""Recordings as xarray objects, loaded lazily."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray.backends import BackendArray
from xarray.core import indexing

from loligo.errors import SelectionError
from loligo.recording.channel import Channel
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace


class _TraceArray(BackendArray):
    """A trace as xarray's lazy backend array."""

    def __init__(self, trace: Trace) -> None:
        self.shape = (len(trace),)
        self.dtype = np.dtype(np.float64)
        self._trace = trace

    def __getitem__(self, key: Any) -> NDArray[np.float64]:
        return indexing.explicit_indexing_adapter(  # type: ignore[no-any-return]
            key, self.shape, indexing.IndexingSupport.BASIC, self._load
        )

    def _load(self, key: tuple[Any, ...]) -> Any:
        (index,) = key
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self._trace))
            if step > 0:
                return self._trace.values(start, stop)[::step]
            return self._trace.values(stop + 1, start + 1)[::step]
        at = int(index) % len(self._trace)
        return self._trace.values(at, at + 1)[0]


def _attributes(channel: Channel) -> dict[str, str]:
    return {
        "units": channel.unit,
        "role": channel.role.value,
        "clamp_mode": channel.clamp_mode.value if channel.clamp_mode else "",
        "electrode": channel.electrode,
    }


def sweep_dataset(recording: Recording, index: int) -> xr.Dataset:
    """Return one sweep as a Dataset; see `Recording.dataset`."""
    sweep = recording.sweep(index)
    clock: tuple[int, float, float] | None = None
    variables: dict[str, xr.Variable] = {}
    coordinates: dict[str, xr.Variable] = {}
    for channel in recording.channels:
        if channel.name not in sweep.traces:
            continue
        trace = sweep.traces[channel.name]
        timing = (len(trace), trace.sampling_rate, trace.start)
        clock = clock or timing
        dimension = "time" if timing == clock else f"time_{channel.name}"
        if dimension not in coordinates:
            coordinates[dimension] = xr.Variable(dimension, trace.times(), {"units": "ms"})
        lazy = indexing.LazilyIndexedArray(_TraceArray(trace))
        variables[channel.name] = xr.Variable(dimension, lazy, _attributes(channel))
    attributes = {
        "sweep": index,
        "number": sweep.number,
        "start": sweep.start,
        "source": recording.provenance.source,
    }
    return xr.Dataset(variables, coordinates, attributes)


def stacked(
    recording: Recording, channel: Channel, sweeps: tuple[int, ...], *, pad: bool
) -> xr.DataArray:
    """Return one channel over sweeps; see `Recording.stack`."""
    traces = [recording.trace(i, channel) for i in sweeps]
    if not traces:
        raise SelectionError(f"no sweep has channel {channel.name!r}")
    if len({(t.sampling_rate, t.start) for t in traces}) > 1:
        raise SelectionError(
            f"channel {channel.name!r} is sampled differently in some of the sweeps; "
            "stack sweeps of one sampling rate at a time"
        )
    lengths = sorted({len(t) for t in traces})
    if len(lengths) > 1 and not pad:
        raise SelectionError(
            f"sweeps have {lengths} samples; choose sweeps of one length, or pass pad=True"
        )
    values = np.full((len(traces), lengths[-1]), np.nan)
    for row, trace in zip(values, traces, strict=True):
        row[: len(trace)] = trace.values()
    longest = max(traces, key=len)
    return xr.DataArray(
        values,
        dims=("sweep", "time"),
        coords={"sweep": list(sweeps), "time": ("time", longest.times(), {"units": "ms"})},
        name=channel.name,
        attrs=_attributes(channel),
    )

"""One time series of an NWB file: where its samples lie and what the file states about them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from loligo.recording.io.nwb.fields import RIG_FIELDS, SERIES_KINDS, SeriesKind, rig_from_nwb
from loligo.recording.io.nwb.guarded import UnusableError, check_size, load, text
from loligo.recording.rig_state import RigState

_JITTER = 0.1
"""Largest deviation of timestamps from a regular clock, in samples, that is accepted."""

MOST_SAMPLES_VERIFIED = 10_000_000
"""Files of more samples are not tried out when they are opened; damage shows when it is read."""

_PLACES = ("acquisition", "stimulus/presentation")


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A regularly sampled series: ``value [unit] = conversion * stored + offset``.

    Attributes
    ----------
    path : str
        Inside the file.
    kind : SeriesKind or None
        ``None`` for a series that is not of patch clamp.
    rate : float or None [kHz]
        ``None`` where the file does not state it.
    start : float [ms]
        After the file's reference time.
    clock : str
        A remark on timestamps, empty where the rate is stated.
    electrode : str
        Path of its electrode.
    """

    path: str
    kind: SeriesKind | None
    unit: str
    conversion: float
    offset: float
    rate: float | None
    start: float
    clock: str
    length: int
    dtype: np.dtype[Any]
    column: int | None
    electrode: str
    sweep_number: int | None
    stimulus: str
    rig: RigState | None

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rsplit("/", 1)[-1]


def target_of(group: Any, link: str) -> str:
    """Return the path that a link of a group points at, ``""`` where there is no such link."""
    import h5py

    if link not in group:
        return ""
    how = group.get(link, getlink=True)
    if isinstance(how, h5py.SoftLink):
        path = str(how.path)
        return path if path.startswith("/") else f"{group.name}/{path}"
    return str(group[link].name)


def read_all(file: Any) -> tuple[dict[str, StoredSeries], dict[str, str], set[str]]:
    """Return the usable time series by path, the unusable ones with the reason, and other types."""
    usable: dict[str, StoredSeries] = {}
    refused: dict[str, str] = {}
    others: set[str] = set()
    lineage: dict[str, str] | None = None
    for place in _PLACES:
        for name in file.get(place, {}):
            path = f"/{place}/{name}"
            try:
                group = file[path]
                type_name = text(group.attrs.get("neurodata_type"))
                if type_name not in {*SERIES_KINDS, "TimeSeries", "AnnotationSeries"}:
                    lineage = _lineage(file) if lineage is None else lineage
                    while type_name in lineage and type_name not in {*SERIES_KINDS, "TimeSeries"}:
                        type_name = lineage[type_name]
                if type_name in SERIES_KINDS or type_name == "TimeSeries":
                    usable[path] = read_series(group, path, SERIES_KINDS.get(type_name))
                else:
                    others.add(text(group.attrs.get("neurodata_type")) or "untyped")
            except (UnusableError, KeyError, OSError, ValueError, TypeError, RuntimeError) as error:
                refused[path] = str(error)
    return usable, refused, others


def set_aside_unreadable(
    file: Any, usable: dict[str, StoredSeries], refused: dict[str, str]
) -> None:
    """Move series whose samples cannot be loaded to the refused ones, where looking is cheap."""
    if sum(entry.length for entry in usable.values()) > MOST_SAMPLES_VERIFIED:
        return
    for path in list(usable):
        try:
            load(file[path], "data")
        except (UnusableError, OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
            del usable[path]
            refused[path] = f"its samples cannot be read: {error}"


def _lineage(file: Any) -> dict[str, str]:
    """Return the parent of each type that the specifications cached in the file define."""
    parents: dict[str, str] = {}

    def collect(_: str, entry: Any) -> None:
        if hasattr(entry, "dtype") and entry.shape == ():
            for group in json.loads(text(load(entry.parent, entry.name)) or "{}").get("groups", []):
                if "neurodata_type_def" in group and "neurodata_type_inc" in group:
                    parents[group["neurodata_type_def"]] = group["neurodata_type_inc"]

    if "specifications" in file:
        try:
            file["specifications"].visititems(collect)
        except (OSError, ValueError, TypeError, AttributeError, RuntimeError, KeyError):
            return parents
    return parents


def read_series(group: Any, path: str, kind: SeriesKind | None) -> StoredSeries:
    """Read what a file states about one series, without loading its samples.

    Raises
    ------
    UnusableError
        It holds no one-dimensional numbers, or was not sampled at a regular rate.
    """
    data = group["data"]
    if data.dtype.kind not in "iuf" or data.ndim not in (1, 2):
        raise UnusableError(f"its data are of type {data.dtype} and shape {data.shape}")
    if data.ndim == 2 and data.shape[1] != 1:
        raise UnusableError(f"its data have {data.shape[1]} columns; one series must hold one")
    check_size(data)
    conversion = _number(data.attrs.get("conversion"), 1.0)
    offset = _number(data.attrs.get("offset"), 0.0)
    if not math.isfinite(conversion * 1e12) or conversion == 0 or not math.isfinite(offset * 1e12):
        raise UnusableError(f"its conversion is {conversion} and its offset {offset}")
    rate, start, clock = _clock(group, data.shape[0])
    number = group.attrs.get("sweep_number")
    return StoredSeries(
        path=path,
        kind=kind,
        unit=text(data.attrs.get("unit")),
        conversion=conversion,
        offset=offset,
        rate=rate,
        start=start,
        clock=clock,
        length=int(data.shape[0]),
        dtype=data.dtype,
        column=0 if data.ndim == 2 else None,
        electrode=target_of(group, "electrode"),
        sweep_number=None if number is None else int(number),
        stimulus=text(group.attrs.get("stimulus_description")),
        rig=_rig(group, kind),
    )


def _number(value: Any, default: float) -> float:
    return default if value is None else float(np.asarray(value).reshape(()))


def _rig(group: Any, kind: SeriesKind | None) -> RigState | None:
    if kind is None or "Stimulus" in kind.type_name:
        return None
    stated = {
        field.nwb: _number(load(group, field.nwb), math.nan)
        for field in RIG_FIELDS
        if field.nwb in group
    }
    return rig_from_nwb(stated, kind.clamp_mode)


def _clock(group: Any, length: int) -> tuple[float | None, float, str]:
    """Return rate [kHz], start [ms] and a remark."""
    if "starting_time" in group:
        entry = group["starting_time"]
        start = 1e3 * _number(load(group, "starting_time"), 0.0)
        if not math.isfinite(start):
            raise UnusableError(f"its starting time is {start}")
        rate = entry.attrs.get("rate")
        if rate is None:
            return None, start, ""
        if not 0 < float(rate) < math.inf:
            raise UnusableError(f"its sampling rate is {float(rate):g} Hz")
        return float(rate) / 1e3, start, ""
    if "timestamps" not in group:
        return None, 0.0, ""
    times = np.asarray(load(group, "timestamps"), dtype=np.float64)
    if times.shape != (length,) or length < 2 or not np.isfinite(times).all():
        raise UnusableError(f"it has {times.size} finite timestamps for {length} samples")
    step = (times[-1] - times[0]) / (length - 1)
    if step <= 0:
        raise UnusableError("its timestamps do not increase")
    deviation = float(np.abs(times - times[0] - step * np.arange(length)).max() / step)
    if deviation > _JITTER:
        raise UnusableError(
            f"its timestamps are irregular (up to {deviation:.3g} samples from a regular clock)"
        )
    return 1e-3 / step, 1e3 * float(times[0]), "regular timestamps taken as a rate"

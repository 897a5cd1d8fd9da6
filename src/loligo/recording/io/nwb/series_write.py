"""Traces as NWB series, and the electrodes and devices they belong to."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.recording.channel import Channel, Electrode, Role
from loligo.recording.io.nwb.document import native_text
from loligo.recording.io.nwb.fields import nwb_unit, rig_to_nwb, series_kind
from loligo.recording.io.nwb.session import NOT_STATED
from loligo.recording.io.nwb.session_write import SIMULATED
from loligo.recording.recording import Recording
from loligo.recording.sweep import Sweep, Trace

_SMALL = 1024
"""Series of fewer samples are not compressed."""

_CHUNK = 1 << 16
_BUFFERED = 16 * _CHUNK
"""Samples held in memory at a time where a series is written in stretches."""

_HELD = 32 << 20
"""Recordings of more bytes than this are written in stretches throughout."""


_COMPRESSED = {
    "compression": "gzip",
    "compression_opts": 4,
    "shuffle": True,
    "fletcher32": True,  # damage shows when the samples are read
}


class SeriesWriter:
    """Adds the traces of a recording to a `pynwb.NWBFile`, and keeps where each went.

    Attributes
    ----------
    series : dict of (sweep index, channel name) to pynwb.TimeSeries
    places : dict of (sweep index, channel name) to str
        Path inside the file.
    """

    def __init__(self, session: Any, recording: Recording) -> None:
        self.series: dict[tuple[int, str], Any] = {}
        self.places: dict[tuple[int, str], str] = {}
        self._session = session
        self._recording = recording
        self._names = _distinct([channel.name for channel in recording.channels])
        wanted = [e.name for e in recording.electrodes]
        wanted += [c.electrode for c in recording.channels if c.electrode not in wanted]
        self._electrode_names = _distinct(list(dict.fromkeys(wanted)))
        self._electrodes: dict[str, Any] = {}
        self._devices: dict[str, Any] = {}
        traces = [t for sweep in recording.sweeps for t in sweep.traces.values()]
        self._in_stretches = sum(len(t) * t.samples.dtype.itemsize for t in traces) > _HELD
        self._mark = f"{SIMULATED}: " if recording.is_simulated else ""

    def is_clamped(self, channel: Channel) -> bool:
        """Tell whether a channel is written as a patch-clamp series."""
        kind = series_kind(channel)
        if kind is None or kind.role is Role.RESPONSE:
            return kind is not None
        rivals = self._recording.with_role(Role.COMMAND, channel.electrode)
        first = next(c for c in rivals if c.clamp_mode is channel.clamp_mode)
        return first is channel or first == channel

    def add(self, index: int, name: str) -> None:
        """Add one trace."""
        sweep = self._recording.sweeps[index]
        channel, trace = self._recording.channel(name), sweep.traces[name]
        common = self._common(index, sweep, channel, trace)
        is_stimulus = channel.role is Role.COMMAND and self.is_clamped(channel)
        if self.is_clamped(channel):
            series = self._clamp_series(sweep, channel, trace, common)
        else:
            from pynwb import TimeSeries

            series = TimeSeries(**common, unit=native_text(nwb_unit(channel)[0]))
        add = self._session.add_stimulus if is_stimulus else self._session.add_acquisition
        add(series)
        folder = "stimulus/presentation" if is_stimulus else "acquisition"
        self.series[index, name] = series
        self.places[index, name] = f"/{folder}/{series.name}"

    def _common(self, index: int, sweep: Sweep, channel: Channel, trace: Trace) -> dict[str, Any]:
        factor = nwb_unit(channel)[1]
        conversion = float(trace.gain / factor)
        told = f"channel {channel.name}, {channel.role.value}"
        told += f" ({channel.evidence})" if channel.evidence else ""
        return {
            "name": f"{self._names[channel.name]}_sweep_{index:04d}",
            "data": self._data(trace),
            "conversion": conversion,
            "offset": float(trace.offset / factor),
            "resolution": abs(conversion) if trace.resolution else -1.0,
            "rate": float(trace.sampling_rate * 1e3),
            "starting_time": float((sweep.start + trace.start) / 1e3),
            "description": native_text(f"{self._mark}{told}"),
            "comments": native_text(self._mark + (sweep.description or NOT_STATED)),
        }

    def _clamp_series(
        self, sweep: Sweep, channel: Channel, trace: Trace, common: dict[str, Any]
    ) -> Any:
        from pynwb import icephys

        kind = series_kind(channel)
        assert kind is not None
        settings = dict(common)
        settings["electrode"] = self.electrode(channel.electrode)
        if 0 <= sweep.number < 2**32:
            settings["sweep_number"] = np.uint32(sweep.number)
        stated = rig_to_nwb(trace.rig_state, kind.clamp_mode)
        if kind.type_name == "IZeroClampSeries":
            stated = {name: value for name, value in stated.items() if name == "gain"}
        else:
            told = sweep.description or self._recording.provenance.protocol or NOT_STATED
            settings["stimulus_description"] = native_text(told)
        if kind.role is Role.RESPONSE:
            settings.update(stated)
        return getattr(icephys, kind.type_name)(**settings)

    def _data(self, trace: Trace) -> Any:
        from pynwb import H5DataIO

        length = len(trace)
        if length < _SMALL:
            return _stretch(trace, 0, length)
        if self._in_stretches:
            return H5DataIO(_stretches(trace), **_COMPRESSED)
        return H5DataIO(_stretch(trace, 0, length), chunks=(min(length, _CHUNK),), **_COMPRESSED)

    def electrode(self, name: str) -> Any:
        """Return the electrode of a name, added on first use."""
        if name in self._electrodes:
            return self._electrodes[name]
        known = {entry.name: entry for entry in self._recording.electrodes}
        told = known.get(name, Electrode(name))
        texts = {
            f.name: native_text(getattr(told, f.name)) or None
            for f in fields(Electrode)
            if f.name != "name" and not f.name.startswith("device")
        }
        texts["description"] = f"{self._mark}{texts['description'] or NOT_STATED}"
        texts["filtering"] = texts["filtering"] or self._filtering(name)
        self._electrodes[name] = self._session.create_icephys_electrode(
            name=self._electrode_names[name], device=self._device(told), **texts
        )
        return self._electrodes[name]

    def _filtering(self, electrode: str) -> str | None:
        """Return the output filter in words, where every sweep states the same."""
        responses = self._recording.with_role(Role.RESPONSE, electrode)
        corners = {
            trace.rig_state.filter_frequency if trace.rig_state else None
            for sweep in self._recording.sweeps
            for channel in responses
            if (trace := sweep.traces.get(channel.name)) is not None
        }
        (corner,) = corners if len(corners) == 1 else (None,)
        return None if corner is None else f"low-pass, corner frequency {corner * 1e3:g} Hz"

    def _device(self, electrode: Electrode) -> Any:
        name = _safe(electrode.device) or NOT_STATED
        if self._mark and not name.startswith(SIMULATED):
            name = f"{SIMULATED} rig" if name == NOT_STATED else f"{SIMULATED} {name}"
        if name not in self._devices:
            self._devices[name] = self._session.create_device(
                name=name,
                description=self._mark + (native_text(electrode.device_description) or NOT_STATED),
                model=self._model(name, native_text(electrode.device_manufacturer)),
            )
        return self._devices[name]

    def _model(self, device: str, manufacturer: str) -> Any:
        """Return the model that NWB keeps a device's manufacturer in."""
        if not manufacturer:
            return None
        from pynwb.device import DeviceModel

        model = DeviceModel(name=f"model of {device}", manufacturer=manufacturer)
        self._session.add_device_model(model)
        return model


def _stored_type(trace: Trace) -> np.dtype[Any]:
    return trace.samples.dtype.newbyteorder("=")


def _stretch(trace: Trace, start: int, stop: int) -> NDArray[Any]:
    return np.asarray(trace.samples[start:stop], dtype=_stored_type(trace))


def _stretches(trace: Trace) -> Any:
    """Return an iterator that loads a long trace stretch by stretch while it is written."""
    from hdmf.data_utils import GenericDataChunkIterator

    class Stretches(GenericDataChunkIterator):  # type: ignore[misc]
        def _get_data(self, selection: tuple[slice]) -> NDArray[Any]:
            return _stretch(trace, selection[0].start, selection[0].stop)

        def _get_maxshape(self) -> tuple[int]:
            return (len(trace),)

        def _get_dtype(self) -> np.dtype[Any]:
            return _stored_type(trace)

    return Stretches(
        buffer_shape=(min(len(trace), _BUFFERED),), chunk_shape=(min(len(trace), _CHUNK),)
    )


def _safe(name: str) -> str:
    """Return a name as HDF5 and NWB allow it."""
    cleaned = native_text(name).replace("/", "_").replace(":", "_").strip()
    return "_" if cleaned in {".", ".."} else cleaned


def _distinct(names: list[str]) -> dict[str, str]:
    """Return an allowed name for each name, no two alike."""
    allowed: dict[str, str] = {}
    for name in names:
        candidate = base = _safe(name) or "unnamed"
        count = 2
        while candidate in allowed.values():
            candidate = f"{base} {count}"
            count += 1
        allowed[name] = candidate
    return allowed

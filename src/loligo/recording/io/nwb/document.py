"""The document that makes the round trip exact: what NWB has no field for, as JSON.

It lies at ``scratch/loligo``: the whole recording but its samples, each trace pointing at its
series. Everything NWB can say is also in NWB's own fields; on reading the two are compared, and
where someone has changed the NWB fields since, those count.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loligo.errors import LoligoError
from loligo.recording.channel import Channel, Electrode
from loligo.recording.io.nwb.fields import nwb_unit
from loligo.recording.io.nwb.guarded import UnusableError, load, text
from loligo.recording.io.nwb.plain import build, plain
from loligo.recording.io.nwb.series import StoredSeries
from loligo.recording.io.nwb.session import native_start, read_provenance
from loligo.recording.io.nwb.truth import document_of, truth_of
from loligo.recording.provenance import Correction, Finding, Provenance, Subject
from loligo.recording.recording import Recording
from loligo.recording.rig_state import RigState
from loligo.recording.samples import StoredInHdf5
from loligo.recording.sweep import Epoch, Sweep, Tag, Trace

if TYPE_CHECKING:
    from loligo.protocol import Protocol

PLACE = "scratch/loligo"
VERSION = 1

_LISTS: dict[str, type] = {
    "channels": Channel,
    "electrodes": Electrode,
    "tags": Tag,
    "findings": Finding,
    "corrections": Correction,
}
_DAMAGE = (
    LoligoError,
    UnusableError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OSError,
    RuntimeError,
)
_NATIVE_PROVENANCE = ("experimenter", "institution", "lab")


class DisagreementError(Exception):
    """The document and the NWB fields contradict each other. Never leaves this package."""


def to_document(recording: Recording, places: Mapping[tuple[int, str], str]) -> str:
    """Return the document of a recording; `places` gives the series of (sweep, channel)."""
    sweeps = [
        {
            "number": sweep.number,
            "start": plain(sweep.start),
            "description": sweep.description,
            "attributes": plain(sweep.attributes),
            "epochs": plain(sweep.epochs),
            "traces": {
                name: {
                    "series": places[index, name],
                    "sampling_rate": plain(trace.sampling_rate),
                    "gain": plain(trace.gain),
                    "offset": plain(trace.offset),
                    "start": plain(trace.start),
                    "rig_state": plain(trace.rig_state),
                }
                for name, trace in sweep.traces.items()
            },
        }
        for index, sweep in enumerate(recording.sweeps)
    ]
    document = {
        "version": VERSION,
        **{name: plain(getattr(recording, name)) for name in _LISTS},
        "problems": list(recording.problems),
        "provenance": plain(recording.provenance),
        "start_time": recording.start_time.isoformat() if recording.start_time else None,
        "truth": document_of(recording.truth),
        "protocols": {name: json.loads(p.to_json()) for name, p in recording.protocols.items()},
        "sweeps": sweeps,
    }
    return json.dumps(document, separators=(",", ":"), allow_nan=False)


def read_document(file: Any, path: Path, series: Mapping[str, StoredSeries]) -> Recording | None:
    """Restore a recording from the document; ``None`` where the file has none.

    Raises
    ------
    DisagreementError
        The document is damaged, of a later version, or the NWB fields say something else.
    """
    if PLACE not in file:
        return None
    try:
        document = json.loads(text(load(file, PLACE)))
        if document["version"] != VERSION:
            raise DisagreementError(f"it is of version {document['version']}, not {VERSION}")
        lists = {
            name: tuple(build(kind, entry) for entry in document[name])
            for name, kind in _LISTS.items()
        }
        channels = {channel.name: channel for channel in lists["channels"]}
        sweeps = tuple(
            _sweep(entry, path, series, channels, index)
            for index, entry in enumerate(document["sweeps"])
        )
        return Recording(
            sweeps=sweeps,
            provenance=_provenance(build(Provenance, document["provenance"]), file, path),
            start_time=_start(document["start_time"], file),
            problems=tuple(document["problems"]),
            truth=truth_of(document["truth"], path),
            protocols=_protocols(document.get("protocols", {})),
            **lists,
        )
    except _DAMAGE as error:
        raise DisagreementError(f"it is damaged ({type(error).__name__}: {error})") from error


def _protocols(told: Mapping[str, Any]) -> dict[str, Protocol]:
    """Return protocols by command channel; files of older versions have none."""
    if not told:
        return {}
    from loligo.protocol.text import from_document

    return {name: from_document(entry) for name, entry in told.items()}


def _sweep(
    entry: Mapping[str, Any],
    path: Path,
    series: Mapping[str, StoredSeries],
    channels: Mapping[str, Channel],
    index: int,
) -> Sweep:
    start = build(float, entry["start"])
    traces = {}
    for name, told in entry["traces"].items():
        where = told["series"]
        if where not in series:
            raise DisagreementError(f"sweep {index}: {where} is missing or cannot be used")
        stored = series[where]
        numbers = {
            key: build(float, told[key]) for key in ("sampling_rate", "gain", "offset", "start")
        }
        rig = build(RigState, told["rig_state"]) if told["rig_state"] is not None else None
        samples = StoredInHdf5(path, where + "/data", stored.length, stored.dtype, stored.column)
        trace = Trace(samples=samples, rig_state=rig, **numbers)
        _check(trace, stored, channels[name], start)
        traces[name] = trace
    return Sweep(
        number=build(int, entry["number"]),
        start=start,
        traces=traces,
        epochs=tuple(build(Epoch, epoch) for epoch in entry["epochs"]),
        description=entry["description"],
        attributes=dict(entry["attributes"]),
    )


def _check(trace: Trace, stored: StoredSeries, channel: Channel, sweep_start: float) -> None:
    """Compare what the document says of a trace with the series' own fields."""
    unit, factor = nwb_unit(channel)
    begin = sweep_start + trace.start
    agree = {
        "unit": stored.unit == unit,
        "rate": _close(stored.rate, trace.sampling_rate),
        "conversion": _close(stored.conversion * factor, trace.gain),
        "offset": math.isclose(
            stored.offset * factor, trace.offset, rel_tol=1e-9, abs_tol=1e-9 * abs(trace.gain)
        ),
        "starting_time": math.isclose(stored.start, begin, rel_tol=1e-9, abs_tol=1e-6),
    }
    wrong = [name for name, holds in agree.items() if not holds]
    if wrong:
        raise DisagreementError(f"{stored.path} now states another {' and '.join(wrong)}")


def _close(first: float | None, second: float) -> bool:
    return first is not None and math.isclose(first, second, rel_tol=1e-12)


def _provenance(told: Provenance, file: Any, path: Path) -> Provenance:
    """Return the provenance, with who and what animal as the NWB fields say now."""
    native = read_provenance(file, path.name, "")
    changed = {
        name: getattr(native, name)
        for name in _NATIVE_PROVENANCE
        if getattr(native, name) != native_text(getattr(told, name))
    }
    if native.subject != native_subject(told.subject):
        changed["subject"] = native.subject
    return replace(told, **changed) if changed else told


def native_text(value: Any) -> Any:
    """Return a text, or a tuple of texts, as HDF5 can hold it: no zero bytes, whole characters."""
    if isinstance(value, tuple):
        return tuple(native_text(entry) for entry in value)
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def native_subject(subject: Subject) -> Subject:
    """Return a subject as reading its NWB fields gives it back."""
    texts = {f.name: native_text(getattr(subject, f.name)) for f in fields(Subject)}
    if texts["date_of_birth"]:
        texts["date_of_birth"] = native_birth(texts["date_of_birth"]).isoformat()
    return Subject(**texts)


def native_birth(date: str) -> datetime:
    """Return a date of birth as NWB holds it.

    Raises
    ------
    ValueError
        Not an ISO 8601 date.
    """
    return native_start(datetime.fromisoformat(date))


def _start(told: str | None, file: Any) -> datetime | None:
    start = None if told is None else datetime.fromisoformat(told)
    now = text(load(file, "session_start_time"))
    changed = datetime.fromisoformat(now) != native_start(start)
    return datetime.fromisoformat(now) if changed else start

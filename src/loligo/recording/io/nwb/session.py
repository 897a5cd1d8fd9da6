"""What an NWB file says of the session: when, who, which animal, which electrodes."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import numpy as np

from loligo.recording.channel import Electrode
from loligo.recording.io.nwb.guarded import load, text
from loligo.recording.io.nwb.series import target_of
from loligo.recording.provenance import Provenance, Subject

PLACEHOLDER_START = datetime(1970, 1, 1, tzinfo=UTC)
"""Written where the start is unknown (NWB asks for one), and read as unknown."""

NOT_STATED = "not stated"
"""Written where NWB asks for a text that is unknown, and read as unknown."""

_ELECTRODE_TEXTS = tuple(
    f.name for f in fields(Electrode) if f.name != "name" and not f.name.startswith("device")
)
_VERBATIM = (
    "experiment_description",
    "notes",
    "stimulus",
    "slices",
    "surgery",
    "pharmacology",
    "virus",
    "data_collection",
    "session_id",
    "source_script",
)


def native_start(start: datetime | None) -> datetime:
    """Return a start as NWB holds it: with a time zone, UTC where none is known."""
    if start is None:
        return PLACEHOLDER_START
    return start if start.tzinfo is not None else start.replace(tzinfo=UTC)


def read_start(file: Any) -> datetime | None:
    """Return the time that starting times count from."""
    for name in ("timestamps_reference_time", "session_start_time"):
        if name in file:
            try:
                stated = datetime.fromisoformat(text(load(file, name)))
            except ValueError:
                continue
            return None if native_start(stated) == PLACEHOLDER_START else stated
    return None


def _text_at(group: Any, name: str) -> str:
    if name not in group:
        return ""
    told = text(load(group, name)) if group[name].shape == () else ""
    return "" if told == NOT_STATED else told


def _texts_at(group: Any, name: str) -> tuple[str, ...]:
    if name not in group:
        return ()
    return tuple(text(entry) for entry in np.atleast_1d(load(group, name)))


def read_provenance(file: Any, source: str, reader: str) -> Provenance:
    """Return what the file says of its making."""
    general = file.get("general", {})
    extra = {name: _text_at(general, name) for name in _VERBATIM}
    keywords = _texts_at(general, "keywords")
    if keywords:
        extra["keywords"] = ", ".join(keywords)
    return Provenance(
        source=source,
        format=f"NWB {text(file.attrs.get('nwb_version'))}",
        reader=reader,
        protocol=_text_at(general, "protocol"),
        identifier=_text_at(file, "identifier"),
        comment=_text_at(file, "session_description"),
        experimenter=_texts_at(general, "experimenter"),
        institution=_text_at(general, "institution"),
        lab=_text_at(general, "lab"),
        subject=read_subject(general),
        extra={name: told for name, told in extra.items() if told},
    )


def read_subject(general: Any) -> Subject:
    """Return the subject; every field as the file writes it."""
    if "subject" not in general:
        return Subject()
    group = general["subject"]
    return Subject(**{field.name: _text_at(group, field.name) for field in fields(Subject)})


def read_electrode(file: Any, path: str) -> Electrode:
    """Return an electrode and its device."""
    group = file[path]
    texts = {name: _text_at(group, name) for name in _ELECTRODE_TEXTS}
    device = group.get("device")
    if device is not None:
        name = target_of(group, "device").rsplit("/", 1)[-1]
        texts["device"] = "" if name == NOT_STATED else name
        described = text(device.attrs.get("description"))
        texts["device_description"] = "" if described == NOT_STATED else described
        made = device.get("model", device)
        texts["device_manufacturer"] = text(made.attrs.get("manufacturer"))
    return Electrode(name=path.rsplit("/", 1)[-1], **texts)

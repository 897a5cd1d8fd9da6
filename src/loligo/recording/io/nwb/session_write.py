"""The session of an NWB file to be written: when, who, which animal, which program."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from typing import Any
from uuid import uuid4

from loligo.errors import WriteError
from loligo.recording.io.nwb.document import native_birth, native_text
from loligo.recording.io.nwb.session import native_start
from loligo.recording.provenance import Subject
from loligo.recording.recording import Recording

SIMULATED = "SIMULATED"
"""First word of every text that must tell a simulated recording from a real one."""

_VERBATIM = {
    "experiment_description": "experiment_description",
    "stimulus": "stimulus_notes",
    "slices": "slices",
    "surgery": "surgery",
    "pharmacology": "pharmacology",
    "virus": "virus",
    "data_collection": "data_collection",
}
"""Metadata of another NWB file that go back to where they came from, by pynwb's arguments."""


def session_of(recording: Recording) -> Any:
    """Return a `pynwb.NWBFile` with all metadata of a recording, without its data."""
    from pynwb import NWBFile

    source = recording.provenance
    return NWBFile(
        session_description=native_text(_description(recording)),
        identifier=str(uuid4()),
        session_start_time=native_start(recording.start_time),
        session_id=_session_id(source.extra.get("session_id", source.source)),
        experimenter=list(native_text(source.experimenter)) or None,
        institution=native_text(source.institution) or None,
        lab=native_text(source.lab) or None,
        protocol=native_text(source.protocol) or None,
        keywords=_keywords(recording),
        notes=native_text(_notes(recording)) or None,
        subject=_subject(source.subject),
        **{
            argument: native_text(source.extra[name])
            for name, argument in _VERBATIM.items()
            if name in source.extra
        },
        was_generated_by=[["loligo", import_module("loligo").__version__]],
    )


def _session_id(source: str) -> str | None:
    return native_text(source).replace("/", "_").replace("\\", "_") or None


def _keywords(recording: Recording) -> list[str] | None:
    """Return what was told; none of our own, since neo reads no file that has any."""
    known = native_text(recording.provenance.extra.get("keywords", ""))
    return [word for word in dict.fromkeys(known.split(", ")) if word] or None


def _description(recording: Recording) -> str:
    source = recording.provenance
    words = [f"{SIMULATED}: computed by a program, not recorded from a cell."] * (
        recording.is_simulated
    )
    words.append(source.comment or f"Intracellular recording {source.source}".strip())
    if source.format:
        words.append(f"Converted from {source.format}.")
    if recording.start_time is None:
        words.append("The start of the recording is unknown; session_start_time is a placeholder.")
    elif recording.start_time.tzinfo is None:
        words.append("The time zone of session_start_time is unknown; the clock time is as stated.")
    if recording.is_partial:
        words.append("PARTIAL: the source was damaged or incomplete, see notes.")
    return " ".join(words)


def _notes(recording: Recording) -> str:
    """Return, for people, what NWB has no field for."""
    lines = [
        recording.provenance.extra[key] for key in ("notes",) if key in recording.provenance.extra
    ]
    lines += [f"problem: {problem}" for problem in recording.problems]
    lines += [
        f"correction: {c.name} of {c.value:g} on {c.channel}, "
        f"{'applied' if c.applied else 'not applied'} ({c.definition})"
        for c in recording.corrections
    ]
    lines += [
        f"{f.basis.value}: {f.subject} {f.value} ({f.evidence})".replace(" ()", "")
        for f in recording.findings
    ]
    lines += [f"history: {step}" for step in recording.provenance.history]
    if recording.truth is not None:
        lines.append(f"{SIMULATED}: {recording.truth.description}".rstrip(": "))
    return "\n".join(lines)


def _subject(subject: Subject) -> Any:
    from pynwb.file import Subject as NwbSubject

    if subject == Subject():
        return None
    texts = {f.name: native_text(getattr(subject, f.name)) or None for f in fields(Subject)}
    born = texts.pop("date_of_birth")
    try:
        birth = native_birth(born) if born else None
    except ValueError as error:
        raise WriteError(
            f"date_of_birth {born!r} is not an ISO 8601 date such as '2024-03-31'"
        ) from error
    return NwbSubject(**texts, date_of_birth=birth)

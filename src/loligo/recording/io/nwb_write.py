"""The NWB writer."""

from __future__ import annotations

from pathlib import Path

from loligo.recording.recording import Recording


def write_nwb(recording: Recording, path: str | Path) -> Path:
    """Write a recording as NWB."""
    raise NotImplementedError

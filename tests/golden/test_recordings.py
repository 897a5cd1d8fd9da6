"""Every development recording reads as what it is, or is refused with the reason a person needs."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import loligo
from loligo.errors import ReadError

TABLE = tomllib.loads((Path(__file__).parent / "recordings.toml").read_text())["file"]


def test_the_table_covers_every_recording(recordings: Path) -> None:
    aside = {"README.md", "manifest.json"}
    found = {
        str(path.relative_to(recordings))
        for path in recordings.rglob("*")
        if path.is_file() and path.name not in aside and path.parent.name != "reference"
    }
    assert {entry["path"] for entry in TABLE} == found


@pytest.mark.parametrize("entry", TABLE, ids=[entry["path"] for entry in TABLE])
def test_recording(entry: dict[str, Any], recordings: Path) -> None:
    path = recordings / entry["path"]
    if "refused" in entry:
        with pytest.raises(ReadError, match=entry["refused"]) as refusal:
            loligo.read(path)
        assert path.name in str(refusal.value)
    if "refused" not in entry or "options" in entry:
        check(loligo.read(path, **entry.get("options", {})), entry)


def check(recording: loligo.Recording, entry: dict[str, Any]) -> None:
    assert not recording.problems
    assert not recording.is_simulated
    response = recording.response
    assert response.unit == entry["unit"]
    assert response.clamp_mode == entry["mode"]
    assert response.evidence
    if "response" in entry:
        assert response.name == entry["response"]
    if "sweeps" in entry:
        assert len(recording) == entry["sweeps"]
    command = recording.command(response)
    if entry.get("command") != "any":
        assert (command.unit if command else None) == entry.get("command")
    for index in recording.sweeps_with(response):
        trace = recording.trace(index, response)
        if "rate" in entry:
            assert trace.sampling_rate == pytest.approx(entry["rate"], rel=1e-6)
        if "samples" in entry:
            assert len(trace) == entry["samples"]
        assert np.isfinite(trace.values()).all()
        if command is not None:
            commanded = recording.trace(index, command)
            assert len(commanded) == len(trace)
            assert np.isfinite(commanded.values()).all()

"""Round trip of every real recording through NWB, with both validators.

``python -m benchmarks.round_trip [--inspect] [--json]`` writes each recording that reads as NWB,
reads it back, lists every difference, and runs `pynwb.validate` and nwbinspector's DANDI checks.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import loligo
from benchmarks.recordings import readable
from loligo.recording import Subject
from loligo.recording.compare import compare

SUBJECT = Subject(subject_id="mouse-1", species="Mus musculus", sex="U", age="P60D")


def main() -> int:
    """Run the round trips and print one line per file; return the number of failures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inspect", action="store_true", help="run nwbinspector too (slow)")
    parser.add_argument("--json", action="store_true", help="one JSON object per file")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        for path, needed in readable():
            row = round_trip(path, needed, Path(scratch) / "copy.nwb", inspect=options.inspect)
            failures += bool(row["differences"] or row["invalid"] or row["critical"])
            shown = " ".join(f"{key}={value}" for key, value in row.items())
            print(json.dumps(row) if options.json else shown, flush=True)
    print(f"{failures} of {len(readable())} failed")
    return failures


def round_trip(path: Path, needed: dict[str, Any], copy: Path, *, inspect: bool) -> dict[str, Any]:
    """Write one recording as NWB, read it back and compare; validate the file."""
    from pynwb import validate

    recording = loligo.read(path, **needed)
    provenance = replace(
        recording.provenance, subject=SUBJECT, experimenter=("Doe, J.",), institution="X", lab="Y"
    )
    start = recording.start_time or datetime(2020, 1, 1, tzinfo=UTC)
    described = replace(recording, provenance=provenance, start_time=start)
    begin = time.perf_counter()
    loligo.write_nwb(recording, copy, overwrite=True)
    seconds = time.perf_counter() - begin
    differences = compare(recording, loligo.read(copy))
    loligo.write_nwb(described, copy, overwrite=True, dandi=True)
    return {
        "file": path.name,
        "write_s": round(seconds, 3),
        "bytes": copy.stat().st_size,
        "differences": list(differences),
        "invalid": [str(error) for error in validate(path=str(copy))],
        "critical": _critical(copy) if inspect else [],
    }


def _critical(copy: Path) -> list[str]:
    from nwbinspector import Importance, inspect_nwbfile, load_config

    found = inspect_nwbfile(
        nwbfile_path=str(copy),
        config=load_config("dandi"),
        importance_threshold=Importance.CRITICAL,
    )
    return [message.message for message in found]


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))

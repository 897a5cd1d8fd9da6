"""The development recordings and the options each needs, from the table the tests use."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "golden" / "recordings.toml"


def folder() -> Path:
    """Return the folder of real recordings.

    Raises
    ------
    SystemExit
        It is not there.
    """
    default = ROOT.parent / "shared" / "data" / "recordings"
    found = Path(os.environ.get("LOLIGO_TEST_DATA", default))
    if not found.is_dir():
        raise SystemExit(f"no real recordings at {found}; set LOLIGO_TEST_DATA")
    return found


def options_of() -> dict[str, dict[str, Any]]:
    """Return the options each recording needs, by its path below the folder."""
    return {entry["path"]: entry.get("options", {}) for entry in _entries()}


def readable() -> list[tuple[Path, dict[str, Any]]]:
    """Return every recording that can be read, with the options it needs."""
    return [
        (folder() / entry["path"], entry.get("options", {}))
        for entry in _entries()
        if "refused" not in entry or "options" in entry
    ]


def _entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["file"]
    return entries

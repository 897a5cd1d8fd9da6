"""A journal of repeats, a line each, so that a design that was interrupted goes on.

The first line says of what the journal is; a journal of anything else is refused. A line that was
cut short is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loligo.errors import WriteError
from loligo.experiment.design.repeat import Plans, Repeat
from loligo.experiment.file import Experiment

KIND = "loligo design"


def identity(
    experiment: Experiment, spreads: Mapping[str, str], vary: str, plans: Plans, seed: int
) -> str:
    """Return a digest of all that decides a repeat, beside its number and what is varied."""
    told = {
        "cell": experiment.cell.to_toml(),
        "rig": experiment.rig.to_toml(),
        "protocol": experiment.protocol.to_toml(),
        "dt": experiment.dt,
        "parameters": dict(sorted(experiment.parameters.items())),
        "spreads": dict(sorted(spreads.items())),
        "vary": vary,
        "parts": plans.parts,
        "plan": repr(plans.plan),
        "seed": seed,
    }
    if experiment.at is not None:
        told["at"] = experiment.at
    text = json.dumps(told, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Journal:
    """Keeps repeats in a file, or nowhere.

    Parameters
    ----------
    path : path-like or None
    digest : str
        Of what the repeats are, from `identity`.

    Raises
    ------
    WriteError
        The file is of something else, or cannot be read or written.
    """

    def __init__(self, path: str | Path | None, digest: str) -> None:
        self.path = None if path is None else Path(path)
        self.digest = digest
        self.known: dict[tuple[str, int], Repeat] = {}
        if self.path is None:
            return
        try:
            if self.path.exists():
                self._read(self.path)
            else:
                self._write(json.dumps({"kind": KIND, "of": digest}), "x")
        except OSError as error:
            raise WriteError(f"{self.path} cannot be used: {error.strerror or error}") from error

    def keep(self, repeat: Repeat) -> None:
        """Add a repeat."""
        self.known[repeat.varied, repeat.number] = repeat
        if self.path is not None:
            self._write(json.dumps(repeat.written()), "a")

    def _write(self, line: str, mode: str) -> None:
        assert self.path is not None
        try:
            with self.path.open(mode, encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise WriteError(f"{self.path} cannot be written: {error.strerror}") from error

    def _read(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8", errors="replace")
        whole = text[: text.rfind("\n") + 1]
        lines = whole.splitlines()
        head = _parsed(lines[0]) if lines else {}
        if head.get("kind") != KIND:
            raise WriteError(f"{path} is no journal of a design; name another file")
        if head.get("of") != self.digest:
            raise WriteError(
                f"{path} is of another experiment, spread or analysis; name another file, or "
                "remove that one"
            )
        for line in lines[1:]:
            told = _parsed(line)
            if told:
                repeat = Repeat.read(told)
                self.known[repeat.varied, repeat.number] = repeat
        if whole != text:
            path.write_text(whole, encoding="utf-8")


def _parsed(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}

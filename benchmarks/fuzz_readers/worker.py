"""A process that reads one damaged file after another and says what came of each.

It gets one JSON object per line (path, options) and answers with one. Its address space is
limited; if it dies or falls silent, its parent starts another and counts a violation.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

MEMORY_GROWTH_LIMIT = 1_000_000
"""How much more memory [kB] one file of a few MB may make the process hold."""


def _limit_memory(byte_count: int) -> None:
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (byte_count, byte_count))


def _peak_memory() -> int:
    """Return the largest memory held so far [kB]; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def _exercise(recording: Any) -> None:
    """Do with a recording what a person would: look at it, load it, analyze it."""
    from loligo import analysis

    repr(recording)
    recording._repr_html_()
    for sweep in recording:
        for trace in sweep.traces.values():
            trace.values()
    if hasattr(analysis, "analyze"):
        analysis.analyze(recording)


def _told(error: BaseException) -> str:
    """Return where and what, for a violation."""
    place = ""
    step = error.__traceback__
    while step is not None:
        file = Path(step.tb_frame.f_code.co_filename)
        place = f"{'/'.join(file.parts[-2:])}:{step.tb_lineno}"
        step = step.tb_next
    return f"{type(error).__name__} at {place}: {error}"[:300]


def _ran_out_of_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def outcome(path: Path, options: dict[str, Any]) -> dict[str, str]:
    """Read a file and return the outcome: its kind, and details."""
    before = _peak_memory()
    result = _read(path, options)
    growth = _peak_memory() - before
    if growth > MEMORY_GROWTH_LIMIT:
        return {"kind": "memory", "detail": f"more than {MEMORY_GROWTH_LIMIT / 1e6:g} GB held"}
    return result


def _read(path: Path, options: dict[str, Any]) -> dict[str, str]:
    import loligo

    stage = "read"
    try:
        recording = loligo.read(path, **options)
        stage = "use"
        _exercise(recording)
    except loligo.LoligoError as error:
        if _ran_out_of_memory(error):
            return {"kind": "memory", "detail": f"{stage}: {_told(error)}"}
        return {"kind": "error", "detail": type(error).__name__, "message": str(error)[:300]}
    except MemoryError as error:
        return {"kind": "memory", "detail": f"{stage}: {_told(error)}"}
    except BaseException as error:
        return {"kind": "escaped", "detail": f"{stage}: {_told(error)}"}
    return {"kind": "partial" if recording.is_partial else "ok", "detail": ""}


def main() -> None:
    """Answer requests until the input ends."""
    _limit_memory(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries that print must not be taken for us
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(outcome(Path(request["path"]), request["options"])) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

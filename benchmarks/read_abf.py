"""How long it takes to read ABF files with all their samples, beside pyABF.

Run ``python -m benchmarks.read_abf``; one line per file with the fastest of several runs,
taken in turn, of ``loligo.read`` plus loading every recorded sample, of ``loligo.read`` alone, and
of ``pyabf.ABF``, which loads them all. Imports and the file cache are warm for all.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyabf

import loligo
from benchmarks.recordings import readable


def read_all(path: Path, options: dict[str, Any], *, with_commands: bool) -> None:
    """Read a file and load its samples."""
    recording = loligo.read(path, **options)
    for sweep in recording:
        for trace in sweep.traces.values():
            if with_commands or trace.resolution or trace.samples.dtype.itemsize == 4:
                trace.values()


def seconds(actions: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Return the shortest duration of each action; what else the machine does only adds to it."""
    shortest = [float("inf")] * len(actions)
    for _ in range(repeats):
        for i, action in enumerate(actions):
            with warnings.catch_warnings(), contextlib.redirect_stdout(None):
                warnings.simplefilter("ignore")
                began = time.perf_counter()
                action()
                shortest[i] = min(shortest[i], time.perf_counter() - began)
    return shortest


def main() -> None:
    """Measure, print a line per file and the ratio of the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--commands", action="store_true", help="load the commands as well")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for path, options in readable():
        if path.suffix != ".abf":
            continue
        ours_all = partial(read_all, path, options, with_commands=given.commands)
        actions = [ours_all, partial(loligo.read, path, **options), partial(pyabf.ABF, path)]
        loaded, opened, theirs = (duration * 1e3 for duration in seconds(actions, given.repeats))
        row = {"file": path.name, "loaded_ms": loaded, "opened_ms": opened, "pyabf_ms": theirs}
        rows.append(row)
    keys = ("loaded_ms", "opened_ms", "pyabf_ms")
    total = {"file": "all", **{key: sum(row[key] for row in rows) for key in keys}}
    if given.json:
        ratios = {key: total[key] / total["pyabf_ms"] for key in keys[:2]}
        print(json.dumps({"files": rows, "total": total, "ratios": ratios}))
        return
    print(f"{'':34} {'loligo, loaded':>15} {'opened':>10} {'pyABF':>10}   ratios to pyABF")
    for row in (*rows, total):
        loaded, opened, theirs = (row[key] for key in keys)
        times = f"{loaded:12.2f} ms {opened:7.2f} ms {theirs:7.2f} ms"
        print(f"{row['file']:34} {times}   {loaded / theirs:.2f} {opened / theirs:.2f}")


if __name__ == "__main__":
    main()

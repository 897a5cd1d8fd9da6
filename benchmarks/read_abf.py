"""How long it takes to read ABF files with all their samples, beside pyABF.

Run ``python benchmarks/read_abf.py FOLDER``; one line per file with the fastest of several runs,
taken in turn, of ``loligo.read`` plus loading every recorded sample, and of ``pyabf.ABF``, which
loads them all. Imports and the file cache are warm for both.
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

import pyabf

import loligo

SETTLED = {
    "180329_ts_0005-badUnits.abf": {"unit": "0.05 mV"},
    "sine sweep magnitude 20.abf": {"unit": "pA"},
}
"""Options for files that do not say everything."""


def read_all(path: Path, *, with_commands: bool) -> None:
    """Read a file and load its samples."""
    recording = loligo.read(path, **SETTLED.get(path.name, {}))
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
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--commands", action="store_true", help="load the commands as well")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = []
    for path in sorted(given.folder.glob("*.abf")):
        actions = [partial(read_all, path, with_commands=given.commands), partial(pyabf.ABF, path)]
        ours, theirs = seconds(actions, given.repeats)
        rows.append({"file": path.name, "loligo_ms": ours * 1e3, "pyabf_ms": theirs * 1e3})
    total = [sum(row[key] for row in rows) for key in ("loligo_ms", "pyabf_ms")]
    if given.json:
        print(json.dumps({"files": rows, "ratio": total[0] / total[1]}))
        return
    for row in rows:
        ratio = row["loligo_ms"] / row["pyabf_ms"]
        print(f"{row['file']:34} {row['loligo_ms']:8.2f} ms {row['pyabf_ms']:8.2f} ms {ratio:6.2f}")
    print(f"{'all':34} {total[0]:8.2f} ms {total[1]:8.2f} ms {total[0] / total[1]:6.2f}")


if __name__ == "__main__":
    main()

"""Many cells: on several processors, with progress, to a file from which it goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.recovery.measure import measure
from benchmarks.recovery.summary import Row

_ONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def read(path: Path) -> list[Row]:
    """Return the cells of a file; a line that an interruption cut short is left out."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def write(cells: list[Row], path: Path) -> None:
    """Write one cell a line, in the order of their numbers."""
    ordered = sorted(cells, key=lambda cell: cell["cell"])
    path.write_text("".join(line_of(cell) for cell in ordered), encoding="utf-8")


def line_of(cell: Row) -> str:
    """Return a cell as a line of JSON."""
    return json.dumps(cell, separators=(",", ":")) + "\n"


def run(count: int, seed: int, jobs: int = 1, path: Path | None = None) -> list[Row]:
    """Measure the first cells of a seed.

    Parameters
    ----------
    count : int
    seed : int
    jobs : int
        Processes.
    path : Path, optional
        File to which each cell is added when it is done; cells that it holds are not done again.
        After an interruption what is done is returned, and told.

    Returns
    -------
    list of dict
        See `measure`.
    """
    kept = [cell for cell in read(path) if cell["seed"] == seed] if path else []
    cells = {cell["cell"]: cell for cell in kept if cell["cell"] < count}
    left = [number for number in range(count) if number not in cells]
    begun = time.monotonic()
    try:
        for done, cell in enumerate(_each(left, seed, jobs), start=1):
            cells[cell["cell"]] = cell
            if path:
                with path.open("a", encoding="utf-8") as file:
                    file.write(line_of(cell))
            _progress(len(cells), count, (time.monotonic() - begun) / done * (len(left) - done))
    except KeyboardInterrupt:
        print(f"\ninterrupted after {len(cells)} of {count} cells", file=sys.stderr)
    return [cells[number] for number in sorted(cells)]


def _each(numbers: list[int], seed: int, jobs: int) -> Iterator[Row]:
    if jobs <= 1:
        yield from map(partial(measure, seed), numbers)
        return
    os.environ |= _ONE
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(partial(measure, seed), numbers)


def _progress(done: int, count: int, left: float) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == count else ""
        print(f"\r{done} of {count} cells, {left / 60:.1f} min left ", end=end, file=sys.stderr)

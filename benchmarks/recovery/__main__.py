"""The command: ``python -m benchmarks.recovery --cells 1000 --jobs 2 --out cells.jsonl``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.recovery.campaign import run
from benchmarks.recovery.summary import Row, lines, reasons


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recovery", description=__doc__)
    add = parser.add_argument
    add("--cells", type=int, default=1000, help="half in voltage, half in current clamp")
    add("--seed", type=int, default=1, help="another seed draws other cells")
    add("--jobs", type=int, default=1, help="processes")
    add("--json", action="store_true", help="one JSON line a quantity instead of a table")
    add("--out", type=Path, help="file of the cells; what it holds is not done again")
    return parser.parse_args(given)


def text(cells: list[Row]) -> str:
    """Return the table as text, with the reasons of refusals."""
    shown = []
    for line in lines(cells):
        name, mode = line["quantity"], line["mode"]
        why = ", ".join(f"{k} {n}" for k, n in reasons(cells, name, mode).most_common())
        numbers = f"{line['n']:5d} {line['refused']:5d} {line['median_abs_error']!s:>9}"
        shown.append(f"{mode:13} {name:33} {numbers} {line['coverage_95']!s:>7}  {why}")
    head = f"{'mode':13} {'quantity':33} {'n':>5} {'ref.':>5} {'error':>9} {'held':>7}"
    return "\n".join([head, *shown])


def main(given: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    asked = arguments(given)
    cells = run(asked.cells, asked.seed, asked.jobs, asked.out)
    if asked.json:
        print("\n".join(json.dumps(line) for line in lines(cells)))
    else:
        print(text(cells))
    return int(len(cells) < asked.cells)


if __name__ == "__main__":
    raise SystemExit(main())

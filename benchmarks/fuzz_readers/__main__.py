"""The command: ``python -m benchmarks.fuzz_readers --count 2000 --seed 1``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fuzz_readers.campaign import Tally, campaign, grouped, table
from benchmarks.fuzz_readers.samples import bundled, generated, real

ROOT = Path(__file__).resolve().parents[2]


def _arguments() -> argparse.Namespace:
    folder = os.environ.get("LOLIGO_TEST_DATA", ROOT.parent / "shared/data/recordings")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz_readers", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="number of mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(folder), help="recordings to damage")
    parser.add_argument("--only", default="", help="samples whose name contains this")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds for one file")
    parser.add_argument("--memory", type=float, default=4.0, help="GB of address space a worker")
    parser.add_argument("--keep", type=Path, help="folder for the mutants that break the promise")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


def _print_text(tally: Tally, seconds: float) -> None:
    print(table(tally))
    for name, result in sorted(tally.intact.items()):
        if result["kind"] not in {"ok", "partial"}:
            print(f"intact {name}: {result.get('message') or result['detail']}")
    for line in grouped(tally):
        print("VIOLATION", line)
    verdict = f"{len(tally.violations)} violations" if tally.violations else "no violation"
    print(f"{tally.total} mutants, seed {tally.seed}, {seconds:.0f} s: {verdict}")


def main() -> int:
    """Run the campaign and return the exit code."""
    given = _arguments()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="loligo-samples-") as scratch:
        samples = [bundled(), *generated(Path(scratch))]
        if given.folder.is_dir():
            samples += real(given.folder)
        else:
            print(f"no recordings at {given.folder}: generated samples only", file=sys.stderr)
        chosen = [sample for sample in samples if given.only in sample.name]
        if not chosen:
            print(f"no sample's name contains {given.only!r}", file=sys.stderr)
            return 2
        tally = campaign(
            chosen,
            count=given.count,
            seed=given.seed,
            workers=given.workers,
            memory=int(given.memory * 1e9),
            timeout=given.timeout,
            keep=given.keep,
        )
    seconds = time.monotonic() - started
    if given.json:
        content = {
            "seed": tally.seed,
            "mutants": tally.total,
            "seconds": round(seconds, 1),
            "counts": tally.counts,
            "intact": tally.intact,
            "violations": tally.violations,
        }
        print(json.dumps(content))
    else:
        _print_text(tally, seconds)
    return 1 if tally.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())

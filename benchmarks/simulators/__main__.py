"""The command: ``python -m benchmarks.simulators --only W2 --peers neuron,arbor``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.simulators import results
from benchmarks.simulators.case import Case
from benchmarks.simulators.launch import launch
from benchmarks.simulators.plan import OURS, VARIANTS, cases
from benchmarks.simulators.references import load
from benchmarks.simulators.workloads import WORKLOADS

PEERS = [tool for tool in VARIANTS if tool != OURS]


def _listed(allowed: list[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        names = [name for name in text.split(",") if name]
        for name in names:
            if name.partition(":")[0] not in allowed:
                message = f"{name!r} is not one of {', '.join(allowed)}"
                raise argparse.ArgumentTypeError(message)
        return names

    return parse


def _interpreter(text: str) -> tuple[str, str]:
    tool, equals, path = text.partition("=")
    if not equals or tool not in VARIANTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not like brian2=PATH of an interpreter")
    return tool, path


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulators", description=__doc__)
    add = parser.add_argument
    workloads = list(WORKLOADS)
    add("--only", type=_listed(workloads), default=workloads, help="workloads, such as W1,W2")
    add(
        "--peers",
        type=_listed(PEERS),
        default=PEERS,
        help="simulators beside loligo, such as neuron,jaxley:f64; an empty text for none",
    )
    add("--threads", default="1", help="numbers of threads, such as 1,2 (only W2 uses several)")
    add("--reps", type=int, default=5, help="runs measured of each, at least")
    add("--rounds", type=int, default=1, help="times all is done; the fastest counts")
    add("--precision", action="store_true", help="several steps and tolerances of each")
    add(
        "--python",
        type=_interpreter,
        action="append",
        default=[],
        metavar="TOOL=PATH",
        help="interpreter of a simulator that is installed elsewhere",
    )
    add("--timeout", type=float, default=600.0, help="seconds for one measurement")
    add("--json", action="store_true", help="one JSON line a measurement instead of tables")
    add("--out", type=Path, help="file for the JSON lines")
    return parser.parse_args(given)


def in_rounds(plan: list[Case], rounds: int) -> list[Case]:
    """Return the cases of all rounds, every second one backwards.

    Notes
    -----
    What else the machine does may grow or fade during a run; no simulator is always first.
    """
    return [case for i in range(rounds) for case in (plan[::-1] if i % 2 else plan)]


def _print(rows: list[results.Row]) -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 110)
    for table in results.tables(rows):
        console.print(table)
    for reason in results.reasons(rows):
        console.print(reason, highlight=False, markup=False)


def main() -> int:
    """Measure, print, and return the exit code: 1 if a measurement failed."""
    given = arguments()
    threads = [int(count) for count in given.threads.split(",")]
    for workload in given.only:
        load(workload)
    plan = list(cases(given.only, given.peers, threads, given.reps, precision=given.precision))
    rows: list[results.Row] = []
    for count, case in enumerate(in_rounds(plan, given.rounds), start=1):
        row = launch(case, dict(given.python), given.timeout)
        rows = results.fastest([*rows, row])
        if sys.stderr.isatty():
            print(f"\r{count} of {len(plan) * given.rounds}", end="", file=sys.stderr)
        if given.out:
            results.write(rows, given.out)
    if given.json:
        print("".join(json.dumps(row) + "\n" for row in rows), end="")
    else:
        _print(rows)
    return int(any("failed" in row for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())

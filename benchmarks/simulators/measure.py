"""One measurement in one process: ``python -m benchmarks.simulators.measure CASE`` (JSON).

The process binds itself to as many cores as it may use threads before anything is imported,
builds, runs once, runs again several times, and prints one JSON line. For one thread the
processor time of the runs is what counts, since others may share the machine; for more it is
the time on the clock. Where ``processor_s`` falls short of ``wall_s`` times the threads, others
held the cores.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.simulators.case import Case, Prepared, Skipped

LONG, SHORT = 40.0, 0.5
"""Seconds after which no further run is begun, and before which more runs than asked are made."""
MOST_RUNS = 200


def bind(threads: int) -> None:
    """Keep this process and its children on the last cores of the machine."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[-threads:])


def processor_time() -> float:
    """Return the processor time [s] of this process and of its finished children."""
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def memory_mb() -> float:
    """Return the most memory [MB] this process held at once."""
    import resource

    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def repeat(prepared: Prepared, repetitions: int) -> tuple[Any, list[float], list[float]]:
    """Run several times.

    Returns
    -------
    result
        Of the last run.
    wall, processor : list of float
        Seconds of each run by the clock and by the processor.
    """
    wall: list[float] = []
    processor: list[float] = []
    result = None
    gc.collect()
    while len(wall) < repetitions or (sum(wall) < SHORT and len(wall) < MOST_RUNS):
        clock, busy = time.perf_counter(), processor_time()
        result = prepared.run()
        wall.append(time.perf_counter() - clock)
        processor.append(processor_time() - busy)
        if sum(wall) > LONG:
            break
    return result, wall, processor


def machine() -> str:
    """Return the processor's name, as the system gives it, and how many there are."""
    name = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.is_file():
        pairs = (line.partition(":") for line in described.read_text("utf-8").splitlines())
        names = [value.strip() for key, _, value in pairs if key.strip() == "model name"]
        name = names[0] if names else name
    return f"{name}, {os.cpu_count()} processors"


def row(case: Case, **figures: Any) -> dict[str, Any]:
    """Return one line of results: the case, then what was found."""
    line = {
        "workload": case.workload,
        "tool": case.tool,
        "variant": case.variant,
        "threads": case.threads,
        "dt": case.step,
        "tolerance": case.tolerance,
    }
    return {**line, **figures}


def measure(case: Case) -> dict[str, Any]:
    """Build, run and judge one case, and return its line.

    Returns
    -------
    dict
        With ``run_s`` (median, scaled to the whole workload) and ``accuracy``, or with ``skipped``
        and the reason.
    """
    from benchmarks.simulators import accuracy, references
    from benchmarks.simulators.workloads import WORKLOADS

    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    try:
        peer = importlib.import_module(f"benchmarks.simulators.peers.{case.tool}")
        imported = memory_mb()
        began = time.perf_counter()
        prepared = peer.prepare(case)
    except ImportError as error:
        return row(case, skipped=f"not installed here: {error}")
    except Skipped as reason:
        return row(case, skipped=str(reason))
    built = time.perf_counter()
    prepared.run()
    first = time.perf_counter()
    result, wall, processor = repeat(prepared, case.repetitions)
    counted = processor if case.threads == 1 else wall
    run = statistics.median(counted) / prepared.share
    judged = accuracy.judge(case.workload, result, references.load(case.workload))
    per_step = None
    if case.step:
        per_step = 1e9 * run / WORKLOADS[case.workload].compartment_steps(case.step)
    return row(
        case,
        ns_per_compartment_step=per_step,
        run_s=run,
        setup_s=built - began,
        accuracy=judged,
        first_s=first - built,
        best_s=min(counted) / prepared.share,
        wall_s=statistics.median(wall) / prepared.share,
        processor_s=statistics.median(processor) / prepared.share,
        reps=len(wall),
        rss_mb=memory_mb(),
        rss_import_mb=imported,
        version=peer.version(),
        machine=machine(),
        load=load,
        date=datetime.now(UTC).date().isoformat(),
        method=prepared.method,
        share=prepared.share,
    )


def rounded(value: Any) -> Any:
    """Return a value with every number at five significant digits."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return float(f"{value:.5g}") if isinstance(value, float) else value


def main() -> None:
    """Measure the case given as JSON and print its line."""
    case = Case(**json.loads(sys.argv[1]))
    bind(case.threads)
    print(json.dumps(rounded(measure(case))), flush=True)


if __name__ == "__main__":
    main()

"""Each measurement in a process of its own, in the environment of its simulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.simulators.case import Case
from benchmarks.simulators.measure import row

ROOT = Path(__file__).resolve().parents[2]
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


_ONE_XLA_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def environment(threads: int) -> dict[str, str]:
    """Return this process's environment with every library held to so many threads."""
    folders = [str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        **dict.fromkeys(_THREADS, str(threads)),
        "PYTHONPATH": os.pathsep.join(filter(None, folders)),
        "XLA_FLAGS": _ONE_XLA_THREAD if threads == 1 else "",
        "MPLBACKEND": "Agg",
    }


def launch(case: Case, pythons: Mapping[str, str], timeout: float) -> dict[str, Any]:
    """Measure a case in a new process.

    Parameters
    ----------
    case : Case
        What to measure.
    pythons : mapping
        Interpreters of the simulators that live in another environment, by simulator.
    timeout : float
        Seconds after which the process is ended.

    Returns
    -------
    dict
        The line it printed, or one with ``skipped`` (no such interpreter, nothing installed, cannot
        do this workload) or ``failed`` (crash, time) and the reason.
    """
    python = pythons.get(case.tool, sys.executable)
    command = [python, "-m", "benchmarks.simulators.measure", json.dumps(asdict(case))]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(case.threads),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError:
        return row(case, skipped=f"no interpreter at {python}")
    except subprocess.TimeoutExpired:
        return row(case, failed=f"took over {timeout:g} s")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode == 0 and lines:
        found: dict[str, Any] = json.loads(lines[-1])
        return found
    said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}, no output"]
    return row(case, failed=said[-1][:300])

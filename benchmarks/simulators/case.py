"""The words in which the command, a measurement and a simulator speak to each other.

Imported in every simulator's own environment: the standard library only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One measurement: a workload by one simulator in one of its ways.

    Parameters
    ----------
    tool, variant : str
        The simulator and which of its solvers or compilers.
    workload : str
        Name of the workload.
    threads : int
        Threads, each on a core of its own.
    step : float or None
        Fixed step [ms]; None for a simulator that chooses its steps.
    tolerance : float or None
        Relative tolerance of one that does.
    repetitions : int
        Runs measured at least.
    """

    tool: str
    variant: str
    workload: str
    threads: int = 1
    step: float | None = None
    tolerance: float | None = None
    repetitions: int = 5


@dataclass(frozen=True)
class Prepared:
    """A simulation that is built and compiled.

    Parameters
    ----------
    run : callable
        Goes back to time 0, integrates, and returns what was recorded (see `accuracy.judge`).
    method : str
        The numerical method, in words.
    share : float
        Which part of the workload a run does; the time is divided by it.
    """

    run: Callable[[], Any]
    method: str
    share: float = 1.0


class Skipped(Exception):  # noqa: N818 - an answer, not a failure
    """A simulator cannot do a workload; the message says why."""

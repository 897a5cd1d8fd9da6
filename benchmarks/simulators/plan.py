"""Which simulator does which workload, in which ways and at which steps or tolerances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.simulators.case import Case
from benchmarks.simulators.workloads import TOLERANCE, TOLERANCES, WORKLOADS, Workload


@dataclass(frozen=True)
class Variant:
    """One way to run a simulator.

    Parameters
    ----------
    name : str
        Short name, explained in the simulator's file.
    workloads : tuple of str
        What is run. What a simulator cannot do is listed too: it answers with the reason.
    chooses_steps : bool
        Whether it takes a tolerance instead of a step.
    parallel : bool
        Whether its many cells can be shared out to threads.
    """

    name: str
    workloads: tuple[str, ...] = ("W1", "W2", "W6")
    chooses_steps: bool = False
    parallel: bool = False


ALL = ("W1", "W2", "W3", "W4", "W5", "W6")
OURS = "loligo"
VARIANTS: dict[str, tuple[Variant, ...]] = {
    OURS: (
        Variant("default", (*ALL, "W8"), parallel=True),
        Variant("exact", parallel=True),
        Variant("single", parallel=True),
        Variant("adaptive", chooses_steps=True, parallel=True),
        Variant("multistep", ("W1", "W3", "W4", "W5", "W6", "W8")),
    ),
    "neuron": (
        Variant("fixed", ALL, parallel=True),
        Variant("notable", ALL, parallel=True),
        Variant("cn", ALL),
        Variant("cvode", ALL, chooses_steps=True),
        Variant("core", parallel=True),
    ),
    "arbor": (Variant("grouped", ALL, parallel=True),),
    "jaxley": (Variant("f64", parallel=True), Variant("f32", parallel=True)),
    "myokit": (Variant("cvode", ("W1", "W2", "W6", "W8"), chooses_steps=True),),
    "brian2": (Variant("cpp", parallel=True),),
    "scipy": (Variant("numba", chooses_steps=True),),
}
PARALLEL = ("W2",)
"""Workloads with enough cells to share out."""


def cases(
    workloads: Sequence[str],
    peers: Sequence[str],
    threads: Sequence[int],
    repetitions: int,
    *,
    precision: bool = False,
) -> Iterator[Case]:
    """Yield the measurements, loligo's first in each workload.

    Parameters
    ----------
    workloads : sequence of str
        Names of workloads.
    peers : sequence of str
        Simulators beside loligo, each ``tool`` or ``tool:variant``.
    threads : sequence of int
        Numbers of threads.
    repetitions : int
        Runs of each.
    precision : bool
        Whether each is run at several steps or tolerances.
    """
    chosen = [OURS, *peers]
    for name in workloads:
        for wanted in chosen:
            tool, _, only = wanted.partition(":")
            for variant in VARIANTS.get(tool, ()):
                if name not in variant.workloads or (only and variant.name != only):
                    continue
                for count in threads:
                    if count > 1 and not (variant.parallel and name in PARALLEL):
                        continue
                    for step, tolerance in _settings(variant, WORKLOADS[name], precision):
                        yield Case(tool, variant.name, name, count, step, tolerance, repetitions)


def _settings(
    variant: Variant, workload: Workload, precision: bool
) -> list[tuple[float | None, float | None]]:
    if variant.chooses_steps:
        return [(None, value) for value in (TOLERANCES if precision else (TOLERANCE,))]
    return [(value, None) for value in (workload.precisions if precision else (workload.step,))]

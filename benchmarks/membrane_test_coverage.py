"""How often the membrane test's 95 % intervals hold the truth, over random synthetic cells.

``PYTHONPATH=src:tests/helpers python -m benchmarks.membrane_test_coverage [recordings] [seed]``
prints, for one- and two-compartment cells, the share of intervals that hold the truth, the median
relative error and how many were refused and why. Half of the recordings state their filter (5 %
off, as amplifiers are), half do not; a third hums.
"""

from __future__ import annotations

import sys
from collections import Counter

import clamped_cells
import numpy as np

from loligo.analysis.membrane_test import command_of_step, measure_transient

NAMES = (
    "series_resistance",
    "membrane_resistance",
    "capacitance",
    "clamp_time_constant",
    "total_resistance",
)


def run(count: int, dendrites: bool, seed: int = 1) -> dict[str, dict[str, float]]:
    """Return coverage, median relative error and refusals for each quantity."""
    hits: Counter[str] = Counter()
    given: Counter[str] = Counter()
    why: Counter[str] = Counter()
    errors: dict[str, list[float]] = {name: [] for name in NAMES}
    widths: dict[str, list[float]] = {name: [] for name in NAMES}
    for k in range(count):
        rng = np.random.default_rng([seed, dendrites, k])
        made = clamped_cells.random_recording(rng, dendrites, humming=k % 3 == 2)
        stated = made.corner * np.exp(0.05 * rng.standard_normal()) if k % 2 else None
        command = command_of_step(made.on, made.off, made.step)
        results = measure_transient(made.current, made.rate, command, stated)
        for name in NAMES:
            found, truth = results[name], getattr(made.truth, name)
            if not found.is_ok:
                why[f"{name}: {found.reason[:60]}"] += 1
                continue
            given[name] += 1
            hits[name] += found.low <= truth <= found.high
            errors[name].append(abs(found.value / truth - 1))
            widths[name].append((found.high - found.low) / 2 / truth)
    for reason, number in why.most_common(12):
        print(f"  refused {number:4d}  {reason}")
    return {
        name: {
            "coverage_95": hits[name] / max(given[name], 1),
            "median_relative_error": float(np.median(errors[name])),
            "median_relative_reach": float(np.median(widths[name])),
            "refused": count - given[name],
        }
        for name in NAMES
    }


def main() -> None:
    """Print the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for dendrites in (False, True):
        print(f"{'two' if dendrites else 'one'} compartment(s), {count} recordings")
        for name, row in run(count, dendrites, seed).items():
            print(f"  {name:22s} " + "  ".join(f"{k} {v:.4g}" for k, v in row.items()))


if __name__ == "__main__":
    main()

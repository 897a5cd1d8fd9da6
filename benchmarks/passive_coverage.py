"""How often the 95 % intervals of passive properties hold the truth, over random synthetic cells.

``PYTHONPATH=src:tests/helpers python -m benchmarks.passive_coverage [recordings] [seed]`` prints,
for one- and two-compartment cells in current clamp, the share of intervals that hold the truth, the
median error and how many were refused and why. Half of the recordings state their filter, 10 % off
(standard deviation).
"""

from __future__ import annotations

import sys
from collections import Counter

import current_clamped_cells as cells
import numpy as np

from loligo.analysis.passive import charging_curve

NAMES = ("membrane_time_constant", "membrane_resistance", "capacitance", "bridge_error")


def run(count: int, dendrites: bool, seed: int = 1) -> dict[str, dict[str, float]]:
    """Return coverage, median error (relative, of the bridge in GOhm) and refusals by name."""
    hits: Counter[str] = Counter()
    given: Counter[str] = Counter()
    why: Counter[str] = Counter()
    errors: dict[str, list[float]] = {name: [] for name in NAMES}
    for k in range(count):
        rng = np.random.default_rng([seed, dendrites, k])
        made = cells.random_recording(rng, dendrites)
        stated = made.corner * np.exp(0.1 * rng.standard_normal()) if k % 2 else None
        found = charging_curve(made.potential, made.current, made.rate, made.on, made.off, stated)
        for name in NAMES:
            estimate, truth = found[name], getattr(made.truth, name)
            if not estimate.is_ok:
                why[f"{name}: {estimate.reason[:60]}"] += 1
                continue
            given[name] += 1
            hits[name] += estimate.low <= truth <= estimate.high
            off = abs(estimate.value - truth)
            errors[name].append(off if name == "bridge_error" else off / truth)
    for reason, number in why.most_common(12):
        print(f"  refused {number:4d}  {reason}")
    return {
        name: {
            "coverage_95": hits[name] / max(given[name], 1),
            "median_error": float(np.median(errors[name])),
            "refused": count - given[name],
        }
        for name in NAMES
    }


def main() -> None:
    """Print the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for dendrites in (False, True):
        print(f"{'two' if dendrites else 'one'} compartment(s), {count} recordings")
        for name, row in run(count, dendrites, seed).items():
            print(f"  {name:24s} " + "  ".join(f"{k} {v:.4g}" for k, v in row.items()))


if __name__ == "__main__":
    main()

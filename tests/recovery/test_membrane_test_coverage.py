"""The membrane test's 95 % intervals hold the truth; benchmarks has the same with thousands."""

from collections import Counter

import clamped_cells as circuits
import numpy as np
import pytest
from scipy.stats import binom

from loligo.analysis.membrane_test import command_of_step, measure_transient

NAMES = (
    "series_resistance",
    "membrane_resistance",
    "capacitance",
    "clamp_time_constant",
    "total_resistance",
)
COUNT = 12


@pytest.mark.parametrize("dendrites", [False, True])
def test_coverage(dendrites):
    """Each quantity on its own; with 93 % a test falls below the bound once in 1000."""
    hits, given, errors = Counter(), Counter(), []
    for k in range(COUNT):
        rng = np.random.default_rng([11, dendrites, k])
        made = circuits.random_recording(rng, dendrites, humming=k % 3 == 2)
        stated = made.corner * np.exp(0.05 * rng.standard_normal()) if k % 2 else None
        command = command_of_step(made.on, made.off, made.step)
        found = measure_transient(made.current, made.rate, command, stated)
        for name in NAMES:
            if found[name].is_ok:
                truth = getattr(made.truth, name)
                given[name] += 1
                hits[name] += found[name].low <= truth <= found[name].high
                errors.append(abs(found[name].value / truth - 1))
    for name in NAMES:
        assert given[name] >= 0.75 * COUNT
        assert hits[name] >= binom.ppf(1e-3, given[name], 0.93), name
    assert np.median(errors) < 0.02

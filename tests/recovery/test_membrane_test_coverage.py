"""The membrane test's 95 % intervals hold the truth; benchmarks has the same with thousands."""

import clamped_cells as circuits
import numpy as np
import pytest

from loligo.analysis.membrane_test import command_of_step, measure_transient

NAMES = ("series_resistance", "membrane_resistance", "capacitance", "clamp_time_constant")
COUNT = 40


@pytest.mark.parametrize("dendrites", [False, True])
def test_coverage(dendrites):
    hits, errors, given = [], [], 0
    for k in range(COUNT):
        rng = np.random.default_rng([11, dendrites, k])
        made = circuits.random_recording(rng, dendrites)
        stated = made.corner * np.exp(0.05 * rng.standard_normal()) if k % 2 else None
        command = command_of_step(made.on, made.off, made.step)
        found = measure_transient(made.current, made.rate, command, stated)
        for name in NAMES:
            if found[name].is_ok:
                truth = getattr(made.truth, name)
                given += 1
                hits.append(found[name].low <= truth <= found[name].high)
                errors.append(abs(found[name].value / truth - 1))
    assert given >= 0.85 * len(NAMES) * COUNT
    assert 0.89 <= np.mean(hits) <= 0.99
    assert np.median(errors) < 0.02

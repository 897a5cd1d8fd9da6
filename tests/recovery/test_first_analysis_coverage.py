"""The stated 95 % intervals hold the truth in about 95 % of recordings, whatever the noise."""

from functools import partial

import numpy as np
import pytest
import rc_cells
from steady import steady

COUNT = 400
LEVELS = (-100.0, -75.0, -50.0, -25.0, 0.0)
POTENTIALS = (-110.0, -100.0, -90.0, -80.0, -70.0)
WHITE, FILTERED, SLOW = (0.3, 0.0), (1.0, 2.0), (0.5, 8.0)  # rms, correlation time [ms]


def coverage(make, truths: dict[str, float]) -> dict[str, float]:
    hits = dict.fromkeys(truths, 0)
    for seed in range(COUNT):
        for estimate in steady(make(np.random.default_rng(seed))):
            if estimate.sweep is None and estimate.name in truths:
                assert estimate.is_ok, estimate
                hits[estimate.name] += estimate.low <= truths[estimate.name] <= estimate.high
    return {name: count / COUNT for name, count in hits.items()}


def in_current_clamp(rng, levels, rms, memory, between):
    count = len(levels)
    noise = rc_cells.coloured(rng, (count, 1600), rms, memory)
    noise += between * rng.standard_normal((count, 1))
    return rc_cells.current_clamp(levels, noise=noise)


def in_voltage_clamp(rng, levels, rms, memory, between):
    count = len(levels)
    noise = rc_cells.coloured(rng, (count, 1600), 5 * rms, memory)
    noise += between * rng.standard_normal((count, 1))
    return rc_cells.voltage_clamp(levels, noise=noise)


CASES = {
    "slope, white": (LEVELS, WHITE, 0.5),
    "slope, filtered": (LEVELS, FILTERED, 0.5),
    "slope, slow": (LEVELS, SLOW, 0.5),
    "repeated, filtered": ((-50.0,) * 6, FILTERED, 0.5),
    "two levels": ((-100.0, 0.0), FILTERED, 0.0),
}


@pytest.mark.parametrize("case", CASES)
def test_current_clamp(case):
    levels, (rms, memory), between = CASES[case]
    make = partial(in_current_clamp, levels=levels, rms=rms, memory=memory, between=between)
    found = coverage(make, {"input_resistance": 0.15, "resting_potential": -68.0})
    assert all(0.92 <= share <= 0.98 for share in found.values()), found


@pytest.mark.parametrize("levels", [POTENTIALS, (-80.0,) * 8])
def test_voltage_clamp(levels):
    make = partial(in_voltage_clamp, levels=levels, rms=1.0, memory=2.0, between=3.0)
    found = coverage(make, {"total_resistance": 0.5, "holding_current": -20.0})
    assert all(0.92 <= share <= 0.98 for share in found.values()), found


@pytest.mark.parametrize("memory", [0.0, 2.0, 8.0])
def test_a_single_sweep_has_only_its_own_noise(memory):
    """With 8 ms of memory the steady state is only six correlation times long."""
    make = partial(in_current_clamp, levels=(-100.0,), rms=1.0, memory=memory, between=0.0)
    found = coverage(make, {"input_resistance": 0.15, "resting_potential": -68.0})
    assert all(0.925 <= share <= 0.975 for share in found.values()), found


@pytest.mark.parametrize(("length", "memory"), [(200, 4.0), (200, 16.0), (400, 40.0)])
def test_correlation_time_of_a_short_window(length, memory):
    """Exponential memory of m samples has a correlation time of 2 m; short windows hide some."""
    from loligo.analysis.interval import correlation_time

    noise = rc_cells.coloured(
        np.random.default_rng(2), (COUNT, length), 1.0, memory / rc_cells.RATE
    )
    found = np.median([correlation_time(row) for row in noise])
    assert found == pytest.approx(2 * memory, rel=0.2)


def test_drift_widens_the_interval_of_the_mean():
    """Values that wander slowly carry less information than as many independent ones."""
    from loligo.analysis.interval import interval_of_mean

    hits = 0
    for seed in range(COUNT):
        wander = rc_cells.coloured(np.random.default_rng(seed), (1, 60), 1.0, 1.0)[0]
        found = interval_of_mean(wander)
        hits += found.low <= 0.0 <= found.high
    naive = 0.80  # what ignoring the correlation (0.6 between neighbours) would give at best
    assert hits / COUNT > 0.88 > naive

"""Intervals of midpoint and slope hold the truth as often as they promise."""

import numpy as np
import pytest
from scipy.stats import binom
from step_families import Gated, family, inactivation_family

from loligo.analysis.current_voltage import current_voltage, fit_boltzmann

NAMES = ("reversal_potential", "maximal_conductance", "activation_midpoint", "activation_slope")


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("share", [0.01, 0.05])
def test_fits_of_values_with_errors(is_known, share):
    """1,000 curves each; 93 to 97 % of the intervals of 95 % must hold what made the values."""
    rng = np.random.default_rng([3, is_known, round(100 * share)])
    v = np.arange(-80, 41, 10.0)
    held, settled = np.zeros(3), 0
    for _ in range(1000):
        midpoint, slope = rng.uniform(-40, -10), rng.uniform(4, 10)
        error = 30 * share * (rng.uniform(0.5, 2, v.size) if is_known else np.ones(v.size))
        values = 30 / (1 + np.exp(-(v - midpoint) / slope)) + error * rng.standard_normal(v.size)
        fit = fit_boltzmann(v, values, error if is_known else None)
        if fit is None:
            continue
        settled += 1
        pairs = ((fit.maximum, 30), (fit.midpoint, midpoint), (fit.slope, slope))
        held += [interval.low <= truth <= interval.high for interval, truth in pairs]
    assert settled >= 995
    assert np.all((held >= 0.93 * settled) & (held <= 0.97 * settled)), held


def test_families_of_steps():
    """From recordings with correlated noise: what falls short once in a thousand times fails."""
    rng = np.random.default_rng(4)
    held = {name: [] for name in NAMES}
    for seed in range(60):
        gated = Gated(
            conductance=rng.uniform(5, 40),
            midpoint=rng.uniform(-45, -15),
            slope=rng.uniform(4, 9),
            reversal=rng.uniform(30, 55),
            rise=rng.uniform(0.4, 1.0),
        )
        noise = rng.uniform(2, 15)
        found = current_voltage(family(gated, np.arange(-90, 81, 10.0), noise, seed=seed))
        truth = (gated.reversal, gated.conductance, gated.midpoint, gated.slope)
        for name, true in zip(NAMES, truth, strict=True):
            entry = next(e for e in found.estimates if e.name == name)
            if entry.is_ok:
                held[name].append(entry.low <= true <= entry.high)
    for name, row in held.items():
        assert len(row) >= 55, name
        assert sum(row) >= binom.ppf(0.001, len(row), 0.95), (name, np.mean(row))


def test_inactivation():
    held = []
    for seed in range(40):
        recording = inactivation_family(np.arange(-110, -9, 10.0), noise=8.0, seed=seed)
        found = current_voltage(recording)
        entry = next(e for e in found.estimates if e.name == "inactivation_midpoint")
        held.append(entry.low <= -60.0 <= entry.high)
    assert sum(held) >= binom.ppf(0.001, len(held), 0.95)

"""A family of steps in other units of current, or at other potentials, tells the same gates."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from step_families import Gated, family

from loligo.analysis.current_voltage import current_voltage, fit_boltzmann

LEVELS = np.arange(-90, 71, 10.0)


def of(recording):
    found = current_voltage(recording)
    return {e.name: e for e in found.estimates if e.sweep is None}


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 100.0), st.integers(0, 99))
def test_a_scale_of_the_current(scale, seed):
    one = of(family(Gated(conductance=20.0), LEVELS, noise=3.0, seed=seed))
    other = of(family(Gated(conductance=20.0 * scale), LEVELS, noise=3.0 * scale, seed=seed))
    for name in ("activation_midpoint", "activation_slope", "reversal_potential"):
        for end in ("value", "low", "high"):
            assert np.isclose(getattr(one[name], end), getattr(other[name], end), atol=1e-3)
    for name in ("peak_current", "maximal_conductance"):
        assert np.isclose(one[name].value * scale, other[name].value, rtol=1e-4)


@given(st.floats(-50, 50), st.floats(0.1, 1e3), st.integers(0, 99))
def test_a_shift_of_the_potential(shift, size, seed):
    v = np.arange(-80, 41, 10.0)
    noise = 0.02 * np.random.default_rng(seed).standard_normal(v.size)
    y = 1 / (1 + np.exp(-(v + 20) / 6)) + noise
    one = fit_boltzmann(v, y, np.full(v.size, 0.02))
    other = fit_boltzmann(v + shift, size * y, np.full(v.size, 0.02 * size))
    assert np.isclose(one.midpoint.value + shift, other.midpoint.value, atol=1e-3)
    assert np.isclose(one.midpoint.high + shift, other.midpoint.high, atol=1e-3)
    assert np.isclose(one.slope.value, other.slope.value, atol=1e-3)
    assert np.isclose(one.maximum.value * size, other.maximum.value, rtol=1e-4)

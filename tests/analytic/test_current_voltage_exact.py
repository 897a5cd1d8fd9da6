"""Families of steps whose currents are written down come back: peaks, reversal, activation."""

import re
from dataclasses import replace

import numpy as np
import pytest
from step_families import BEFORE, Gated, family, inactivation_family

from loligo import analyze
from loligo.analysis import Status
from loligo.analysis.current_voltage import (
    Noise,
    current_voltage,
    find_peak,
    fit_boltzmann,
    zero_crossing,
)
from loligo.analysis.current_voltage.ionic import without_leak

LEVELS = np.arange(-90, 71, 10.0)


def of(found, name):
    return next(e for e in found.estimates if e.name == name and e.sweep is None)


@pytest.mark.parametrize("lasts", [False, True])
def test_a_family_without_noise(lasts):
    gated = Gated(lasts=lasts, rise=1.0)
    found = current_voltage(family(gated, LEVELS))
    assert of(found, "reversal_potential").value == pytest.approx(gated.reversal, abs=0.05)
    assert of(found, "activation_midpoint").value == pytest.approx(gated.midpoint, abs=0.05)
    assert of(found, "activation_slope").value == pytest.approx(gated.slope, abs=0.05)
    assert of(found, "maximal_conductance").value == pytest.approx(gated.conductance, rel=5e-3)
    (measured,) = found.families
    assert measured.is_transient is not lasts
    peaks = [level.steady if lasts else level.peak for level in measured.levels]
    assert peaks == pytest.approx(gated.peak(LEVELS), rel=5e-3, abs=0.05)


def test_leak_is_taken_off_by_the_small_steps():
    """A leak of 3 nS beside 20 nS that gates open: steps down to -140 mV show the leak alone."""
    gated = Gated(leak=3.0)
    levels = np.arange(-140, 71, 10.0)
    found = current_voltage(family(gated, levels, noise=1.0, source="arrays"))
    midpoint = of(found, "activation_midpoint")
    assert midpoint.low < gated.midpoint < midpoint.high
    assert midpoint.value == pytest.approx(gated.midpoint, abs=0.3)
    assert re.search(r"a line of (3|3\.0\d|2\.9\d) nS through the small steps", midpoint.definition)


def test_the_transient_of_a_capacitance_is_waited_for():
    """A line takes the leak off but not 2 nA of charging current, which 1.5 ms later are noise."""
    gated = Gated(leak=3.0, lasts=True)
    levels = np.arange(-140, 71, 10.0)
    plain = family(gated, levels, noise=1.0, source="arrays")
    time = plain.trace(0, "response").times() - BEFORE
    charging = np.where(time >= 0, np.exp(-np.maximum(time, 0) / 0.2), 0.0)
    charged = [
        replace(sweep, traces={
            **sweep.traces,
            "response": replace(
                sweep.traces["response"],
                samples=sweep.traces["response"].values() + 12.0 * (level + 100.0) * charging,
            ),
        })
        for sweep, level in zip(plain.sweeps, levels, strict=True)
    ]  # fmt: skip
    found = current_voltage(replace(plain, sweeps=tuple(charged)))
    midpoint = of(found, "activation_midpoint")
    assert midpoint.value == pytest.approx(gated.midpoint, abs=0.3)
    leak = without_leak(plain, plain.response, is_subtracted=False)
    assert leak.settled == 0.0
    recording = replace(plain, sweeps=tuple(charged))
    leak = without_leak(recording, recording.response, is_subtracted=False)
    # 480 pA reach 5 times 1 pA after 0.2 ln(96) = 0.91 ms, and 2040 pA 0.2 ln(4.25) = 0.29 ms later
    assert leak.settled == pytest.approx(1.2, abs=0.15)


def test_inactivation():
    levels = np.arange(-110, -9, 10.0)
    found = current_voltage(inactivation_family(levels, noise=2.0))
    midpoint, slope = of(found, "inactivation_midpoint"), of(found, "inactivation_slope")
    assert midpoint.low < -60.0 < midpoint.high
    assert midpoint.value == pytest.approx(-60.0, abs=0.3)
    assert slope.low < 6.0 < slope.high


def test_it_is_a_part_of_the_analysis_where_there_is_a_family():
    named = analyze(family(Gated(), LEVELS, noise=1.0)).named("activation_midpoint")
    assert [entry.status for entry in named] == [Status.OK]
    assert not analyze(family(Gated(), LEVELS[:3], noise=1.0)).named("activation_midpoint")
    asked = analyze(family(Gated(), LEVELS[:3]), "current-voltage")
    assert [entry.status for entry in asked] == [Status.NO_STEP]


def test_the_curve_itself():
    v = np.arange(-80, 41, 10.0)
    fit = fit_boltzmann(v, 30 / (1 + np.exp(-(v + 21.0) / 5.5)))
    assert (fit.maximum.value, fit.midpoint.value, fit.slope.value) == pytest.approx(
        (30, -21, 5.5), rel=1e-6
    )
    fall = fit_boltzmann(v, -400 / (1 + np.exp((v + 50.0) / 6.5)), falls=True)
    assert (fall.midpoint.value, fall.slope.value) == pytest.approx((-50, -6.5), rel=1e-6)
    assert fit(v) == pytest.approx(30 / (1 + np.exp(-(v + 21.0) / 5.5)), rel=1e-5)


def test_errors_are_those_of_linear_least_squares():
    """The interval is that of the covariance, formed here by numerical differences."""
    v = np.arange(-80, 41, 10.0)
    error = np.linspace(0.5, 1.5, v.size)

    def curve(p):
        return p[0] / (1 + np.exp(-(v - p[1]) / p[2]))

    truth = np.array([30.0, -21.0, 5.5])
    steps = np.diag([1e-4] * 3)
    jacobian = np.stack([(curve(truth + d) - curve(truth - d)) / 2e-4 for d in steps], axis=1)
    weighted = jacobian / error[:, None]
    expected = 1.959964 * np.sqrt(np.diag(np.linalg.inv(weighted.T @ weighted)))
    fit = fit_boltzmann(v, curve(truth), error)
    found = [fit.maximum, fit.midpoint, fit.slope]
    assert [i.high - i.value for i in found] == pytest.approx(list(expected), rel=1e-3)


def test_crossing_of_a_line_and_of_a_parabola():
    v = np.arange(0, 101, 10.0)
    found = zero_crossing(v, 2.0 * (v - 46.5), np.full(v.size, 0.1))
    assert found.value == pytest.approx(46.5, abs=1e-9)
    # four points 10 mV apart, errors of 0.1 pA: a line has 0.05 mV, less than 0.2 with a parabola
    assert 0.05 < found.high - found.value < 0.2
    bent = zero_crossing(v, 2.0 * (v - 46.5) + 0.02 * (v - 46.5) ** 2, np.full(v.size, 1e-6))
    assert bent.value == pytest.approx(46.5, abs=1e-6)
    assert bent.low < 46.5 < bent.high
    assert zero_crossing(v, -np.ones(v.size), np.full(v.size, 0.1)) is None


def test_a_peak_is_not_its_largest_sample():
    """Of a peak of 100 in noise of 5 the largest sample is 8 too large, the fit is not."""
    time = np.arange(400) / 50.0
    values = []
    for seed in range(200):
        noise = 5 * np.random.default_rng(seed).standard_normal(400)
        trace = -100 * time * np.exp(1 - time) + noise
        values.append((find_peak(trace, Noise(5.0)), trace.min()))
    off = np.array([peak.value + 100 for peak, _ in values])
    error = np.array([peak.error for peak, _ in values])
    assert np.mean([smallest for _, smallest in values]) < -107
    assert abs(off.mean()) < 1.0
    assert off.std() == pytest.approx(error.mean(), rel=0.3)
    assert find_peak(5 * np.random.default_rng(0).standard_normal(400), Noise(5.0), 20) is None

"""Filters, noise and digitizer for any input: linear, reproducible, within half a step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from loligo.rig import Bessel, Butterworth, Digitizer, OnePole
from loligo.rig.noise import synthesize

FILTERS = st.one_of(
    st.builds(
        lambda family, poles, corner: family(poles=poles, corner=f"{corner!r} kHz"),
        st.sampled_from([Bessel, Butterworth]),
        st.integers(1, 8),
        st.floats(0.01, 100.0),
    ),
    st.builds(lambda corner: OnePole(corner=f"{corner!r} kHz"), st.floats(0.01, 100.0)),
)
VALUES = arrays(np.float64, st.integers(2, 60), elements=st.floats(-1e4, 1e4))
SAMPLINGS = st.floats(0.5, 500.0)


@settings(max_examples=60, deadline=None)
@given(FILTERS, VALUES, SAMPLINGS, st.floats(-10, 10), st.floats(-1e3, 1e3))
def test_filtering_is_linear_and_keeps_levels(one, values, sampling, factor, level):
    rate = f"{sampling!r} kHz"
    found = one.apply(values, rate)
    assert found[0] == values[0]
    assert one.apply(factor * values + level, rate) == pytest.approx(
        factor * found + level, abs=1e-6
    )
    assert one.apply(np.full(9, level), rate) == pytest.approx(np.full(9, level), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(FILTERS, VALUES, SAMPLINGS)
def test_half_the_interval_makes_no_difference(one, values, sampling):
    """The signal is straight between samples, so that a point on the line adds nothing."""
    finer = np.empty(2 * values.size - 1)
    finer[::2], finer[1::2] = values, 0.5 * (values[:-1] + values[1:])
    found = one.apply(finer, f"{2 * sampling!r} kHz")[::2]
    assert found == pytest.approx(one.apply(values, f"{sampling!r} kHz"), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(FILTERS, st.floats(1e-2, 1e2))
def test_times_scale_with_the_corner(one, factor):
    other = one.with_(corner=f"{one.corner * factor!r} kHz")
    assert other.rise_time * factor == pytest.approx(one.rise_time, rel=1e-9)
    assert other.delay * factor == pytest.approx(one.delay, rel=1e-9)
    assert other.overshoot == one.overshoot
    assert one.step_response(one.delay) == pytest.approx(0.5, abs=1e-9)
    assert other.noise_bandwidth == pytest.approx(factor * one.noise_bandwidth, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4, unique=True),
    st.integers(1, 200),
)
def test_a_sweeps_noise_does_not_depend_on_its_company(seed, sweeps, count):
    options = {"seed": seed, "bandwidth": 30.0}
    together = synthesize(np.ones_like, count, 20.0, sweeps=sweeps, **options)
    for row, sweep in zip(together, sweeps, strict=True):
        alone = synthesize(np.ones_like, count, 20.0, sweeps=[sweep], **options)[0]
        assert (alone == row).all()
    others = [{"seed": (seed + 1) % 2**32}, {"cell": 1}, {"channel": 1}]
    for change in others:
        other = synthesize(np.ones_like, count, 20.0, sweeps=sweeps, **{**options, **change})
        assert (other != together).all()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(8, 24),
    st.floats(1.0, 1e5),
    st.floats(0.01, 100.0),
    arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6)),
)
def test_a_value_is_within_half_a_step_or_flagged(bits, limit, gain, values):
    digitizer = Digitizer(bits=bits, range=f"{limit!r} mV", voltage_gain=gain)
    found = digitizer.quantize(values, "mV")
    error = np.abs(found.values() - values)
    step = digitizer.resolution("mV")
    assert (error[~found.saturated] <= 0.5 * step * (1 + 1e-6)).all()
    assert (np.abs(values[found.saturated]) * gain >= limit - step * gain).all()
    again = digitizer.quantize(found.values(), "mV")
    assert (again.stored == found.stored).all()
    assert again.n_saturated == 0

"""Laws the membrane test keeps whatever the cell: scale, sign, and the sum of resistances."""

import clamped_cells as circuits
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from loligo.analysis.membrane_test import Cell, command_of_step, measure_transient
from loligo.analysis.membrane_test.model import cell_of, modes

NAMES = ("series_resistance", "membrane_resistance", "capacitance", "clamp_time_constant")


@settings(max_examples=8, derandomize=True, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([-1.0, 2.0, -0.5]))
def test_a_larger_or_opposite_step_gives_the_same_cell(seed, factor):
    made = circuits.random_recording(np.random.default_rng(seed), sweeps=3)
    first, second = (
        measure_transient(
            k * made.current, made.rate, command_of_step(made.on, made.off, k * made.step)
        )
        for k in (1.0, factor)
    )
    for name in NAMES:
        assert first[name].status is second[name].status
        if first[name].is_ok:
            assert second[name].value == approx(first[name].value, rel=1e-3)
            assert first[name].low <= first[name].value <= first[name].high
    series, membrane, total = (
        first[name] for name in ("series_resistance", "membrane_resistance", "total_resistance")
    )
    if series.is_ok and membrane.is_ok and total.is_ok:
        assert series.value + membrane.value == approx(total.value)


@settings(max_examples=100, deadline=None)
@given(
    st.floats(1e-3, 0.1),
    st.floats(0.02, 10),
    st.floats(1, 500),
    st.floats(0.02, 0.9),
    st.floats(1e-3, 0.5),
)
def test_any_two_compartment_cell_comes_back_from_its_modes(rs, rm, c, remote, ratio):
    found = modes(Cell(rs, rm, c, remote, ratio))
    assert min(found.amplitudes) > 0
    back = cell_of(found)
    assert back.series_resistance == approx(rs, rel=1e-6)
    assert back.membrane_resistance == approx(rm, rel=1e-6)
    assert back.capacitance == approx(c, rel=1e-5)

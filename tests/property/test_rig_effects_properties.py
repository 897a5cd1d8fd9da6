"""What the rig did, for any input: errors follow sign and scale, grades follow values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.analysis import Estimate, Status
from loligo.analysis.rig_effects import Grade, joined_corner, largest_excursion, settled
from loligo.analysis.rig_effects.grade import LIMITS, graded
from loligo.plot.rig_effects import position
from loligo.recording import ClampMode
from loligo.terms import term
from loligo.units import convert

ORDER = [Grade.GOOD, Grade.QUESTIONABLE, Grade.BAD]


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3), st.sampled_from([-1.0, 1.0]))
def test_an_excursion_follows_sign_and_scale(seed, scale, sign):
    rng = np.random.default_rng(seed)
    current = rng.normal(0.0, 1.0, 300)
    usable = rng.random(300) > 0.02
    found = largest_excursion(current, usable, 20.0)
    moved = largest_excursion(sign * scale * current, usable, 20.0)
    assert moved[0] == found[0]
    ends = sorted((sign * scale * found[2], sign * scale * found[3]))
    assert moved[1:] == pytest.approx((sign * scale * found[1], *ends), rel=1e-9)
    assert found[2] <= found[1] <= found[3]


@given(st.lists(st.floats(-100, 50), min_size=1, max_size=60), st.floats(0.0, 5.0))
def test_a_longer_dead_time_leaves_less(levels, dead):
    command = np.repeat(levels, 7)
    short, long = settled(command, 10.0, dead), settled(command, 10.0, dead + 1.0)
    assert (short | ~long).all()


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_two_filters_pass_less_than_either(one, other):
    assert joined_corner(one, other) < min(one, other) * (1 + 1e-12)


@settings(max_examples=60)
@given(st.sampled_from(LIMITS), st.floats(1e-3, 1e3), st.floats(1.0, 1e3))
def test_worse_is_never_graded_better(limits, at, more):
    """In units of the good limit; of bandwidths and seals less is worse."""
    worse = more if limits.comparison.value != "at_least" else 1.0 / more
    first, second = at * limits.good, at * worse * limits.good
    grades = []
    for value in (first, second):
        inside = convert(value, limits.unit, term(limits.name).unit)
        entry = Estimate(limits.name, inside, inside, inside, Status.OK)
        grades.append(graded(entry, limits.mode or ClampMode.VOLTAGE_CLAMP).grade)
    assert ORDER.index(grades[0]) <= ORDER.index(grades[1])
    assert 0.0 <= position(limits, first) <= position(limits, second) + 1e-12 <= 3.0 + 1e-12

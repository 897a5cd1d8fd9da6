"""Amounts, spreads and statistics of a design, for any numbers."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loligo.experiment.design.places import Amount
from loligo.experiment.design.repeat import Found, Repeat
from loligo.experiment.design.spread import Spread
from loligo.experiment.design.summary import row_of, wilson

NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)
POSITIVE = st.floats(1e-3, 1e3)


@given(NUMBERS, st.sampled_from(["", "MOhm", "mS/cm2"]))
def test_amounts_are_read_as_written(number, unit):
    amount = Amount(number, unit)
    assert Amount.parse(str(amount), "path") == amount


@given(POSITIVE, st.floats(0, 200), st.floats(-5, 5), st.floats(-5, 5))
def test_a_larger_chance_draws_a_larger_value(middle, percent, a, b):
    own = Amount(middle, "MOhm")
    spread = Spread.parse(f"{percent!r} %", "path")
    low, high = (spread.draw(own, own, chance, "path").number for chance in sorted((a, b)))
    assert 0 < low <= high


FOUND = st.builds(
    Found,
    st.just("series_resistance"),
    st.just("test"),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.just("ok"),
    st.text(max_size=5),
    NUMBERS,
    st.just("the rig"),
)


@given(st.lists(FOUND, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_statistics_do_not_depend_on_the_order(found, chance):
    row = row_of("series_resistance", "test", found)
    mixed = list(found)
    chance.shuffle(mixed)
    other = row_of("series_resistance", "test", mixed)
    size = max(abs(f.value) + abs(f.truth) for f in found) + 1e-9
    assert math.isclose(row.bias, other.bias, abs_tol=1e-9 * size)
    assert (row.held, row.given) == (other.held, other.given)
    # mean square = bias squared and variance of the errors
    count = len(found)
    power = row.bias**2 + row.scatter**2 * (count - 1) / count
    assert np.isclose(row.rms**2, power, rtol=1e-6, atol=1e-9 * size**2)


@given(st.lists(FOUND, max_size=5), st.integers(0, 99))
def test_repeats_are_read_as_written(found, number):
    repeat = Repeat("5 MOhm", number, {"rig.x": "5 MOhm"}, tuple(found), "")
    assert Repeat.read(repeat.written()) == repeat


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_of_a_share_holds_it(pair):
    held, count = pair
    low, high = wilson(held, count)
    slack = 1e-9
    assert -slack <= low <= held / count + slack
    assert held / count - slack <= high <= 1 + slack

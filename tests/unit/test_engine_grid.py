"""Where steps begin and end: on every edge and every sample, never longer than asked for."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from loligo.engine.grid import grid_of, n_samples, stretches
from loligo.errors import SimulationError
from loligo.protocol import Protocol
from loligo.protocol.segment import EDGE

LENGTHS = st.lists(st.floats(0.013, 30.0), min_size=1, max_size=5)
SAMPLING = st.one_of(st.none(), st.sampled_from([0.1, 0.05, 1 / 3, 7.0, 1000.0]))


def _sweep(lengths, verb="step 1 pA"):
    return Protocol("p", [f"{verb} for {x!r} ms" for x in lengths], holding="0 pA").segments(0)


def _sample_times(parts, sampling):
    """Index and time of each sample that a kernel takes on these stretches."""
    for part in parts:
        for k in range(part.offset, part.steps, part.every):
            yield part.first_sample + (k - part.offset) // part.every, part.start + k * part.size


@settings(max_examples=60)
@given(LENGTHS, st.sampled_from([0.025, 0.1, 0.9, 50.0]), SAMPLING)
def test_steps_end_on_edges_and_samples(lengths, dt, sampling):
    segments = _sweep(lengths)
    parts = stretches(segments, dt, sampling)
    edges = np.cumsum([0.0, *lengths])
    stops = [part.stop for part in parts]
    assert parts[0].start == 0.0
    for before, after in pairwise(parts):
        assert before.stop == after.start
    for edge in edges[1:]:
        assert np.abs(np.array(stops) - edge).min() < 1e-9
    for part in parts:
        assert part.size <= dt * (1 + 1e-8)
    assert [part.segment for part in parts if part.opens] == list(range(len(lengths)))
    if sampling is None:
        assert not list(_sample_times(parts, sampling))
        return
    index, times = np.array(list(_sample_times(parts, sampling))).T
    np.testing.assert_array_equal(index, np.arange(n_samples(edges[-1], sampling)))
    np.testing.assert_allclose(times, index * sampling, rtol=1e-12, atol=2 * EDGE)


@pytest.mark.parametrize(
    ("duration", "sampling", "count"),
    [(10.0, 0.1, 100), (10.05, 0.1, 101), (0.3, 0.1, 3), (0.05, 0.1, 1), (1000.0, 1 / 3, 3000)],
)
def test_samples_are_those_before_the_end(duration, sampling, count):
    assert n_samples(duration, sampling) == count
    parts = stretches(_sweep([duration]), 0.025, sampling)
    assert len(list(_sample_times(parts, sampling))) == count


def test_steps_between_samples_are_equal():
    """0.1 ms in steps of at most 0.04 ms are three; an edge at 0.25 ms cuts them off."""
    parts = stretches(_sweep([0.25, 0.2]), 0.04, 0.1)
    found = [(round(p.start, 9), round(p.stop, 9), p.steps) for p in parts]
    assert found == [(0.0, 0.2, 6), (0.2, 0.25, 2), (0.25, 0.3, 2), (0.3, 0.4, 3), (0.4, 0.45, 2)]


def test_steps_shorter_than_the_sampling_interval_are_not_needed():
    parts = stretches(_sweep([10.0]), 50.0, 0.5)
    assert [(p.steps, p.every) for p in parts] == [(20, 1)]


def test_steps_beyond_counting_are_refused():
    with pytest.raises(SimulationError, match=r"1e\+06 ms in steps of 1e-07 ms are too many steps"):
        stretches(_sweep([1e6]), 1e-7, None)


WAVES = [
    "ramp from 0 pA to 30 pA for 7.3 ms",
    "sine 20 pA at 90 Hz phase 0.1 for 7.3 ms",
    "zap 10 pA from 5 Hz to 300 Hz for 7.3 ms",
]


@pytest.mark.parametrize("sentence", WAVES)
def test_a_current_is_its_mean_over_each_step(sentence):
    (segment,) = Protocol("p", [sentence], holding="0 pA").segments(0)
    grid = grid_of((segment,), 0.4, 1.0, holds_potential=False)
    for part, first in zip(grid.stretches, grid.waves, strict=True):
        for k in range(part.steps):
            begin = part.start + k * part.size
            mean = quad(lambda t: float(segment.value(t)), begin, begin + part.size)[0] / part.size
            now, then, seen = grid.wave[first + k]
            assert now == then
            assert segment.offset + segment.scale * now == pytest.approx(mean, rel=1e-9, abs=1e-9)
            assert segment.offset + segment.scale * seen == pytest.approx(
                float(segment.value(begin)), abs=1e-9
            )


@pytest.mark.parametrize("sentence", [text.replace("pA", "mV") for text in WAVES])
def test_a_potential_is_its_value_at_both_ends_and_its_slope(sentence):
    (segment,) = Protocol("p", [sentence], holding="0 mV").segments(0)
    grid = grid_of((segment,), 0.4, 1.0, holds_potential=True)
    for part, first in zip(grid.stretches, grid.waves, strict=True):
        times = part.start + part.size * np.arange(part.steps + 1)
        table = segment.offset + segment.scale * grid.wave[first : first + part.steps + 1]
        np.testing.assert_allclose(table[:, 0], segment.value(times), atol=1e-11)
        np.testing.assert_array_equal(table[:-1, 1], table[1:, 0])
        slope = segment.scale * grid.wave[first : first + part.steps + 1, 2]
        h = 1e-5
        numeric = (segment.value(times + h) - segment.value(times - h)) / (2 * h)
        np.testing.assert_allclose(slope, numeric, rtol=1e-6, atol=1e-6)


def test_constant_levels_need_no_table():
    grid = grid_of(_sweep([3.0, 4.0]), 0.1, 1.0, holds_potential=False)
    assert grid.wave.shape == (0, 3)
    assert (grid.waves == -1).all()
    assert grid.total_steps == 30 + 40 + len(grid.stretches)

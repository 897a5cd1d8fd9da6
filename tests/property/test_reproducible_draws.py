"""What is drawn depends on seed, cell, sweep and step alone: never on the batch, on threads, on the
kernel, or on what else is random."""

import numpy as np
import pytest
from counted_channels import copies, two_state_cell
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.engine import simulate
from loligo.protocol import Protocol

RAMPS = Protocol(
    "ramps", ["step 0..20 pA by 10 pA for 2.3 ms", "ramp to 50 pA for 4 ms"], holding="0 pA"
)
CELL = two_state_cell(
    50, "exponential(0.2 /ms, -30 mV, 20 mV)", "exponential(0.2 /ms, -30 mV, -20 mV)"
)
NOISE = {"sigma": "20 pA", "tau": "3 ms"}


def _run(count, seed=1, threads=1, **options):
    options = {"stochastic": True, "noise": NOISE} | options
    return simulate(
        CELL, RAMPS, parameters=copies(CELL, count), seed=seed, threads=threads, spikes=True,
        threshold="-30 mV", record=["v", "k.O", "i.noise"], **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def many():
    return {seed: _run(200, seed) for seed in (1, 2**32 - 1)}


@given(count=st.integers(1, 200), threads=st.integers(1, 3), seed=st.sampled_from([1, 2**32 - 1]))
@settings(max_examples=12, deadline=None)
def test_batch_and_threads_change_nothing(many, count, threads, seed):
    found, expected = _run(count, seed, threads), many[seed]
    for name, trace in found.traces.items():
        assert np.array_equal(trace, expected[name][:count], equal_nan=True), name
    for name, values in found.final.items():
        assert (values == expected.final[name][:count]).all()
    assert (found.spikes[0] == expected.spikes[0][expected.spikes[1] < count]).all()


def test_samples_and_features_do_not_change_the_draws(many):
    fine = _run(5, sampling="0.05 ms", features=["maximum_potential"])
    assert (fine["k.O"][:, :, ::2] == many[1]["k.O"][:5]).all()


def test_noise_does_not_change_the_draws_of_channels():
    clamp = Protocol("clamp", ["step 0 mV for 5 ms"], holding="-60 mV")
    options = {"parameters": copies(CELL, 3), "seed": 1, "record": ["k.O"]}
    expected = simulate(CELL, clamp, stochastic="k", **options)["k.O"]
    assert (simulate(CELL, clamp, stochastic=True, **options)["k.O"] == expected).all()


def test_seed_is_kept_and_new_where_none_is_given():
    first, second = _run(1, seed=None), _run(1, seed=None)
    assert first.seed != second.seed
    assert (first["v"] != second["v"]).any()
    again = _run(1, seed=first.seed)
    assert (again["v"] == first["v"]).all()
    quiet = simulate(CELL, RAMPS)
    assert quiet.seed is None
    assert quiet.n_channels == {}

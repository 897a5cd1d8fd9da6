"""Hodgkin and Huxley's axon channel by channel: whole numbers, the same in any batch, and the
deterministic axon in the limit of many channels (validation catalogue 12.5)."""

import numpy as np
import pytest
from counted_channels import axon

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.protocol import Protocol

NA = [f"na.m{i}h{j}" for j in (0, 1) for i in range(4)]
K = [f"k.n{i}" for i in range(5)]
PULSE = Protocol("pulse", ["step 20 uA/cm2 for 8 ms"], holding="0 uA/cm2")
TWO = Protocol("two", ["step 5..20 uA/cm2 by 15 uA/cm2 for 8 ms"], holding="0 uA/cm2")


def _areas(area, count):
    return {"area": (np.full(count, area), "um2")}


def _run(area, count, protocol=PULSE, **options):
    # The same record and spikes everywhere, so that one kernel serves all.
    options = {"stochastic": True, "seed": 1, "spikes": True, "record": ["v", *NA, *K]} | options
    return simulate(axon(), protocol, parameters=_areas(area, count), **options)


def _exact(dt="0.001 ms"):
    return simulate(catalogue.load("hodgkin_huxley1952"), PULSE, dt=dt, spikes=True)


@pytest.fixture(scope="module")
def batch():
    return _run(100.0, 70, TWO)


def test_channels_are_whole_and_none_is_lost(batch):
    for names, key, number in ((NA, "na", 6000), (K, "k", 1800)):
        counts = np.array([batch[name] for name in names]) * number
        assert (batch.n_channels[key] == number).all()
        assert np.abs(counts - np.rint(counts)).max() < 1e-9
        assert np.abs(counts.sum(axis=0) - number).max() < 1e-8
        assert np.rint(counts).min() >= 0
        final = sum(np.rint(batch.final[name] * number) for name in names)
        assert (final == number).all()


@pytest.mark.parametrize(("count", "threads"), [(70, 2), (66, 1), (65, 3)])
def test_numbers_do_not_depend_on_batch_and_threads(batch, count, threads):
    other = _run(100.0, count, TWO, threads=threads)
    for name in ("v", NA[2], K[4]):
        assert (other[name] == batch[name][:count]).all()
    for cell in range(count):
        assert (other.spike_times(cell, 1) == batch.spike_times(cell, 1)).all()


def test_runs_sweeps_and_seeds_are_different(batch):
    potential = batch["v"]
    assert len({potential[cell, 1].tobytes() for cell in range(70)}) == 70
    assert (batch[K[4]][:, 0, 3] != batch[K[4]][:, 1, 3]).any()
    other = _run(100.0, 70, TWO, seed=2)
    assert (other["v"][:, :, 1:] != potential[:, :, 1:]).any(axis=2).all()


def test_states_at_the_end_start_another_run(batch):
    again = _run(100.0, 70, TWO, initial=batch.final)
    for name in (*NA, *K):
        assert (again[name][:, :, 0] == batch.final[name]).all()


def test_mean_course_tends_to_the_deterministic_one():
    # The spread falls as N^-1/2; the mean before the impulse comes closer.
    exact = _exact()["v"][0, 0, :10]
    spreads, biases = [], []
    for area in (100.0, 10_000.0):
        found = _run(area, 200)["v"][:, 0, :10]
        spreads.append(found[:, 5].std())
        biases.append(np.abs(found.mean(axis=0) - exact).max())
    assert spreads[0] / spreads[1] == pytest.approx(10.0, rel=0.3)
    assert biases[1] < 0.15
    assert biases[1] < biases[0]


def test_many_channels_are_the_deterministic_axon_to_second_order():
    # 6e8 and 1.8e8 channels fluctuate by some 0.01 mV on the upstroke; what is left is the step's.
    exact = _exact()["v"][0, 0]
    errors = []
    for dt in ("0.025 ms", "0.0125 ms"):
        mean = _run(1e7, 20, dt=dt)["v"][:, 0].mean(axis=0)
        errors.append(np.abs(mean - exact)[[10, 12]].max())
    assert errors[0] < 0.4
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)


def test_jitter_of_the_impulse_falls_with_the_number_of_channels():
    exact = _exact("0.025 ms").spike_times()[0]
    jitter = []
    for area in (100.0, 10_000.0):
        found = _run(area, 200)
        first = np.array([found.spike_times(cell)[0] for cell in range(200)])
        jitter.append(first.std())
    assert jitter[0] / jitter[1] == pytest.approx(10.0, rel=0.3)
    assert jitter[1] < 0.02
    assert abs(first.mean() - exact) < 0.01

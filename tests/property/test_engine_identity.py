"""Numbers of a run are its own, to the last bit: whatever runs beside it, however it is cut up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.cell import catalogue
from loligo.engine import kernels, simulate
from loligo.engine.lanes import LANES
from loligo.protocol import Protocol

HH = catalogue.load("hodgkin_huxley1952")
EPOCHS = ["hold for 1, 1.37, 1 ms", "step 8, 12, 20 uA/cm2 for 18 ms"]
PROTOCOL = Protocol("p", EPOCHS, holding="0 uA/cm2")
"""Sweeps 0 and 2 share their edges, sweep 1 has its own."""

CELLS = 150
"""Three blocks, the last in part, in each of two groups."""

DRAW = np.random.default_rng(5)
VALUES = {
    "channel.na.conductance": (DRAW.uniform(90, 150, CELLS), "mS/cm2"),
    "channel.leak.reversal": (DRAW.uniform(-58, -50, CELLS), "mV"),
    "command.scale": (DRAW.uniform(0.8, 1.2, CELLS), ""),
}
RECORD = ("v", "na.m", "i.k")


def run(cells=None, protocol=PROTOCOL, **more):
    """Some of the cells, all of them by default."""
    chosen = {
        name: (values if cells is None else values[cells], unit)
        for name, (values, unit) in VALUES.items()
    }
    options = {"record": RECORD, "spikes": True, "dt": "0.05 ms", "sampling": "0.5 ms", **more}
    return simulate(HH, protocol, parameters=chosen, **options)


@pytest.fixture(scope="module")
def whole():
    found = run()
    assert found.spikes[0].size > 2 * CELLS
    return found


def same(found, whole, cells=slice(None), sweeps=slice(None)):
    """Everything that was kept, bit by bit."""
    for name, values in found.traces.items():
        count = values.shape[2]
        np.testing.assert_array_equal(values, whole[name][cells][:, sweeps, :count], err_msg=name)
        assert np.isnan(whole[name][cells][:, sweeps, count:]).all()
    for name, values in found.final.items():
        np.testing.assert_array_equal(values, whole.final[name][cells][:, sweeps], err_msg=name)
    if not found._kept_spikes:
        return
    places = np.arange(whole.n_cells)[cells], np.arange(whole.n_sweeps)[sweeps]
    for i, cell in enumerate(places[0]):
        for j, sweep in enumerate(places[1]):
            np.testing.assert_array_equal(found.spike_times(i, j), whole.spike_times(cell, sweep))


@pytest.mark.parametrize("threads", [2, 5, None])
def test_threads_change_nothing(whole, threads):
    same(run(threads=threads), whole)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(CELLS)), st.integers(2, CELLS))
def test_batch_and_place_change_nothing(whole, order, count):
    """At least two cells, six runs, so that it is the kernel of many."""
    cells = np.array(order[:count])
    same(run(cells), whole, cells)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, CELLS - 1))
def test_the_kernel_of_few_runs_is_no_other(whole, cell):
    assert PROTOCOL.n_sweeps <= kernels.FEW
    same(run(np.array([cell])), whole, np.array([cell]))


@pytest.mark.parametrize("sweep", [0, 1, 2])
def test_sweeps_alone_are_as_in_a_group(whole, sweep):
    texts = [["1", "8"], ["1.37", "12"], ["1", "20"]][sweep]
    epochs = [f"hold for {texts[0]} ms", f"step {texts[1]} uA/cm2 for 18 ms"]
    same(run(protocol=Protocol("one", epochs, holding="0 uA/cm2")), whole, sweeps=[sweep])


def test_looking_changes_nothing(whole):
    """Steps end on samples, so the samples stay where they are, and nothing is read of them."""
    blind = run(record=("v",), threads=2)
    assert blind.traces.keys() == {"v"}
    same(blind, whole)


def test_keeping_spikes_changes_nothing(whole):
    same(run(spikes=False), whole)


@pytest.mark.parametrize("budget", [1, 37])
def test_calls_of_limited_length_change_nothing(whole, monkeypatch, budget):
    monkeypatch.setattr(kernels, "BUDGET", budget)
    same(run(), whole)
    same(run(np.array([3])), whole, np.array([3]))


def test_room_for_one_step_of_spikes_is_enough(monkeypatch):
    """All lanes of a block spike in one step, and the room is for one more spike than that."""
    alike = {name: (np.full(CELLS, values[0]), unit) for name, (values, unit) in VALUES.items()}
    options = {"record": RECORD, "spikes": True, "dt": "0.05 ms", "sampling": "0.5 ms"}
    plenty = simulate(HH, PROTOCOL, parameters=alike, **options)
    monkeypatch.setattr(kernels, "_EVENTS", LANES + 1)
    scarce = simulate(HH, PROTOCOL, parameters=alike, **options)
    assert plenty.spikes[0].size >= 2 * LANES
    for before, after in zip(plenty.spikes, scarce.spikes, strict=True):
        np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("threads", [1, 3])
def test_progress_only_grows_and_ends_at_one(whole, monkeypatch, threads):
    monkeypatch.setattr(kernels, "BUDGET", 100)
    told = []
    same(run(threads=threads, progress=told.append), whole)
    assert len(told) > 20
    assert told == sorted(told)
    assert 0 < told[0] < 0.1
    assert told[-1] == pytest.approx(1.0)


def test_an_error_of_the_callback_ends_the_run(monkeypatch):
    monkeypatch.setattr(kernels, "BUDGET", 100)

    def refuse(done):
        raise KeyboardInterrupt

    for threads in (1, 3):
        with pytest.raises(KeyboardInterrupt):
            run(threads=threads, progress=refuse)


def test_the_twin_has_the_same_numbers_to_rounding(whole):
    """Products are rounded before they are added there; a spike carries that some digits up."""
    twin = run(target="twin")
    for name in RECORD:
        scale = np.nanmax(np.abs(whole[name]))
        np.testing.assert_allclose(twin[name], whole[name], rtol=0, atol=1e-9 * scale)
    np.testing.assert_allclose(twin.spikes[0], whole.spikes[0], atol=1e-9)
    np.testing.assert_array_equal(twin.spikes[1], whole.spikes[1])

"""Cells of different shapes in one call."""

import numpy as np
import pytest
from cables import active, neuron, random_tree

from loligo.cell.morphology import cable
from loligo.engine import simulate, simulate_each
from loligo.errors import ModelError, SelectionError
from loligo.protocol import Protocol

STEP = Protocol("step", ["hold for 1 ms", "step 500 pA for 4 ms"], holding="0 pA")


def shapes():
    return [neuron(random_tree(s, 3 + s), active(), rest="-65 mV", counts=2) for s in range(4)]


@pytest.mark.parametrize("threads", [1, 2, None])
def test_each_has_the_bits_that_it_has_alone(threads):
    told = []
    options = {"at": "b0(0.5)", "record": ["v at b1(1)"], "spikes": True}
    found = simulate_each(shapes(), STEP, threads=threads, progress=told.append, **options)
    assert sorted(told) == [0.25, 0.5, 0.75, 1.0]
    for cell, run in zip(shapes(), found, strict=True):
        alone = simulate(cell, STEP, **options)
        np.testing.assert_array_equal(run["v at b1(1)"], alone["v at b1(1)"])
        np.testing.assert_array_equal(run.spike_times(), alone.spike_times())


def test_an_error_says_which_cell():
    cells = [*shapes(), neuron(cable("100 um", "2 um"), active(), counts=2)]
    with pytest.raises(SelectionError) as caught:
        simulate_each(cells, STEP, at="b0(0.5)")
    assert caught.value.__notes__ == ["of cell 4, 'a neuron'"]
    with pytest.raises(ModelError, match="at least one cell"):
        simulate_each([], STEP)

"""How much memory a cell of a large batch takes: stated here in bytes, measured by Python itself.

Hodgkin and Huxley's membrane with a counter of spikes has 5 numbers that change and 7 that do not.
Besides these a run needs 3 numbers for each stretch of the command (level, scale, jump), and while
it is laid out some ten more: 320 bytes with three stretches, of which 40 are kept in the result.
"""

import tracemalloc

import numpy as np
import pytest

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.protocol import Protocol

HH = catalogue.load("hodgkin_huxley1952")
THREE = ("hold for 0.2 ms", "step 10 uA/cm2 for 0.2 ms", "hold for 0.2 ms")
TRAIN = ("hold for 0.2 ms", "pulses 10 uA/cm2 of 0.1 ms every 0.2 ms for 2 ms", "hold for 0.2 ms")
STATES = 5


def run(n_cells, epochs=THREE, **options):
    return simulate(
        HH,
        Protocol("p", list(epochs), holding="0 uA/cm2"),
        parameters={"channel.na.conductance": (np.linspace(90, 150, n_cells), "mS/cm2")},
        dt="0.1 ms",
        **{"record": (), "features": ("spike_count",), **options},
    )


def memory(n_cells, epochs=THREE, **options):
    """Bytes kept in the result, and at most in use, beyond what there was before."""
    tracemalloc.start()
    try:
        found = run(n_cells, epochs, **options)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.n_cells == n_cells
    return np.array([kept, peak])


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """What is loaded and compiled once is not a cell's."""
    run(10)
    run(10, record=("v",))


def per_cell(**options):
    return (memory(20_000, **options) - memory(10_000, **options)) / 10_000


def test_features_instead_of_traces():
    """8 bytes for each state and feature are kept; the peak is a third of a kilobyte."""
    kept, peak = per_cell()
    assert kept == pytest.approx(8 * STATES, abs=3)
    assert peak < 340


def test_memory_grows_linearly():
    ten, twenty, forty = (memory(n)[1] for n in (10_000, 20_000, 40_000))
    assert forty - twenty == pytest.approx(2 * (twenty - ten), rel=0.08)


def test_a_stretch_of_the_command_takes_three_numbers():
    """Ten pulses and what is between them are nineteen stretches more than one step."""
    more = per_cell(epochs=TRAIN)[1] - per_cell()[1]
    assert more == pytest.approx(19 * 3 * 8, rel=0.02)


def test_traces_are_held_once():
    """Six samples of 8 bytes, in the result and at the peak."""
    blind, seen = per_cell(), per_cell(record=("v",), sampling="0.1 ms")
    assert seen[0] - blind[0] == pytest.approx(6 * 8, abs=3)
    assert seen[1] - blind[1] < 6 * 8 + 10

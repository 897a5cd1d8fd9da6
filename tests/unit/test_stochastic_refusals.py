"""What cannot be simulated channel by channel is refused, with what to do instead."""

import numpy as np
import pytest
from counted_channels import held_at, two_state_cell

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.errors import ModelError, SelectionError

CELL = two_state_cell(10)
REST = held_at(0, 5)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("q", "no channel 'q'; allowed: k"),
        (["k", "kk"], "no channel 'kk'; did you mean 'k'"),
    ],
)
def test_unknown_channels(asked, words):
    with pytest.raises(SelectionError, match=words):
        simulate(CELL, REST, stochastic=asked)


def test_channels_without_numbers():
    axon = catalogue.load("hodgkin_huxley1952")
    with pytest.raises(SelectionError, match=r"none has a scheme.*with_schemes"):
        simulate(axon, held_at(-65, 1), stochastic=True)
    with pytest.raises(SelectionError, match="'leak' has no scheme"):
        simulate(axon, held_at(-65, 1), stochastic=["leak"])
    unknown = CELL.written()
    del unknown["channel"]["k"]["scheme"]["single_channel_conductance"]
    with pytest.raises(SelectionError, match="'k' has no single_channel_conductance"):
        simulate(type(CELL)(**unknown), REST, stochastic="k")


@pytest.mark.parametrize(
    ("conductance", "number"), [("8 pS", "0.4 channels"), ("1e8 nS", r"5e\+09 channels")]
)
def test_too_few_and_too_many_channels(conductance, number):
    with pytest.raises(ModelError, match=f"channel.k: its conductance is that of {number}"):
        simulate(CELL.with_(**{"channel.k.conductance": conductance}), REST, stochastic=True)


def test_numbers_of_channels_are_rounded_and_conductances_with_them():
    # 2.6 channels of 20 pS are three: 1 pA each at 50 mV from the reversal.
    found = simulate(
        CELL, held_at(0, 60), stochastic=True, seed=1, record=["i.k"], sampling="1 ms", dt="1 ms",
        parameters={"channel.k.conductance": ([52.0, 0.0, 20.0], "pS")},
    )  # fmt: skip
    assert found.n_channels["k"].tolist() == [3, 0, 1]
    assert set(np.round(found["i.k"][0].ravel(), 9)) <= {0.0, 1.0, 2.0, 3.0}
    assert found["i.k"][0].max() >= 1.0
    assert (found["i.k"][1] == 0.0).all()


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True, "1"])
def test_seeds(seed):
    with pytest.raises(ModelError, match="whole numbers from 0 to 4294967295"):
        simulate(CELL, REST, stochastic=True, seed=seed)


@pytest.mark.parametrize(
    "options", [{"target": "twin"}, {"precision": "single"}, {"method": "error-controlled"}]
)
def test_other_steppers_and_precisions(options):
    with pytest.raises(ModelError, match="by staggered steps in the kernel in double precision"):
        simulate(CELL, REST, stochastic=True, **options)

"""Channels one by one in compartments: whole, independent, the same bits in a batch as alone."""

from __future__ import annotations

import numpy as np
import pytest
from cables import neuron, passive, random_tree

from loligo import Protocol, simulate
from loligo.cell.morphology import cable
from loligo.errors import ModelError, SelectionError, SimulationError
from loligo.rig import CurrentClamp, Pipette

GATED = {
    "conductance": "20 mS/cm2", "reversal": "-90 mV",
    "scheme": {
        "states": ["c", "o", "i"], "open": {"o": 1.0}, "single_channel_conductance": "20 pS",
        "transitions": [
            "c <-> o : 0.4 * exp((v + 50) / 20), 0.4 * exp(-(v + 50) / 20)",
            "o <-> i : 0.2 /ms, 0.1 /ms",
        ],
    },
}  # fmt: skip


def gated(single="20 pS"):
    """A leak, and a channel of three states."""
    plain = passive("0.3 mS/cm2", "-60 mV")
    scheme = {**GATED["scheme"], "single_channel_conductance": single}
    return plain.with_(channel={**plain.channel, "k": {**GATED, "scheme": scheme}})


PULSE = Protocol("pulse", ["hold for 1 ms", "step 200, 400 pA for 4 ms"], holding="0 pA")
SHAPE = random_tree(6, 6, ("stem", "dendrite"))
CELL = neuron(
    SHAPE,
    {"stem": gated(), "dendrite": passive("0.3 mS/cm2", "-60 mV")},
    rest="-65 mV",
    counts=3,
)
SITE = next(branch.name for branch in SHAPE.branches if branch.region == "stem")
NAMES = [f"v at {SITE}", f"k.o at {SITE}", f"i.k at {SITE}", "v at b5"]
OPTIONS = {"at": SITE, "record": NAMES, "seed": 3, "stochastic": True, "dt": "0.02 ms"}


@pytest.fixture(scope="module")
def batch():
    return simulate(CELL, PULSE, parameters={"command.scale": np.linspace(0.5, 1.5, 30)}, **OPTIONS)


def test_a_cell_of_a_batch_draws_what_it_draws_alone_in_any_thread(batch):
    again = simulate(
        CELL, PULSE, parameters={"command.scale": np.linspace(0.5, 1.5, 30)[:17]}, threads=2,
        **OPTIONS,
    )  # fmt: skip
    for name in NAMES:
        assert (again[name] == batch[name][:17]).all()
    assert (again[NAMES[1]][0] != again[NAMES[1]][1]).any()


def test_channels_are_whole_where_they_are(batch):
    cut, stem = CELL.compartments, CELL.compartments.regions == "stem"
    exact = 0.01 * cut.area * 20.0 / 0.02  # of 20 pS
    assert (batch.n_channels["k"][:, stem] == np.rint(exact[stem])).all()
    assert (batch.n_channels["k"][:, ~stem] == 0).all()
    numbers = batch.n_channels["k"][:, None]
    states = ["k.c", "k.o", "k.i"]
    counts = np.array([batch.final[name] * numbers for name in states])
    assert np.isnan(counts[:, :, :, ~stem]).all()
    assert np.abs(counts - np.rint(counts))[..., stem].max() < 1e-8
    assert np.rint(counts).sum(axis=0)[..., stem] == pytest.approx(
        np.broadcast_to(numbers, counts.shape[1:])[..., stem]
    )
    assert batch.seed == 3


def test_one_compartment_behind_a_rig_draws_as_the_cell_does():
    """Same draws, same step: the same channels move at the same times."""
    system = CurrentClamp().system(Pipette(series_resistance="20 MOhm"))
    one = neuron(cable("10 um", "10 um"), gated(), rest="-65 mV", counts=1)
    cell = one.patch("axon").with_(area=f"{float(one.compartments.area[0])!r} um2")
    pulse = Protocol("pulse", ["step 40 pA for 5 ms"], holding="0 pA")
    options = {"rig": system, "record": ["v", "i.k", "k.i"], "seed": 7, "stochastic": True}
    shaped, plain = simulate(one, pulse, **options), simulate(cell, pulse, **options)
    for name in options["record"]:
        assert shaped[name] == pytest.approx(plain[name], rel=1e-7, abs=1e-7)
    assert len(np.unique(shaped["k.i"])) > 10


def test_stationary_fluctuations_are_binomial_and_independent_between_compartments():
    """Two states at a constant potential: mean p, variance p (1 - p) / n, no covariance."""
    channel = {
        "conductance": "0.001 mS/cm2", "reversal": "-65 mV",
        "scheme": {
            "states": ["c", "o"], "open": {"o": 1.0}, "single_channel_conductance": "1 pS",
            "transitions": ["c <-> o : 0.6 /ms, 1.4 /ms"],
        },
    }  # fmt: skip
    membrane = passive("0.3 mS/cm2", "-65 mV")
    noisy = membrane.with_(channel={**membrane.channel, "x": channel})
    cell = neuron(cable("300 um", "4 um"), noisy, rest="-65 mV", counts=3)
    quiet = Protocol("quiet", ["hold for 6 ms"], holding="0 pA")
    names = [f"x.o at axon({x})" for x in (0.2, 0.5, 0.8)]
    found = simulate(
        cell, quiet, record=names, stochastic=["x"], seed=11, sampling="3 ms",
        parameters={"command.scale": np.ones(4000)},
    )  # fmt: skip
    n = found.n_channels["x"][0]
    for time in (0, 1):  # as drawn at the start, and 3 ms later
        shares = np.array([found[name][:, 0, time] for name in names])
        for share, number in zip(shares, n, strict=True):
            variance = 0.3 * 0.7 / number
            assert share.mean() == pytest.approx(0.3, abs=4.5 * np.sqrt(variance / 4000))
            assert share.var() == pytest.approx(variance, rel=4.5 * np.sqrt(2.0 / 4000))
        apart = np.corrcoef(shares)[np.triu_indices(3, 1)]
        assert np.abs(apart).max() < 4.5 / np.sqrt(4000)


def test_many_channels_are_the_deterministic_neuron():
    cell = neuron(cable("400 um", "2 um"), gated("0.0002 pS"), rest="-65 mV", counts=5)
    pulse = Protocol("pulse", ["step 300 pA for 5 ms"], holding="0 pA")
    options = {"record": ["v at axon(1)", "k.o at axon(1)"], "dt": "0.02 ms"}
    drawn = simulate(cell, pulse, stochastic=True, seed=1, **options)
    exact = simulate(cell, pulse, **options)
    assert np.ptp(exact["v at axon(1)"]) > 5.0
    assert drawn["v at axon(1)"] == pytest.approx(exact["v at axon(1)"], abs=0.01)
    assert drawn["k.o at axon(1)"] == pytest.approx(exact["k.o at axon(1)"], abs=3e-4)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"stochastic": ["ca"]}, SelectionError, "no channel 'ca'"),
        ({"stochastic": ["leak"]}, SelectionError, "the channel 'leak' has no scheme"),
        ({"dt": "2 ms", "sampling": "2 ms"}, SimulationError, "a step too large"),
        ({"seed": -1}, ModelError, "seed = -1"),
        ({"parameters": {"stem.channel.k.conductance": "1e-7 mS/cm2"}}, ModelError,
         "in a compartment"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted(options, error, told):
    with pytest.raises(error, match=told):
        simulate(CELL, PULSE, **{**OPTIONS, **options})

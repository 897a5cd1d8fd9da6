"""The compiled kernel against its twin in plain NumPy, which shares assignments but no arithmetic.

What may differ: the kernel fuses products with sums, and its exponential is within two units in the
last place where NumPy's is within one. A step so differs by some 1e-16 of what is added, 1e-14 mV.
A membrane at rest forgets that; the upstroke of a spike multiplies it, by some hundred times in one
spike, and without end in a chaotic train. So short stretches with a spike or two must agree to
1e-11 of 100 mV; of long trains nothing is said here.
"""

import numpy as np
import pytest
from targets import CLAMPS, FEATURES, clamped, difference, recordable

from loligo.cell import Cell, catalogue
from loligo.engine import simulate
from loligo.errors import SelectionError, SimulationError
from loligo.protocol import Protocol

ROUNDING = 1e-11

CELLS = [name for name in catalogue.names() if isinstance(catalogue.load(name), Cell)]
CASES = [(name, list(CLAMPS)[i % len(CLAMPS)]) for i, name in enumerate(CELLS)]
CASES += [("hodgkin_huxley1952", clamp) for clamp in CLAMPS]


def both(cell, protocol, **choices):
    return [simulate(cell, protocol, target=target, **choices) for target in ("kernel", "twin")]


@pytest.mark.parametrize(("name", "clamp"), sorted(set(CASES)))
def test_every_cell_gives_the_same_numbers(name, clamp):
    cell = catalogue.load(name)
    protocol, more = clamped(clamp)
    kernel, twin = both(
        cell,
        protocol,
        record=recordable(cell, clamp),
        features=FEATURES,
        spikes=True,
        threshold="-30 mV",
        **more,
    )
    assert np.ptp(twin["v"]) > 0.01
    assert {n: x for n, x in difference(kernel, twin).items() if not x <= ROUNDING} == {}
    np.testing.assert_allclose(twin.spikes[0], kernel.spikes[0], rtol=0.0, atol=1e-9)
    for feature in FEATURES:
        np.testing.assert_allclose(twin[feature], kernel[feature], rtol=1e-11)


def test_cells_that_differ_under_sweeps_of_different_lengths():
    axon = catalogue.load("hodgkin_huxley1952")
    protocol = Protocol(
        "p", ["hold for 1 ms", "step 5..45 uA/cm2 by 40 uA/cm2 for 6..9 ms by 3 ms"],
        holding="0 uA/cm2",
    )  # fmt: skip
    parameters = {"channel.na.conductance": (np.array([0.0, 100.0, 140.0]), "mS/cm2")}
    kernel, twin = both(axon, protocol, parameters=parameters, spikes=True, sampling="0.07 ms")
    assert twin["v"].shape[:2] == (3, 2)
    assert np.isnan(twin["v"]).any()
    assert max(difference(kernel, twin).values()) <= ROUNDING
    assert [len(twin.spike_times(i, 1)) for i in range(3)] == [0, 1, 1]
    np.testing.assert_allclose(twin.spikes[0], kernel.spikes[0], rtol=0.0, atol=1e-9)
    assert all((a == b).all() for a, b in zip(twin.spikes[1:], kernel.spikes[1:], strict=True))


def test_single_precision_keeps_seven_digits_less_what_a_stretch_adds():
    axon = catalogue.load("hodgkin_huxley1952")
    protocol, _ = clamped("voltage")
    kernel, twin = both(axon, protocol, precision="single", record=("v", "na.m", "i.membrane"))
    assert max(difference(kernel, twin).values()) < 2e-5
    double = simulate(axon, protocol, target="twin", record=("v", "na.m", "i.membrane"))
    assert 1e-9 < difference(double, twin)["na.m"] < 2e-5


def test_divergence_is_told_alike():
    axon = catalogue.load("hodgkin_huxley1952")
    protocol = Protocol("p", ["hold for 0.5 ms", "step 1, 1e7 uA/cm2 for 2 ms"], holding="0 uA/cm2")
    told = []
    for target in ("kernel", "twin"):
        with pytest.raises(SimulationError, match="cell 0, sweep 1") as raised:
            simulate(axon, protocol, target=target)
        told.append(str(raised.value).partition("v =")[0])
    assert told[0] == told[1]


def test_progress_is_told_to_the_end():
    told = []
    protocol, _ = clamped("voltage")
    simulate(catalogue.load("hodgkin_huxley1952"), protocol, target="twin", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_an_unknown_target_is_refused():
    protocol, _ = clamped("voltage")
    with pytest.raises(SelectionError, match="did you mean 'cuda'"):
        simulate(catalogue.load("hodgkin_huxley1952"), protocol, target="cudo")

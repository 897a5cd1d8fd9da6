"""`Simulation`: shapes, units and names of what was asked for, and what was not asked for."""

import numpy as np
import pytest

from loligo.cell import Cell, catalogue
from loligo.engine import simulate
from loligo.errors import SelectionError
from loligo.protocol import Protocol

RC = Cell(
    name="rc",
    temperature="20 degC",
    capacitance="100 pF",
    initial_potential="0 mV",
    channel={"leak": {"conductance": "10 nS", "reversal": "0 mV"}},
    pool={"c": {"initial": "2 mM", "derivative": "-c"}, "x": {"initial": 1.0, "derivative": "-x"}},
)
STEPS = Protocol("steps", ["hold for 1 ms", "step 50, 500 pA for 1.55, 3 ms"], holding="0 pA")


@pytest.fixture(scope="module")
def simulation():
    return simulate(
        RC,
        STEPS,
        record=("v", "c", "i.leak", "i.injected"),
        parameters={"channel.leak.conductance": ([5.0, 10.0, 20.0], "nS")},
        features=("maximum_potential",),
        spikes=True,
        threshold="5 mV",
        target="twin",
    )


def test_traces_are_cells_by_sweeps_by_time(simulation):
    assert (simulation.n_cells, simulation.n_sweeps) == (3, 2)
    assert simulation.times.tolist() == pytest.approx((0.1 * np.arange(40)).tolist())
    assert {name: x.shape for name, x in simulation.traces.items()} == dict.fromkeys(
        ("v", "c", "i.leak", "i.injected"), (3, 2, 40)
    )


def test_a_shorter_sweep_ends_with_nan(simulation):
    """2.55 ms have samples from 0 to 2.5 ms."""
    ended = np.isnan(simulation["v"])
    assert not ended[:, 1].any()
    assert not ended[:, 0, :26].any()
    assert ended[:, 0, 26:].all()


def test_units_of_traces_features_and_states(simulation):
    units = {"v": "mV", "i.leak": "pA", "i.injected": "pA", "c": "mM", "x": ""}
    assert simulation.units == {**units, "maximum_potential": "mV"}
    assert simulation.final.keys() == {"v", "c", "x"}


def test_samples_are_what_they_are_called(simulation):
    np.testing.assert_array_equal(simulation["i.injected"][1, 1], simulation.command(1))
    conductance = np.array([5.0, 10.0, 20.0])[:, None, None]
    np.testing.assert_allclose(simulation["i.leak"], conductance * simulation["v"], rtol=1e-15)


def test_spikes_by_cell_and_sweep(simulation):
    """500 pA charge 100 pF over 5 mV when ``t = -tau ln(1 - 5 / (I R))``."""
    times, cells, sweeps = simulation.spikes
    assert cells.tolist() == [0, 1, 2]
    assert sweeps.tolist() == [1, 1, 1]
    for cell, conductance in enumerate([5.0, 10.0, 20.0]):
        expected = 1.0 - 100.0 / conductance * np.log1p(-5.0 * conductance / 500.0)
        assert simulation.spike_times(cell, 1) == pytest.approx([expected], abs=1e-4)
        assert times[cell] == simulation.spike_times(cell, 1)[0]
        assert simulation.spike_times(cell, 0).size == 0


def test_dataset_has_names_and_units(simulation):
    data = simulation.dataset()
    assert data["v"].dims == ("cell", "sweep", "time")
    assert data["c"].attrs["units"] == "mM"
    assert data["maximum_potential"].dims == ("cell", "sweep")
    assert data["time"].attrs["units"] == "ms"
    assert data.attrs["cell"] == "rc"
    np.testing.assert_array_equal(data["v"].values, simulation["v"])


def test_it_tells_what_it_holds(simulation):
    text = repr(simulation)
    for word in ("'rc'", "3 cell(s) x 2 sweep(s)", "40 samples of v, c", "3 spikes", "maximum_pot"):
        assert word in text


def test_what_was_not_kept(simulation):
    with pytest.raises(
        SelectionError, match=r"nothing called 'i\.leka' was kept; did you mean 'i\.l"
    ):
        simulation["i.leka"]
    with pytest.raises(SelectionError, match=r"no cell 3, sweep 0; there are 3 cells and 2 sweeps"):
        simulation.spike_times(3)
    bare = simulate(RC, STEPS, target="twin")
    with pytest.raises(SelectionError, match="simulate with spikes=True"):
        bare.spike_times()
    with pytest.raises(SelectionError, match="simulate with spikes=True"):
        _ = bare.spikes


def test_nothing_recorded():
    found = simulate(RC, STEPS, record=(), target="twin")
    assert found.traces == {}
    assert found.times.size == 0
    assert found.final["v"].shape == (1, 2)


def test_definitions_of_a_cell_can_be_recorded():
    """A reversal potential that follows from a pool, as the cell names it."""
    cell = catalogue.load("hay2011_soma")
    still = Protocol("p", ["hold for 1 ms"], holding="0 uA/cm2")
    name = "channel.ca_hva.reversal"
    found = simulate(cell, still, record=(name, "ca"), target="twin")
    thermal = 8.314462618 * (273.15 + cell.temperature) / 96485.33212
    outside = cell.constants["ca_out"].value if "ca_out" in cell.constants else 2.0
    expected = 0.5e3 * thermal * np.log(outside / found["ca"])
    np.testing.assert_allclose(found[name], expected, rtol=1e-4)

"""The catalogue's neurons against independent solutions of their papers' equations.

The table was written by ``tests/golden/generators/neurons``, which does not know loligo.
"""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from equation_solver import Solver
from point_solver import spikes

from loligo.cell.catalogue import load
from loligo.cell.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.point import point_equations

TABLE = tomllib.loads((Path(__file__).parent / "neurons.toml").read_text(encoding="utf-8"))
CELLS = TABLE["cell"]
SCALE = {"a.a": 1.02}  # the published A gate in units of ours
CHANNELS = (
    *("nata_t", "nats2_t", "nap_et2", "k_pst", "k_tst", "skv3_1", "sk_e2"),
    *("im", "ih", "ca_hva", "ca_lvast"),
)


def solver(name):
    return Solver(equations(load(name)))


def injected(name, pieces):
    """Pieces with a current in pA for those with a density in uA/cm2."""
    return [(length, 1e-2 * density * load(name).area) for length, density in pieces]


def check_gates(found, expected):
    for state, row in expected.items():
        steady, tau = np.array([found(v)[state] for v in TABLE["potentials"]]).T
        assert steady * SCALE.get(state, 1.0) == pytest.approx(row["steady"], rel=1e-10)
        assert tau == pytest.approx(row["tau"], rel=1e-10)


@pytest.mark.parametrize("name", CELLS)
def test_gates_of_cells(name):
    cell = solver(name)
    expected = dict(CELLS[name]["gates"])
    at_once = {state for state, _ in cell.equations.definitions if state in expected}
    for state in at_once:
        steady = [cell.defined(v)[state] for v in TABLE["potentials"]]
        assert steady == pytest.approx(expected.pop(state)["steady"], rel=1e-10)
    assert set(expected) == {gate.state for gate in cell.equations.relaxations}
    check_gates(cell.gates, expected)


@pytest.mark.parametrize("name", [name for name in CELLS if "rest" in CELLS[name]])
def test_rest(name):
    assert solver(name).rest() == pytest.approx(CELLS[name]["rest"], abs=1e-9)


@pytest.mark.parametrize("name", CELLS)
def test_spike_times(name):
    row = CELLS[name]
    found = solver(name).solve(injected(name, row["pieces"]), row["start"]).spikes()
    assert found == pytest.approx(row["spikes"], abs=2e-6)


@pytest.mark.parametrize(
    ("name", "level", "duration", "rate"),
    [(name, *row) for name, table in CELLS.items() for row in table["rates"]],
)
def test_firing_rates(name, level, duration, rate):
    start = CELLS[name]["start"]
    found = solver(name).solve(injected(name, [(duration, level)]), start).spikes()
    assert 1e3 / np.diff(found)[-1] == pytest.approx(rate, rel=1e-6)


def alone(name):
    """A cell of one channel of the catalogue, with 200 nM of calcium."""
    return Cell(
        name=name,
        temperature="34 degC",
        area="1000 um2",
        capacitance="1 uF/cm2",
        initial_potential="-70 mV",
        channel={"one": load(name)},
        pool={"ca": {"initial": "200 nM", "derivative": "0"}},
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_channels_of_hay(channel):
    expected = {
        state.replace(channel, "one"): row
        for state, row in TABLE["gates"]["hay2011"].items()
        if state.startswith(f"{channel}.")
    }
    found = Solver(equations(alone(f"hay2011_{channel}")))
    assert set(expected) == {gate.state for gate in found.equations.relaxations}
    check_gates(found.gates, expected)


def test_muscarinic_channel():
    expected = {"one.m": TABLE["gates"]["adams1982_m"]["na.m"]}
    check_gates(Solver(equations(alone("adams1982_m"))).gates, expected)


def test_channel_files_are_those_of_the_soma():
    soma = load("hay2011_soma").channel
    assert set(CHANNELS) - set(soma) == {"nats2_t", "im"}
    for name in soma.keys() & set(CHANNELS):
        words = {"name": "", "source": "", "notes": ""}
        assert load(f"hay2011_{name}").model_copy(update=words) == soma[name]


@pytest.mark.parametrize("name", TABLE["point"])
def test_point_neurons(name):
    row = TABLE["point"][name]
    cut = -10.0 if name.startswith("brette") else None  # 2e-8 ms before the peak
    found = spikes(point_equations(load(name)), row["current"], row["duration"], cut)
    assert found == pytest.approx(row["spikes"], abs=2e-6)

"""The catalogue's neurons against independent solutions of their papers' equations.

The table was written by ``tests/golden/generators/neurons``, which does not know loligo. Spike
times published with public codes, and what the papers print, are in this file.
"""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from equation_solver import Solver

from loligo.cell.cell import Cell
from loligo.cell.catalogue import load
from loligo.cell.equations import equations

TABLE = tomllib.loads((Path(__file__).parent / "neurons.toml").read_text(encoding="utf-8"))
CELLS = TABLE["cell"]
SCALE = {"a.a": 1.02}  # the published A gate in units of ours
HAY_CHANNELS = [name.removeprefix("hay2011_") for name in (
    "nata_t", "nats2_t", "nap_et2", "k_pst", "k_tst", "skv3_1", "sk_e2", "im", "ih", "ca_hva",
    "ca_lvast",
)]


def solver(name, **changes):
    return Solver(equations(load(name)), changes)


def picoamperes(name, density):
    """Current [pA] of a density [uA/cm2]."""
    return 1e-2 * density * load(name).area


def check_gates(found, expected, potentials):
    for state, row in expected.items():
        steady, tau = np.array([found(v)[state] for v in potentials]).T
        assert steady * SCALE.get(state, 1.0) == pytest.approx(row["steady"], rel=1e-10)
        assert tau == pytest.approx(row["tau"], rel=1e-10)


@pytest.mark.parametrize("name", CELLS)
def test_gates_of_cells(name):
    cell = solver(name)
    expected = CELLS[name]["gates"]
    following = {"na.m", "ca_t.s"} - {gate.state for gate in cell.equations.relaxations}
    moving = {state: row for state, row in expected.items() if state not in following}
    assert set(moving) == {gate.state for gate in cell.equations.relaxations}
    check_gates(cell.gates, moving, TABLE["potentials"])


@pytest.mark.parametrize("name", [name for name in CELLS if "rest" in CELLS[name]])
def test_rest(name):
    assert solver(name).rest() == pytest.approx(CELLS[name]["rest"], abs=1e-9)


@pytest.mark.parametrize("name", CELLS)
def test_spike_times(name):
    row = CELLS[name]
    pieces = [(length, picoamperes(name, density)) for length, density in row["pieces"]]
    found = solver(name).solve(pieces, row["start"]).spikes()
    assert found == pytest.approx(row["spikes"], abs=2e-6)

"""Cells that go on an interval at a time: the same as all at once, in any lane."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import catalogue
from loligo.engine.stepwise import Stepwise
from loligo.errors import ModelError, SelectionError, SimulationError
from loligo.rig import CurrentClamp, Pipette, VoltageClamp

AXON = catalogue.load("hodgkin_huxley1952").with_(area="5000 um2")
NAMES = ["v", "rig.response", "na.m"]


def systems(count):
    return [
        CurrentClamp(bridge_balance="4 MOhm").system(
            Pipette(series_resistance=f"{5 + 0.1 * number} MOhm")
        )
        for number in range(count)
    ]


def run(count, **more):
    told = {"record": NAMES, "dt": 0.005, "command": np.zeros(count), "initial": "rest", **more}
    return Stepwise(AXON, systems(count), **told)


@pytest.mark.parametrize("count", [3, 70])
def test_it_is_the_simulation_in_pieces(count):
    """Steps of current in intervals, against one protocol for each: 70 runs fill two blocks."""
    stepped = run(count)
    levels = 100.0 + 5.0 * np.arange(count)
    found, seen = [], []
    for interval in range(60):
        seen.append(stepped.output("response"))
        command = levels if interval >= 20 else np.zeros(count)
        found.append(stepped.advance(0.05, command).copy())
    found, seen = np.array(found), np.array(seen)
    assert stepped.n_runs == count
    assert stepped.time == pytest.approx(3.0)
    step = Protocol("step", ["hold for 1 ms", "step 1 pA for 2 ms"], holding="0 pA")
    true = simulate(
        AXON, step, rig=systems(count), record=NAMES, sampling="0.05 ms", dt="5 us",
        initial="rest", parameters={"command.scale": levels},
    )  # fmt: skip
    for place, (name, size) in enumerate((("v", 3e-3), ("rig.response", 2e-2), ("na.m", 3e-5))):
        stepwise = found[:, :, place].T
        assert stepwise == pytest.approx(true[name][:, 0], abs=size)
    assert seen == pytest.approx(found[:, :, 1], abs=1e-12)
    assert stepped.state("v").shape == (count,)
    assert stepped.unit("rig.response") == "mV"
    assert stepped.unit("na.m") == ""


def test_a_run_knows_nothing_of_the_others():
    many, few = run(70), run(5)
    for _ in range(10):
        all_of_them = many.advance(0.05, np.full(70, 300.0))
        some = few.advance(0.05, np.full(5, 300.0))
    assert all_of_them[:5] == pytest.approx(some, rel=1e-12)


def test_what_it_refuses():
    with pytest.raises(SelectionError, match="nothing called"):
        run(2, record=["na.q"])
    clamp = VoltageClamp().system(Pipette(series_resistance="5 MOhm"))
    with pytest.raises(ModelError, match="takes a command in mV"):
        Stepwise(AXON, [clamp], record=["v"], dt=0.005, command=np.zeros(1), initial="rest")


def test_a_run_that_diverges_says_when():
    stepped = run(2)
    stepped.advance(1.0, np.zeros(2))
    with pytest.raises(SimulationError, match=r"after 1 ms: .* diverged: cell 1"):
        stepped.advance(1.0, np.array([0.0, 1e9]))

"""Starting at rest: no net current, under each clamp and behind a rig."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import Cell, catalogue
from loligo.errors import ModelError
from loligo.rig import CurrentClamp, Pipette, VoltageClamp

AXON = catalogue.load("hodgkin_huxley1952").with_(area="5000 um2", initial_potential="-70 mV")
ENDS = ("v", "na.m", "na.h", "k.n")


def drift(found):
    v = found["v"]
    return float(np.abs(v - v[..., :1]).max())


@pytest.mark.parametrize("held", ["0 pA", "-200 pA"])
def test_current_clamp_starts_where_it_stays(held):
    protocol = Protocol("rest", ["hold for 50 ms"], holding=held)
    found = simulate(AXON, protocol, initial="rest")
    assert drift(found) < 1e-6
    if held == "0 pA":
        assert found["v"][0, 0, 0] == pytest.approx(-65.0, abs=0.02)  # the squid's rest


def test_behind_a_series_resistance():
    protocol = Protocol("rest", ["hold for 50 ms"], holding="-80 mV")
    found = simulate(AXON, protocol, series_resistance="50 MOhm", initial="rest")
    assert drift(found) < 1e-6
    assert found["v"][0, 0, 0] > -79.9


@pytest.mark.parametrize("seal", [None, "2 GOhm"])
def test_behind_rigs(seal):
    pipette = Pipette(series_resistance="10 MOhm", seal_resistance=seal, junction_potential="12 mV")
    for amplifier, protocol in (
        (VoltageClamp(), Protocol("rest", ["hold for 20 ms"], holding="-80 mV")),
        (
            CurrentClamp(bias_current="20 pA", bridge_balance="10 MOhm"),
            Protocol("rest", ["hold for 20 ms"], holding="-50 pA"),
        ),
    ):
        found = simulate(
            AXON,
            protocol,
            rig=amplifier.system(pipette),
            initial="rest",
            record=["v", "rig.response"],
        )
        assert drift(found) < 1e-6
        response = found["rig.response"]
        assert np.abs(response - response[..., :1]).max() < 1e-5


def test_each_cell_of_a_batch_has_its_own():
    protocol = Protocol("rest", ["hold for 20 ms"], holding="0 pA")
    leak = np.array([0.1, 0.3, 1.0])
    found = simulate(
        AXON, protocol, initial="rest", parameters={"channel.leak.conductance": (leak, "mS/cm2")}
    )
    assert drift(found) < 1e-6
    assert len({round(float(v), 3) for v in found["v"][:, 0, 0]}) == 3


def test_a_cell_without_rest_says_so():
    runaway = Cell(
        name="runaway",
        capacitance="1 pF",
        temperature="20 degC",
        initial_potential="-60 mV",
        channel={"pump": {"current": "-5"}},
    )
    with pytest.raises(ModelError, match="no resting potential between -200 and 100 mV"):
        simulate(runaway, Protocol("rest", ["hold for 1 ms"], holding="0 pA"), initial="rest")


def test_other_words_are_refused():
    with pytest.raises(ModelError, match="allowed are states by name, and 'rest'"):
        simulate(AXON, Protocol("rest", ["hold for 1 ms"], holding="0 pA"), initial="steady")

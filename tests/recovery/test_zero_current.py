"""Recordings at I=0: nothing is injected, whatever the amplifier is set to; the file says so."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, analyze, read, record, write_nwb
from loligo.cell import Cell, catalogue
from loligo.errors import ModelError
from loligo.recording import ClampMode, Role, compare
from loligo.rig import Bessel, CurrentClamp, Noise, Pipette, Rig, VoltageClamp

CELL = Cell(
    name="a passive cell",
    capacitance="80 pF",
    temperature="22 degC",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)
RIG = Rig(
    pipette=Pipette(
        series_resistance="12 MOhm", seal_resistance="5 GOhm", junction_potential="10 mV"
    ),
    amplifier=CurrentClamp(
        bias_current="50 pA",
        bridge_balance="10 MOhm",
        capacitance_neutralization="3 pF",
        holding_potential="-60 mV",
        holding_time="100 ms",
    ),
    noise=Noise(voltage_noise="5 nV/sqrt(Hz)"),
    filter=Bessel(corner="3 kHz"),
)
GAP_FREE = Protocol("gap-free", ["hold for 2 s as rest"])


def test_it_rests_where_membrane_and_seal_are_in_balance():
    """(5 nS x -70 mV + 0.2 nS x 0 mV) / 5.2 nS, seen 10 mV off by the junction potential."""
    recording = record(CELL, RIG, GAP_FREE, seed=1)
    balance = -350.0 / 5.2
    assert recording.truth.parameters["resting_potential"] == pytest.approx(balance)
    v = recording.truth.traces["v"].values(0)
    assert v == pytest.approx(np.full(v.size, balance), abs=1e-6)
    found = next(e for e in analyze(recording).estimates if e.name == "resting_potential")
    assert found.low < balance + 10.0 < found.high
    assert found.high - found.low < 0.1


def test_the_recording_says_so_and_nwb_keeps_it(tmp_path):
    recording = record(CELL, RIG, GAP_FREE, seed=1)
    assert recording.clamp_modes == (ClampMode.ZERO_CURRENT,)
    assert recording.with_role(Role.COMMAND) == ()
    assert recording.finding("clamp_mode").value == "zero_current"
    state = recording.sweeps[0].trace("response").rig_state
    assert state.bias_current == 0.0
    assert state.bridge_balance is None
    assert "bridge_error" not in recording.truth.parameters
    assert len(recording) == 1
    assert recording.duration == 2000.0
    again = read(write_nwb(recording, tmp_path / "zero.nwb"))
    assert compare(recording, again) == ()


def test_it_is_current_clamp_without_current():
    """A squid axon at rest: the same as under a command of 0 pA with all controls off."""
    axon = catalogue.load("hodgkin_huxley1952").with_(area="10000 um2")
    bare = RIG.with_(noise=None, amplifier={"kind": "current clamp"})
    held = Protocol("held", ["hold for 20 ms"], holding="0 pA")
    zero = record(axon, RIG.with_(noise=None), Protocol("zero", ["hold for 20 ms"]))
    commanded = record(axon, bare, held)
    assert (
        zero.sweeps[0].trace("response").samples == commanded.sweeps[0].trace("response").samples
    ).all()


def test_a_voltage_clamp_has_no_such_mode():
    clamp = RIG.with_(amplifier={"kind": "voltage clamp"})
    assert isinstance(clamp.amplifier, VoltageClamp)
    with pytest.raises(ModelError, match="I=0 is a mode of a current clamp"):
        record(CELL, clamp, GAP_FREE)

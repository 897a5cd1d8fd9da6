"""Whatever a cell is filled with, its charge and ions are kept, and equilibrium stays."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loligo.cell import Cell, catalogue
from loligo.ions.equilibrium import nernst_potential
from tests.helpers.pumped import KCC2, charge, left

VALENCE = {"Na": 1, "K": 1, "Cl": -1, "Ca": 2}
DEPTHS = {"inside": 2.0, "outside": 0.3}

CELL = Cell(
    name="everything that moves",
    temperature="37 degC",
    area="1000 um2",
    capacitance="1 uF/cm2",
    initial_potential="-70 mV",
    channel={
        ion.lower(): {"ion": ion, "conductance": "0.01 mS/cm2"} for ion in ("Na", "K", "Cl", "Ca")
    },
    transporter={
        "pump": catalogue.load("luo_rudy1994_pump"),
        "exchanger": catalogue.load("luo_rudy1994_exchanger"),
        "kcc2": KCC2,
    },
    inside={
        "depth": "2 um",
        "water": "0.01 cm/s",
        "impermeant": "100 mM",
        "ions": {"Na": "10 mM", "K": "130 mM", "Cl": "8 mM", "Ca": "0.1 uM"},
        "buffer": {"Ca": {"total": "0.1 mM", "dissociation": "0.5 uM"}},
    },
    outside={
        "depth": "0.3 um",
        "impermeant": "5 mM",
        "ions": {"Na": "130 mM", "K": "4 mM", "Cl": "110 mM", "Ca": "1.5 mM"},
    },
)
STATES = [f"{side}.{ion}" for side in DEPTHS for ion in VALENCE]

SETTINGS = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(
    st.fixed_dictionaries({
        "inside.ions.Na": st.floats(1.0, 60.0), "inside.ions.K": st.floats(50.0, 150.0),
        "inside.ions.Cl": st.floats(2.0, 40.0), "inside.ions.Ca": st.floats(5e-5, 1e-2),
        "outside.ions.Na": st.floats(50.0, 150.0), "outside.ions.K": st.floats(1.0, 40.0),
        "inside.buffer.Ca.total": st.floats(0.0, 1.0),
    }),
    st.floats(0.0, 10.0),
)  # fmt: skip
def test_charge_and_mass_are_kept(filling, strength):
    parameters = {name: f"{value!r} mM" for name, value in filling.items()}
    parameters["transporter.pump.strength"] = f"{strength!r} uA/cm2"
    found = left(CELL, 20, sampling="1 s", record=["v", *STATES], parameters=parameters)
    traces = {name: trace[0, 0] for name, trace in found.traces.items()}
    for ion in VALENCE:
        kept = sum(depth * traces[f"{side}.{ion}"] for side, depth in DEPTHS.items())
        assert kept == pytest.approx(kept[0], rel=1e-9)
    inside = {ion: traces[f"inside.{ion}"] for ion in VALENCE}
    kept = charge(traces["v"], 1.0, inside, DEPTHS["inside"], VALENCE)
    held = 0.1 * 96485.0 * DEPTHS["inside"] * sum(traces[f"inside.{ion}"][0] for ion in VALENCE)
    assert np.abs(kept - kept[0]).max() < 1e-9 * held


@SETTINGS
@given(st.floats(-100.0, -20.0), st.floats(2.0, 10.0), st.floats(60.0, 150.0))
def test_nothing_but_the_pump_moves_in_equilibrium(v, potassium, chloride):
    """Every ion at its Nernst potential: no channel, exchanger or cotransporter does anything."""
    thermal = float(nernst_potential(1, np.e, 1.0, 37.0))
    outside = {"Na": 140.0, "K": potassium, "Cl": chloride, "Ca": 1.5}
    given_ = {}
    for ion, z in VALENCE.items():
        given_[f"outside.{ion}"] = outside[ion]
        given_[f"inside.{ion}"] = outside[ion] * np.exp(-z * v / thermal)
    bound = given_["inside.Ca"] * 0.1 / (5e-4 + given_["inside.Ca"])
    given_["inside.Ca"] += bound
    currents = CELL.currents_at(v, given_)
    for name in VALENCE:
        assert abs(currents[name.lower()]) < 1e-9
    away = abs(CELL.currents_at(v + 10.0, given_)["exchanger"])
    assert abs(currents["exchanger"]) < 1e-8 * away
    assert currents["pump"] > 0

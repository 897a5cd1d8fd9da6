"""Sodium, potassium, chloride and water of a cell against the pump-leak model's closed forms.

Numbers: the model of Duesterwald et al. 2018, https://doi.org/10.7554/eLife.39575, whose steady
states are computed here by formulas of their own (`loligo.ions.pump_leak`), and tabulated.
"""

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import Cell
from loligo.ions.equilibrium import nernst_potential
from loligo.ions.pump_leak import PumpLeak, pump_leak_steady
from tests.helpers.pumped import FARADAY, KCC2, charge, end, left

VALENCE = {"Na": 1, "K": 1, "Cl": -1}
NKCC1 = {
    "moves": {"Na": -1, "K": -1, "Cl": -2},
    "strength": "0.01 mS/cm2",
    "rate": "nernst(1, Na_out, Na_in) + nernst(1, K_out, K_in) - 2 * nernst(-1, Cl_out, Cl_in)",
}


def neuron(start, *, cleft=None, water=True, **transporters):
    """The published cell as a description, from a state of the closed forms."""
    osmotic = {"impermeant": f"{float(start.impermeant)!r} mM"}
    levels = {"Na": start.sodium, "K": start.potassium, "Cl": start.chloride}
    return Cell(
        name="pump and leaks",
        temperature="37 degC",
        area="785 um2",
        capacitance="2 uF/cm2",
        initial_potential=f"{float(start.potential)!r} mV",
        channel={
            "na": {"ion": "Na", "conductance": "0.02 mS/cm2"},
            "k": {"ion": "K", "conductance": "0.07 mS/cm2"},
            "cl": {"ion": "Cl", "conductance": "0.02 mS/cm2"},
        },
        transporter={
            "pump": {
                "moves": {"Na": 3, "K": -2},
                "strength": "1000 uA/cm2",
                "rate": "(Na_in / Na_out)**3",
            },
            "kcc2": KCC2,
            **transporters,
        },
        inside={
            "depth": "2.5 um",
            "ions": {ion: f"{float(c)!r} mM" for ion, c in levels.items()},
            **osmotic,
            **({"water": "0.01 cm/s"} if water else {}),
        },
        outside={
            "ions": {"Na": "145 mM", "K": "3.5 mM", "Cl": "119 mM"},
            "impermeant": "29.5 mM",
            **(cleft or {}),
        },
    )


RECORDED = ["v", "Na_in", "K_in", "Cl_in", "inside.volume"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (-72.5887, 14.0017, 122.8766, 5.1647)),
        ({"impermeant_valence": -1.0}, (-74.6657, 14.0687, 134.4313, 4.7496)),
        ({"impermeant_valence": -0.5}, (-64.7702, 13.7439, 87.6160, 7.0797)),
        ({"cotransport": 0.0}, (-69.9290, 13.9150, 123.2493, 8.6929)),
    ],
)
def test_with_kcc2_and_without_it_rests_where_the_published_cell_does(changes, expected):
    """From the other one's steady state, whose water and chloride have to move."""
    other = {**changes, "cotransport": 0.02 - changes.get("cotransport", 0.02)}
    start = pump_leak_steady(PumpLeak(**other))
    strength = f"{changes.get('cotransport', 0.02)} mS/cm2"
    cell = neuron(start).with_(**{"transporter.kcc2.strength": strength})
    found = left(cell, 100_000, record=RECORDED)
    volume = end(found, "inside.volume")
    levels = [end(found, f"inside.{ion}") / volume for ion in VALENCE]
    assert end(found, "v") == pytest.approx(expected[0], abs=0.02)
    assert levels == pytest.approx(expected[1:], abs=0.01)
    closed = pump_leak_steady(PumpLeak(**changes))
    assert end(found, "v") == pytest.approx(float(closed.potential), abs=0.002)
    # what cannot leave tells the volume: as much of it, at another concentration
    assert volume == pytest.approx(float(start.impermeant / closed.impermeant), rel=1e-4)


def test_a_blocked_pump_runs_down_as_published():
    """8.2 mV at once, then gradients; while the volume is nearly what it was.

    The published cell's membrane grows with its volume, ours does not: 0.8 % at ten minutes.
    """
    start = pump_leak_steady(PumpLeak())
    cell = neuron(start)
    blocked = {"transporter.pump.strength": "0 uA/cm2"}
    nothing = Protocol("nothing", ["step 0 uA/cm2 for 601 s"], holding="0 uA/cm2")
    found = simulate(
        cell, nothing, method="error-controlled", sampling="500 ms", record=RECORDED,
        parameters=blocked,
    )  # fmt: skip
    v, potassium, volume = (found.traces[name][0, 0] for name in ("v", "K_in", "inside.volume"))
    at = [1, 120, 600, 1200]
    assert v[at] == pytest.approx([-64.411, -65.00, -64.44, -61.34], rel=0.01)
    assert potassium[at[1:]] == pytest.approx([116.88, 95.91, 74.05], rel=0.01)
    assert volume[at[1:]] == pytest.approx([1.0022, 1.0080, 1.0158], rel=1e-3)


def test_without_pump_at_fixed_volume_the_end_is_donnan():
    start = pump_leak_steady(PumpLeak())
    cell = neuron(start, water=False)
    found = left(cell, 1_000_000, parameters={"transporter.pump.strength": "0 uA/cm2"})
    assert end(found, "v") == pytest.approx(-9.79125, abs=0.02)
    ratio = end(found, "inside.K") / 3.5
    assert ratio == pytest.approx(1.4424896, rel=1e-3)
    assert 119.0 / end(found, "inside.Cl") == pytest.approx(ratio, rel=1e-6)


def test_kcc2_and_nkcc1_alone_bring_their_ions_to_equilibrium():
    start = pump_leak_steady(PumpLeak())
    closed = {f"channel.{name}.conductance": "0 mS/cm2" for name in ("na", "k", "cl")}
    closed["transporter.pump.strength"] = "0 uA/cm2"
    cell = neuron(start, water=False, nkcc1=NKCC1).with_(**closed)
    nothing = Protocol("nothing", ["step 0 uA/cm2 for 2000000 s"], holding="0 uA/cm2")
    found = simulate(
        cell, nothing, method="error-controlled", sampling="1000000 s",
        record=["transporter.kcc2.cycles", "transporter.nkcc1.cycles", "v"],
    )  # fmt: skip
    sodium, potassium, chloride = (end(found, f"inside.{ion}") for ion in VALENCE)
    assert pytest.approx(sodium * potassium * chloride**2, rel=1e-5) == 145.0 * 3.5 * 119.0**2
    assert pytest.approx(potassium * chloride, rel=1e-5) == 3.5 * 119.0
    # neither carries a charge, whatever it moves
    assert end(found, "v") == cell.initial_potential
    moved = sodium - float(start.sodium), potassium - float(start.potassium)
    assert sum(moved) == pytest.approx(chloride - float(start.chloride), rel=1e-9)
    assert found.traces["transporter.kcc2.cycles"][0, 0, 0] > 0
    assert "i.kcc2" not in cell.currents_at("-60 mV")


def test_charge_and_mass_are_conserved_while_a_cell_swells_beside_a_cleft():
    start = pump_leak_steady(PumpLeak())
    cell = neuron(start, cleft={"depth": "0.4 um"}, nkcc1=NKCC1)
    found = left(
        cell, 7200, sampling="60 s", parameters={"transporter.pump.strength": "0 uA/cm2"},
        record=["v", "inside.volume", *(f"{s}.{i}" for s in ("inside", "outside") for i in VALENCE),
                "K_out", "K_in"],
    )  # fmt: skip
    traces = {name: trace[0, 0] for name, trace in found.traces.items()}
    for ion in VALENCE:
        kept = 2.5 * traces[f"inside.{ion}"] + 0.4 * traces[f"outside.{ion}"]
        assert kept == pytest.approx(kept[0], rel=1e-9)
    inside = {ion: traces[f"inside.{ion}"] for ion in VALENCE}
    kept = charge(traces["v"], 2.0, inside, 2.5, VALENCE)
    assert kept == pytest.approx(kept[0], rel=1e-9)
    # potassium is amount over volume, and water leaves the cleft as it enters the cell
    volume = traces["inside.volume"]
    assert np.ptp(volume) > 1e-3
    assert traces["K_in"] == pytest.approx(traces["inside.K"] / volume, rel=1e-12)
    left_outside = 1.0 - (volume - 1.0) * 2.5 / 0.4
    assert traces["K_out"] == pytest.approx(traces["outside.K"] / left_outside, rel=1e-12)
    assert traces["K_out"][-1] > 10.0


def test_a_cleft_takes_the_bath_with_its_time_constant():
    """Nothing crosses the membrane; the bath is changed at the start."""
    start = pump_leak_steady(PumpLeak())
    cell = neuron(start, water=False, cleft={"depth": "0.02 um", "exchange": "200 ms"})
    silent = {f"channel.{name}.conductance": "0 mS/cm2" for name in ("na", "k", "cl")}
    silent |= {f"transporter.{name}.strength": "0 uA/cm2" for name in ("pump",)}
    silent |= {"transporter.kcc2.strength": "0 mS/cm2"}
    found = left(
        cell.with_(**silent), 1, sampling="100 ms", record=["K_out"],
        initial={"outside.K": "10 mM"}, tolerance=1e-10,
    )  # fmt: skip
    expected = 3.5 + 6.5 * np.exp(-found.times / 200.0)
    assert found.traces["K_out"][0, 0] == pytest.approx(expected, rel=1e-8)


def test_potassium_of_spikes_gathers_in_the_cleft():
    """A current of known size, all of potassium, into a cleft that exchanges: a closed form."""
    cell = Cell(
        name="potassium alone", temperature="37 degC", area="1000 um2", capacitance="1 uF/cm2",
        initial_potential="0 mV",
        channel={"k": {"ion": "K", "current": "2 + 0 * v"}},
        inside={"depth": "5 um", "carrier": "K", "ions": {"K": "140 mM"}},
        outside={"depth": "0.02 um", "exchange": "50 ms", "ions": {"K": "3 mM"}},
    )  # fmt: skip
    hold = Protocol("hold", ["step 0 mV for 400 ms"], holding="0 mV")
    found = simulate(
        cell, hold, method="error-controlled", record=["K_out"], sampling="50 ms", tolerance=1e-10
    )
    steady = 2.0 * 50.0 / (0.1 * FARADAY * 0.02)  # nC/cm2 over F depth, mM
    expected = 3.0 + steady * -np.expm1(-found.times / 50.0)
    assert found.traces["K_out"][0, 0] == pytest.approx(expected, rel=1e-8)


def test_reversals_follow_the_ions():
    start = pump_leak_steady(PumpLeak())
    found = left(neuron(start), 10, record=["i.cl", "v", "Cl_in"])
    v, chloride = found.traces["v"][0, 0, 0], found.traces["Cl_in"][0, 0, 0]
    expected = 7.85 * 0.02 * (v - float(nernst_potential(-1, 119.0, chloride, 37.0)))
    assert found.traces["i.cl"][0, 0, 0] == pytest.approx(expected, rel=1e-9)

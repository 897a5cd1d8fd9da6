"""Calcium that an exchanger moves and a buffer binds, in closed form."""

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import Cell, catalogue
from loligo.ions.equilibrium import nernst_potential
from tests.helpers.pumped import FARADAY, charge, end, left

VALENCE = {"Na": 1, "Ca": 2}


def exchanging(channel=None, **inside):
    return Cell(
        name="exchanger", temperature="37 degC", area="1000 um2", capacitance="1 uF/cm2",
        initial_potential="-70 mV",
        channel=channel or {},
        transporter={"ncx": catalogue.load("luo_rudy1994_exchanger")},
        inside={"depth": "2 um", "ions": {"Na": "10 mM", "Ca": "0.2 uM"}, **inside},
        outside={"ions": {"Na": "140 mM", "Ca": "1.8 mM"}},
    )  # fmt: skip


def test_the_exchanger_has_the_law_of_its_paper():
    cell = exchanging()
    for v, na, ca in [(-80.0, 10.0, 1e-4), (-20.0, 12.0, 1e-3), (30.0, 20.0, 2e-4)]:
        u = v * FARADAY / (8.314462618e3 * 310.15)
        drive = np.exp(0.35 * u) * na**3 * 1.8 - np.exp(-0.65 * u) * 140.0**3 * ca
        expected = 2000.0 * drive / (87.5**3 + 140.0**3) / (1.38 + 1.8)
        expected /= 1.0 + 0.1 * np.exp(-0.65 * u)
        found = cell.currents_at(v, {"inside.Na": na, "inside.Ca": ca})["ncx"]
        assert found == pytest.approx(10.0 * expected, rel=1e-12)


def test_it_reverses_where_three_sodium_balance_one_calcium():
    sodium = float(nernst_potential(1, 140.0, 10.0, 37.0))
    calcium = float(nernst_potential(2, 1.8, 2e-4, 37.0))
    reversal = 3.0 * sodium - 2.0 * calcium
    cell = exchanging()
    scale = abs(cell.currents_at(reversal + 10.0)["ncx"])
    assert abs(cell.currents_at(reversal)["ncx"]) < 1e-9 * scale
    # above it calcium enters and sodium leaves: outward; below calcium leaves: inward
    assert cell.currents_at(reversal + 1.0)["ncx"] > 0 > cell.currents_at(reversal - 1.0)["ncx"]


def test_under_a_clamp_calcium_settles_at_the_exchangers_equilibrium():
    cell = exchanging(buffer={"Ca": {"total": "0.1 mM", "dissociation": "0.5 uM"}})
    hold = Protocol("hold", ["step -50 mV for 1000 s"], holding="-50 mV")
    found = simulate(
        cell, hold, method="error-controlled", record=["Na_in", "Ca_in"], sampling="500 s",
        tolerance=1e-9,
    )  # fmt: skip
    sodium, calcium = (found.traces[name][0, 0, -1] for name in ("Na_in", "Ca_in"))
    balance = 3.0 * nernst_potential(1, 140.0, sodium, 37.0)
    balance -= 2.0 * nernst_potential(2, 1.8, calcium, 37.0)
    assert float(balance) == pytest.approx(-50.0, abs=1e-3)
    # three sodium for each calcium, bound ones with them
    moved = end(found, "inside.Ca") - 2e-4 * (1.0 + 0.1 / (5e-4 + 2e-4))
    assert sodium - 10.0 == pytest.approx(-3.0 * moved, rel=1e-6)


def test_a_buffer_leaves_free_what_equilibrium_says():
    """A known charge of calcium comes in; the quadratic for what stays free."""
    cell = exchanging(
        channel={"ca": {"ion": "Ca", "current": "-1 + 0 * v"}},
        buffer={"Ca": {"total": "0.1 mM", "dissociation": "0.5 uM"}},
    ).with_(**{"transporter.ncx.strength": "0 uA/cm2"})
    hold = Protocol("hold", ["step -70 mV for 100 ms"], holding="-70 mV")
    found = simulate(
        cell, hold, method="error-controlled", record=["Ca_in", "inside.Ca"], sampling="10 ms"
    )
    start = 2e-4 * (1.0 + 0.1 / (5e-4 + 2e-4))
    total = start + found.times / (2.0 * 0.1 * FARADAY * 2.0)
    assert found.traces["inside.Ca"][0, 0] == pytest.approx(total, rel=1e-9)
    for amount, free in zip(total, found.traces["Ca_in"][0, 0], strict=True):
        roots = np.roots([1.0, 0.1 + 5e-4 - amount, -5e-4 * amount])
        assert free == pytest.approx(roots.max(), rel=1e-7)
    # the first of it by the capacity of the buffer, 0.1 K / (K + c)^2
    capacity = 0.1 * 5e-4 / (7e-4) ** 2
    share = np.diff(found.traces["Ca_in"][0, 0])[0] / np.diff(total)[0]
    assert share == pytest.approx(1.0 / (1.0 + capacity), rel=0.1)
    assert found.units["inside.Ca"] == found.units["Ca_in"] == "mM"


def test_charge_and_mass_are_conserved_with_exchanger_and_buffer():
    leaks = {
        "na": {"ion": "Na", "conductance": "0.02 mS/cm2"},
        "ca": {"ion": "Ca", "conductance": "0.002 mS/cm2"},
    }
    cell = exchanging(leaks, buffer={"Ca": {"total": "0.1 mM", "dissociation": "0.5 uM"}}).with_(
        **{"outside.depth": "0.5 um"}
    )
    names = [f"{side}.{ion}" for side in ("inside", "outside") for ion in VALENCE]
    found = left(cell, 600, sampling="10 s", record=["v", *names])
    traces = {name: trace[0, 0] for name, trace in found.traces.items()}
    for ion in VALENCE:
        kept = 2.0 * traces[f"inside.{ion}"] + 0.5 * traces[f"outside.{ion}"]
        assert kept == pytest.approx(kept[0], rel=1e-9)
    inside = {ion: traces[f"inside.{ion}"] for ion in VALENCE}
    kept = charge(traces["v"], 1.0, inside, 2.0, VALENCE)
    assert kept == pytest.approx(kept[0], rel=1e-9)
    assert np.ptp(traces["inside.Ca"]) > 1e-3

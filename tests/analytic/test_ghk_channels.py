"""Goldman-Hodgkin-Katz channels and calcium shells against closed forms."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from loligo.cell import Cell, equations
from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values

FARADAY = 96485.33212
KELVIN_22 = 295.15
THERMAL = 8.314462618 * KELVIN_22 / FARADAY * 1e3  # mV


def membrane(**parts):
    return Cell(
        name="membrane",
        temperature="22 degC",
        area="100 um2",
        capacitance="1 uF/cm2",
        initial_potential="-65 mV",
        **parts,
    )


def permeable(valence, inside, outside):
    return {
        "permeability": "1e-6 cm/s",
        "valence": valence,
        "inside": inside,
        "outside": outside,
    }


@pytest.mark.parametrize(
    ("valence", "inside", "outside"), [(1, 140.0, 5.0), (-1, 10.0, 120.0), (2, 1e-4, 2.0)]
)
def test_reversal_is_the_nernst_potential(valence, inside, outside):
    cell = membrane(channel={"x": permeable(valence, f"{inside} mM", f"{outside} mM")})
    found = brentq(lambda v: float(cell.currents_at(v)["x"]), -200, 200, xtol=1e-11)
    assert found == pytest.approx(THERMAL / valence * math.log(outside / inside), abs=1e-7)


def test_two_ions_reverse_at_the_goldman_potential():
    """Equal valences: V = RT/F ln((P_K K_o + P_Na Na_o) / (P_K K_i + P_Na Na_i))."""
    k = permeable(1, "140 mM", "5 mM")
    na = {**permeable(1, "10 mM", "145 mM"), "permeability": "5e-8 cm/s"}
    cell = membrane(channel={"k": k, "na": na})
    found = brentq(lambda v: float(sum(cell.currents_at(v).values())), -150, 100, xtol=1e-11)
    exact = THERMAL * math.log((5 + 0.05 * 145) / (140 + 0.05 * 10))
    assert found == pytest.approx(exact, abs=1e-7)


def test_current_has_the_size_of_the_flux_equation():
    v = -30.0
    cell = membrane(channel={"ca": permeable(2, "1e-4 mM", "2 mM")})
    u = 2 * v / THERMAL
    # P [cm/s] z F [C/mol] c [umol/cm3] = uA/cm2; 1 uA/cm2 of 100 um2 is 1 pA
    flux = u * (1e-4 - 2.0 * math.exp(-u)) / (1 - math.exp(-u))
    assert cell.currents_at(v)["ca"] == pytest.approx(1e-6 * 2 * FARADAY * flux, rel=1e-12)


def test_symmetric_solutions_are_ohmic():
    """Slope P z^2 F^2 c / RT, also at 0 mV where the formula is 0/0."""
    v = np.array([-50.0, -1e-9, 0.0, 25.0])
    cell = membrane(channel={"k": permeable(1, "100 mM", "100 mM")})
    slope = 1e-6 * FARADAY * 100.0 / THERMAL
    np.testing.assert_allclose(cell.currents_at(v)["k"], slope * v, rtol=1e-12, atol=1e-14)


def test_shell_fills_by_the_charge_that_enters():
    """1 uA/cm2 for 1 ms is 1 nC/cm2, in 0.1 um of depth 1e-9 / (2 F 1e-5) mol/cm3."""
    cell = membrane(
        channel={"ca": {"current": "-1"}},
        pool={
            "ca": {
                "initial": "1e-4 mM",
                "currents": ["ca"],
                "valence": 2,
                "depth": "0.1 um",
                "decay": "1e9 ms",
                "rest": "1e-4 mM",
                "fraction": 0.05,
            }
        },
    )
    lowered = equations(cell)
    (flow,) = lowered.flows
    rate = evaluate(flow.rate, steady_values(lowered, -65.0))
    mol_per_cm3 = 1e-9 / (2 * FARADAY * 1e-5)
    assert rate == pytest.approx(0.05 * mol_per_cm3 * 1e6, rel=1e-12)


def test_shell_decays_to_its_rest():
    pool = {
        "initial": "3e-4 mM",
        "currents": ["leak"],
        "valence": 2,
        "depth": "0.1 um",
        "decay": "80 ms",
        "rest": "1e-4 mM",
    }
    leak = {"conductance": "0 mS/cm2", "reversal": "0 mV"}
    lowered = equations(membrane(channel={"leak": leak}, pool={"ca": pool}))
    values = steady_values(lowered, -65.0)
    assert evaluate(lowered.flows[0].rate, values) == pytest.approx(-2e-4 / 80, rel=1e-12)


def test_a_pool_follows_the_currents_of_its_channels_per_area():
    """The derivative sees uA/cm2 in a cell with an area, whatever the area."""
    parts = {
        "channel": {"leak": {"conductance": "0.3 mS/cm2", "reversal": "-55 mV"}},
        "pool": {"x": {"initial": 0.0, "derivative": "I_leak - x / 10"}},
    }
    for area in ("100 um2", "5000 um2"):
        lowered = equations(membrane(**parts).with_(area=area))
        values = steady_values(lowered, -65.0, {"x": 2.0})
        assert evaluate(lowered.flows[0].rate, values) == pytest.approx(-3.0 - 0.2, rel=1e-14)


def test_without_area_all_is_absolute():
    cell = Cell(
        name="passive",
        temperature="22 degC",
        capacitance="100 pF",
        initial_potential="-70 mV",
        channel={"leak": {"conductance": "10 nS", "reversal": "-70 mV"}},
    )
    assert cell.currents_at(-60.0)["leak"] == pytest.approx(100.0)
    assert evaluate(equations(cell).capacitance, equations(cell).defaults) == 100.0


def test_densities_become_absolute_by_the_area():
    cell = membrane(channel={"leak": {"conductance": "0.3 mS/cm2", "reversal": "-70 mV"}})
    cell = cell.with_(area="1000 um2")
    lowered = equations(cell)
    assert evaluate(lowered.capacitance, lowered.defaults) == pytest.approx(10.0)  # pF
    assert cell.currents_at(-60.0)["leak"] == pytest.approx(30.0)  # 3 nS x 10 mV

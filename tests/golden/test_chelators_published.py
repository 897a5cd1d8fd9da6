"""EGTA and BAPTA beside published tables of their affinity, and mass action by another solver.

The table is that of calcium calibration buffers (0.1 M KCl): the apparent dissociation constant of
calcium and EGTA in nM by pH at 20 and 37 degC, after Tsien and Pozzan 1989 Methods Enzymol 172:230,
who use Martell and Smith's older constants. The enthalpy they use at 37 degC is another one.
"""

import numpy as np
import pytest
from scipy.optimize import fsolve

from loligo.errors import ModelError, SelectionError
from loligo.ions import apparent_constant, chelation
from loligo.ions.acids import ACIDS
from loligo.ions.chelation import proton_concentration

ROOM = {6.5: 3728, 6.75: 1182, 7.0: 376, 7.2: 150.5, 7.4: 60.5, 7.6: 24.5, 7.8: 9.99, 8.0: 4.13}
WARM = {6.5: 2646, 6.75: 841, 7.0: 268, 7.2: 107.9, 7.4: 43.7, 7.6: 17.88, 7.8: 7.42}


def nanomolar(name, metal, ph, celsius, strength=0.1):
    return 1e6 * apparent_constant(name, metal, ph, celsius, strength)


@pytest.mark.parametrize(("ph", "expected"), ROOM.items())
def test_egta_at_20_degrees(ph, expected):
    assert nanomolar("EGTA", "Ca", ph, 20.0) == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize(("ph", "expected"), WARM.items())
def test_egta_at_37_degrees(ph, expected):
    assert nanomolar("EGTA", "Ca", ph, 37.0) == pytest.approx(expected, rel=0.12)


def test_bapta_in_the_conditions_of_its_paper():
    """Tsien 1980: pK 6.36 and 5.47, log K 6.97 for calcium and 1.77 for magnesium, 0.1 M KCl."""
    at = 1e9 / 10**6.97
    assert nanomolar("BAPTA", "Ca", 9.5, 22.0) == pytest.approx(at, rel=2e-3)
    assert nanomolar("BAPTA", "Mg", 9.5, 22.0) * 1e-6 == pytest.approx(1e3 / 10**1.77, rel=2e-3)
    proton = 10**-7.2 / 0.782
    share = 1 + proton * 10**6.36 + proton**2 * 10 ** (6.36 + 5.47)
    assert nanomolar("BAPTA", "Ca", 7.2, 22.0) == pytest.approx(at * share, rel=2e-3)


def test_warming_and_salt_act_as_measured():
    """Harrison and Bers 1987: affinities rise alike from 1 to 36 degC; salt weakens BAPTA more."""
    rise = [nanomolar(name, "Ca", 7.0, 1) / nanomolar(name, "Ca", 7.0, 36)
            for name in ("EGTA", "BAPTA")]  # fmt: skip
    assert rise[0] == pytest.approx(1.86, abs=0.05)
    assert rise[1] == pytest.approx(rise[0], rel=0.1)
    fall = [nanomolar(name, "Ca", 7.0, 22, 0.304) / nanomolar(name, "Ca", 7.0, 22, 0.104)
            for name in ("EGTA", "BAPTA")]  # fmt: skip
    assert 1.0 < fall[0] < fall[1]


def test_magnesium_and_atp():
    """Apparent constant of MgATP near 0.1 mM at pH 7.2, 37 degC and physiological strength."""
    assert apparent_constant("ATP", "Mg", 7.2, 37.0, 0.15) == pytest.approx(0.1, abs=0.03)


def test_mass_balance_by_another_solver():
    """Two metals, three ligands, from the constants written out and solved by MINPACK."""
    totals, metals = {"EGTA": 5.0, "ATP": 4.0, "BAPTA": 1.0}, {"Ca": 2.0, "Mg": 3.5}
    ph, celsius, strength = 7.2, 30.0, 0.16
    found = chelation(totals, metals, ph, celsius, strength)
    proton = proton_concentration(ph, celsius, strength)
    forms = {name: ACIDS[name].forms(proton, celsius, strength) for name in totals}

    def weight(name, metal):
        return sum(w for (m, _), (_, w) in forms[name].items() if m == metal)

    def balance(logs):
        free = dict(zip(metals, np.exp(logs), strict=True))
        left = []
        for metal, total in metals.items():
            bound = sum(
                totals[name] * 1e-3 * free[metal] * weight(name, metal)
                / (weight(name, "") + sum(free[m] * weight(name, m) for m in metals))
                for name in totals
            )  # fmt: skip
            left.append(np.log((free[metal] + bound) / (1e-3 * total)))
        return left

    solved = np.exp(fsolve(balance, np.log([1e-7, 1e-3]), xtol=1e-13))
    assert [found.free["Ca"], found.free["Mg"]] == pytest.approx(1e3 * solved, rel=1e-8)
    assert found.total == pytest.approx(metals, rel=1e-10)
    for name, total in totals.items():
        mine = sum(form.concentration for form in found.forms if form.acid == name)
        assert mine == pytest.approx(total, rel=1e-12)


def test_free_calcium_is_asked_for():
    known = chelation({"EGTA": 10.0}, {"Mg": 2.0}, 7.2, 22.0, 0.15, free={"Ca": 1e-4})
    back = chelation({"EGTA": 10.0}, {"Mg": 2.0, "Ca": known.total["Ca"]}, 7.2, 22.0, 0.15)
    assert back.free["Ca"] == pytest.approx(1e-4, rel=1e-9)
    assert back.free["Mg"] == pytest.approx(known.free["Mg"], rel=1e-9)
    alone = chelation({"EGTA": 10.0}, {}, 7.2, 22.0, 0.15, free={"Ca": 1e-4}).total["Ca"]
    half = apparent_constant("EGTA", "Ca", 7.2, 22.0, 0.15)
    assert alone == pytest.approx(1e-4 + 10 * 1e-4 / (1e-4 + half), rel=1e-12)
    assert known.total["Ca"] < alone  # magnesium takes some EGTA


@pytest.mark.parametrize(
    ("calcium", "egta"), [(0, 10), (1e-9, 10), (9.99, 10), (10, 10), (500, 10), (1, 0)]
)
def test_extremes_settle(calcium, egta):
    found = chelation({"EGTA": egta}, {"Ca": calcium, "Mg": 0.0}, 7.2, 22.0, 0.15)
    assert found.total["Ca"] == pytest.approx(calcium, rel=1e-9)
    assert 0 <= found.free["Ca"] <= calcium * (1 + 1e-12)
    assert found.free["Mg"] == 0.0


def test_what_is_refused():
    with pytest.raises(SelectionError, match="did you mean 'EGTA'"):
        apparent_constant("EGTAA", "Ca", 7.2, 22.0)
    with pytest.raises(SelectionError, match="BAPTA does not bind 'Zn'"):
        apparent_constant("BAPTA", "Zn", 7.2, 22.0)
    with pytest.raises(SelectionError, match="HEPES does not bind 'Ca'; allowed: nothing"):
        apparent_constant("HEPES", "Ca", 7.2, 22.0)
    with pytest.raises(ModelError, match="Ca is given in total and free"):
        chelation({}, {"Ca": 1.0}, 7.2, 22.0, 0.15, free={"Ca": 1.0})
    with pytest.raises(SelectionError, match="'Ba' is not a metal that is bound"):
        chelation({}, {"Ba": 1.0}, 7.2, 22.0, 0.15)
    with pytest.raises(ModelError, match="EGTA = -1 mM is below zero"):
        chelation({"EGTA": -1.0}, {"Ca": 1.0}, 7.2, 22.0, 0.15)

"""Liquid junction potentials beside published ones (Henderson's equation).

`computed` are values of an independent computation with the same mobilities; `published` those of
Ng and Barry 1995 (measured and computed) and of the manual of JPCalcW, rounded as printed. Columns
are pipette and bath in mM, temperature in degC, computed and published potential in mV.
"""

from dataclasses import replace

import numpy as np
import pytest

from loligo.errors import ModelError, SelectionError, UnitError
from loligo.ions import MOBILITIES, Mobility, henderson, henderson_potential, mobility

LITHIUM = {"Li": replace(MOBILITIES["Li"], relative=0.526)}

ROWS = [
    ({"K": 150, "Cl": 150}, {"Na": 150, "Cl": 150}, 20, 4.2851, 4.3),
    ({"K": 150, "Cl": 150}, {"Na": 150, "Cl": 150}, 25, 4.3581, None),
    ({"Na": 50, "Cl": 50}, {"Cs": 50, "Cl": 50}, 20, -4.8973, -4.9),
    ({"Na": 100, "Cl": 100}, {"Mg": 100, "Cl": 200}, 20, 10.0312, 10.0),
    ({"Ca": 100, "Cl": 200}, {"Mg": 100, "Cl": 200}, 20, 0.6135, 0.6),
    ({"K": 100, "Ca": 2, "Cl": 104}, {"Li": 100, "Ca": 2, "Cl": 104}, 20, 6.4201, 6.4),
    ({"Ca": 50, "Mg": 50, "Cl": 200}, {"Li": 100, "Cl": 100}, 20, -8.2478, -8.2),
    ({"Na": 10, "Cl": 10, "Cs": 135, "F": 135}, {"Na": 145, "Cl": 145}, 20, 8.7366, 8.74),
    ({"Cs": 145, "F": 125, "Cl": 20}, {"Na": 145, "Cl": 145}, 20, 8.7091, 8.71),
    ({"K": 150, "gluconate": 140, "Cl": 10}, {"Na": 150, "Cl": 150}, 20, 16.0345, None),
    ({"K": 150, "gluconate": 140, "Cl": 10}, {"Na": 150, "Cl": 150}, 25, 16.3080, None),
    (
        {"K": 140, "MeSO4": 140, "Na": 10, "Cl": 10},
        {"Na": 145, "K": 5, "Cl": 150},
        20,
        9.4479,
        None,
    ),
    (
        {"K": 140, "MeSO4": 140, "Na": 10, "Cl": 10},
        {"Na": 145, "K": 5, "Cl": 150},
        25,
        9.6090,
        None,
    ),
    ({"Na": 150, "Cl": 150}, {"Na": 15, "Cl": 15}, 25, -12.2501, None),
    ({"K": 3000, "Cl": 3000}, {"Na": 150, "Cl": 150}, 25, -0.8494, None),
]


def solution(table):
    return {ion: f"{amount} mM" for ion, amount in table.items()}


@pytest.mark.parametrize(("pipette", "bath", "celsius", "computed", "published"), ROWS)
def test_published_junctions(pipette, bath, celsius, computed, published):
    found = henderson(solution(pipette), solution(bath), f"{celsius} degC", mobilities=LITHIUM)
    assert found == pytest.approx(computed, abs=1e-3)
    if published is not None:
        assert found == pytest.approx(published, abs=0.05)
    back = henderson(solution(bath), solution(pipette), f"{celsius} degC", mobilities=LITHIUM)
    assert back == pytest.approx(-found, abs=1e-12)


def test_one_salt_is_plancks_logarithm():
    """Of one salt the potential is (u+ - u-)/(u+ + u-) kT/e ln(ratio), for any ratio."""
    found = henderson(solution({"Na": 100, "Cl": 100}), solution({"Na": 1, "Cl": 1}), "25 degC")
    u = MOBILITIES["Na"].relative, MOBILITIES["Cl"].relative
    thermal = 8.314462618 * 298.15 / 96485.33212 * 1e3
    assert found == pytest.approx(thermal * (u[0] - u[1]) / (u[0] + u[1]) * np.log(100), rel=1e-12)


def test_equal_conductances_take_the_limit():
    """Near and at equal conductance of both sides nothing jumps."""
    z, u = [1, 1, -1], [1.0, 1.0 + 1e-7, 1.0]
    inside = np.array([100.0, 0.0, 100.0])
    outside = np.array([[0.0, 100.0, 100.0], [0.0, 99.99, 99.99], [0.0, 100.01, 100.01]])
    found = henderson_potential(z, u, inside, outside, 20.0)
    assert found == pytest.approx([0.0, 0.0, 0.0], abs=1e-5)
    same = henderson_potential([1, 1, -1], [1.0, 1.0, 1.0], inside, outside[0], 20.0)
    assert same == 0.0
    swapped = henderson_potential(
        [1, 1, -1, -1], [1.2, 0.8, 1.2, 0.8], [9, 1, 5, 5], [5, 5, 9, 1], 20
    )
    thermal, drive, conducted = 25.2613, -3.2, 21.6
    expected = -thermal * drive / conducted
    assert swapped == pytest.approx(expected, rel=1e-4)


def test_mobilities_are_of_their_source():
    assert mobility("Ca2+").relative == 0.4048
    assert mobility("Na+") is MOBILITIES["Na"]
    assert mobility("SO4 2-").valence == -2
    assert mobility("Gluconate").relative == 0.33
    assert mobility("Zn2+").relative == pytest.approx(52.8 / 2 / 73.5)
    assert {m.ion for m in MOBILITIES.values() if m.valence > 2} == {"Gd", "La"}
    assert all(m.source and m.valence and m.relative > 0 for m in MOBILITIES.values())


@pytest.mark.parametrize(
    ("pipette", "error", "words"),
    [
        ({"Kx": "150 mM", "Cl": "150 mM"}, SelectionError, "no mobility of 'Kx'"),
        ({"glutamat": "150 mM", "K": "150 mM"}, SelectionError, "did you mean 'glutamate'"),
        ({"K": "150 mM", "Cl": "140 mM"}, ModelError, "10 mM of anions are missing"),
        ({"K": "150 mM", "Cl": 150}, UnitError, "has no unit"),
        ({"K": "-1 mM", "Cl": "-1 mM"}, ModelError, "below zero"),
        ({}, ModelError, "without ions"),
        ({"K": "1 mV", "Cl": "1 mM"}, UnitError, "concentration is needed"),
    ],
)
def test_what_is_refused(pipette, error, words):
    with pytest.raises(error, match=words):
        henderson(pipette, {"Na": "150 mM", "Cl": "150 mM"})


def test_own_mobilities_and_temperatures():
    own = {"cholate": Mobility("cholate", -1, 0.3, "mine")}
    found = henderson(
        {"K": "100 mM", "cholate": "100 mM"}, solution({"K": 100, "Cl": 100}), mobilities=own
    )
    assert found > 0
    with pytest.raises(ModelError, match="0 to 60"):
        henderson(solution({"K": 1, "Cl": 1}), solution({"K": 1, "Cl": 1}), "300 degC")

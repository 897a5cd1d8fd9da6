"""The stationary Nernst-Planck junction beside published and independently solved ones.

`computed` are values of an independent solution of the same equations; 20.7956 mV is that of
Marino, Misuri and Brogioli 2014 (arXiv:1403.3640) with their limiting conductivities; 13.47 mV that
of the program LJPcalc for the solutions on page 191 of Patch-Clamp Analysis (2nd edition, 2007).
"""

import numpy as np
import pytest

from loligo.ions import MOBILITIES, henderson_potential
from loligo.ions.planck import stationary_potential

GLUCONATE = {"K": 150, "gluconate": 140, "Cl": 10}
SALINE = {"Na": 150, "Cl": 150}


def arrays(pipette, bath, own=None):
    ions = list(dict.fromkeys([*pipette, *bath]))
    table = {ion: (MOBILITIES[ion].valence, MOBILITIES[ion].relative) for ion in MOBILITIES}
    table |= own or {}
    valence, mobility = zip(*(table[ion] for ion in ions), strict=True)
    sides = [[side.get(ion, 0.0) for ion in ions] for side in (pipette, bath)]
    return valence, mobility, *sides


@pytest.mark.parametrize(
    ("pipette", "bath", "celsius", "computed"),
    [
        (GLUCONATE, SALINE, 20, 16.5348),
        (GLUCONATE, SALINE, 25, 16.8168),
        ({"Na": 10, "Cl": 10, "Cs": 135, "F": 135}, {"Na": 145, "Cl": 145}, 20, 8.8238),
        ({"Na": 100, "Cl": 100}, {"Mg": 100, "Cl": 200}, 20, 10.1084),
        ({"Na": 150, "Cl": 150}, {"Na": 15, "Cl": 15}, 25, -12.2501),
    ],
)
def test_stationary_junctions(pipette, bath, celsius, computed):
    found = stationary_potential(*arrays(pipette, bath), celsius)
    assert found == pytest.approx(computed, abs=1e-3)


def test_the_published_zinc_junction():
    """Limiting equivalent conductivities; diffusion goes with them over the charge."""
    own = {"Zn": (2, 52.8 / 2), "K": (1, 73.5), "Cl": (-1, 76.31)}
    given = arrays({"Zn": 9, "Cl": 18}, {"Zn": 0.0284, "K": 3, "Cl": 3.0568}, own)
    found = stationary_potential(*given, 25)
    assert found == pytest.approx(-20.8139, abs=1e-3)
    assert found == pytest.approx(-20.7956, abs=0.05)
    assert henderson_potential(*given, 25) == pytest.approx(-19.858, abs=1e-3)


def test_a_published_pipette_in_cerebrospinal_fluid():
    """Half of the HEPES is charged; ATP with 0.15 of the mobility of potassium."""
    pipette = {"K": 130, "gluconate": 110, "HEPES": 5, "EGTA": 1, "Cl": 24, "Mg": 2, "Na": 9}
    bath = {"K": 3, "Cl": 133.8, "Mg": 1.5, "Na": 152.2, "SO4": 1.5, "H2PO4": 1.2, "Ca": 2.4}
    pipette["ATP"], bath["HCO3"] = 2, 25
    valence, mobility, inside, outside = arrays(pipette, bath, {"ATP": (-2, 0.15)})
    valence = np.array(valence)
    for side in (inside, outside):  # as printed both sides miss or exceed up to 3 mM of charge
        left = (valence * side).sum()
        side[list({**pipette, **bath}).index("Cl")] += left
    found = stationary_potential(valence, mobility, inside, outside, 25)
    assert found == pytest.approx(13.47, abs=0.2)


def test_planck_with_two_univalent_classes():
    """Planck's own case, one salt against another with a common anion, in his closed equation.

    For univalent ions of total concentrations C1, C2 the potential is RT/F ln(x), where x solves
    ``(x U2 - U1) / (V2 - x V1) = (r - ln x) / (r + ln x) (x C2 - C1) / (C2 - x C1)`` with
    ``r = ln(C2/C1)``, U the sums of mobility times concentration of cations and V of anions.
    MacInnes 1939, The Principles of Electrochemistry, chapter 13.
    """
    cations, anion = np.array([1.0, 0.682]), 1.0382
    first, second = 150.0, 40.0
    given = ([1, 1, -1], [*cations, anion], [first, 0, first], [0, second, second])
    found = float(stationary_potential(*given, 20))
    x = np.exp(found / 25.261712)  # of the bath less the pipette
    u1, u2 = cations[0] * first, cations[1] * second
    v1, v2 = anion * first, anion * second
    ratio = np.log(second / first)
    left = (x * u2 - u1) / (v2 - x * v1)
    right = (ratio - np.log(x)) / (ratio + np.log(x)) * (x * second - first) / (second - x * first)
    assert left == pytest.approx(right, rel=1e-6)

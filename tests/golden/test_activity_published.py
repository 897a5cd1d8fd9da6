"""Activity and osmotic coefficients beside evaluated tables of measurements and independent digits.

`tabulated` are mean activity coefficients at 25 degC of Hamer and Wu 1972 (J Phys Chem Ref Data
1:1047) for the alkali chlorides, of the same authors' tables and the CRC Handbook for calcium
chloride. Columns of models were evaluated apart from this code with A = 0.5092, B = 3.286 per nm
and A_phi = 0.3915.
"""

import numpy as np
import pytest

from loligo.ions import activity, equilibrium, pitzer, water

CONSTANTS = water.DebyeHueckel(a=0.5092, b=3.286)
A_PHI = 0.3915


@pytest.mark.parametrize(
    ("celsius", "dielectric", "a", "a_phi", "b", "bjerrum"),
    [
        (6.3, 85.2564, 0.496199, 0.380847, 3.25802, 0.701371),
        (20, 80.1030, 0.506663, 0.388878, 3.27888, 0.711607),
        (25, 78.3033, 0.510802, 0.392055, 3.28651, 0.715754),
        (37, 74.1522, 0.521460, 0.400235, 3.30509, 0.726579),
    ],
)
def test_constants_of_water(celsius, dielectric, a, a_phi, b, bjerrum):
    """Dielectric constant of Malmberg and Maryott 1956, density of Kell 1975."""
    found = water.debye_hueckel_constants(celsius)
    assert water.dielectric_constant(celsius) == pytest.approx(dielectric, rel=1e-6)
    assert found.a == pytest.approx(a, rel=1e-5)
    assert found.a_phi == pytest.approx(a_phi, rel=1e-5)
    assert found.b == pytest.approx(b, rel=1e-5)
    assert water.bjerrum_length(celsius) == pytest.approx(bjerrum, rel=1e-5)


def test_density_of_water():
    """Kell 1975, table: 999.8396 at 0, 998.2041 at 20, 997.0449 at 25, 993.330 kg/m3 at 37 degC."""
    found = water.water_density([0, 20, 25, 37])
    assert found == pytest.approx([999.8396, 998.2041, 997.0449, 993.330], abs=2e-3)


MODELS = [
    (0.01, 0.889365, 0.898895, 0.902063, 0.901562, 0.898771, 0.902256, 0.900920),
    (0.10, 0.690203, 0.754507, 0.781518, 0.769582, 0.753780, 0.776849, 0.767477),
    (0.15, 0.635020, 0.720849, 0.759903, 0.740142, 0.719911, 0.750584, 0.737786),
    (0.50, 0.436457, 0.615294, 0.733605, 0.650706, 0.613528, 0.679588, 0.648566),
    (1.00, 0.309599, 0.556416, 0.790970, 0.602540, 0.554089, 0.655508, 0.603360),
]


@pytest.mark.parametrize("row", MODELS, ids=lambda row: f"{row[0]} mol per kg")
def test_models_of_univalent_salts(row):
    m, *expected = row
    found = [
        activity.debye_hueckel(1, m, CONSTANTS),
        activity.guentelberg(1, m, CONSTANTS),
        activity.davies(1, m, CONSTANTS),
        activity.extended_debye_hueckel(1, m, 0.4, CONSTANTS),
        activity.extended_debye_hueckel(1, m, 0.3, CONSTANTS),
        pitzer.pitzer_activity("NaCl", m, A_PHI),
        pitzer.pitzer_activity("KCl", m, A_PHI),
    ]
    assert found == pytest.approx(expected, abs=1e-6)


SODIUM_CHLORIDE = {0.01: 0.903, 0.05: 0.822, 0.1: 0.779, 0.2: 0.734, 0.5: 0.681, 1: 0.657, 2: 0.668}
POTASSIUM_CHLORIDE = {0.0982: 0.768, 0.5001: 0.649, 0.9926: 0.604, 1.9895: 0.573}


@pytest.mark.parametrize(
    ("salt", "tabulated", "davies"),
    [("NaCl", SODIUM_CHLORIDE, 0.01), ("KCl", POTASSIUM_CHLORIDE, 0.015)],
)
def test_pitzer_beside_measurements(salt, tabulated, davies):
    """Davies' equation, which knows no salts, comes near up to 0.1 mol/kg."""
    molality = np.array(list(tabulated))
    measured = np.array(list(tabulated.values()))
    assert pitzer.pitzer_activity(salt, molality) == pytest.approx(measured, abs=0.003)
    dilute = molality <= 0.1
    assert activity.davies(1, molality[dilute]) == pytest.approx(measured[dilute], abs=davies)


def test_davies_is_too_high_in_strong_solutions():
    assert activity.davies(1, 0.5) / SODIUM_CHLORIDE[0.5] == pytest.approx(1.08, abs=0.01)


def test_calcium_chloride():
    found = pitzer.pitzer_activity("CaCl2", [0.1, 0.5], A_PHI)
    assert found == pytest.approx([0.519710, 0.448237], abs=1e-6)
    assert found == pytest.approx([0.517, 0.444], abs=0.005)


def test_osmotic_coefficients():
    found = [pitzer.pitzer_osmotic(salt, [0.1, 0.5], A_PHI) for salt in ("NaCl", "KCl")]
    assert found[0] == pytest.approx([0.932069, 0.921192], abs=1e-6)
    assert found[1] == pytest.approx([0.926354, 0.900001], abs=1e-6)


@pytest.mark.parametrize("salt", ["NaCl", "KCl", "CaCl2", "MgCl2"])
def test_gibbs_and_duhem_hold(salt):
    """d(m (phi - 1)) = m d(ln gamma): activity and osmotic coefficients are one function."""
    m = np.linspace(0.0, 2.0, 20001)[1:]
    osmotic = m * (pitzer.pitzer_osmotic(salt, m) - 1.0)
    logs = np.log(pitzer.pitzer_activity(salt, m))
    first, second = np.diff(osmotic), 0.5 * (m[1:] + m[:-1]) * np.diff(logs)
    np.testing.assert_allclose(second[50:], first[50:], rtol=1e-3, atol=1e-9)


def test_nernst_with_activities():
    """KCl 0.01 outside, 0.4 mol/kg inside at 25 degC, mean coefficients as those of potassium."""

    def potential(coefficient, outside, inside):
        activities = [c * coefficient(c) for c in (outside, inside)]
        return float(equilibrium.nernst_potential(1, *activities, 25))

    def by_pitzer(c):
        return pitzer.pitzer_activity("KCl", c, A_PHI)

    def by_davies(c):
        return activity.davies(1, c, CONSTANTS)

    assert potential(lambda _: 1.0, 0.01, 0.4) == pytest.approx(-94.7768, abs=1e-3)
    assert potential(by_pitzer, 0.01, 0.4) == pytest.approx(-86.9611, abs=1e-3)
    assert potential(by_davies, 0.01, 0.4) == pytest.approx(-89.3691, abs=1e-3)
    assert potential(lambda _: 1.0, 0.1, 0.01) == pytest.approx(59.1593, abs=1e-3)
    assert potential(by_pitzer, 0.1, 0.01) == pytest.approx(55.0406, abs=1e-3)


def test_equal_strength_needs_no_correction():
    coefficient = activity.davies(1, activity.ionic_strength([1, -1], [145.0, 145.0]) / 1e3)
    plain = equilibrium.nernst_potential(1, 5.0, 140.0, 37)
    assert equilibrium.nernst_potential(1, 5 * coefficient, 140 * coefficient, 37) == pytest.approx(
        plain, abs=1e-12
    )


def test_small_ions_to_zero():
    """All models agree with the limiting law where there is nothing to disagree on."""
    m = 1e-8
    limit = activity.debye_hueckel(1, m)
    models = [
        activity.davies(1, m),
        activity.extended_debye_hueckel(1, m, 0.4),
        pitzer.pitzer_activity("NaCl", m),
        pitzer.pitzer_activity("KCl", 0.0),
    ]
    for found in models:
        assert found == pytest.approx(limit, abs=2e-4)

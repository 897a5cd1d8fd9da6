"""Equilibrium potentials, Donnan, GHK and pumps beside independent evaluations of their formulas.

The digits were evaluated from the formulas in extended precision, apart from this code, with the
constants of CODATA 2018. Where a paper prints or measures a number it is named beside it.
"""

import numpy as np
import pytest

from loligo.ions import charge, donnan, equilibrium, ghk_current, ghk_potential, pump, thermal

WARM, ROOM, COLD = 37.0, 20.0, 6.3


@pytest.mark.parametrize(
    ("celsius", "thermal_mv", "decade"),
    [
        (6.3, 24.081138, 55.448869),
        (18.5, 25.132452, 57.869610),
        (20.0, 25.261712, 58.167243),
        (22.0, 25.434059, 58.564085),
        (25.0, 25.692579, 59.159350),
        (37.0, 26.726659, 61.540407),
    ],
)
def test_thermal_voltages(celsius, thermal_mv, decade):
    assert thermal.thermal_voltage(celsius) == pytest.approx(thermal_mv, abs=5e-7)
    assert thermal.decade_voltage(celsius) == pytest.approx(decade, abs=2e-6)


@pytest.mark.parametrize(
    ("valence", "outside", "inside", "warm", "room", "cold"),
    [
        (1, 3.5, 140, -98.5914, -93.1874, -88.8324),
        (1, 5, 140, -89.0587, -84.1772, -80.2433),
        (1, 145, 12, 66.5982, 62.9478, 60.0060),
        (-1, 110, 7, -73.6205, -69.5852, -66.3332),
        (2, 1.8, 1e-4, 130.9356, 123.7587, 117.9750),
        (1, 20, 400, -80.0659, -75.6773, -72.1406),
        (1, 440, 50, 58.1238, 54.9380, 52.3705),
        (-1, 560, 52, -63.5211, -60.0393, -57.2335),
    ],
)
def test_nernst(valence, outside, inside, warm, room, cold):
    found = equilibrium.nernst_potential(valence, outside, inside, [WARM, ROOM, COLD])
    assert found == pytest.approx([warm, room, cold], abs=1e-4)


def test_the_charge_of_an_action_potential():
    moved = charge.membrane_charge(1.0, 100.0)
    assert moved == 100.0
    assert charge.ions_moved(moved) == pytest.approx(1.036427, rel=1e-6)
    assert charge.charges_per_area(moved) == pytest.approx(6241.5, rel=1e-5)
    change = charge.concentration_change(charge.membrane_charge(1.0, 90.0), 10.0)
    assert change == pytest.approx(2.7984e-3, rel=1e-4)
    assert change / 140 == pytest.approx(2.0e-5, rel=1e-3)


def test_glia_as_a_potassium_electrode():
    """Amphibian glia: near -90 mV in 3 mM K, 59 mV a decade (Kuffler, Nicholls, Orkand 1966)."""
    outside = np.array([1.5, 3, 10, 30, 75])
    found = equilibrium.potassium_electrode(outside, 99.0, 24.0)
    assert found == pytest.approx([-107.282, -89.533, -58.704, -30.572, -7.109], abs=1e-3)
    assert thermal.decade_voltage(24.0) == pytest.approx(58.9609, abs=2e-4)
    assert found[1] == pytest.approx(-90, abs=1)
    leaky = equilibrium.potassium_electrode(
        [1.5, 3, 75], 99.0, 24.0, sodium_permeability=0.01, sodium_outside=100.0
    )
    assert leaky == pytest.approx([-94.202, -82.166, -6.770], abs=1e-3)


@pytest.mark.parametrize(
    ("salt", "fixed", "potassium", "chloride", "ratio", "warm", "cool"),
    [
        (5, 140, 140.178344, 0.178344, 28.035669, -89.0927, -85.6456),
        (3.5, 129, 129.094891, 0.094891, 36.884255, -96.4240, -92.6933),
        (150, 100, 208.113883, 108.113883, 1.387426, -8.7516, -8.4130),
        (100, 50, 128.077641, 78.077641, 1.280776, -6.6140, -6.3581),
    ],
)
def test_donnan_with_one_salt(salt, fixed, potassium, chloride, ratio, warm, cool):
    found = donnan.donnan([1, -1], [salt, salt], -fixed, [WARM, 25.0])
    assert found.inside == pytest.approx(np.array([potassium, chloride]), abs=1e-6)
    assert found.ratio == pytest.approx(ratio, abs=1e-6)
    assert found.potential == pytest.approx([warm, cool], abs=1e-4)


def test_donnan_with_a_divalent_ion():
    found = donnan.donnan([1, 2, -1], [150, 2, 154], -100.0, WARM)
    assert found.ratio == pytest.approx(1.367537, abs=1e-6)
    assert found.potential == pytest.approx(-8.36575, abs=1e-5)
    assert found.inside[1] == pytest.approx(3.740316, abs=1e-6)


SQUID = ([20, 440, 560], [400, 50, 52])


@pytest.mark.parametrize(
    ("permeability", "solutions", "celsius", "expected"),
    [
        ([1, 0.04, 0.45], SQUID, 20, -59.9267),
        ([1, 0.04, 0.45], SQUID, 6.3, -57.1261),
        ([1, 0.04, 0.45], SQUID, 18.5, -59.6200),
        ([1, 0.04, 0.45], SQUID, 25, -60.9488),
        ([1, 20, 0.45], SQUID, 20, 42.3812),
        ([1, 0.04, 0.45], ([10, 460, 540], [400, 50, 40]), 20, -66.4876),
        ([1, 0.04, 0.45], ([5, 145, 110], [140, 15, 10]), 37, -67.3431),
        ([1, 1 / 40, 0], ([5, 145, 1], [140, 15, 1]), 37, -74.5581),
    ],
)
def test_goldman_potentials(permeability, solutions, celsius, expected):
    """Ratios of Hodgkin and Katz 1949 in their sea water, squid blood and mammalian saline."""
    found = ghk_potential.goldman_potential(permeability, [1, 1, -1], *solutions, celsius)
    assert found == pytest.approx(expected, abs=1e-4)


def test_the_textbook_cell_rests_at_minus_75():
    """E_K -90, E_Na +60 and 40 : 1 give -75.1 mV; -70 needs 26.8 : 1."""
    given = ([1, 1], [4.826966, 145], [140, 15.360269], 37)
    assert ghk_potential.goldman_potential([40, 1], *given) == pytest.approx(-75.1014, abs=1e-4)
    assert ghk_potential.goldman_potential([26.7708, 1], *given) == pytest.approx(-70, abs=1e-4)
    alone = equilibrium.nernst_potential(1, [4.826966, 145], [140, 15.360269], 37)
    assert alone == pytest.approx([-90, 60], abs=1e-5)


def test_ghk_currents():
    v = np.array([-120.0, -70, -40, 0, 40, 80])
    expected = [-1.502312, 1.417756, 4.901444, 13.025520, 25.839898, 42.490256]
    found = ghk_current.ghk_current_density(1e-6, 1, 140, 5, v, 37)
    assert found == pytest.approx(expected, rel=5e-7)  # the digits that are printed
    assert ghk_current.ghk_current_density(1e-6, 1, 140, 5, -89.05869, 37) == pytest.approx(
        0, abs=1e-6
    )
    assert ghk_current.ghk_current_density(1e-7, 2, 1e-4, 2, [-70, 0], 37) == pytest.approx(
        [-0.2032435, -0.03859220], rel=5e-7
    )


def test_ghk_slopes_and_limits():
    at_reversal = float(equilibrium.nernst_potential(1, 5, 140, 37))
    slope = ghk_current.ghk_slope_conductance(1e-6, 1, 140, 5, at_reversal, 37)
    assert slope == pytest.approx(0.06237528, rel=1e-6)
    limits = ghk_current.ghk_limiting_conductance(1e-6, 1, [140, 5], 37)
    assert limits == pytest.approx([0.5054110, 0.01805039], rel=1e-6)
    assert limits[0] / limits[1] == pytest.approx(28, rel=1e-12)
    far = ghk_current.ghk_slope_conductance(1e-6, 1, 140, 5, [5000, -5000], 37)
    assert far == pytest.approx(limits, rel=1e-12)
    v = np.array([-300.0, -1e-7, 0, 1e-7, 60])
    ohmic = ghk_current.ghk_current_density(1e-6, 1, 140, 140, v, 37)
    assert ohmic == pytest.approx(limits[0] * v, rel=1e-8, abs=1e-15)


@pytest.mark.parametrize(
    ("permeability", "calcium", "inside", "outside", "expected"),
    [
        (1, 10, 140, 0, -37.1678),
        (10, 10, 140, 0, 5.9327),
        (1000, 10, 140, 0, 71.1625),
        (3.6, 10, 140, 140, 8.9952),
        (10.6, 10, 140, 140, 17.7201),
    ],
)
def test_divalent_reversals(permeability, calcium, inside, outside, expected):
    """Calcium over monovalent permeability; 3.6 and 10.6 as published for glutamate receptors."""
    found = ghk_potential.goldman_potential(
        [1, permeability], [1, 2], [outside, calcium], [inside, 0], 22
    )
    assert found == pytest.approx(expected, abs=1e-4)
    back = ghk_potential.permeability_ratio(found, (2, calcium, 0), (1, outside, inside), 22)
    assert back == pytest.approx(permeability, rel=1e-10)


@pytest.mark.parametrize(
    ("ratio", "mixed"),
    [(0.0, -87.3855), (0.001, -86.6510), (0.01, -80.8431), (0.05, -64.3627)],
)
def test_selectivity_from_mixed_solutions(ratio, mixed):
    """145 Na + 5 K outside, 150 K inside, 25 degC."""
    found = ghk_potential.goldman_potential([1, ratio], [1, 1], [5, 145], [150, 0], 25)
    assert found == pytest.approx(mixed, abs=1e-4)
    back = ghk_potential.permeability_ratio(found, (1, 145, 0), (1, 5, 150), 25)
    assert back == pytest.approx(ratio, abs=1e-9)


@pytest.mark.parametrize(
    ("ratio", "shift"), [(1 / 150, -128.736), (1e-3, -177.478), (1 / 12, -63.844)]
)
def test_biionic_shifts(ratio, shift):
    found = ghk_potential.permeability_ratio(shift, (1, 150, 0), (1, 0, 150), 25)
    assert found == pytest.approx(ratio, rel=5e-5)


@pytest.mark.parametrize(
    ("outside", "inside", "permeability", "celsius", "passive", "pumped"),
    [
        ((5, 145), (140, 15), 0.04, 37, -68.5906, -73.8243),
        ((5, 145), (140, 12), 0.02, 37, -76.8790, -80.3522),
        ((5, 145), (140, 12), 1, 37, -0.3540, -10.0362),
        ((10, 460), (400, 50), 0.04, 20, -66.9451, -73.0493),
    ],
)
def test_mullins_noda(outside, inside, permeability, celsius, passive, pumped):
    given = list(zip(outside, inside, strict=True))
    found = [
        float(pump.mullins_noda_potential(*given, permeability, celsius, coupling))
        for coupling in (1.0, 1.5)
    ]
    assert found == pytest.approx([passive, pumped], abs=1e-4)
    assert abs(found[1] - found[0]) <= pump.largest_pump_potential(celsius)


def test_bounds_of_an_electrogenic_pump():
    assert pump.largest_pump_potential([37, 20]) == pytest.approx([10.8367, 10.2427], abs=1e-4)


def test_pump_with_ohmic_leaks():
    found = [float(pump.pumped_chord_potential((1, 60), (20, -90), r)) for r in (1.5, 1.0)]
    assert found == pytest.approx([-85.161290, -82.857143], abs=1e-6)


def test_the_flux_ratio_of_squid_potassium():
    """Hodgkin and Keynes 1955 found an exponent of 2.5 where independent ions have 1."""
    given = (1, 10.0, 400.0, -60.0, 18.0)
    measured = ghk_current.ussing_flux_ratio(*given, exponent=2.5)
    assert ghk_current.ussing_exponent(measured, *given) == pytest.approx(2.5, rel=1e-12)
    u = 60.0 / float(thermal.thermal_voltage(18.0))
    assert ghk_current.ussing_flux_ratio(*given) == pytest.approx(10 / 400 * np.exp(u), rel=1e-12)

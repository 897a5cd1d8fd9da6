"""What the functions of ions refuse, and in which words; and what they say of currents."""

import numpy as np
import pytest

from loligo.errors import ModelError, SelectionError
from loligo.ions import (
    activity,
    donnan,
    equilibrium,
    ghk_current,
    ghk_potential,
    pitzer,
    planck,
    thermal,
    water,
)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: equilibrium.nernst_potential(1, -5.0, 140.0, 37), "outside = -5 mM is below zero"),
        (
            lambda: equilibrium.nernst_potential(1, 5.0, [1.0, -140.0], 37),
            "inside = -140 mM is below",
        ),
        (
            lambda: equilibrium.nernst_potential(0, 5.0, 140.0, 37),
            "valence = 0; an ion has a whole",
        ),
        (lambda: equilibrium.nernst_potential(0.5, 5.0, 140.0, 37), "valence = 0.5"),
        (lambda: equilibrium.nernst_potential(1, 5.0, 140.0, -273.15), "not above absolute zero"),
        (
            lambda: ghk_current.ghk_current_density(-1e-6, 1, 5, 140, 0, 37),
            "permeability = -1e-06 cm/s",
        ),
        (lambda: ghk_potential.goldman_potential([1.0], [3], [1.0], [2.0], 37), r"valence = \+3"),
        (
            lambda: ghk_potential.goldman_potential([0.0], [1], [1.0], [2.0], 37),
            "no ion that permeates",
        ),
        (
            lambda: ghk_potential.chord_potential([0.0, 0.0], [1.0, 2.0]),
            "all conductances are zero",
        ),
        (
            lambda: ghk_potential.permeability_ratio(-100.0, (1, 145, 0), (1, 5, 150), 25),
            "reversal = -100 mV is not between the Nernst potentials",
        ),
        (lambda: donnan.donnan([1, -1], [5.0, 6.0], -1.0, 37), "charges add up to -1 mM"),
        (lambda: donnan.donnan([1, -1], [0.0, 0.0], -1.0, 37), "needs a permeant cation"),
        (lambda: water.water_density(120.0), "120 degC; the properties of water"),
        (lambda: activity.davies(1, -0.1), "ionic strength = -0.1 mol/kg is below zero"),
        (
            lambda: planck.stationary_potential([1, -1], [1, 1], [5.0, 6.0], [1.0, 1.0], 20),
            "pipette: the charges add up to -1 mM; 1 mM of cations",
        ),
        (
            lambda: planck.stationary_potential([1, -1], [1, 0], [5.0, 5.0], [1.0, 1.0], 20),
            "mobility = 0 must be above 0",
        ),
        (
            lambda: planck.stationary_potential([1, -1], [1, 1], [0.0, 0.0], [1.0, 1.0], 20),
            "pipette: a solution without ions",
        ),
    ],
)
def test_impossible_numbers_are_refused(call, words):
    with pytest.raises(ModelError, match=words):
        call()


def test_unknown_salts_are_named():
    with pytest.raises(SelectionError, match="did you mean 'KCl'"):
        pitzer.pitzer_activity("KCL", 0.1)


def test_ions_on_one_side_only_have_infinite_potentials():
    found = equilibrium.nernst_potential(1, [0.0, 5.0], [140.0, 0.0], 37)
    assert found.tolist() == [-np.inf, np.inf]
    assert np.isnan(equilibrium.nernst_potential(1, 0.0, 0.0, 37))
    assert ghk_potential.goldman_potential([1, 1], [1, -1], [0, 5], [5, 0], 37) == -np.inf
    assert ghk_potential.goldman_potential([1, 1], [2, -1], [5, 0], [0, 5], 37) == np.inf


def test_sides_broadcast():
    found = ghk_potential.goldman_potential(
        [1, 0.04], [1, 1], np.array([[2.5, 145], [5, 145], [10, 145]]), [140, 10], [20.0, 30, 37]
    )
    one = ghk_potential.goldman_potential([1, 0.04], [1, 1], [5, 145], [140, 10], 30.0)
    assert found.shape == (3,)
    assert found[1] == one
    made = donnan.donnan([1, -1], [[5, 5], [10, 10]], [[-1.0], [-2.0], [-3.0]], 37)
    assert made.potential.shape == (3, 2)
    assert made.inside.shape == (3, 2, 2)


@pytest.mark.parametrize(
    ("ion", "valence", "potential", "reversal", "words"),
    [
        ("K", 1, -70, -90, "K+ leaves: outward current (positive), driven by +20 mV"),
        ("Na", 1, -70, 60, "Na+ enters: inward current (negative), driven by -130 mV"),
        ("Cl", -1, -80, -60, "Cl- leaves: inward current (negative), driven by -20 mV"),
        ("Cl", -1, 0, -60, "Cl- enters: outward current (positive), driven by +60 mV"),
        ("Ca", 2, 0, 120, "Ca2+ enters: inward current (negative), driven by -120 mV"),
        ("K", 1, -90, -90, "K+ is in equilibrium: no current"),
    ],
)
def test_directions_in_words(ion, valence, potential, reversal, words):
    assert equilibrium.DrivingForce(ion, valence, potential, reversal).in_words() == words


def test_a_flux_ratio_at_equilibrium_has_no_exponent():
    reversal = float(equilibrium.nernst_potential(1, 5.0, 140.0, 37))
    assert np.isnan(ghk_current.ussing_exponent(1.0, -1, 5.0, 5.0, 0.0, 37))
    assert ghk_current.ussing_flux_ratio(1, 5.0, 140.0, reversal, 37) == pytest.approx(1.0)


def test_zero_kelvin_is_named_with_its_value():
    with pytest.raises(ModelError, match=r"temperature = -300 degC"):
        thermal.thermal_voltage([20.0, -300.0])

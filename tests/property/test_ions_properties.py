"""Ions obey their symmetries whatever the numbers: signs, scales, units, limits, missing values."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from loligo.ions import donnan, equilibrium, ghk_current, ghk_potential, planck
from loligo.ions.junction import henderson_potential

AMOUNTS = st.floats(1e-5, 500.0)
TEMPERATURES = st.floats(0.0, 45.0)
POTENTIALS = st.floats(-150.0, 150.0)
VALENCES = st.sampled_from([1, -1, 2, -2])
FOUR = st.lists(AMOUNTS, min_size=4, max_size=4)
KINDS = np.array([1, 1, -1, 2])


@given(VALENCES, AMOUNTS, AMOUNTS, TEMPERATURES)
def test_nernst_turns_with_the_sides_and_the_charge(z, outside, inside, celsius):
    found = float(equilibrium.nernst_potential(z, outside, inside, celsius))
    assert equilibrium.nernst_potential(z, inside, outside, celsius) == pytest.approx(
        -found, abs=1e-12
    )
    assert equilibrium.nernst_potential(-z, outside, inside, celsius) == pytest.approx(
        -found, abs=1e-12
    )
    assert equilibrium.nernst_potential(z, outside, outside, celsius) == 0.0
    assert equilibrium.nernst_potential(z, 1e3 * outside, 1e3 * inside, celsius) == pytest.approx(
        found, abs=1e-10
    )
    grown = equilibrium.nernst_potential(z, 1.1 * outside, inside, celsius)
    assert (grown > found) == (z > 0)


@given(VALENCES, AMOUNTS, AMOUNTS, TEMPERATURES)
def test_no_flux_at_equilibrium(z, outside, inside, celsius):
    reversal = equilibrium.nernst_potential(z, outside, inside, celsius)
    current = ghk_current.ghk_current_density(1e-6, z, inside, outside, reversal, celsius)
    scale = 1e-6 * abs(z) * 96485.33 * max(inside, outside) * (1 + abs(reversal) / 10)
    assert abs(current) <= 1e-12 * scale
    assert ghk_current.ussing_flux_ratio(z, outside, inside, reversal, celsius) == pytest.approx(
        1.0
    )


@given(VALENCES, AMOUNTS, AMOUNTS, POTENTIALS, TEMPERATURES)
def test_ghk_current_turns_and_grows(z, outside, inside, v, celsius):
    given_ = (1e-6, z, inside, outside)
    current = float(ghk_current.ghk_current_density(*given_, v, celsius))
    turned = ghk_current.ghk_current_density(1e-6, z, outside, inside, -v, celsius)
    assert turned == pytest.approx(-current, rel=1e-12, abs=1e-15)
    assert ghk_current.ghk_slope_conductance(*given_, v, celsius) > 0
    twice = ghk_current.ghk_current_density(2e-6, z, inside, outside, v, celsius)
    assert twice == pytest.approx(2 * current, rel=1e-12)
    step = 1e-3
    ends = ghk_current.ghk_current_density(*given_, np.array([v - step, v + step]), celsius)
    slope = (ends[1] - ends[0]) / (2 * step)
    scale = 1e-6 * 96485 * max(inside, outside)
    assert ghk_current.ghk_slope_conductance(*given_, v, celsius) == pytest.approx(
        slope, rel=1e-5, abs=1e-9 * scale
    )


@given(FOUR, FOUR, FOUR, TEMPERATURES, st.floats(1e-9, 1e9))
def test_goldman_is_where_currents_cancel(weights, outside, inside, celsius, scale):
    p, out, into = np.array(weights), np.array(outside), np.array(inside)
    found = float(ghk_potential.goldman_potential(p, KINDS, out, into, celsius))

    def net(v):
        return float(ghk_current.ghk_current_density(p, KINDS, into, out, v, celsius).sum())

    ends = equilibrium.nernst_potential(KINDS, out, into, celsius)
    low, high = float(ends.min()), float(ends.max())
    assert low - 1e-9 <= found <= high + 1e-9
    if high - low > 1e-6:
        assert found == pytest.approx(brentq(net, low - 1, high + 1, xtol=1e-12), abs=1e-7)
    assert ghk_potential.goldman_potential(scale * p, KINDS, out, into, celsius) == pytest.approx(
        found, abs=1e-10
    )
    assert ghk_potential.goldman_potential(p, KINDS, into, out, celsius) == pytest.approx(
        float(ghk_potential.goldman_potential(p, -KINDS, out, into, celsius)), abs=1e-9
    )
    same = ghk_potential.goldman_potential(p, KINDS, out, out, celsius)
    assert same == pytest.approx(0.0, abs=1e-12)


@given(st.integers(0, 3), FOUR, FOUR, TEMPERATURES)
def test_goldman_of_one_ion_is_nernst(which, outside, inside, celsius):
    p = np.zeros(4)
    p[which] = 0.3
    found = ghk_potential.goldman_potential(p, KINDS, outside, inside, celsius)
    alone = equilibrium.nernst_potential(KINDS[which], outside[which], inside[which], celsius)
    assert found == pytest.approx(float(alone), rel=1e-12, abs=1e-12)


@given(FOUR, FOUR, FOUR, TEMPERATURES)
def test_more_cations_outside_depolarize(weights, outside, inside, celsius):
    before = ghk_potential.goldman_potential(weights, KINDS, outside, inside, celsius)
    for ion, up in ((0, True), (2, False), (3, True)):
        more = np.array(outside)
        more[ion] *= 1.5
        after = ghk_potential.goldman_potential(weights, KINDS, more, inside, celsius)
        assert after >= before - 1e-11 if up else after <= before + 1e-11


@given(st.floats(1e-4, 1e4), AMOUNTS, AMOUNTS, TEMPERATURES)
def test_permeability_ratios_come_back(ratio, test, reference, celsius):
    reversal = ghk_potential.goldman_potential(
        [ratio, 1], [1, 1], [test, 0], [0, reference], celsius
    )
    found = ghk_potential.permeability_ratio(reversal, (1, test, 0), (1, 0, reference), celsius)
    assert found == pytest.approx(ratio, rel=1e-9)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.floats(-300, 300), TEMPERATURES)
def test_donnan_is_neutral_and_at_equilibrium(potassium, sodium, calcium, fixed, celsius):
    z = np.array([1, 1, 2, -1])
    outside = np.array([potassium, sodium, calcium, potassium + sodium + 2 * calcium])
    found = donnan.donnan(z, outside, fixed, celsius)
    charge = (z * found.inside).sum() + fixed
    assert charge == pytest.approx(0.0, abs=1e-10 * (abs(fixed) + outside.sum()))
    assert found.inside == pytest.approx(outside * found.ratio**z, rel=1e-10)
    each = equilibrium.nernst_potential(z, outside, found.inside, celsius)
    assert each == pytest.approx(float(found.potential), abs=1e-9)
    assert (found.potential < 0) == (fixed < 0) or abs(found.potential) < 1e-6
    mirrored = donnan.donnan(-z, outside, -fixed, celsius)
    assert mirrored.potential == pytest.approx(-float(found.potential), abs=1e-9)


MOBILITIES = np.array([1.0, 0.682, 1.0382, 0.33])
SIGNS = np.array([1, 1, -1, -1])


@settings(deadline=None, max_examples=25)
@given(*[st.floats(0.01, 300)] * 6)
def test_junctions_turn_and_scale(k, na, share, k_bath, na_bath, dilution):
    """Planck's junction turns with its sides; common dilution and the mobilities' unit vanish."""
    part = share / 301.0
    first = np.array([k, na, (k + na) * part, (k + na) * (1 - part)])
    second = np.array([k_bath, na_bath, k_bath + na_bath, 0.0])
    given_ = (SIGNS, MOBILITIES)
    found = float(planck.stationary_potential(*given_, first, second, 20.0))
    assert planck.stationary_potential(*given_, second, first, 20.0) == pytest.approx(
        -found, abs=1e-7
    )
    scaled = planck.stationary_potential(
        SIGNS, 7.0 * MOBILITIES, dilution * first, dilution * second, 20.0
    )
    assert scaled == pytest.approx(found, abs=1e-7)
    assert planck.stationary_potential(*given_, first, first, 20.0) == 0.0
    near = henderson_potential(*given_, first, second, 20.0)
    assert abs(found - near) < 0.2 * abs(near) + 2.0


@settings(deadline=None, max_examples=25)
@given(st.floats(1.0, 300), st.floats(1e-3, 1e3), TEMPERATURES)
def test_one_salt_diffuses_the_same_for_both(amount, ratio, celsius):
    """Of one salt Planck's potential is the closed form, which Henderson's equals."""
    given_ = ([2, -1], [0.4048, 1.0382], [amount, 2 * amount])
    bath = [ratio * amount, 2 * ratio * amount]
    exact = henderson_potential(*given_, bath, celsius)
    assume(abs(np.log(ratio)) > 1e-6)
    assert planck.stationary_potential(*given_, bath, celsius) == pytest.approx(
        float(exact), rel=1e-9
    )


def test_missing_values_stay_missing():
    nan = np.nan
    assert np.isnan(equilibrium.nernst_potential(1, [nan, 5.0], 140.0, 37)).tolist() == [
        True,
        False,
    ]
    assert np.isnan(ghk_current.ghk_current_density(1e-6, 1, 140, 5, [nan, 0.0], 37)).tolist() == [
        True,
        False,
    ]
    assert np.isnan(ghk_current.ghk_slope_conductance(1e-6, 1, nan, 5, 0.0, 37))
    outside = np.array([[5.0, 145.0], [nan, 145.0]])
    found = ghk_potential.goldman_potential([1, 0.04], [1, 1], outside, [140.0, 10.0], 37)
    assert np.isnan(found).tolist() == [False, True]
    made = donnan.donnan([1, -1], [[5.0, 5.0], [nan, 5.0]], -140.0, 37)
    assert np.isnan(made.potential).tolist() == [False, True]
    both = [[150.0, 150.0], [nan, 150.0]]
    drops = planck.stationary_potential([1, -1], [1.0, 1.04], both, [15.0, 15.0], 20)
    assert np.isnan(drops).tolist() == [False, True]


WIDE = st.one_of(st.just(0.0), st.floats(-5, 3).map(lambda power: 10.0**power))
VALENCE_OF_SIX = np.array([1, 1, 2, -1, -1, -2])
MOBILITY_OF_SIX = np.array([1.0, 4.76, 0.361, 1.0382, 0.33, 0.544])


def neutralized(levels):
    """Return concentrations with anions scaled to the charge of cations, none of them missing."""
    c = np.array(levels)
    c[0], c[3] = max(c[0], 1e-5), max(c[3], 1e-5)
    charge = VALENCE_OF_SIX * c
    c[VALENCE_OF_SIX < 0] *= charge[charge > 0].sum() / -charge[charge < 0].sum()
    return c


@settings(deadline=None, max_examples=30)
@given(st.lists(WIDE, min_size=6, max_size=6), st.lists(WIDE, min_size=6, max_size=6))
def test_any_two_solutions_have_a_junction(pipette, bath):
    """Over eight decades the layer leads from one to the other, neutral and above zero."""
    first, second = neutralized(pipette), neutralized(bath)
    place, potential, inside = planck.stationary_profile(
        VALENCE_OF_SIX, MOBILITY_OF_SIX, first, second, 20.0, points=401
    )
    assert np.all(np.diff(place) > 0)
    scale = inside.max()
    assert inside.min() >= -1e-9 * scale
    assert inside[-1] == pytest.approx(second, rel=1e-5, abs=1e-9 * scale)
    assert inside @ VALENCE_OF_SIX == pytest.approx(np.zeros(401), abs=1e-9 * scale)
    assert potential[-1] == pytest.approx(
        float(planck.stationary_potential(VALENCE_OF_SIX, MOBILITY_OF_SIX, first, second, 20.0))
    )
    total = inside.sum(axis=1)  # straight in the layer, whatever the fluxes
    assert total == pytest.approx(total[0] + (total[-1] - total[0]) * place, abs=2e-3 * scale)

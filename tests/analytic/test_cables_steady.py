"""Cables at rest in closed form: input resistance, attenuation, Rall's tree, reciprocity."""

import numpy as np
import pytest
from cables import input_resistance, laplacian, neuron, passive, random_tree
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.cell.morphology import cable, discretize, rall_tree
from loligo.engine import simulate
from loligo.protocol import Protocol

LAMBDA = 816.496581
"""Of 2 um, 150 ohm cm and 20 kohm cm2 [um]."""
G = 0.05
"""mS/cm2."""


def cut(morphology, counts):
    return discretize(
        morphology, axial_resistivity="150 ohm cm", capacitance="1 uF/cm2", counts=counts
    )


def sealed(length, n):
    """Input resistance at the very end [MOhm], and attenuation to the other, of a sealed cable."""
    parts = cut(cable(f"{length * LAMBDA} um", "2 um"), n)
    half = 0.5 / parts.conductance[1]
    near = input_resistance(parts, G, 0) + half
    far = input_resistance(parts, G, 0, n - 1)
    return 1000.0 * near, far / near


@pytest.mark.parametrize(
    ("length", "resistance", "attenuation"),
    [
        (0.5, 843.613777, 0.886818884),
        (1.0, 511.884706, 0.648054274),
        (2.0, 404.395485, 0.265802229),
    ],
)
def test_sealed_cables(length, resistance, attenuation):
    """Of second order in space: the error of 50 compartments is four times that of 100."""
    found = [sealed(length, n) for n in (50, 100, 200)]
    assert found[-1][0] == pytest.approx(resistance, rel=2e-5)
    assert found[-1][1] == pytest.approx(attenuation, rel=2e-5)
    errors = [abs(near - resistance) for near, _ in found]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.05)
    errors = [abs(far - attenuation) for _, far in found]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.05)


def test_a_rall_tree_is_its_cylinder():
    """Five levels, each a tenth of a length constant: a cylinder of half a length constant."""
    parts = cut(rall_tree(5, f"{0.1 * LAMBDA} um", "2 um"), 40)
    half = 0.5 / parts.conductance[1]
    found = 1000.0 * (input_resistance(parts, G, 0) + half)
    assert found == pytest.approx(843.613777, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_transfer_resistance_is_symmetric(seed, data):
    parts = cut(random_tree(seed), 3)
    places = st.integers(0, parts.n_compartments - 1)
    a, b = data.draw(places), data.draw(places)
    there = input_resistance(parts, G, a, b)
    assert input_resistance(parts, G, b, a) == pytest.approx(there, rel=1e-9)
    assert 0.0 < there <= input_resistance(parts, G, a) * (1 + 1e-9)


def test_no_axial_current_is_lost():
    matrix = laplacian(cut(random_tree(3), 5))
    np.testing.assert_allclose(matrix.sum(axis=0), 0.0, atol=1e-9 * matrix.max())


def test_the_engine_comes_to_rest_there():
    """A long step: the same input resistance as by elimination, and transfer either way."""
    shape = random_tree(5)
    cell = neuron(shape, passive(), counts=3)
    parts = cell.compartments
    long = Protocol("long", ["hold for 1500 ms"], holding="10 pA")
    sites = ["b0(0)", "b7(1)"]
    places = [parts.at(site) for site in sites]
    for site, here in zip(sites, places, strict=True):
        found = simulate(cell, long, at=site, record=(), dt="1 ms").final["v"][0, 0]
        for there in places:
            expected = 10.0 * input_resistance(parts, G, here, there)
            assert found[there] == pytest.approx(expected, rel=1e-9)

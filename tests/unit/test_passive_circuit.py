"""From exponentials to the ladder of electrode and cell, and what no such circuit has."""

import numpy as np
import pytest
from scipy.signal import residue

from loligo.analysis.passive.circuit import ladder_of


def exponentials(capacitance, series, impedance):
    """Rates and amplitudes of an electrode before a cell ``(numerator, denominator)``."""
    above, below = impedance
    through = np.polyadd(series * np.array(below), above)  # Rs + Z, over `below`
    whole = np.polyadd(np.polymul([capacitance, 0.0], through), below)
    amplitudes, poles, _ = residue(through, whole)
    return -poles.real, (amplitudes / -poles).real


@pytest.mark.parametrize("left", [0.2, 3.0, 9.0])
def test_one_compartment_comes_back(left):
    cell = [0.3], [0.3 * 80.0, 1.0]
    rates, amplitudes = exponentials(left, 0.012, cell)
    found = ladder_of(rates, amplitudes)
    assert found.pipette_capacitance == pytest.approx(left, rel=1e-9)
    assert found.series_resistance == pytest.approx(0.012, rel=1e-9)
    assert found.resistance == pytest.approx(0.3, rel=1e-9)
    assert found.times == pytest.approx([24.0], rel=1e-9)
    assert found.times / found.amplitudes == pytest.approx([80.0], rel=1e-9)


def test_two_time_constants_come_back():
    slow, fast = (0.3, 24.0), (0.1, 2.0)  # GOhm, ms
    above = np.polyadd(slow[0] * np.array([fast[1], 1.0]), fast[0] * np.array([slow[1], 1.0]))
    below = np.polymul([slow[1], 1.0], [fast[1], 1.0])
    found = ladder_of(*exponentials(4.0, 0.02, (above, below)))
    assert found.times == pytest.approx([24.0, 2.0], rel=1e-8)
    assert found.amplitudes == pytest.approx([0.3, 0.1], rel=1e-8)
    assert found.resistance == pytest.approx(0.4, rel=1e-9)
    assert found.pipette_capacitance == pytest.approx(4.0, rel=1e-8)


def test_what_is_no_ladder():
    assert ladder_of(np.array([0.05, 20.0]), np.array([0.3, -0.01])) is None
    assert ladder_of(np.array([0.05, -20.0]), np.array([0.3, 0.01])) is None

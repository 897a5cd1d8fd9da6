"""From exponentials to the ladder of electrode and cell, and what no such circuit has."""

import numpy as np
import pytest
from scipy import signal
from scipy.signal import residue

from loligo.analysis.passive.circuit import electrode_poles, impedance_of, ladder_of


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


@pytest.mark.parametrize("left", [-0.05, 0.4, 3.0])
def test_what_a_late_neutralization_feeds_back_is_undone(left):
    """From the amplifier's equations: s C V - s C_n V_f + V / Z = I, V_f = V / (1 + s T)."""
    late, neutralized, series, resistance, time = 0.002, 5.0, 0.02, 0.3, 24.0
    whole = left + neutralized
    above = np.array([series * time, series + resistance])  # of cell and series resistance
    below = np.array([time, 1.0])
    inner = np.polymul([late, 1.0], below)
    inner = np.polyadd(inner, np.polymul(np.polymul([late, 1.0], [whole, 0.0]), above))
    inner = np.polysub(inner, np.polymul([neutralized, 0.0], above))
    slow = np.roots(inner).real.max()
    electrode, rest = np.polydiv(inner, [-1 / slow, 1.0])
    assert abs(rest).max() < 1e-9
    amplitude = -np.polyval(above, slow) / (np.polyval(np.polyder(inner), slow) * slow)
    rates = np.array([-slow, 1 / electrode[1]])
    amplitudes = np.array([amplitude, series + resistance - amplitude])
    loop = electrode[0]
    numerator, denominator = impedance_of(rates, amplitudes, loop)
    assert numerator == pytest.approx(above[::-1], rel=1e-9)
    assert denominator == pytest.approx(inner[::-1], rel=1e-9)
    found = ladder_of(rates, amplitudes, follower=late, neutralized=neutralized, loop=loop)
    assert found.pipette_capacitance == pytest.approx(left, rel=1e-6)
    assert found.series_resistance == pytest.approx(series, rel=1e-8)
    assert found.resistance == pytest.approx(resistance, rel=1e-9)
    assert found.times == pytest.approx([time], rel=1e-8)


@pytest.mark.parametrize("loop", [0.0, 4e-5, 1e-4, 3e-4])
def test_the_electrode_answers_to_a_step_as_the_textbook_says(loop):
    rate, times = 50.0, np.linspace(0.0, 0.2, 41)
    poles, step, slope = electrode_poles(rate, loop)
    decays = np.exp(poles[:, None] * times)
    expected = signal.step(([1.0], [loop, 1 / rate, 1.0]), T=times)[1]
    assert (1 + step @ decays).real == pytest.approx(expected, abs=1e-8)
    assert (loop * (step * poles) @ decays).real == pytest.approx((slope @ decays).real, abs=1e-9)

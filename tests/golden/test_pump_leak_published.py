"""The pump-leak cell of Duesterwald et al. 2018 (eLife 7:e39575) with its published numbers.

`computed` steady states and courses are those of an independent solution of the paper's equations
with RT/F = 26.725 mV and F = 96485 C/mol, as its code has them; `published` are the code's own
start values.
"""

import numpy as np
import pytest

from loligo.errors import ModelError
from loligo.ions.donnan import donnan
from loligo.ions.pump_leak import PumpLeak, pump_leak_course, pump_leak_steady
from loligo.ions.thermal import FARADAY, GAS_CONSTANT

CELSIUS = 26.725e-3 * FARADAY / GAS_CONSTANT - 273.15
DEFAULT = PumpLeak(temperature=CELSIUS)


@pytest.mark.parametrize(
    ("valence", "cotransport", "potential", "levels", "chloride_reversal"),
    [
        (-0.85, 0.02, -72.5887, (14.0017, 122.8766, 5.1647, 154.9571), -83.8437),
        (-1.0, 0.02, -74.6657, (14.0687, 134.4313, 4.7496, 143.7504), -86.0831),
        (-0.5, 0.02, -64.7702, (13.7439, 87.6160, 7.0797, 188.5604), -75.4150),
        (-0.85, 0.0, -69.9290, (13.9150, 123.2493, 8.6929, 151.1428), -69.9290),
    ],
)
def test_steady_states(valence, cotransport, potential, levels, chloride_reversal):
    cell = PumpLeak(temperature=CELSIUS, impermeant_valence=valence, cotransport=cotransport)
    found = pump_leak_steady(cell)
    inside = [found.sodium, found.potassium, found.chloride, found.impermeant]
    assert found.potential == pytest.approx(potential, abs=0.02)
    assert inside == pytest.approx(levels, abs=0.01)
    assert -26.725 * np.log(119 / found.chloride) == pytest.approx(chloride_reversal, abs=0.02)
    charge = inside[0] + inside[1] - inside[2] + valence * inside[3]
    assert charge == pytest.approx(0.0, abs=1e-9)
    assert sum(inside) == pytest.approx(297.0, abs=1e-9)


def test_start_values_of_the_published_code():
    found = pump_leak_steady(DEFAULT)
    inside = [found.sodium, found.potassium, found.chloride, found.impermeant]
    assert inside == pytest.approx([14.002, 122.873, 5.163, 154.962], abs=0.01)


def test_run_down_with_the_pump_blocked():
    """Within 1 %: first the pump's own current is lost, then the gradients, then the volume."""
    times = np.array([0.5, 60, 300, 600, 1200, 1800, 3600, 7200]) * 1e3
    found = pump_leak_course(DEFAULT, pump_leak_steady(DEFAULT), times)
    assert found.potential == pytest.approx(
        [-64.411, -65.00, -64.44, -61.34, -51.40, -38.61, -17.99, -10.10], rel=0.01
    )
    assert found.potassium[1:] == pytest.approx(
        [116.88, 95.91, 74.05, 40.84, 20.68, 7.59, 5.40], rel=0.01
    )
    assert found.volume[1:] == pytest.approx(
        [1.0022, 1.0080, 1.0158, 1.0419, 1.0901, 1.3228, 1.6887], rel=0.01
    )
    assert found.volume * found.impermeant == pytest.approx(np.full(8, 154.9571), rel=1e-5)


def test_the_pump_is_electrogenic():
    """At once the potential loses pump current over conductance, 8.185 mV."""
    steady = pump_leak_steady(DEFAULT)
    current = 1000.0 * (steady.sodium / 145.0) ** 3
    assert current == pytest.approx(0.9004, abs=1e-4)
    loss = current / (DEFAULT.sodium + DEFAULT.potassium + DEFAULT.chloride)
    assert loss == pytest.approx(8.185, abs=1e-3)
    after = pump_leak_course(DEFAULT, steady, [500.0])
    assert after.potential[0] - steady.potential == pytest.approx(loss, abs=0.02)


def test_a_steady_cell_stays():
    steady = pump_leak_steady(DEFAULT)
    found = pump_leak_course(DEFAULT, steady, [1e3, 3.6e6], pump=1.0)
    assert found.potential == pytest.approx(np.full(2, steady.potential), abs=1e-3)
    assert found.volume == pytest.approx(np.ones(2), abs=1e-4)  # the potential's charge has mass


def test_at_fixed_volume_the_end_is_donnans():
    found = donnan([1, 1, -1], [145, 3.5, 119], -0.85 * 154.9571, CELSIUS, fixed_outside=-29.5)
    assert found.ratio == pytest.approx(1.4424896, abs=2e-6)
    assert found.potential == pytest.approx(-9.79125, abs=1e-4)


def test_without_a_pump():
    """A Donnan equilibrium where something outside cannot enter either, else no steady volume."""
    found = pump_leak_steady(PumpLeak(temperature=CELSIUS, pump=0.0))
    after = pump_leak_course(DEFAULT, pump_leak_steady(DEFAULT), [1e9])
    assert after.potential[-1] == pytest.approx(float(found.potential), abs=1e-3)
    assert after.volume[-1] == pytest.approx(154.9571 / float(found.impermeant), rel=1e-3)
    with pytest.raises(ModelError, match="there is no steady volume"):
        pump_leak_steady(PumpLeak(pump=0.0, chloride_outside=148.5))


def test_what_is_refused():
    with pytest.raises(ModelError, match="pump = -1 uA/cm2 is below zero"):
        pump_leak_steady(PumpLeak(pump=-1.0))
    with pytest.raises(ModelError, match="cannot both be balanced"):
        pump_leak_steady(PumpLeak(impermeant_valence=40.0))
    with pytest.raises(ModelError, match="cannot both be balanced"):
        pump_leak_steady(PumpLeak(impermeant_valence=-3.0, osmolarity=30.0))
    with pytest.raises(ModelError, match="times must increase"):
        pump_leak_course(DEFAULT, pump_leak_steady(DEFAULT), [5.0, 1.0])

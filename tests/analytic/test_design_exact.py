"""What a design finds where the answer is known: closed forms, and clamp errors solved apart."""

import numpy as np
import planned
import pytest
from scipy.optimize import brentq, curve_fit

import loligo

MEMBRANE, SERIES, SEAL = 0.5, 0.02, 1.0  # GOhm


def test_series_resistance_in_voltage_clamp():
    """An ohmic cell of 500 MOhm behind 20 MOhm shows their sum."""
    pipette = f"{planned.VOLTAGE.pipette.capacitance} pF"
    planned_one = planned.small(
        **{"pipette.series_resistance": "20 MOhm", "amplifier.capacitance_fast": pipette}
    )
    found = loligo.design(planned_one, repeats=2, parts="membrane_test")
    row = found.row("total_resistance")
    assert row.truth == pytest.approx(MEMBRANE, rel=1e-5)
    assert row.bias == pytest.approx(SERIES, abs=5 * row.bias_error + 1e-4)
    assert row.source == "the same analysis behind a perfect rig"
    rig_own = found.row("series_resistance")
    assert (rig_own.truth, rig_own.source) == (pytest.approx(SERIES), "the rig")
    cell_own = found.row("capacitance")
    assert (cell_own.truth, cell_own.source) == (pytest.approx(20.0), "the cell")


def test_a_neuron_at_its_soma():
    """The cable's own input resistance, with another leak of its dendrite."""
    g = 0.1
    found = loligo.design(
        planned.shaped(),
        repeats=2,
        spread={"rig.pipette.series_resistance": "10 %"},
        vary={"cell.dendrite.channel.leak.conductance": [f"{g} mS/cm2"]},
        parts="membrane_test",
    )
    scale = 1e4 * np.sqrt(2e-4 / 4.0 / 150.0 / (1e-3 * g))  # um
    dendrite = 0.01 * np.pi * 2.0 * scale * g * np.tanh(400.0 / scale)
    resistance = 1.0 / (0.01 * np.pi * 20.0**2 * planned.LEAKS["soma"] + dendrite)
    condition = found.conditions[0]
    row = condition.row("membrane_resistance")
    assert (row.truth, row.source) == (pytest.approx(resistance, rel=1e-3), "the cell")
    total = condition.row("total_resistance")
    assert total.truth == pytest.approx(resistance, rel=5e-3)
    assert total.bias == pytest.approx(0.01, abs=5 * total.bias_error + 5e-3 * resistance)
    assert condition.row("capacitance").truth == pytest.approx(0.01 * np.pi * (20.0**2 + 800.0))
    assert condition.row("series_resistance").source == "the rig"


def test_bridge_and_seal_in_current_clamp():
    """Validation: R_in + R_s without a bridge; R_in R_seal / (R_in + R_seal) beside a seal."""
    found = loligo.design(
        planned.steps(**{"pipette.seal_resistance": "1000 GOhm"}),
        repeats=2,
        parts="passive",
        vary={"rig.pipette.seal_resistance": ["1000 GOhm", "1 GOhm"]},
    )
    for condition, seal in zip(found.conditions, (1000.0, SEAL), strict=True):
        shunted = MEMBRANE * seal / (MEMBRANE + seal)
        row = condition.row("input_resistance")
        assert row.truth == pytest.approx(MEMBRANE, rel=1e-3)
        expected = shunted + SERIES - MEMBRANE
        assert row.bias == pytest.approx(expected, abs=5 * row.bias_error + 4e-4)
        assert condition.row("bridge_error").truth == pytest.approx(SERIES, abs=1e-9)
        rest = condition.row("resting_potential")
        assert rest.truth == pytest.approx(-70.0, abs=1e-3)
        assert rest.truth + rest.bias == pytest.approx(-70.0 * shunted / MEMBRANE, abs=0.05)


def behind(command, resistance):
    """Return the steady ionic current at a command through a resistance, leak not counted.

    Leak flows through the resistance too; what small steps measure of it is taken off.
    """
    g, middle, slope, reversal = (
        planned.CONDUCTANCE, planned.MIDPOINT, planned.SLOPE, planned.REVERSAL,
    )  # fmt: skip

    def drawn(v):
        return g / (1 + np.exp(-(v - middle) / slope)) * (v - reversal) + 2.0 * (v + 70.0)

    def at(vc):
        if resistance == 0:
            return drawn(vc)
        v = brentq(lambda v: v + resistance * drawn(v) - vc, -200, 200, xtol=1e-12)
        return (vc - v) / resistance

    held = np.array([at(vc) for vc in command]) - at(-100.0)
    leak = (at(-100.0) - at(-105.0)) / 5.0
    return held - leak * (command + 100.0)


def midpoint(resistance):
    """Return reversal and midpoint by SciPy, from the currents through a resistance."""
    v = np.arange(-80, 81, 10.0)
    i = behind(v, resistance)
    fine = np.linspace(30, 70, 4001)
    reversal = float(np.interp(0, behind(fine, resistance), fine))
    kept = np.abs(v - reversal) >= 5
    g, weight = i[kept] / (v - reversal)[kept], 1 / np.abs(v - reversal)[kept]
    (_, middle, _), _ = curve_fit(
        lambda x, top, mid, k: top / (1 + np.exp(-(x - mid) / k)), v[kept], g, (10, -30, 7), weight
    )
    return reversal, middle


def test_shift_of_activation_by_series_resistance():
    """10 and 20 MOhm without correction, by V = V_c - R I(V) solved at each command."""
    found = loligo.design(
        planned.family(),
        repeats=2,
        parts="current_voltage",
        vary={"rig.pipette.series_resistance": ["10 MOhm", "20 MOhm"]},
    )
    _, right = midpoint(0.0)
    assert right == pytest.approx(planned.MIDPOINT, abs=0.05)
    for condition, resistance in zip(found.conditions, (0.01, 0.02), strict=True):
        row = condition.row("activation_midpoint")
        _, shifted = midpoint(resistance)
        assert row.truth == pytest.approx(right, abs=0.05)
        assert shifted - right < -1.0
        assert row.bias == pytest.approx(shifted - right, abs=5 * row.bias_error + 0.1)
        assert row.held == 0
    first, second = (c.row("activation_midpoint").bias for c in found.conditions)
    assert second < 1.5 * first

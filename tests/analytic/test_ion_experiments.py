"""The experiments with ions in ``examples/``: what a rig records of a cell against closed forms."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
RT_F_22 = 8.31446261815324 * 295.15 / 96485.33212 * 1e3  # mV


def example(name: str) -> ModuleType:
    """Return a script of ``examples/`` as a module, its `main` not run."""
    found = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("potassium", [2.5, 10.0, 60.0])
def test_glia_follow_nernst_and_a_neuron_goldman(potassium):
    script = example("bath_potassium")
    glia = script.resting_potential(script.GLIA, potassium)
    assert glia == pytest.approx(RT_F_22 * np.log(potassium / 140.0), abs=0.1)
    neuron = script.resting_potential(script.NEURON, potassium)
    outside, inside = potassium + 0.04 * (150.0 - potassium), 140.0 + 0.04 * 10.0
    assert neuron == pytest.approx(RT_F_22 * np.log(outside / inside), abs=0.1)
    assert neuron > glia + 1.0


@pytest.mark.parametrize("ion", ["Cs", "Na", "Li"])
def test_ratios_are_right_only_with_the_junction_potential_corrected(ion):
    script = example("bi_ionic_selectivity")
    raw = script.recorded(ion)
    made = script.corrected(raw, ion)
    true = script.RATIOS[ion]
    reversal = script.reversal_potential(made)
    assert reversal == pytest.approx(RT_F_22 * 293.15 / 295.15 * np.log(true), abs=0.1)
    assert script.ratio(reversal) == pytest.approx(true, rel=0.01)
    assert script.ratio(script.reversal_potential(raw)) > 1.3 * true


def test_chloride_that_leaves_is_an_inward_current():
    script = example("chloride_leaves")
    potential, current = script.current_voltage()
    x = -potential / RT_F_22  # z V F / RT with z = -1; none is 0
    factor = 0.01 * 2000.0 * 5e-6 * 96485.33212 * x  # z^2 P F u, pA with mM
    expected = -factor * (40.0 - 130.0 * np.exp(-x)) / (1.0 - np.exp(-x))
    np.testing.assert_allclose(current, expected, atol=0.005 * np.ptp(expected))
    reversal = -RT_F_22 * np.log(130.0 / 40.0)
    beyond = abs(potential - reversal) > 3.0
    assert (np.sign(current) == np.sign(potential - reversal))[beyond].all()
    assert script.direction("-70 mV").startswith("Cl- leaves: inward current (negative)")


def test_with_less_sodium_the_action_potential_falls_nearly_as_a_sodium_electrode():
    """Hodgkin and Katz 1949: with the logarithm of sodium outside, while the rest stays."""
    script = example("sodium_replaced_by_choline")
    shares = np.array([1.0, 0.5, 0.33])
    rest, peak = np.array([script.potentials(script.recorded(share)) for share in shares]).T
    slope = 8.31446261815324 * 279.45 / 96485.33212 * 1e3  # mV
    assert (peak < slope * np.log(shares * 460.0 / 50.0)).all()  # never beyond sodium's reversal
    fall = (peak[1:] - peak[0]) / (slope * np.log(shares[1:]))
    assert (fall > 0.9).all()
    assert (fall < 1.0).all()
    assert np.ptp(rest) < 0.5
    assert script.electrode(0.5) == pytest.approx(slope * np.log(0.5), abs=1e-6)

"""Charging curves against closed forms: exact time constants, bridge, filter, dendrites, sag."""

import current_clamped_cells as cells
import numpy as np
import pytest
from clamped_cells import bessel4, in_series, step_response

from loligo.analysis.passive import charging_curve
from loligo.analysis.passive.curve import Form, Grid
from loligo.errors import SelectionError


def charged(time, on, off, tau):
    rise = (time >= on) * -np.expm1(-np.clip(time - on, 0, None) / tau)
    return rise - (time >= off) * -np.expm1(-np.clip(time - off, 0, None) / tau)


@pytest.mark.parametrize(
    ("rate", "fraction", "is_told"),
    [(10.0, 0.0, True), (10.0, 0.37, True), (20.0, 0.37, False), (100.0, 0.37, True)],
)
def test_time_constant_of_a_passive_compartment_is_exact(rate, fraction, is_told):
    """Without noise, at usual rates, with the step between two samples, told or not."""
    tau, resistance = 13.0, 0.21
    time = np.arange(int(500 * rate)) / rate
    on, off = 100 + fraction / rate, 300 + fraction / rate
    potential = -65 - 100 * resistance * charged(time, on, off, tau)
    begin, end = (on, off) if is_told else (100.0, 300.0)
    found = charging_curve(potential, -100.0, rate, begin, end)
    assert found["membrane_time_constant"].value == pytest.approx(tau, rel=1e-6)
    capacitance = found["capacitance"]
    assert capacitance.low <= tau / resistance <= capacitance.high
    if is_told:
        assert capacitance.value == pytest.approx(tau / resistance, rel=1e-6)
        assert found["bridge_error"].value == pytest.approx(0, abs=1e-6)


def test_brief_pulse_tells_the_time_constant_by_its_decay():
    tau, resistance, rate = 20.0, 0.1, 20.0
    time = np.arange(int(400 * rate)) / rate
    potential = -70 - 500 * resistance * charged(time, 100.0, 102.0, tau)
    rng = np.random.default_rng(5)
    potential = potential + 0.02 * rng.standard_normal(potential.size)
    found = charging_curve(potential, -500.0, rate, 100.0, 102.0)["membrane_time_constant"]
    assert found.is_ok
    assert found.low <= tau <= found.high
    assert found.value == pytest.approx(tau, rel=0.05)


def simulated(circuit, corner, rate, rng, size=-50.0, noise=0.02):
    time = np.arange(int(900 * rate)) / rate
    system = in_series(circuit, bessel4(corner))
    unit = step_response(system, time - 150) - step_response(system, time - 550)
    return -65 + size * unit + noise * rng.standard_normal(time.size)


@pytest.mark.parametrize("bridge", [-0.012, 0.0, 0.025])
def test_bridge_error_is_found_and_biases_nothing(bridge):
    rng = np.random.default_rng(3)
    tau, resistance = 15.0, 0.15
    circuit = cells.circuit([(tau / resistance, resistance)], bridge=bridge)
    found = charging_curve(simulated(circuit, 4.0, 20.0, rng), -50.0, 20.0, 150.0, 550.0)
    truth = {
        "membrane_time_constant": tau,
        "membrane_resistance": resistance,
        "capacitance": tau / resistance,
        "bridge_error": bridge,
    }
    for name, value in truth.items():
        estimate = found[name]
        slack = (estimate.high - estimate.low) / 2
        assert abs(estimate.value - value) < 1.5 * slack
    assert found["bridge_error"].value == pytest.approx(bridge, abs=2e-3)


def test_dendrites_give_two_exponentials_and_all_of_the_capacitance():
    rng = np.random.default_rng(8)
    circuit = cells.circuit([(40.0, 0.5), (60.0, 1 / 3)], coupling=0.15)
    found = charging_curve(simulated(circuit, 4.0, 20.0, rng), -50.0, 20.0, 150.0, 550.0)
    assert found["capacitance"].value == pytest.approx(100.0, rel=0.03)
    assert found["membrane_time_constant"].value == pytest.approx(20.0, rel=0.03)
    assert found["second_time_constant"].value == pytest.approx(1 / (1 / 20 + 1 / 3.6), rel=0.1)


def test_sag_is_not_taken_for_the_membrane():
    """A slow current makes the potential swing; the membrane's own values stay."""
    rng = np.random.default_rng(9)
    circuit = cells.circuit([(150.0, 0.2)], growth=(4.0, 60.0))
    found = charging_curve(simulated(circuit, 4.0, 20.0, rng), -50.0, 20.0, 150.0, 550.0)
    assert found["membrane_time_constant"].value == pytest.approx(30.0, rel=0.06)
    assert found["capacitance"].value == pytest.approx(150.0, rel=0.03)
    assert "sag" in found["capacitance"].reason


def test_filtered_curve_is_that_of_the_circuit():
    circuit = cells.circuit([(150.0, 0.2)], growth=(4.0, 60.0), bridge=0.01)
    time = np.arange(4000) / 20.0
    truth = step_response(in_series(circuit, bessel4(3.0)), time - 20.0)
    vector = np.log([1 / 30, 1 / 60, 4.0 * 0.2, 3.0])
    theta = np.array([*vector[:3], 0.0, vector[3]])
    form = Form(1, sag=True, filtered=True)
    single = np.ones(time.size, dtype=int)
    grid = Grid(time, single, 1 / 20.0, np.array([20.0]), np.array([1.0]))
    curve = form.columns(theta, grid, np.array([0.0, 0.01, 0.2]))[:, 0]
    assert np.abs(curve - truth).max() < 1e-9


def test_wrong_arrays_are_refused():
    with pytest.raises(SelectionError, match="current"):
        charging_curve(np.zeros((2, 100)), [1.0], 10.0, 2.0, 5.0)
    with pytest.raises(SelectionError, match="8 samples"):
        charging_curve(np.zeros(100), 1.0, 10.0, 0.2, 5.0)
    with pytest.raises(SelectionError, match="sampling_rate"):
        charging_curve(np.zeros(100), 1.0, 0.0, 2.0, 5.0)

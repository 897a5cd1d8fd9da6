"""The error-controlled stepper against closed forms, and what its tolerance promises."""

import itertools

import numpy as np
import pytest
from equation_reference import final_states
from passive_cells import filtered, rc
from scipy.optimize import brentq

from loligo.cell import catalogue, equations
from loligo.cell.steady import gate_steady_state, gate_time_constant, steady_values
from loligo.engine import simulate
from loligo.engine.support.rodas5p import DRIFT, GAMMA, NODE, STAGES, A, C
from loligo.protocol import Protocol

TAU, R, C_M = 10.0, 0.1, 100.0
RC = rc()
AXON = catalogue.load("hodgkin_huxley1952")


def controlled(cell, epochs, holding, tolerance=1e-10, **more):
    return simulate(
        cell,
        Protocol("p", epochs, holding=holding),
        method="error-controlled",
        tolerance=tolerance,
        **more,
    )


# The method ---------------------------------------------------------------------------------------


def _butcher():
    """The method as ``k_i = f(y + sum alpha_ij k_j) + J sum gamma_ij k_j``, from its solved form.

    With ``u = Gamma k``: ``A = alpha / Gamma``, ``C = diag(1 / gamma) - 1 / Gamma``, weights alike.
    """
    inverse = np.eye(STAGES) / GAMMA - C
    full = np.linalg.inv(inverse)
    weights = np.append(A[STAGES - 1, : STAGES - 1], 1.0) @ full
    return A @ full, full, weights


def test_conditions_of_order_five():
    """One for each of the 17 trees up to order 5 (Hairer & Wanner 1996, IV.7)."""
    alpha, gamma, b = _butcher()
    beta, a = alpha + gamma, alpha.sum(axis=1)
    s = beta.sum(axis=1)
    conditions = [
        (1, b.sum()),
        (2, b @ s),
        (3, b @ a**2),
        (6, b @ beta @ s),
        (4, b @ a**3),
        (8, b @ (a * (alpha @ s))),
        (12, b @ beta @ a**2),
        (24, b @ beta @ beta @ s),
        (5, b @ a**4),
        (10, b @ (a**2 * (alpha @ s))),
        (20, b @ (alpha @ s) ** 2),
        (15, b @ (a * (alpha @ a**2))),
        (30, b @ (a * (alpha @ beta @ s))),
        (20, b @ beta @ a**3),
        (40, b @ beta @ (a * (alpha @ s))),
        (60, b @ beta @ beta @ a**2),
        (120, b @ beta @ beta @ beta @ s),
    ]
    for denominator, found in conditions:
        assert found == pytest.approx(1 / denominator, abs=1e-11)
    np.testing.assert_allclose(a, NODE, atol=1e-12)
    np.testing.assert_allclose(gamma.sum(axis=1), DRIFT, atol=1e-12)


def test_method_is_stiffly_accurate_and_l_stable():
    alpha, gamma, b = _butcher()
    np.testing.assert_allclose(b, (alpha + gamma)[-1], atol=1e-11)

    def growth(z):
        matrix = np.eye(STAGES) - z * (alpha + gamma)
        return 1 + z * b @ np.linalg.solve(matrix, np.ones(STAGES))

    assert abs(growth(-1e9)) < 1e-7
    for y in np.geomspace(1e-3, 1e3, 60):
        assert abs(growth(1j * y)) <= 1 + 1e-10


def _errors(sizes):
    """Errors at the end of, and of the dense output within, equal steps of a subthreshold axon."""
    epochs = ["step 2 uA/cm2 for 4 ms"]
    exact = controlled(AXON, epochs, "0 uA/cm2", 1e-13, sampling="0.13 ms")
    ends, within = [], []
    for size in sizes:
        # so loose a tolerance that only the longest step counts
        found = controlled(AXON, epochs, "0 uA/cm2", 1e-2, dt=f"{size} ms", sampling="0.13 ms")
        ends.append(abs(found.final["v"] - exact.final["v"]).max())
        within.append(np.abs(found["v"] - exact["v"]).max())
    return np.array(ends), np.array(within)


def test_observed_order():
    sizes = np.array([0.1, 0.05, 0.025])
    ends, within = _errors(sizes)
    orders = np.log2(ends[:-1] / ends[1:])
    assert (orders > 4.5).all(), orders
    dense = np.log2(within[:-1] / within[1:])
    assert (dense > 3.8).all(), dense


def test_errors_are_in_proportion_to_the_tolerance():
    epochs = ["step 10 uA/cm2 for 20 ms"]
    exact = controlled(AXON, epochs, "0 uA/cm2", 1e-13)["v"]
    tolerances = 10.0 ** np.arange(-10, -4)
    errors = [
        np.abs(controlled(AXON, epochs, "0 uA/cm2", float(t))["v"] - exact).max()
        for t in tolerances
    ]
    slope = np.polynomial.Polynomial.fit(np.log(tolerances), np.log(errors), 1).convert().coef[1]
    assert 0.75 < slope < 1.1, errors
    assert errors[0] < 1e-6


# Closed forms -------------------------------------------------------------------------------------

COMMANDS = {
    "step": "step 50 pA for 50.3 ms",
    "ramp": "ramp from 0 pA to 80 pA for 50.3 ms",
    "sine": "sine 40 pA at 17 Hz phase 0.1 for 50.3 ms",
    "zap": "zap 40 pA from 1 Hz to 200 Hz for 50.3 ms",
    "exponential zap": "zap 40 pA from 1 Hz to 200 Hz exponential for 50.3 ms",
    "held samples": "wave 0, 30, 30, -20, 50 pA every 10 ms",
    "joined samples": "wave 0, 30, 30, -20, 50, 0 pA every 10 ms joined",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_currents_charge_the_membrane(name):
    found = controlled(RC, [COMMANDS[name]], "0 pA", sampling="0.7 ms")
    segments = found.protocol.segments(0)
    edges = [0.0, *(s.stop for s in segments)]
    if "samples" in name:
        edges = np.arange(0.0, segments[-1].stop + 1, 10.0)

    def command(t):
        return float(found.protocol.command(0, t))

    exact, v = [], 0.0
    for t in found.times:
        below = [e for e in edges if e < t - 1e-9] or [0.0]
        parts = [*below, t]
        v = 0.0
        for a, b in itertools.pairwise(parts):
            v = v * np.exp(-(b - a) / TAU)
            v += filtered(lambda s, a=a: command(a + s), [b - a], TAU, C_M)[0]
        exact.append(v)
    np.testing.assert_allclose(found["v"][0, 0], exact, atol=2e-7)


def test_a_resistance_in_series_divides_the_potential():
    """tau = C R Rs / (R + Rs); the rest at -40 mV R / (R + Rs)."""
    found = controlled(
        RC,
        ["step -40 mV for 5 ms"],
        "0 mV",
        series_resistance="10 MOhm",
        record=["v", "i.injected"],
        sampling="0.01 ms",
    )
    share = 0.1 / 0.11
    v = -40 * share * -np.expm1(-found.times / (C_M * 0.01 * share))
    np.testing.assert_allclose(found["v"][0, 0], v, atol=1e-7)
    np.testing.assert_allclose(found["i.injected"][0, 0], (-40 - v) / 0.01, atol=1e-5)


def test_a_conductance_pulls_to_its_reversal():
    found = controlled(RC, ["step 30 nS for 20 ms"], "0 nS", reversal="-80 mV")
    v = -60 * -np.expm1(-found.times / (C_M / 40))
    np.testing.assert_allclose(found["v"][0, 0], v, atol=1e-7)


def test_gates_under_an_ideal_clamp_relax():
    lowered = equations(AXON)
    found = controlled(
        AXON,
        ["step -20 mV for 8 ms", "step -50 mV for 8 ms"],
        "-70 mV",
        record=["v", "na.m", "na.h", "k.n", "i.clamp", "i.membrane"],
    )
    start = steady_values(lowered, -70.0)
    for gate in lowered.relaxations:
        x, exact = float(start[gate.state]), []
        for level in (-20.0, -50.0):
            at = steady_values(lowered, level)
            rest, tau = gate_steady_state(gate, at), gate_time_constant(gate, at)
            t = found.times[found.times < 8 - 1e-9]
            exact.append(rest + (x - rest) * np.exp(-t / tau))
            x = rest + (x - rest) * np.exp(-8 / tau)
        np.testing.assert_allclose(found[gate.state][0, 0], np.concatenate(exact), atol=1e-9)
        assert found.final[gate.state][0, 0] == pytest.approx(float(x), abs=1e-10)
    np.testing.assert_array_equal(found["v"][0, 0], np.repeat([-20.0, -50.0], 80))
    np.testing.assert_array_equal(found["i.clamp"], found["i.membrane"])


def test_the_clamp_charges_the_capacitance_of_a_ramp():
    """2 mV/ms into 1 pF are 2 pA, on top of the membrane's current."""
    found = controlled(
        AXON, ["ramp from -70 mV to -50 mV for 10 ms"], "-70 mV", record=["i.clamp", "i.membrane"]
    )
    np.testing.assert_allclose(found["i.clamp"] - found["i.membrane"], 2.0, atol=1e-9)


CASES = {
    "schemes": ("hodgkin_huxley1952_schemes", ["step 10 uA/cm2 for 3.3 ms"], "0 uA/cm2"),
    "instantaneous gate": ("wang_buzsaki1996", ["step 2 uA/cm2 for 4.5 ms"], "0 uA/cm2"),
    "pools": ("hudspeth_lewis1988", ["step 100 pA for 3.5 ms", "hold for 1.2 ms"], "0 pA"),
    "many channels": ("hay2011_soma", ["step 20 uA/cm2 for 0.4 ms"], "0 uA/cm2"),
    "clamped sine": ("hodgkin_huxley1952_schemes", ["sine 30 mV at 200 Hz for 2 ms"], "-65 mV"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_state_ends_where_scipy_says(name):
    source, epochs, holding = CASES[name]
    cell = catalogue.load(source)
    found = controlled(cell, epochs, holding, record=())
    for state, value in final_states(cell, found.protocol).items():
        assert found.final[state][0, 0] == pytest.approx(value, rel=1e-7, abs=1e-9), state


def test_occupancies_keep_their_sum():
    cell = catalogue.load("hodgkin_huxley1952_schemes")
    found = controlled(cell, ["step 10 uA/cm2 for 40 ms"], "0 uA/cm2", 1e-6, record=())
    for name in ("na", "k"):
        parts = [x for state, x in found.final.items() if state.startswith(f"{name}.")]
        assert np.sum(parts) == pytest.approx(1.0, abs=1e-12)


# Spikes and features ------------------------------------------------------------------------------


def test_crossings_of_a_sine_are_found_within_long_steps():
    """The membrane settles on a sine; every upward crossing of a level, and none else."""
    turn = 2 * np.pi * 0.02
    found = controlled(
        RC,
        ["sine 100 pA at 20 Hz for 500 ms"],
        "0 pA",
        1e-9,
        spikes=True,
        threshold="2 mV",
        features=["spike_count", "maximum_potential", "minimum_potential"],
    )

    def v(t):
        answer = 100 * R / (1 + 1j * turn * TAU)
        return (answer * np.exp(1j * turn * t)).imag - answer.imag * np.exp(-t / TAU)

    grid = np.linspace(0, 500, 50_001)
    up = np.flatnonzero((v(grid[:-1]) < 2) & (v(grid[1:]) >= 2))
    exact = [brentq(lambda t: v(t) - 2, grid[i], grid[i + 1], xtol=1e-13) for i in up]
    np.testing.assert_allclose(found.spike_times(), exact, atol=1e-7)
    assert found["spike_count"][0, 0] == len(exact) == 10
    assert found["maximum_potential"][0, 0] == pytest.approx(v(grid).max(), abs=1e-5)
    assert found["minimum_potential"][0, 0] == pytest.approx(v(grid).min(), abs=1e-5)


def test_features_of_a_charging_membrane():
    names = ["maximum_potential", "minimum_potential", "mean_potential", "first_spike_time"]
    found = controlled(
        RC, ["step 50 pA for 20 ms"], "0 pA", features=names, threshold="3 mV", record=()
    )
    assert found["maximum_potential"][0, 0] == pytest.approx(-5 * np.expm1(-2), abs=1e-8)
    assert found["minimum_potential"][0, 0] == 0.0
    assert found["mean_potential"][0, 0] == pytest.approx(5 * (1 + np.expm1(-2) / 2), abs=1e-8)
    assert found["first_spike_time"][0, 0] == pytest.approx(-TAU * np.log(0.4), abs=1e-7)


def test_a_clamped_command_crosses_where_it_does():
    """A jump at its edge; a sine of 20 mV about -10 mV where it says."""
    found = controlled(
        AXON,
        ["step 10 mV for 5 ms", "hold for 5 ms", "sine 20 mV at 100 Hz about -10 mV for 20 ms"],
        "-70 mV",
        1e-6,
        spikes=True,
        features=["maximum_potential", "mean_potential"],
    )
    rise = np.arcsin(0.5) / (2 * np.pi * 0.1)
    np.testing.assert_allclose(found.spike_times(), [0, 10 + rise, 20 + rise], atol=1e-6)
    assert found["maximum_potential"][0, 0] == pytest.approx(10.0, abs=1e-6)
    assert found["mean_potential"][0, 0] == pytest.approx(
        (10 * 5 - 70 * 5 - 10 * 20) / 30, abs=1e-6
    )


# One cell among many ------------------------------------------------------------------------------


def test_results_do_not_depend_on_batch_or_threads():
    g = np.linspace(100.0, 140.0, 7)
    epochs = ["step 5, 10 uA/cm2 for 20 ms", "sine 5 uA/cm2 at 100 Hz for 20 ms"]
    more = {"spikes": True, "features": ["mean_potential"], "record": ["v", "i.na"]}

    def run(values, threads=1):
        parameters = {"channel.na.conductance": (values, "mS/cm2")}
        return controlled(
            AXON, epochs, "0 uA/cm2", 1e-6, parameters=parameters, threads=threads, **more
        )

    together, threaded = run(g), run(g, threads=3)
    for name in ("v", "i.na", "mean_potential"):
        np.testing.assert_array_equal(together[name], threaded[name])
    for i, value in enumerate(g):
        alone = run(value)
        np.testing.assert_array_equal(alone["v"][0], together["v"][i])
        for sweep in range(2):
            np.testing.assert_array_equal(
                alone.spike_times(0, sweep), threaded.spike_times(i, sweep)
            )


def test_many_spikes_in_one_run_are_all_kept():
    """More than a call of the stepper has room for."""
    found = controlled(
        RC, ["sine 100 pA at 1 kHz for 5000 ms"], "0 pA", 1e-4, spikes=True, record=()
    )
    assert found.spike_times().size == 5000
    assert (np.diff(found.spike_times()) > 0.9).all()


def test_a_run_goes_on_from_where_another_ended():
    whole = controlled(AXON, ["step 10 uA/cm2 for 20 ms"], "0 uA/cm2", record=())
    half = controlled(AXON, ["step 10 uA/cm2 for 10 ms"], "0 uA/cm2", record=())
    rest = controlled(AXON, ["step 10 uA/cm2 for 10 ms"], "0 uA/cm2", record=(), initial=half.final)
    for name, value in whole.final.items():
        assert rest.final[name][0, 0] == pytest.approx(value[0, 0], abs=2e-7), name

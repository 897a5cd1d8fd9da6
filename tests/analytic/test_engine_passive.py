"""Passive membranes and ideal clamps by the engine, against closed forms.

The membrane has 100 MOhm and 100 pF, so 10 ms, unless a test says otherwise.
"""

import numpy as np
import pytest
from passive_cells import filtered, rc
from scipy.optimize import minimize_scalar

from loligo.cell import catalogue, equations
from loligo.cell.steady import gate_steady_state, gate_time_constant, steady_values
from loligo.engine import simulate
from loligo.protocol import Protocol

TAU, R, C = 10.0, 0.1, 100.0
RC = rc()
HH = catalogue.load("hodgkin_huxley1952")
COMMANDS = {
    "step": "step 50 pA for 50.3 ms",
    "ramp": "ramp from 0 pA to 80 pA for 50.3 ms",
    "sine": "sine 40 pA at 17 Hz phase 0.1 for 50.3 ms",
    "zap": "zap 40 pA from 1 Hz to 200 Hz for 50.3 ms",
}


def injected(name, dt="0.01 ms", **more):
    protocol = Protocol(name, [COMMANDS[name]], holding="0 pA")
    return simulate(
        RC, protocol, record=("v", "i.leak", "i.injected"), sampling="0.1 ms", dt=dt, **more
    )


def exact(name, t):
    if name == "step":
        return 50 * R * -np.expm1(-t / TAU)
    if name == "ramp":
        return 80 / 50.3 * R * (t + TAU * np.expm1(-t / TAU))
    if name == "sine":
        turn, phase = 2 * np.pi * 0.017, 0.2 * np.pi
        answer = 40 * R / (1 + 1j * turn * TAU) * np.exp(1j * phase)
        return (answer * np.exp(1j * turn * t)).imag - answer.imag * np.exp(-t / TAU)
    command = Protocol(name, [COMMANDS[name]], holding="0 pA").segments(0)[0]
    return filtered(lambda s: float(command.value(s)), t, TAU, C)


@pytest.mark.parametrize("name", COMMANDS)
def test_currents_charge_the_membrane(name):
    """To the error of second order, a quarter at half the step."""
    places = slice(None, None, 50)
    t = injected(name).times[places]
    errors = [
        np.abs(injected(name, dt=dt)["v"][0, 0, places] - exact(name, t)).max()
        for dt in ("0.1 ms", "0.05 ms", "0.025 ms")
    ]
    assert errors[0] < 2e-3
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4.0, rtol=0.02)


def test_the_published_charging_curve():
    """100 MOhm, 100 pF, 50 pA."""
    v = injected("step", dt="0.001 ms")["v"][0, 0]
    found = [v[round(t / 0.1)] for t in (1, 5, 10, 20, 50)]
    assert found == pytest.approx([0.475813, 1.967347, 3.160603, 4.323324, 4.966310], abs=6e-7)
    assert v[1] / 0.1 == pytest.approx(0.5, rel=0.006)  # the initial slope, mV/ms


def test_a_step_is_a_power_of_the_rules_own_factor():
    """``((1 - h / 2 tau) / (1 + h / 2 tau))^n``: what is printed is what is computed."""
    h = 0.1
    v = injected("step", dt="0.1 ms")["v"][0, 0]
    factor = (1 - h / (2 * TAU)) / (1 + h / (2 * TAU))
    np.testing.assert_allclose(v, 5 * (1 - factor ** np.arange(v.size)), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", COMMANDS)
def test_charge_is_conserved_to_rounding(name):
    """``C (v_end - v_0)`` and the leak's charge by the rule's own sum are what was injected."""
    found = injected(name, dt="0.1 ms")
    (segment,) = Protocol(name, [COMMANDS[name]], holding="0 pA").segments(0)
    end = found.final["v"].item()
    leak = np.append(found["i.leak"][0, 0], end / R)
    leaked = 0.1 * (leak.sum() - 0.5 * (leak[0] + leak[-1]))
    delivered = float(segment.mean(0.0, 50.3)) * 50.3
    scale = 0.1 * np.abs(leak).sum()
    assert C * end + leaked == pytest.approx(delivered, abs=1e-12 * scale)


def test_single_precision_is_as_good_as_its_digits():
    double = injected("step", dt="0.1 ms")["v"]
    single = injected("step", dt="0.1 ms", precision="single")["v"]
    np.testing.assert_allclose(single, double, rtol=2e-5, atol=1e-6)
    np.testing.assert_array_equal(single, single.astype(np.float32))


def test_steps_far_beyond_the_time_constant_end_at_once():
    """A membrane of 10 us under steps of 1 ms is at its steady state, without ringing."""
    fast = rc(resistance=0.0001)
    v = simulate(
        fast,
        Protocol("p", ["step 1000, -500 pA for 5 ms"], holding="0 pA"),
        dt="1 ms",
        sampling="1 ms",
        target="twin",
    )["v"][0]
    np.testing.assert_allclose(v[:, 1:], [[0.1] * 4, [-0.05] * 4], rtol=1e-12)


# Charges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", [3.05, 3.02])
def test_a_shock_moves_the_potential_by_charge_over_capacitance(begin):
    """Once, before the sample at its time or the next one; each cell by its own capacitance."""
    protocol = Protocol(
        "p", [f"hold for {begin} ms", "shock 500, -200 fC", "hold for 5 ms"], holding="0 pA"
    )
    capacitance = np.array([50.0, 100.0, 250.0])
    found = simulate(
        RC,
        protocol,
        parameters={"capacitance": (capacitance, "pF")},
        sampling="0.05 ms",
        dt="0.001 ms",
        target="twin",
    )
    jump = np.array([500.0, -200.0]) / capacitance[:, None]
    np.testing.assert_array_equal(found["v"][:, :, :61], 0.0)
    for sample in (61, 62, 141):
        later = 0.05 * sample - begin
        expected = jump * np.exp(-later / (R * capacitance[:, None]))
        np.testing.assert_allclose(found["v"][:, :, sample], expected, rtol=1e-8)


def test_a_charge_density_on_an_area():
    """10 nC/cm2 on 1 uF/cm2 are 10 mV, whatever the area; the command's scale scales it."""
    protocol = Protocol("p", ["shock 10 nC/cm2", "hold for 0.1 ms"], holding="0 uA/cm2")
    found = simulate(
        HH,
        protocol,
        parameters={"area": ([10.0, 1e4, 1e4], "um2"), "command.scale": [1.0, 1.0, -0.5]},
        target="twin",
    )
    np.testing.assert_allclose(found["v"][:, 0, 0], [-55.0, -55.0, -70.0], rtol=1e-14)


# Clamps ------------------------------------------------------------------------------------------


def test_a_clamp_through_a_resistance():
    """10 mV through 10 MOhm on 500 MOhm and 100 pF."""
    found = simulate(
        rc(resistance=0.5),
        Protocol("p", ["step 10 mV for 20 ms"], holding="0 mV"),
        series_resistance="10 MOhm",
        record=("v", "i.injected"),
        sampling="0.02 ms",
        dt="0.001 ms",
        target="twin",
    )
    v, current, t = found["v"][0, 0], found["i.injected"][0, 0], found.times
    tau = 0.980392157
    assert current[0] == pytest.approx(1000.0, rel=1e-12)
    assert found.final["v"].item() == pytest.approx(9.80392157, rel=1e-8)
    np.testing.assert_allclose(v, 9.80392157 * -np.expm1(-t / tau), atol=2e-6)
    np.testing.assert_allclose(
        current, 19.6078431 + (1000 - 19.6078431) * np.exp(-t / tau), rtol=1e-6, atol=2e-4
    )
    trapezoid = np.trapezoid(current - 19.6078431, dx=0.02)
    assert trapezoid == pytest.approx(961.168781, rel=1e-4)  # fC


def test_a_clamp_through_a_resistance_follows_a_ramp_with_a_lag():
    """``v = k s (t - tau (1 - exp(-t / tau)))`` with k = Rm / (Rm + Rs)."""
    found = simulate(
        rc(resistance=0.5),
        Protocol("p", ["ramp to 100 mV for 10 ms"], holding="0 mV"),
        series_resistance=([10.0, 20.0], "MOhm"),
        sampling="0.1 ms",
        dt="0.002 ms",
        target="twin",
    )
    for cell, series in enumerate((0.01, 0.02)):
        share, tau = 0.5 / (0.5 + series), C * 0.5 * series / (0.5 + series)
        expected = share * 10 * (found.times + tau * np.expm1(-found.times / tau))
        np.testing.assert_allclose(found["v"][cell, 0], expected, atol=1e-5)


def test_a_commanded_conductance():
    """5 and 20 nS to 70 mV on 10 nS: a weighted mean, and the time constant of the sum."""
    found = simulate(
        RC,
        Protocol("p", ["step 5, 20 nS for 30 ms"], holding="0 nS"),
        reversal="70 mV",
        record=("v", "i.injected"),
        sampling="0.5 ms",
        dt="0.002 ms",
        target="twin",
    )
    for sweep, g in enumerate((5.0, 20.0)):
        steady = 70 * g / (g + 10)
        expected = steady * -np.expm1(-found.times * (g + 10) / C)
        np.testing.assert_allclose(found["v"][0, sweep], expected, atol=1e-5)
        np.testing.assert_allclose(
            found["i.injected"][0, sweep], g * (70 - found["v"][0, sweep]), rtol=1e-12
        )
    assert pytest.approx(23.333333, abs=1e-6) == 70 * 5 / 15


# Hodgkin and Huxley's membrane at a potential -----------------------------------------------------

PEAKS = {
    # v: time of peak, peak g_Na, g_K in steady state, total current after 10 ms
    -50: (1.575316, 0.8341958, 3.313778, 37.86710),
    -40: (1.405015, 4.6216151, 7.633695, 171.19263),
    -30: (1.113691, 11.0848555, 12.748133, 489.53152),
    -20: (0.881042, 17.6827757, 17.515383, 924.91232),
    0: (0.617613, 29.1367580, 24.549226, 1879.68646),
    20: (0.479821, 37.1583683, 28.778728, 2807.56129),
    50: (0.364030, 44.4833027, 32.200642, 4120.57233),
    65: (0.326311, 46.9634851, 33.191805, 4749.22918),
}
STATES = ("na.m", "na.h", "k.n")


@pytest.fixture(scope="module")
def clamped():
    levels = ", ".join(map(str, PEAKS))
    return simulate(
        HH,
        Protocol("p", [f"step {levels} mV for 12 ms", "hold for 300 ms"], holding="-65 mV"),
        record=(*STATES, "i.na", "i.k", "i.membrane", "i.clamp"),
        sampling="0.01 ms",
        dt="1 ms",
    )


def _relaxation(gate, v, t, held=-65.0):
    """``inf + (start - inf) exp(-t / tau)`` of a gate that was in steady state."""
    lowered = equations(HH)
    start = gate_steady_state(gate, steady_values(lowered, held))
    values = steady_values(lowered, v)
    steady = gate_steady_state(gate, values)
    return steady + (start - steady) * np.exp(-t / gate_time_constant(gate, values))


def test_gates_relax_exponentially(clamped):
    gates = {gate.state: gate for gate in equations(HH).relaxations}
    t = clamped.times[:1200]
    for sweep, v in enumerate(PEAKS):
        for name in STATES:
            np.testing.assert_allclose(
                clamped[name][0, sweep, :1200], _relaxation(gates[name], v, t), rtol=0, atol=1e-12
            )


def _peak(t, y):
    """Time and height of the peak of samples, on a polynomial around the largest."""
    top = int(np.argmax(y))
    around = slice(top - 3, top + 4)
    curve = np.polynomial.Polynomial.fit(t[around], y[around], 6)
    found = minimize_scalar(
        lambda x: -curve(x), bounds=(t[top - 1], t[top + 1]), options={"xatol": 1e-10}
    )
    return found.x, float(curve(found.x))


def test_peaks_of_the_sodium_conductance(clamped):
    for sweep, (v, (time, peak, _, _)) in enumerate(PEAKS.items()):
        m, h = clamped["na.m"][0, sweep, :1200], clamped["na.h"][0, sweep, :1200]
        found = _peak(clamped.times[:1200], 120 * m**3 * h)
        assert found[0] == pytest.approx(time, abs=2e-6), v
        assert found[1] == pytest.approx(peak, rel=1e-7), v
        np.testing.assert_allclose(
            clamped["i.na"][0, sweep, :1200], 120 * m**3 * h * (v - 50), rtol=1e-12, atol=1e-12
        )


def test_currents_of_the_membrane(clamped):
    """In 100 um2, pA are uA/cm2."""
    for sweep, (v, (_, _, potassium, total)) in enumerate(PEAKS.items()):
        assert clamped["i.membrane"][0, sweep, 1000] == pytest.approx(total, rel=1e-7), v
        n = float(steady_values(equations(HH), v)["k.n"])
        assert 36 * n**4 == pytest.approx(potassium, rel=1e-6)
        np.testing.assert_array_equal(clamped["i.clamp"][0, sweep], clamped["i.membrane"][0, sweep])


def test_clamp_steps_back_to_rest(clamped):
    """300 ms after, 35 time constants of h, everything is as before."""
    for name in STATES:
        start = clamped[name][0, :, 0]
        np.testing.assert_allclose(clamped.final[name][0], start, rtol=1e-12)


def test_the_clamp_charges_the_capacitance():
    """``C dV/dt`` on a ramp and a sine, none on a step."""
    protocol = Protocol(
        "p",
        ["ramp to 15 mV for 40 ms", "step -65 mV for 10 ms", "sine 20 mV at 25 Hz for 80 ms"],
        holding="-65 mV",
    )
    found = simulate(
        HH,
        protocol,
        record=("i.membrane", "i.clamp", "v"),
        parameters={"command.scale": [1.0, 0.5], "command.offset": ([0.0, -32.5], "mV")},
        sampling="0.5 ms",
        dt="0.1 ms",
        target="twin",
    )
    capacitive = found["i.clamp"] - found["i.membrane"]
    t = found.times - 50
    turn = 2 * np.pi * 0.025
    slope = np.select(
        [found.times < 40, found.times < 50], [2.0, 0.0], 20 * turn * np.cos(turn * t)
    )
    np.testing.assert_allclose(capacitive[:, 0], [slope, 0.5 * slope], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["v"][1, 0], -32.5 + 0.5 * found.command(0), rtol=1e-13)

"""Rigs at sites of neurons: exact solutions, observed order, an independent integration."""

from __future__ import annotations

import numpy as np
import pytest
from amplifiers import (
    DenseTree,
    lei_amplifier,
    squid_current,
    squid_rates,
    squid_steady,
)
from cables import active, laplacian, neuron, passive, random_tree
from scipy.integrate import solve_ivp

from loligo import Protocol, simulate
from loligo.cell import Membrane, Neuron, catalogue
from loligo.cell.morphology import ball_and_stick, cable
from loligo.rig import CurrentClamp, Pipette, VoltageClamp

PIPETTE = Pipette(series_resistance="10 MOhm", capacitance="4 pF")
COMPENSATED = VoltageClamp(
    capacitance_fast="4 pF",
    whole_cell_capacitance_compensation="100 pF",
    whole_cell_series_resistance_compensation="10 MOhm",
    series_resistance_correction=0.5,
    series_resistance_prediction=0.8,
)
CURRENT = CurrentClamp(bridge_balance="20 MOhm", capacitance_neutralization="3 pF")
SHARP = Pipette(series_resistance="30 MOhm", capacitance="5 pF", seal_resistance="2 GOhm")
RESTING = "-70 mV"


def test_second_order_with_two_rigs_and_no_limit_from_their_poles():
    """A clamp at the soma and a patch in current clamp on a dendrite, beside matrix exponentials.

    Poles of 0.7 us under steps of 2.5 to 20 us.
    """
    cell = neuron(random_tree(3, 5), passive("0.1 mS/cm2", RESTING), rest=RESTING, counts=3)
    sites = {"b0": COMPENSATED.system(PIPETTE), "b4": CURRENT.system(SHARP)}
    commands = {
        "b0": Protocol("clamp", ["step -40 mV for 2 ms"], holding="-80 mV"),
        "b4": Protocol("pulse", ["step 50 pA for 2 ms"], holding="0 pA"),
    }
    places = [cell.at(site) for site in sites]
    dense = DenseTree(cell.compartments, 0.1, -70.0, list(zip(places, sites.values(), strict=True)))
    times = np.arange(0.0, 2.0, 0.02)
    truth = dense.after(dense.at_rest([-80.0, 0.0]), [-40.0, 50.0], times)
    expected = [truth[:, places[0]], truth[:, places[1]], truth[:, dense.blocks[0]][:, 3]]
    outputs = sites["b4"].seen("response")
    states = truth[:, dense.blocks[1]]
    expected.append(outputs.value(states, 50.0, truth[:, places[1]])[:, 0])
    names = ["v at b0", "v at b4", "rig.response at b0", "rig.response at b4"]
    errors = []
    for dt in (0.02, 0.01, 0.005, 0.0025):
        found = simulate(
            cell, commands, rig=sites, initial="rest", record=names, sampling="0.02 ms",
            dt=f"{dt} ms",
        )  # fmt: skip
        apart = [
            np.abs(found[name][0, 0] - e)[6:].max() for name, e in zip(names, expected, strict=True)
        ]
        errors.append(apart)
    errors = np.array(errors)
    order = np.log2(errors[1:-1] / errors[2:])
    assert order == pytest.approx(np.full(order.shape, 2.0), abs=0.15)
    assert (errors[-1] < 2e-5 * np.array([np.ptp(e) for e in expected])).all()


def test_active_tree_behind_the_whole_amplifier():
    """Soma of squid membrane with dendrites, against an independent stiff integration, to 1e-4."""
    cell = Neuron(
        "two dendrites",
        ball_and_stick("50 um", "300 um", "4 um"),
        {"soma": active(), "dendrite": passive("0.3 mS/cm2", "-65 mV")},
        axial_resistivity="100 ohm cm",
        temperature="6.3 degC",
        initial_potential="-65 mV",
        counts={"soma": 1, "dendrite": 5},
    )
    cut = cell.compartments
    n = cut.n_compartments
    assert cut.parent.size == n
    squid, area, axial = cut.regions == "soma", 0.01 * cut.area, laplacian(cut)
    protocol = Protocol("family", ["step -40, 0 mV for 3 ms"], holding="-80 mV")
    names = ["v at soma", "v at dendrite(1)", "rig.response"]
    found = simulate(
        cell, protocol, at="soma", rig=COMPENSATED.system(PIPETTE), initial="rest",
        record=names, sampling="0.05 ms", dt="0.5 us",
    )  # fmt: skip

    def slope(_, z, command):
        rig, v, gates = z[:4], z[4 : 4 + n], z[4 + n :]
        moves, flow = lei_amplifier(command, rig, v[0], 0.5)
        ionic = area * np.where(squid, squid_current(v, *gates), 0.3 * (v + 65.0))
        net = -ionic - axial @ v
        net[0] += flow
        a_m, b_m, a_h, b_h, a_n, b_n = squid_rates(v[0])
        m, h, k = gates
        return [
            *moves, *(net / area),
            a_m * (1.0 - m) - b_m * m, a_h * (1.0 - h) - b_h * h, a_n * (1.0 - k) - b_n * k,
        ]  # fmt: skip

    start = rest_of(cell, squid, area, axial, -80.0)
    assert found["v at soma"][0, 0, 0] == pytest.approx(start[4], abs=1e-6)
    assert found["v at dendrite(1)"][0, 0, 0] == pytest.approx(start[4 + n - 1], abs=1e-6)
    for sweep, command in enumerate((-40.0, 0.0)):
        truth = solve_ivp(
            slope, (0.0, 3.0), start, args=(command,), method="Radau", t_eval=found.times,
            rtol=1e-9, atol=1e-9,
        ).y  # fmt: skip
        expected = (truth[4], truth[4 + n - 1], truth[3])
        for name, values in zip(names, expected, strict=True):
            scale = np.ptp(values)
            assert found[name][0, sweep, 1:] == pytest.approx(values[1:], abs=1e-4 * scale)


def rest_of(cell, squid, area, axial, command):
    """Where all is at rest under a command, by another solver."""
    from scipy.optimize import root

    n = area.size

    def net(z):
        rig, v = z[:4], z[4:]
        moves, flow = lei_amplifier(command, rig, v[0], 0.5)
        ionic = area * np.where(squid, squid_current(v, *squid_steady(v)), 0.3 * (v + 65.0))
        total = -ionic - axial @ v
        total[0] += flow
        return np.array([*moves, *total])

    guess = np.array([command, command, command, 0.0, *np.full(n, -75.0)])
    found = root(net, guess, tol=1e-13)
    assert np.abs(net(found.x)).max() < 1e-6
    return [*found.x, *squid_steady(found.x[4])]


@pytest.mark.parametrize("clamp", ["voltage", "current"])
def test_one_compartment_is_the_cell_without_a_shape(clamp):
    axon = catalogue.load("hodgkin_huxley1952")
    one = neuron(cable("50 um", "50 um"), Membrane.of(axon), rest="-65 mV", counts=1)
    cell = axon.with_(area=f"{float(one.compartments.area[0])!r} um2")
    system = COMPENSATED.system(SHARP) if clamp == "voltage" else CURRENT.system(SHARP)
    unit, holding = ("mV", "-70 mV") if clamp == "voltage" else ("pA", "-20 pA")
    protocol = Protocol(
        "steps and a ramp",
        [
            "hold for 1 ms", f"step -50..300 {unit} by 350 {unit} for 2 ms",
            f"ramp to 10 {unit} for 2 ms",
        ],
        holding=holding,
    )  # fmt: skip
    names = ["v", "rig.response", "rig.pipette", "rig.into_cell", "na.m"]
    options = {"rig": system, "initial": "rest", "record": names, "dt": "0.02 ms"}
    shaped, plain = simulate(one, protocol, **options), simulate(cell, protocol, **options)
    for name in names:
        scale = np.abs(plain[name]).max()
        assert shaped[name] == pytest.approx(plain[name], abs=1e-10 * scale)
    for name in system.states:
        ends = shaped.final[f"rig.{name}"][..., 0]
        assert ends == pytest.approx(plain.final[f"rig.{name}"], rel=1e-9)


@pytest.mark.parametrize("frequency", [10.0, 100.0, 1000.0])
def test_input_admittance_of_a_cable_behind_a_series_resistance(frequency):
    """A cable from its middle, ``Y = 2 G q tanh(L q / 2)``, ``q = sqrt(1 + iwt)`` (Rall 1959)."""
    length, diameter, resistivity, leak = 0.06, 2e-4, 150.0, 5e-5  # cm, ohm cm, S/cm2
    cell = neuron(
        cable("600 um", "2 um"), passive("0.05 mS/cm2", RESTING), rest=RESTING, counts=301
    )
    period = 1e3 / frequency
    count = max(2, round(60.0 / period))
    protocol = Protocol(
        "sine", [f"sine 10 mV at {frequency} Hz for {count * period} ms"], holding=RESTING
    )
    found = simulate(
        cell, protocol, at="axon", rig=VoltageClamp().system(PIPETTE), initial="rest",
        record=["rig.response", "v"], sampling=f"{period / 50} ms", dt=f"{period / 400} ms",
    )  # fmt: skip
    scale = np.sqrt(diameter / 4.0 / resistivity / leak)
    turn = 2j * np.pi * frequency / 1e3
    root = np.sqrt(1.0 + turn * 20.0)  # tau is 20 ms
    surface = 1e9 * np.pi * diameter * scale * leak  # nS
    y = 2.0 * surface * root * np.tanh(0.5 * length / scale * root)
    pipette = 10.0 / ((1.0 + turn * 0.04) * (1.0 + turn * 0.0008))
    membrane = pipette / (1.0 + 0.01 * y)
    seen = (membrane * y + turn * 4.0 * pipette) / (1.0 + turn * 0.0075)
    last = slice(found.times.size - 50, None)
    phase = np.exp(-turn * found.times[last])

    def amplitude(values):
        return 2j * np.mean(values[last] * phase)

    assert amplitude(found["v"][0, 0]) == pytest.approx(membrane, rel=2e-3)
    assert amplitude(found["rig.response"][0, 0]) == pytest.approx(seen, rel=2e-3)

"""Cells behind a simulated rig: exact solutions, observed order, an independent integration."""

from __future__ import annotations

import numpy as np
import pytest
from amplifiers import (
    COMPENSATED,
    OHMIC,
    PIPETTE,
    lei_amplifier,
    squid_current,
    squid_rates,
    squid_steady,
)

from loligo import Protocol, simulate
from loligo.cell import catalogue
from loligo.rig import CurrentClamp, Pipette, VoltageClamp, with_passive_cell

STEP = Protocol("step", ["step -40 mV for 4 ms", "hold for 1 ms"], holding="-80 mV")


def exact(system, times):
    closed = with_passive_cell(
        system, resistance="500 MOhm", capacitance="100 pF", reversal="-80 mV"
    )
    levels = np.where(times[:-1, None] < 4.0 - 1e-9, -40.0, -80.0) * np.ones((1, 2))
    found = closed.response(times, levels, closed.steady_state(-80.0))
    command = np.where(times < 4.0, -40.0, -80.0)
    return found[:, -1], closed.output("response", found, command)


@pytest.mark.parametrize("amplifier", [COMPENSATED, VoltageClamp()], ids=["full", "plain"])
def test_second_order_and_no_limit_from_the_poles(amplifier):
    """Poles of 0.7 us under steps of 2.5 to 40 us: errors fall with the square of the step."""
    system = amplifier.system(PIPETTE)
    steps = (0.04, 0.02, 0.01, 0.005, 0.0025)
    times = np.arange(0.0, 5.0, 0.04)
    v, current = exact(system, times)
    far = times % 4.0 > 0.11  # after what the fastest poles make of an edge
    errors = []
    for dt in steps:
        found = simulate(
            OHMIC, STEP, rig=system, record=["v", "rig.response"], sampling="0.04 ms", dt=f"{dt} ms"
        )
        errors.append(
            (
                np.abs(found["v"][0, 0] - v)[far].max(),
                np.abs(found["rig.response"][0, 0] - current)[far].max(),
            )
        )
    errors = np.array(errors)
    order = np.log2(errors[2:-1] / errors[3:])
    assert order == pytest.approx(np.full(order.shape, 2.0), abs=0.1)
    assert errors[0, 0] < 0.1  # a step of fifty times the fastest pole
    assert errors[-1, 0] < 2e-4


def test_squid_axon_through_the_whole_amplifier():
    """Against an independent integration of amplifier and membrane, to 1e-4 of the peak."""
    from scipy.integrate import solve_ivp

    axon = catalogue.load("hodgkin_huxley1952")
    area = 10_000.0  # um2, 100 pF
    system = COMPENSATED.with_(series_resistance_correction=0.6).system(PIPETTE)
    protocol = Protocol("family", ["step -40..20 mV by 30 mV for 6 ms"], holding="-80 mV")
    found = simulate(
        axon.with_(area=f"{area} um2", initial_potential="-80 mV"),
        protocol,
        rig=system,
        record=["v", "rig.response", "na.m"],
        sampling="0.05 ms",
        dt="0.5 us",
    )

    def slope(_, z, command):
        v, m, h, n = z[4:]
        moves, flow = lei_amplifier(command, z[:4], v, 0.6)
        ionic = area * 0.01 * squid_current(v, m, h, n)  # pA
        a_m, b_m, a_h, b_h, a_n, b_n = squid_rates(v)
        return [
            *moves, (flow - ionic) / 100.0,
            a_m * (1.0 - m) - b_m * m, a_h * (1.0 - h) - b_h * h, a_n * (1.0 - n) - b_n * n,
        ]  # fmt: skip

    m, h, n = squid_steady(-80.0)
    # amplifier in steady state around a cell that is at -80 mV, where its own current is not zero
    ends = [found.final[name][0] for name in ("rig.pipette",)]
    assert ends[0].shape == (3,)
    start = np.linalg.solve(
        [
            [-1.0, 0.0, 1.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, -1.0, 0.006],
            [100.0, 0.0, 0.0, -1.0],
        ],
        [0.0, -80.0, 80.0, -8000.0],
    )
    times = found.times
    for sweep, command in enumerate((-40.0, -10.0, 20.0)):
        truth = solve_ivp(
            slope, (0.0, 6.0), [*start, -80.0, m, h, n], args=(command,), method="Radau",
            t_eval=times, rtol=1e-9, atol=1e-9,
        ).y  # fmt: skip
        assert found["v"][0, sweep] == pytest.approx(truth[4], abs=2e-3)
        peak = np.abs(truth[3]).max()
        assert found["rig.response"][0, sweep, 1:] == pytest.approx(truth[3, 1:], abs=1e-4 * peak)
        assert found["na.m"][0, sweep] == pytest.approx(truth[5], abs=1e-4)


def test_current_clamp_sees_the_electrode():
    """R_s 20 MOhm, C_e 5 pF around a passive cell, with a bridge that is half set."""
    system = CurrentClamp(bridge_balance="10 MOhm").system(
        Pipette(series_resistance="20 MOhm", capacitance="5 pF")
    )
    cell = OHMIC.with_(
        **{"capacitance": "50 pF", "channel.leak.conductance": "5 nS"}, initial_potential="-80 mV"
    )
    protocol = Protocol("pulse", ["step 100 pA for 300 ms"], holding="0 pA")
    found = simulate(cell, protocol, rig=system, record=["v", "rig.response"], dt="5 us")
    closed = with_passive_cell(
        system, resistance="200 MOhm", capacitance="50 pF", reversal="-80 mV"
    )
    times = np.array([0.0, 0.5, 5.0, 299.9])
    truth = closed.response(times, np.full((3, 2), 100.0), closed.steady_state(0.0))
    at = np.searchsorted(found.times, times - 1e-9)
    assert found["v"][0, 0, at] == pytest.approx(truth[:, -1], abs=1e-3)
    assert found["rig.response"][0, 0, at] == pytest.approx(
        closed.output("response", truth, 100.0), abs=2e-3
    )
    assert found["rig.response"][0, 0, -1] == pytest.approx(-80.0 + 20.0 + 1.0, abs=2e-3)

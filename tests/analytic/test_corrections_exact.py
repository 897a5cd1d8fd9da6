"""Corrections beside closed forms and circuits solved by matrix exponentials."""

import numpy as np
import pytest
from clamped_cells import bessel4, circuit, in_series, step_response
from scipy.linalg import expm

from loligo.recording import RigState, from_arrays
from loligo.recording.corrections import (
    Path,
    bessel_delay,
    bridge,
    ideal_current,
    membrane_potential,
    pipette_current,
    series_resistance,
    through,
    without_seal,
)

RATE = 50.0


def stepped(time, on, off, low, high):
    return np.where((time >= on) & (time < off), high, low)


def test_steady_state_behind_series_resistance():
    """Of an ohmic cell, V = (V_c + r E) / (1 + r) with r = (1 - a) R_s / R_m."""
    for share, expected in ((0.0, -40.784314), (0.8, -40.159363)):
        left = 0.01 * (1 - share)
        current = (-40.0 + 80.0) / (0.5 + left)
        assert membrane_potential(-40.0, current, left) == pytest.approx(expected, abs=1e-6)
    assert pytest.approx(20.0) == 2000.0 * 0.01  # 2 nA through 10 MOhm


def amplifier(series, membrane, capacitance, reversal, pipette, clamp, current, total, time):
    """Uncompensated amplifier of Lei et al. 2020, by a matrix exponential; command 0 to 40 mV.

    States are V_m, V_p, V_cl, I_out and 1; steady before the step.
    """
    c = 1 / (series * capacitance)
    a = np.zeros((5, 5))
    a[0, 0], a[0, 1] = -c - 1 / (membrane * capacitance), c
    a[0, 4] = reversal / (membrane * capacitance)
    a[1, 1], a[1, 2] = -1 / clamp, 1 / clamp
    a[2, 2] = -1 / total
    drive = np.array([-1 / series, 1 / series - pipette / clamp, pipette / clamp, 0.0, 0.0])
    a[3] = drive / current
    a[3, 3] -= 1 / current
    before, after = -80.0, -40.0
    a[2, 4] = before / total
    state = np.append(np.linalg.solve(a[:4, :4], -a[:4, 4]), 1.0)
    a[2, 4] = after / total
    step = expm(a * (time[1] - time[0]))
    found = np.empty((time.size, 5))
    for i in range(time.size):
        found[i] = state
        state = step @ state
    return found


def test_uncompensated_amplifier_becomes_an_ideal_clamp():
    """Validated table of Lei's amplifier: 100 pF, 10 and 500 MOhm, E = -80 mV, all off.

    What is corrected must be the 80 pA of an ideal clamp once the pipette (4 pF) is charged.
    """
    time = np.arange(0, 20, 0.005)
    found = amplifier(0.01, 0.5, 100.0, -80.0, 4.0, 8e-4, 7.5e-3, 0.04, time)
    for when, potential, current in (
        (0.1, -77.593976, 3784.650),
        (0.5, -65.354864, 2554.428),
        (2.0, -46.104716, 614.573),
        (5.0, -41.033775, 103.570),
    ):
        at = round(when / 0.005)
        assert found[at, 0] == pytest.approx(potential, abs=1e-3)
        assert found[at, 3] == pytest.approx(current, abs=0.5)
    # the command through the summing amplifier, as late as clamp and current measurement are
    clamped = np.interp(time - 8.3e-3, time, found[:, 2])
    ionic = ideal_current(found[:, 3], clamped, 200.0, 0.01, 100.0, -80.0)
    late = time > 0.7
    assert ionic[late] == pytest.approx(80.0, abs=0.25)
    assert np.abs(found[late, 3] - 80.0).max() > 2000.0
    unscaled = ideal_current(found[:, 3], clamped, 200.0, 0.01, 100.0)
    conductance = (found[:, 0] + 80.0) / 0.5
    assert unscaled[late] == pytest.approx(conductance[late], abs=0.4)


def test_step_of_a_cell_through_a_filter_loses_its_transient():
    """R_s 10, R_m 500 MOhm, C 100 pF: peak 1 nA and steady 19.608 pA become 20 pA throughout."""
    time = np.arange(0, 60, 1 / RATE)
    corner, on, off = 5.0, 10.0, 50.0
    system = in_series(circuit(0.01, [(100.0, 0.5)]), bessel4(corner))
    current = 10 * (step_response(system, time - on) - step_response(system, time - off))
    command = stepped(time, on, off, 0.0, 10.0)
    assert current[(time > 40) & (time < 49)].mean() == pytest.approx(19.6078431, rel=1e-6)
    recording = from_arrays(
        current,
        unit="pA",
        sampling_rate=f"{RATE} kHz",
        command=command,
        command_unit="mV",
        rig_state=RigState(series_resistance_correction=0.0, filter_frequency=corner),
    )
    made = series_resistance(recording, "10 MOhm", capacitance="100 pF", reversal="-1000 mV")
    unscaled = series_resistance(recording, "10 MOhm", capacitance="100 pF")
    ionic = unscaled.trace(0, "response").values()
    settled = (time > on + 1.0) & (time < off)
    # what is left is the ohmic current at the membrane's potential, filtered
    membrane = 10.0 * 0.5 / 0.51 * (1 - np.exp(-(time - on) / 0.98039215686))
    assert ionic[settled] == pytest.approx((membrane / 0.5)[settled], abs=1.0)
    assert np.abs(ionic[settled]).max() < 21.0
    assert np.isfinite(made.trace(0, "response").values()).all()


def test_fractions_of_correction_leave_the_rest():
    """With 80 % corrected by the amplifier a fifth of the resistance is what is corrected."""
    time = np.arange(0, 20, 1 / RATE)
    command = stepped(time, 5.0, 15.0, -80.0, -40.0)
    current = (command + 80.0) / (0.5 + 0.002)

    def corrected(share):
        recording = from_arrays(
            current,
            unit="pA",
            sampling_rate=f"{RATE} kHz",
            command=command,
            command_unit="mV",
            rig_state=RigState(series_resistance_correction=share),
        )
        made = series_resistance(recording, "10 MOhm", reversal="-90 mV")
        return made.trace(0, "response").values()

    at = (time > 6) & (time < 14)
    potential = -40.0 - current[at] * 0.002
    assert corrected(0.8)[at] == pytest.approx(current[at] * 50.0 / (potential + 90.0), rel=1e-12)


@pytest.mark.parametrize(
    ("seal", "resistance", "tau", "potential"),
    [
        ("1 GOhm", 1 / 3, 100 / 3, -46.0 - 2 / 3),
        ("5 GOhm", 1 / 2.2, 100 / 2.2, -63.63636363636),
        ("10 GOhm", 1 / 2.1, 100 / 2.1, -66.66666666667),
    ],
)
def test_seal_shunt(seal, resistance, tau, potential):
    """500 MOhm, 100 pF, -70 mV behind a seal: measured 333.3, 454.5, 476.2 MOhm and so on."""
    found = without_seal(
        f"{resistance!r} GOhm",
        seal,
        time_constant=f"{tau!r} ms",
        resting_potential=f"{potential!r} mV",
    )
    assert found.membrane_resistance.value == pytest.approx(0.5, rel=1e-9)
    assert found.membrane_time_constant.value == pytest.approx(50.0, rel=1e-9)
    assert found.resting_potential.value == pytest.approx(-70.0, rel=1e-9)
    assert found.membrane_resistance.low is None


def test_bridge_through_electrode_and_filter_leaves_the_membrane():
    """22 mV through 20 MOhm unbalanced and 200 MOhm: 20 mV steady, and the membrane's course."""
    time = np.arange(0, 200, 1 / RATE)
    corner, on, off = 3.0, 20.0, 150.0
    system = in_series(circuit_of_current(0.02, 0.2, 50.0), bessel4(corner))
    alone = in_series(circuit_of_current(0.0, 0.2, 50.0), bessel4(corner))
    unit = step_response(system, time - on) - step_response(system, time - off)
    wanted = step_response(alone, time - on) - step_response(alone, time - off)
    recording = from_arrays(
        100 * unit - 70.0,
        unit="mV",
        sampling_rate=f"{RATE} kHz",
        command=stepped(time, on, off, 0.0, 100.0),
        command_unit="pA",
        rig_state=RigState(filter_frequency=corner),
    )
    assert (100 * unit[(time > 140) & (time < 149)]).mean() == pytest.approx(22.0, rel=1e-4)
    made = bridge(recording, "20 MOhm").trace(0, "response").values()
    assert made == pytest.approx(100 * wanted - 70.0, abs=1e-6)


def circuit_of_current(series, membrane, capacitance):
    one = np.ones((1, 1))
    return -one / (membrane * capacitance), one / capacitance, one, one * series


@pytest.mark.parametrize("delay", [0.0, 0.013, 0.02, 0.047])
@pytest.mark.parametrize("lag", [0.0, 0.03])
def test_path_is_the_filter_between_samples_too(delay, lag):
    """A staircase through delay, lag and filter beside the eigenvectors of the state space."""
    time = np.arange(0, 10, 1 / RATE)
    system = bessel4(2.0)
    if lag:
        one = np.ones((1, 1))
        system = in_series((-one / lag, one / lag, one, 0 * one), system)
    edges, sizes = (2.0, 2.5, 6.0), (3.0, -1.0, 4.0)
    command = 7.0 + sum(s * (time >= e - 1e-9) for e, s in zip(edges, sizes, strict=True))
    expected = 7.0 + sum(
        s * step_response(system, time - e - delay) for e, s in zip(edges, sizes, strict=True)
    )
    path = Path(delay, 2.0, lag=lag)
    assert through(command, RATE, path) == pytest.approx(expected, abs=1e-9)


def test_pipette_charge_is_capacitance_times_step():
    """Any lag and filter leave the charge: 5 pF and 40 mV are 200 fC."""
    time = np.arange(0, 10, 1 / RATE)
    command = np.where(time >= 3.0, 40.0, 0.0)
    fine = np.repeat(command, 10)
    for path in (Path(0.0, 5.0), Path(0.01, 8.0, lag=0.02)):
        found = pipette_current(command, RATE, 5.0, path)
        finer = pipette_current(fine, 10 * RATE, 5.0, path)
        assert found == pytest.approx(finer[::10], abs=1e-6)
        assert finer.sum() / (10 * RATE) == pytest.approx(200.0, rel=1e-5)


def test_bessel_delay():
    """Half way up a 4-pole Bessel after 0.329354 / f_c; the delay of slow signals is near it."""
    assert bessel_delay(1.0) == pytest.approx(0.3365, abs=1e-4)
    assert bessel_delay(2.0, 8) == pytest.approx(0.50484 / 2, rel=0.02)
    slow = np.sin(2 * np.pi * 0.01 * np.arange(0, 400, 0.05))
    out = through(slow, 20.0, Path(0.0, 1.0))
    moved = np.interp(
        np.arange(0, 400, 0.05) - bessel_delay(1.0) - 0.025, np.arange(0, 400, 0.05), slow
    )
    assert out[200:] == pytest.approx(moved[200:], abs=2e-4)

"""Discontinuous clamps: what one electrode reads between its currents, how hard it may clamp."""

from __future__ import annotations

import numpy as np
import pytest
from sampled_loops import NEARLY_IDEAL, PASSIVE, Exact

from loligo import Protocol, analyze, read, record, write_nwb
from loligo.cell import Cell, catalogue
from loligo.errors import ModelError, SimulationError
from loligo.recording import ClampMode, compare
from loligo.rig import (
    Digitizer,
    DiscontinuousCurrentClamp,
    DiscontinuousVoltageClamp,
    Pipette,
    Rig,
    with_passive_cell,
)
from loligo.rig.digital_loop import Piece, multipliers

CELL = Cell(
    name="a passive cell",
    capacitance="100 pF",
    temperature="22 degC",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)
SHARP = Pipette(series_resistance="20 MOhm", capacitance="0.2 pF")
FINE = Digitizer(sampling="20 kHz", bits=24)
TAU = 20.0
STEP = Protocol("step", ["hold for 2 ms", "step -60 mV for 20 ms as step"], holding="-70 mV")
PULSE = Protocol("pulse", ["hold for 2 ms", "step 100 pA for 150 ms as pulse"], holding="0 pA")


def voltage(gain, pipette=SHARP, **more):
    amplifier = DiscontinuousVoltageClamp(gain=f"{gain!r} nS", **more)
    return Rig(pipette=pipette, amplifier=amplifier, digitizer=FINE)


def current(pipette=SHARP, **more):
    amplifier = DiscontinuousCurrentClamp(**more)
    return Rig(pipette=pipette, amplifier=amplifier, digitizer=FINE)


@pytest.mark.parametrize("gain", [100.0, 1000.0])
def test_each_cycle_is_as_by_matrix_exponentials(gain):
    recording = record(CELL, voltage(gain), STEP, dt="0.5 us")
    exact = Exact(voltage(gain).system)
    found = []
    for cycle in range(-200, 440):
        command = -60.0 if cycle >= 40 else -70.0
        sample = exact.response
        if cycle >= 0:
            found.append((exact.v, sample, 0.3 * gain * (command - sample)))
        exact.advance(0.015, gain * (command - sample))
        exact.advance(0.035, 0.0)
    v, samples, response = np.array(found).T
    traces = recording.truth.traces
    assert traces["v"].values(0) == pytest.approx(v, abs=3e-3)
    assert traces["rig.sampled"].values(0) == pytest.approx(samples, abs=1e-2)
    stored = recording.sweeps[0].trace("response").values()
    assert stored == pytest.approx(response, abs=3e-3 * np.abs(response).max())


@pytest.mark.parametrize(("gain", "duty"), [(50.0, 0.3), (300.0, 0.3), (300.0, 0.5)])
def test_the_clamp_falls_short_by_its_gain(gain, duty):
    """Mean current D G e through R makes the error e = 1 / (1 + D G R) of the distance."""
    long = STEP.replace(epochs=["hold for 2 ms", "step -60 mV for 80 ms as step"])
    rig = voltage(gain, duty_cycle=duty)
    recording = record(CELL, rig, long)
    reached = recording.truth.traces["rig.sampled"].values(0)[-1] + 70.0
    expected = 1.0 / (1.0 + duty * gain * 0.2)
    assert rig.amplifier.steady_error(0.2) == pytest.approx(expected)
    assert (10.0 - reached) / 10.0 == pytest.approx(expected, rel=5e-3)
    response = recording.sweeps[0].trace("response").values()[-1]
    mean = recording.truth.traces["v"].values(0)[-40:].mean() + 70.0
    assert response == pytest.approx(mean / 0.2, rel=5e-3)  # Ohm's law


def largest(gain, frequency, duty):
    pipette = Pipette(series_resistance="1 kOhm", capacitance="1e-3 pF")
    amplifier = DiscontinuousVoltageClamp(
        gain=f"{gain!r} nS",
        switching_frequency=f"{frequency!r} kHz",
        duty_cycle=duty,
        **NEARLY_IDEAL,
    )
    closed = with_passive_cell(amplifier.system(pipette), **PASSIVE)
    pieces = (
        Piece(amplifier.injecting, 0),
        Piece(amplifier.cycle - amplifier.injecting, None),
    )
    return abs(multipliers(closed, "response", gain, pieces)[0])


@pytest.mark.parametrize(("frequency", "duty"), [(20.0, 0.3), (5.0, 0.5), (0.5, 0.25)])
def test_the_gain_at_which_it_oscillates(frequency, duty):
    """One sample to the next is a - G R b; about 2 C / (D T) for cycles that are short."""
    clamp = DiscontinuousVoltageClamp(
        gain="1 nS", switching_frequency=f"{frequency!r} kHz", duty_cycle=duty
    )
    expected = clamp.largest_gain(0.2, 100.0)
    assert largest(0.999 * expected, frequency, duty) < 1.0
    assert largest(1.001 * expected, frequency, duty) > 1.0
    if frequency == 20.0:
        assert expected == pytest.approx(2.0 * 100.0 / (duty / frequency), rel=5e-3)
    a = np.exp(-1.0 / frequency / TAU)  # half of it is nearly dead beat
    assert largest(0.5 * expected, frequency, duty) == pytest.approx(0.5 * (1.0 - a), rel=0.01)


def test_too_much_gain_alternates_and_grows_and_says_so():
    pipette = Pipette(series_resistance="1 MOhm", capacitance="0.2 pF")
    limit = voltage(1.0).amplifier.largest_gain(0.2, 100.0)
    small = STEP.replace(epochs=["hold for 2 ms", "step -69.9 mV for 3 ms as step"])
    recording = record(CELL, voltage(1.01 * limit, pipette), small, dt="1 us")
    told = recording.finding("stability").value
    assert told.startswith("unstable: a disturbance grows e-fold in")
    assert "at 10 kHz" in told  # every second cycle of 20 kHz
    rate = recording.truth.parameters["oscillation_growth_rate"]
    samples = recording.truth.traces["rig.sampled"].values(0)[60:]
    moves = np.abs(np.diff(samples))
    slope = np.polyfit(np.arange(moves.size) * 0.05, np.log(moves), 1)[0]
    assert slope == pytest.approx(rate, rel=0.02)
    assert (np.diff(samples)[1:] * np.diff(samples)[:-1] < 0).all()
    with pytest.raises(SimulationError, match="the loop is unstable"):
        record(CELL, voltage(1.5 * limit, pipette), STEP)
    calm = record(CELL, voltage(0.4 * limit, pipette), STEP)
    assert calm.finding("stability").value == ""


@pytest.mark.parametrize("capacitance", [0.1, 0.3, 1.0])
def test_an_electrode_that_does_not_settle_is_read(capacitance):
    """What is left of R_s I after the silent part: with tau = R_s C and both parts of the cycle,
    (1 - exp(-D T / tau)) exp(-(1 - D) T / tau) / (1 - exp(-T / tau))."""
    pipette = Pipette(series_resistance="40 MOhm", capacitance=f"{capacitance!r} pF")
    rig = current(pipette, follower_time="10 ns", command_time="10 ns")
    tau = 0.04 * capacitance
    recording = record(CELL, rig, PULSE, dt="0.5 us")
    residual = recording.truth.parameters["electrode_residual"]
    on, off = np.exp(-0.015 / tau), np.exp(-0.035 / tau)
    assert residual == pytest.approx((1.0 - on) * off / (1.0 - on * off), rel=0.03)
    sampled = recording.sweeps[0].trace("response").values()[-200:].mean()
    true = recording.truth.traces["v"].values(0)[-200:].mean()
    assert (sampled - true) / (0.04 * 100.0 / 0.3) == pytest.approx(residual, abs=1e-3)
    assert (recording.finding("settling").value != "") == (residual > 0.01)


def test_neutralization_that_lags_makes_the_electrode_ring():
    """R C tau s^2 + (R (C - C_n) + tau) s + 1: settled by C_n alone it would be in 4 us."""
    pipette = Pipette(series_resistance="40 MOhm", capacitance="1 pF")
    amplifier = current(pipette, capacitance_neutralization="0.9 pF").amplifier
    poles = np.roots([0.04 * 0.0005, 0.04 * 0.1 + 0.0005, 1.0])
    closed = with_passive_cell(amplifier.system(pipette), **PASSIVE)
    near = [np.abs(closed.poles - pole).min() / np.abs(pole) for pole in poles]
    assert max(near) < 0.01
    assert amplifier.electrode_residual(pipette) > 0.01


def test_current_clamp_reads_the_cell_without_its_series_resistance():
    """100 pA on average through 200 MOhm: 20 mV, and not 4 mV more of the electrode's."""
    recording = record(CELL, current(), PULSE)
    found = recording.sweeps[0].trace("response").values()
    times = np.arange(found.size) * 0.05 - 2.0
    on = times > 1.0
    expected = -70.0 + 20.0 * (1.0 - np.exp(-times[on] / TAU))
    assert found[on] == pytest.approx(expected, abs=0.12)
    assert recording.response.clamp_mode is ClampMode.CURRENT_CLAMP
    assert recording.sweeps[0].trace("response").rig_state.capacitance_neutralization == 0.0


def test_an_axon_under_a_switch_clamp():
    """The samples stay at the command while sodium channels open; the current is theirs."""
    from loligo import simulate

    axon = catalogue.load("hodgkin_huxley1952").with_(
        **{"channel.na.conductance": "1.2 mS/cm2", "channel.k.conductance": "0.36 mS/cm2"},
        area="10000 um2",
    )
    step = Protocol("step", ["hold for 2 ms", "step -20 mV for 6 ms"], holding="-75 mV")
    rig = voltage(4000.0, Pipette(series_resistance="5 MOhm", capacitance="1 pF"))
    recording = record(axon, rig, step, truth=["i.membrane"])
    true = simulate(axon, step, record=["i.membrane"], sampling="0.05 ms", initial={"v": "-75 mV"})[
        "i.membrane"
    ][0, 0]
    found = recording.sweeps[0].trace("response").values()
    peak = true[50:].min()
    assert peak < -500.0
    assert found[60:].min() == pytest.approx(peak, rel=0.1)  # 0.1 ms to charge the cell
    own = recording.truth.traces["i.membrane"].values(0)
    v = recording.truth.traces["v"].values(0)
    charged = 100.0 * np.diff(v) / 0.05 + 0.5 * (own[1:] + own[:-1])  # in each cycle
    assert found[45:-1] == pytest.approx(charged[45:], abs=0.03 * abs(peak))
    reached = step.replace(epochs=["hold for 2 ms", f"step {v[-20:].mean():.3f} mV for 6 ms"])
    at_it = simulate(axon, reached, record=["i.membrane"], sampling="0.05 ms")
    expected = at_it["i.membrane"][0, 0, -20:].mean()
    assert found[-20:].mean() == pytest.approx(expected, rel=0.02)  # at ticks the ripple is low
    potential = recording.truth.traces["v"].values(0)[60:]
    assert np.abs(potential + 20.0).max() < 8.0


def test_noise_is_sampled_and_clamped():
    """v' = a v - G R b (v + n): its variance is that of a first-order process."""
    rig = voltage(500.0, Pipette(series_resistance="1 MOhm", capacitance="1 pF")).with_(
        noise={"voltage_noise": "100 nV/sqrt(Hz)"}
    )
    held = Protocol("held", ["hold for 100 ms"], holding="-70 mV", sweeps=3)
    recording = record(CELL, rig, held, seed=4)
    v = np.array([recording.truth.traces["v"].values(s) for s in range(3)])
    samples = np.array([recording.truth.traces["rig.sampled"].values(s) for s in range(3)])
    sigma = np.std(samples - v)
    a = np.exp(-0.05 / TAU)
    b = 500.0 * 0.2 * -np.expm1(-0.015 / TAU) * np.exp(-0.035 / TAU)
    expected = b * sigma / np.sqrt(1.0 - (a - b) ** 2)
    assert np.std(v) == pytest.approx(expected, rel=0.08)
    again = record(CELL, rig, held, seed=4)
    assert (again.truth.traces["v"].values(2) == v[2]).all()
    other = record(CELL, rig, held, seed=5)
    assert (other.truth.traces["v"].values(2) != v[2]).any()


def test_the_output_filter_acts_on_what_was_sampled():
    rig = voltage(300.0).with_(filter={"kind": "bessel", "corner": "1 kHz"})
    plain, filtered = (record(CELL, each, STEP) for each in (voltage(300.0), rig))
    raw = plain.sweeps[0].trace("response").values()
    found = filtered.sweeps[0].trace("response").values()
    assert found == pytest.approx(rig.filter.apply(raw, "20 kHz"), abs=1e-2)
    assert (plain.truth.traces["v"].values(0) == filtered.truth.traces["v"].values(0)).all()


def test_files_and_analysis(tmp_path):
    for rig, protocol in ((voltage(300.0), STEP), (current(), PULSE)):
        recording = record(CELL, rig, protocol)
        again = read(write_nwb(recording, tmp_path / "clamp.nwb", overwrite=True))
        assert compare(recording, again) == ()
        assert recording.protocols == {"command": protocol}
    assert analyze(again).estimates


@pytest.mark.parametrize(
    ("rig", "protocol", "told"),
    [
        (voltage(100.0), PULSE, "commands a current, a discontinuous voltage clamp takes"),
        (current(), STEP, "commands a voltage, a discontinuous current clamp takes"),
        (current(), Protocol("zero", ["hold for 5 ms"]), "I=0 is a mode of a current clamp"),
    ],
)
def test_what_they_do_not_take(rig, protocol, told):
    with pytest.raises(ModelError, match=told):
        record(CELL, rig, protocol)


def test_a_cycle_that_the_membrane_forgets():
    clamp = DiscontinuousVoltageClamp(gain="1 nS", switching_frequency="0.001 Hz")
    with pytest.raises(ModelError, match="forgets"):
        clamp.largest_gain(0.001, 0.1)

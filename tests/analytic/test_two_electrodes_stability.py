"""Where a two-electrode clamp with coupling between its electrodes oscillates, and that it is seen.

With the lags of amplifier, follower and electrode t_g, t_f, t_e, coupling C_k, and the output V_o
felt at the input as R_s C_k V_o', the loop around a cell closes as::

    (1 + t_g s)(1 + t_f s)((1 + t_e s) Y + C_in s) + A (1 / R_e + C_k s + R_s C_k s Y) = 0

with Y = C s + 1 / R_m + 1 / R_e. Of a cell that does not leak and an electrode that takes nothing
from it, Hurwitz' determinant is linear in the gain A.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from loligo import Protocol, record
from loligo.cell import Cell
from loligo.experiment.subject import subject_of
from loligo.rig import Digitizer, Pipette, Rig, TwoElectrodeClamp

CAPACITANCE, MEMBRANE = 200e3, 1e-3  # pF, GOhm
SERIES, CURRENT = 1e-3, 0.5e-3  # GOhm
AT_INPUT = 5.0  # pF
AMPLIFIER, FOLLOWER = 0.01, 0.02  # ms
OOCYTE = Cell(
    name="an oocyte", capacitance="200 nF", temperature="22 degC", initial_potential="-40 mV",
    channel={"leak": {"conductance": "1 uS", "reversal": "-40 mV"}},
)  # fmt: skip


def rig(gain, coupling):
    return Rig(
        pipette=Pipette(series_resistance="1 MOhm", capacitance=f"{AT_INPUT} pF"),
        amplifier=TwoElectrodeClamp(
            gain=gain, gain_time="10 us", follower_time="20 us", current_time="1 us",
            current_electrode="0.5 MOhm", coupling_capacitance=f"{coupling} pF",
        ),
        digitizer=Digitizer(sampling="500 kHz", bits=24, current_gain="0.00001 mV/pA"),
    )  # fmt: skip


def poles(gain, coupling):
    """Of the closed loop around the oocyte [1/ms], from the equation above."""
    s = Polynomial([0.0, 1.0])
    load = Polynomial([1.0 / MEMBRANE + 1.0 / CURRENT, CAPACITANCE])
    inside = AT_INPUT + coupling
    within = (1 + SERIES * inside * s) * load + inside * s
    forth = (1 + AMPLIFIER * s) * (1 + FOLLOWER * s) * within
    back = gain * (1.0 / CURRENT + coupling * s + SERIES * coupling * s * load)
    return (forth + back).roots()


def slowest(gain, coupling):
    """The pole that dies last or grows."""
    found = poles(gain, coupling)
    return found[np.argmax(found.real)]


def largest_gain(coupling):
    """Where the slowest pole crosses, by bisection."""
    low, high = 1.0, 1e6
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if slowest(middle, coupling).real < 0.0 else (low, middle)
    return low


@pytest.mark.parametrize("coupling", [0.0, 0.5e-3, 1e-3])
def test_the_gain_from_which_on_it_oscillates(coupling):
    """A (a_3 / (R_e C) - R_s C_k) = t_g + t_f + t_e - a_4 / a_3, a_i the sums of products."""
    cell = OOCYTE.with_(**{"channel.leak.conductance": "1e-6 nS"})
    subject = subject_of(cell, None, None)
    low, high = 1.0, 1e6
    for _ in range(50):
        middle = np.sqrt(low * high)
        is_stable = subject.stability(rig(middle, coupling), np.asarray(-40.0)).is_stable
        low, high = (middle, high) if is_stable else (low, middle)
    lag = SERIES * (AT_INPUT + coupling)
    pairs = AMPLIFIER * FOLLOWER + AMPLIFIER * lag + FOLLOWER * lag
    lags = AMPLIFIER + FOLLOWER + lag - AMPLIFIER * FOLLOWER * lag / pairs
    assert low == pytest.approx(
        lags / (pairs / (CURRENT * CAPACITANCE) - SERIES * coupling), rel=1e-3
    )


def test_with_more_coupling_it_rings_at_any_gain_and_does_not_oscillate():
    """From R_s C_k = a_3 / (R_e C) on: the output holds the electrode in place of the cell."""
    enough = 1.01 * (0.01 * 0.02 + 0.03 * 0.005) / (CURRENT * CAPACITANCE) / SERIES
    subject = subject_of(OOCYTE, None, None)
    for gain in (1e4, 1e5, 1e6):
        found = subject.stability(rig(gain, enough), np.asarray(-40.0))
        assert found.is_stable
        assert found.damping < 0.1
    assert not subject.stability(rig(1e5, 0.8 * enough), np.asarray(-40.0)).is_stable


@pytest.mark.parametrize("coupling", [0.0, 1e-3])
@pytest.mark.parametrize("share", [0.95, 1.05])
def test_record_says_on_which_side_it_is_and_shows_it(coupling, share):
    """What is left of a step of command dies or grows as the slowest pole does."""
    gain = share * largest_gain(coupling)
    pole = slowest(gain, coupling)
    step = Protocol("step", ["hold for 0.5 ms", "step -40.01 mV for 4 ms"], holding="-40 mV")
    recording = record(OOCYTE, rig(gain, coupling), step, dt="0.5 us", truth=["rig.potential"])
    told = recording.finding("stability").value
    assert told.startswith("unstable: a disturbance grows" if share > 1.0 else "rings at ")
    frequency = abs(pole.imag) if share > 1.0 else abs(pole)
    assert f"{frequency / (2.0 * np.pi):.3g} kHz" in told
    growth = recording.truth.parameters["oscillation_growth_rate"]
    assert growth == pytest.approx(pole.real, rel=1e-3)
    values = recording.truth.traces["rig.potential"].values(0)
    late = values[750:] - _settled(gain, coupling)
    assert _pace(late, 1.0 / 500.0, abs(pole.imag)) == pytest.approx(pole.real, rel=0.02)


def _settled(gain, coupling):
    """Where the measured potential ends, or would."""
    through = 1.0 / ((1.0 + gain) / CURRENT + 1.0 / MEMBRANE)
    return through * (gain * -40.01 / CURRENT - 40.0 / MEMBRANE)


def _pace(values, interval, omega):
    """Rate at which an oscillation of a known frequency grows [1/ms], by its size in periods."""
    time = interval * np.arange(values.size)
    period = round(2.0 * np.pi / omega / interval)
    count = values.size // period
    turning = values[: count * period] * np.exp(-1j * omega * time[: count * period])
    sizes = np.abs(turning.reshape(count, period).mean(axis=1))
    return np.polyfit(np.arange(count) * period * interval, np.log(sizes), 1)[0]


@pytest.mark.parametrize("coupling", [0.02, 0.1])
def test_coupling_makes_a_fast_clamp_ring(coupling):
    """omega^2 = 1 / (R_e C R_s C_k): the output reaches the input before the cell has charged."""
    gain = 3000.0
    told = record(
        OOCYTE, rig(gain, coupling), Protocol("flat", ["hold for 1 ms"], holding="-40 mV")
    ).finding("stability").value  # fmt: skip
    found = poles(gain, coupling)
    ringing = found[(found.imag > 0.0)]
    ringing = ringing[np.argmax(ringing.real / np.abs(ringing))]
    assert f"rings at {abs(ringing) / (2.0 * np.pi):.3g} kHz" in told
    assert f"damping ratio of {-ringing.real / abs(ringing):.2g}" in told
    omega = 1.0 / np.sqrt(CURRENT * CAPACITANCE * SERIES * coupling)
    assert abs(ringing) == pytest.approx(omega, rel=0.2)

"""Amplifiers that saturate inside their feedback: closed forms, another solver piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from loligo import Protocol, record
from loligo.cell import Cell
from loligo.rig import Digitizer, Pipette, Rig, TwoElectrodeClamp

CAPACITANCE, MEMBRANE, ELECTRODE, REVERSAL = 200e3, 1e-3, 0.5e-3, -40.0  # pF, GOhm, GOhm, mV
OOCYTE = Cell(
    name="an oocyte", capacitance=f"{CAPACITANCE} pF", temperature="22 degC",
    initial_potential=f"{REVERSAL} mV",
    channel={"leak": {"conductance": "1000 nS", "reversal": f"{REVERSAL} mV"}},
)  # fmt: skip
STEP = Protocol(
    "step", ["hold for 2 ms", "step 40 mV for 20 ms", "hold for 8 ms"], holding="-40 mV"
)
GAIN, LIMIT = 400.0, 2000.0
KEPT = ["v", "rig.potential", "rig.response", "rig.drive"]


def two(limit, gain_time=20.0, coupling=0.02):
    clamp = TwoElectrodeClamp(
        gain=GAIN, gain_time=f"{gain_time} us", follower_time="3 us", current_time="10 us",
        current_electrode="0.5 MOhm", coupling_capacitance=f"{coupling} pF",
    )  # fmt: skip
    return Rig(
        pipette=Pipette(series_resistance="1 MOhm", capacitance="5 pF"),
        amplifier=clamp,
        digitizer=Digitizer(sampling="20 kHz", bits=24, current_gain="0.0001 mV/pA"),
        limits=None if limit is None else {"electrode_drive": f"{limit!r} mV"},
    )


def traces(made, dt, cell=OOCYTE, protocol=STEP, kept=KEPT):
    recording = record(cell, made, protocol, dt=dt, truth=kept)
    return np.stack([recording.truth.traces[name].values(0) for name in kept])


def test_a_limited_drive_charges_the_cell_through_the_electrode():
    """An exponential toward what the limit would hold it at, until the error asks for less."""
    recording = record(OOCYTE, two(LIMIT, gain_time=1.0, coupling=0.0), STEP, dt="1 us", truth=KEPT)
    v = recording.truth.traces["v"].values(0)
    t = np.arange(v.size) / 20.0
    share = MEMBRANE / (ELECTRODE + MEMBRANE)
    toward = LIMIT * share + REVERSAL * ELECTRODE / (ELECTRODE + MEMBRANE)
    tau = CAPACITANCE * ELECTRODE * share
    start = v[40]
    leaves = 40.0 - LIMIT / GAIN  # mV
    late = tau * np.log((toward - start) / (toward - leaves))
    within = (t > 2.1) & (t < 2.0 + late)
    exact = toward + (start - toward) * np.exp(-(t - 2.0) / tau)
    # the lags of amplifier and follower let it begin 1 us late, and end as late
    assert v[within] == pytest.approx(exact[within], abs=0.04)
    marked = recording.truth.traces["saturated.drive"].values(0)
    first = np.flatnonzero(marked[:440])
    assert first[0] == 41
    assert t[first[-1]] == pytest.approx(2.0 + late, abs=0.051)
    assert recording.truth.traces["rig.drive"].values(0)[first] == pytest.approx(LIMIT, abs=1e-6)
    assert "at the largest potential" in recording.finding("saturation").value
    free = traces(two(None, gain_time=1.0, coupling=0.0), "1 us")
    assert free[0][60] > 38.0  # a millisecond after the step
    assert v[60] < 0.0


def slopes(y, command, is_held):
    v, inner, follower, drive, measured = y
    driven = 0.0 if is_held else wanted(y, command)
    current, drawn = (drive - v) / ELECTRODE, (inner - v) / 1e-3
    return [
        (current + drawn - (v - REVERSAL) / MEMBRANE) / CAPACITANCE,
        (0.02 * driven - drawn) / 5.02, (inner - follower) / 0.003, driven,
        (current - measured) / 0.01,
    ]  # fmt: skip


def wanted(y, command):
    return (GAIN * (command - y[2]) - y[3]) / 0.02


def piece_by_piece(times):
    """Radau from one event to the next: the drive reaches its limit, and is asked to leave it."""
    zero = np.array(slopes(np.zeros(5), 0.0, False))
    matrix = np.array([np.array(slopes(one, 0.0, False)) - zero for one in np.eye(5)]).T
    y = np.linalg.solve(matrix, -np.array(slopes(np.zeros(5), -40.0, False)))
    rows = [y[:, None]]
    for begin, stop, command in ((0.0, 2.0, -40.0), (2.0, 22.0, 40.0), (22.0, 30.0, -40.0)):
        t, is_held = begin, False
        while t < stop:

            def event(_, y, is_held=is_held, command=command):
                return wanted(y, command) if is_held else abs(y[3]) - LIMIT

            event.terminal = True
            event.direction = -np.sign(y[3]) if is_held else 1.0
            done = solve_ivp(
                lambda _, y, c=command, h=is_held: slopes(y, c, h), (t, stop), y, "Radau",
                events=event, dense_output=True, rtol=1e-8, atol=1e-6,
            )  # fmt: skip
            at = times[(times > t) & (times <= done.t[-1])]
            if at.size:
                rows.append(done.sol(at))
            t, y = done.t[-1], done.y[:, -1].copy()
            if done.status == 1:
                is_held = not is_held
                y[3] = np.sign(y[3]) * LIMIT if is_held else y[3]
    return np.concatenate(rows, axis=1)[[0, 2, 4, 3]]


def test_a_limited_drive_as_another_solver_has_it():
    """Through four events, with coupling between the electrodes; steps of second order."""
    expected = piece_by_piece(np.arange(600) / 20.0)
    size = np.ptp(expected, axis=1)[:, None]
    steps = np.array([16.0, 8.0, 4.0, 2.0, 1.0])
    wrong = [np.abs((traces(two(LIMIT), f"{dt} us") - expected) / size).max(axis=1) for dt in steps]
    assert wrong[-1].max() < 1e-5
    assert wrong[2].max() < 1e-4
    order = np.polyfit(np.log(steps), np.log([each[0] for each in wrong]), 1)[0]
    assert order > 1.7  # of the cell's potential; where in a step an event is makes it uneven


def test_a_limit_that_is_not_reached_changes_nothing():
    assert np.abs(traces(two(None), "5 us") - traces(two(1e7), "5 us")).max() < 1e-9


def test_a_cell_that_is_held_beyond_the_limit_rests_where_the_limit_holds_it():
    """It starts there, and what is told as true is there."""
    high = Protocol("high", ["hold for 20 ms"], holding="60 mV")
    recording = record(OOCYTE, two(50.0), high, truth=KEPT)
    v = recording.truth.traces["v"].values(0)
    level = (50.0 / ELECTRODE + REVERSAL / MEMBRANE) / (1.0 / ELECTRODE + 1.0 / MEMBRANE)
    assert v == pytest.approx(level, abs=1e-6)
    assert recording.truth.parameters["baseline_potential"] == pytest.approx(level, abs=1e-6)
    current = (50.0 - level) / ELECTRODE
    assert recording.truth.parameters["holding_current"] == pytest.approx(current, rel=1e-9)
    assert recording.truth.traces["saturated.drive"].values(0).all()

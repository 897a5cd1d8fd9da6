"""Amplifiers that saturate inside their feedback: closed forms, another solver piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from amplifiers import lei_amplifier, squid_current, squid_rates, squid_steady
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from shaped_cells import PASSIVE, WHERE

from loligo import Protocol, record, simulate
from loligo.cell import Cell, Neuron, catalogue
from loligo.cell.morphology import ball_and_stick
from loligo.engine.two_stage import GAMMA
from loligo.rig import Digitizer, Limits, Pipette, Rig, TwoElectrodeClamp, VoltageClamp

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


# The headstage of a patch clamp ---------------------------------------------------------------

PATCHED = Cell(
    name="patched", capacitance="100 pF", temperature="22 degC", initial_potential="-80 mV",
    channel={"leak": {"conductance": "0.1 nS", "reversal": "-80 mV"}},
)  # fmt: skip
JUMP = Protocol(
    "jump", ["hold for 5 ms", "step -30 mV for 60 ms", "hold for 60 ms"], holding="-80 mV"
)


def patch(limit, low_pass=None, noise=None, **clamp):
    return Rig(
        pipette=Pipette(series_resistance="5 MOhm", capacitance="5 pF"),
        amplifier=VoltageClamp(**clamp),
        filter=low_pass,
        noise=noise,
        digitizer=Digitizer(sampling="20 kHz", bits=24, current_gain="0.1 mV/pA"),
        limits=None if limit is None else {"headstage_current": limit},
    )


def test_a_headstage_charges_cell_and_pipette_with_all_it_has():
    """200 pA into 105 pF, until the pipette is where the clamp wants it."""
    recording = record(PATCHED, patch("200 pA"), JUMP, truth=["v", "rig.pipette", "rig.needed"])
    v = recording.truth.traces["v"].values(0)
    current = recording.sweeps[0].trace("response").values()
    t = np.arange(v.size) / 20.0
    toward, tau = -80.0 + 200.0 / 0.1, 105.0 / 0.1  # mV, ms: what the leak lets it reach, and when
    late = tau * np.log(1.0 + 49.0 / (toward + 31.0))  # 1 mV across the pipette's 5 MOhm
    charging = (t > 6.0) & (t < 5.0 + late - 0.5)
    assert late == pytest.approx(26.0, abs=0.2)
    assert current[charging] == pytest.approx(200.0, abs=0.01)  # the digitizer's step
    rate = np.polyfit(t[charging] - 5.0, np.log(toward - v[charging]), 1)[0]
    assert rate == pytest.approx(-1.0 / tau, rel=1e-3)
    begin = v[charging][0] - (t[charging][0] - 5.0) * 200.0 / 105.0
    assert begin == pytest.approx(-80.0, abs=0.06)
    marked = recording.truth.traces["saturated.headstage"].values(0)[:1300].nonzero()[0] / 20.0
    assert marked[0] == pytest.approx(5.0, abs=0.051)
    assert marked[-1] == pytest.approx(5.0 + late, abs=0.1)
    assert np.abs(current).max() <= 200.01
    assert v[1290] == pytest.approx(-30.0, abs=0.03)
    assert "headstage" in recording.finding("saturation").value


def test_a_sodium_current_beyond_the_headstage_as_another_solver_has_it():
    """A squid axon behind the amplifier of Lei et al. 2020, whose headstage gives 10 nA; Radau."""
    axon, area, most = catalogue.load("hodgkin_huxley1952"), 10_000.0, 10_000.0
    pipette = Pipette(series_resistance="10 MOhm", capacitance="4 pF")
    clamp = VoltageClamp(
        capacitance_fast="4 pF", whole_cell_capacitance_compensation="100 pF",
        whole_cell_series_resistance_compensation="10 MOhm", series_resistance_correction=0.6,
        series_resistance_prediction=0.8,
    )  # fmt: skip
    step = Protocol("step", ["step -10 mV for 4 ms"], holding="-80 mV")

    def slope(_, z):
        v, m, h, n = z[4:]
        moves, flow = lei_amplifier(-10.0, z[:4], v, 0.6)
        injected = 4.0 * moves[2] + 100.0 * moves[1]
        low, high = ((end - flow + injected) / 4.0 for end in (-most, most))
        moves[0] = np.clip(moves[0], low, high)
        moves[3] = (flow + 4.0 * moves[0] - injected - z[3]) / 0.0075
        ionic = area * 0.01 * squid_current(v, m, h, n)  # pA
        a_m, b_m, a_h, b_h, a_n, b_n = squid_rates(v)
        return [
            *moves, (flow - ionic) / 100.0,
            a_m * (1.0 - m) - b_m * m, a_h * (1.0 - h) - b_h * h, a_n * (1.0 - n) - b_n * n,
        ]  # fmt: skip

    start = np.linalg.solve(
        [[-1.0, 0, 1.0, 0], [0, 1.0, 0, 0], [0, 0, -1.0, 0.006], [100.0, 0, 0, -1.0]],
        [0.0, -80.0, 80.0, -8000.0],
    )
    times = np.arange(80) / 20.0
    truth = solve_ivp(
        slope, (0.0, 4.0), [*start, -80.0, *squid_steady(-80.0)], "Radau", t_eval=times,
        rtol=1e-8, atol=1e-8, max_step=0.02,
    ).y  # fmt: skip
    wrong = []
    steps = np.array([8.0, 4.0, 2.0, 1.0])
    for dt in steps:
        found = simulate(
            axon.with_(area=f"{area} um2", initial_potential="-80 mV"), step,
            rig=clamp.system(pipette, Limits(headstage_current="10 nA")),
            record=["v", "rig.response", "rig.needed"], sampling="0.05 ms", dt=f"{dt} us",
        )  # fmt: skip
        errors = [np.abs(found["v"][0, 0] - truth[4]) / np.ptp(truth[4])]
        errors.append(np.abs(found["rig.response"][0, 0] - truth[3]) / most)
        wrong.append([each[1:].max() for each in errors])
    assert np.max(wrong[-1]) < 1e-4
    order = np.polyfit(np.log(steps), np.log(wrong), 1)[0]
    assert order == pytest.approx([2.0, 2.0], abs=0.35)
    current = found["rig.response"][0, 0]
    assert (np.abs(current + most) < 1e-6 * most).sum() > 4  # a plateau
    assert found["rig.needed"][0, 0].min() < -1.5 * most
    held = simulate(
        axon.with_(area=f"{area} um2", initial_potential="-80 mV"), step,
        rig=clamp.system(pipette), record=["v"], sampling="0.05 ms", dt="2 us",
    )  # fmt: skip
    assert np.abs(found["v"] - held["v"]).max() > 5.0  # mV that the cell feels of it


def test_a_headstage_that_is_not_out_of_range_changes_nothing():
    noise, low_pass = {"voltage_noise": "3 nV/sqrt(Hz)"}, {"kind": "bessel", "corner": "5 kHz"}
    more = {
        "capacitance_fast": "4 pF", "whole_cell_capacitance_compensation": "100 pF",
        "whole_cell_series_resistance_compensation": "5 MOhm", "series_resistance_correction": 0.7,
    }  # fmt: skip
    free, wide = (
        record(PATCHED, patch(limit, low_pass, noise, **more), JUMP, seed=4)
        for limit in (None, "1 mA")
    )
    one, other = (each.sweeps[0].trace("response").values() for each in (free, wide))
    assert np.abs(one - other).max() < 1e-9
    v, same = (each.truth.traces["v"].values(0) for each in (free, wide))
    assert np.abs(v - same).max() < 1e-9


def test_a_cell_that_is_held_by_more_than_the_headstage_has():
    """200 pA into 10 nS: 20 mV above the reversal, at rest."""
    cell = PATCHED.with_(**{"channel.leak.conductance": "10 nS"})
    recording = record(cell, patch("200 pA"), Protocol("h", ["hold for 5 ms"], holding="-30 mV"))
    assert recording.truth.parameters["baseline_potential"] == pytest.approx(-60.0, abs=1e-6)
    assert recording.truth.parameters["holding_current"] == pytest.approx(200.0, abs=1e-6)
    assert recording.truth.traces["v"].values(0) == pytest.approx(-60.0, abs=1e-6)
    assert recording.sweeps[0].trace("response").values() == pytest.approx(200.0, abs=0.01)


def test_sweeps_that_saturate_beside_sweeps_that_do_not():
    """Together in the lanes of one batch they are what each is alone."""
    epochs = ["hold for 2 ms", "step {} for 10 ms"]
    family = [epochs[0], epochs[1].format("-100..40 mV by 10 mV")]
    found = record(PATCHED, patch("500 pA"), Protocol("all", family, holding="-80 mV"))
    assert not found.truth.traces["saturated.headstage"].values(1)[100:].any()
    for sweep in (1, 7, 14):
        alone = [epochs[0], epochs[1].format(f"{-100 + 10 * sweep} mV")]
        one = record(PATCHED, patch("500 pA"), Protocol("one", alone, holding="-80 mV"))
        v, same = (each.truth.traces["v"].values(n) for each, n in ((found, sweep), (one, 0)))
        assert (v == same).all()


def test_a_neuron_is_told_that_it_did_not_feel_it():
    """The clamp goes on, and what is put out is cut, in one compartment of a neuron."""
    made = patch("200 pA", {"kind": "bessel", "corner": "5 kHz"})
    neuron = Neuron(
        "a ball", ball_and_stick("20 um", "10 um", "1 um"), {"soma": PASSIVE, "dendrite": PASSIVE},
        **WHERE,
    )  # fmt: skip
    free, found = (
        record(neuron, each, JUMP, truth=["v"]) for each in (made.with_(limits=None), made)
    )
    v, same = (each.truth.traces["v"].values(0) for each in (free, found))
    assert (v == same).all()
    current = found.sweeps[0].trace("response").values()
    assert np.abs(current).max() < 215.0 < np.abs(free.sweeps[0].trace("response").values()).max()
    assert found.finding("saturation").value.endswith("; the neuron did not feel it")


@given(
    h=st.floats(1e-5, 0.05), g=st.floats(0.1, 1e3), access=st.floats(2e-3, 0.05),
    fast=st.floats(0.0, 1.0), correction=st.floats(0.0, 0.9), prediction=st.floats(0.0, 0.9),
    summing=st.floats(1e-3, 0.1), cell=st.floats(3.0, 300.0),
)  # fmt: skip
def test_a_stage_has_one_solution(h, g, access, fast, correction, prediction, summing, cell):
    """1 and what a pull adds to how far the slope is beyond its bounds: above 0, see `pull`.

    As long as a rig that is unstable grows more slowly than a step resolves.
    """
    pipette = Pipette(series_resistance=f"{access!r} GOhm", capacitance="5 pF")
    clamp = VoltageClamp(
        capacitance_fast=f"{5.0 * fast!r} pF", summing_time=f"{summing!r} ms",
        whole_cell_capacitance_compensation=f"{cell!r} pF",
        whole_cell_series_resistance_compensation=f"{access!r} GOhm",
        series_resistance_correction=correction, series_resistance_prediction=prediction,
    )  # fmt: skip
    system = clamp.system(pipette, Limits(headstage_current="1 nA"))
    n, s = system.size, GAMMA * h
    matrix = np.zeros((n + 1, n + 1))
    matrix[:n, :n], matrix[:n, n] = (
        np.eye(n) - s * system.slopes.states,
        -s * system.slopes.membrane,
    )
    matrix[n, :n] = -s * system.current.states[0]
    matrix[n, n] = cell + s * (g - system.current.membrane[0])
    still = np.append(np.ones(n), cell)
    assume(np.linalg.eigvals(np.eye(n + 1) - matrix / still[:, None]).real.max() < 0.99)
    by = np.linalg.solve(matrix, np.append(s * system.bound.shares, 0.0))
    for rows in (system.bound.over, system.bound.under):
        assert 1.0 + rows.states[0] @ by[:n] + rows.membrane[0] * by[n] > 0.0

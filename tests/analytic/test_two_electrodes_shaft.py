"""The capacitance of the current electrode: a charge that is not the cell's, and one more lag."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, record, simulate
from loligo.cell import Cell
from loligo.errors import ModelError
from loligo.experiment.subject import subject_of
from loligo.rig import Digitizer, Pipette, Rig, TwoElectrodeClamp, with_passive_cell

CAPACITANCE, CURRENT, SHAFT = 200e3, 1e-3, 300.0  # pF, GOhm, pF
OOCYTE = Cell(
    name="an oocyte", capacitance=f"{CAPACITANCE} pF", temperature="22 degC",
    initial_potential="-40 mV", channel={"leak": {"conductance": "1 uS", "reversal": "-40 mV"}},
)  # fmt: skip
STEP = Protocol("step", ["hold for 2 ms", "step -60 mV for 40 ms"], holding="-40 mV")
KEPT = ["v", "rig.potential", "rig.response", "rig.drive"]


def rig(gain=400.0, capacitance=SHAFT, position=0.5, pipette=None, **more):
    told = {
        "gain_time": "20 us", "follower_time": "3 us", "current_time": "10 us",
        "current_electrode_capacitance": f"{capacitance} pF",
        "current_electrode_position": position, **more,
    }  # fmt: skip
    return Rig(
        pipette=pipette or Pipette(series_resistance="2 MOhm", capacitance="4 pF"),
        amplifier=TwoElectrodeClamp(gain=gain, current_electrode=f"{CURRENT} GOhm", **told),
        digitizer=Digitizer(sampling="500 kHz", bits=24, current_gain="0.0001 mV/pA"),
    )


def traces(made, dt="2 us"):
    recording = record(OOCYTE, made, STEP, dt=dt, truth=KEPT)
    return np.stack([recording.truth.traces[name].values(0) for name in KEPT])


def test_without_capacitance_nothing_changes():
    bare = rig(capacitance=0.0).amplifier
    assert bare.system(rig().pipette).states == ("pipette", "follower", "drive", "measured")
    for position in (0.0, 0.9):
        other = rig(capacitance=0.0, position=position, is_shielded=True).amplifier
        for one, two in zip(
            _numbers(bare.system(rig().pipette)), _numbers(other.system(rig().pipette)), strict=True
        ):
            np.testing.assert_array_equal(one, two)


def _numbers(system):
    rows = (system.slopes, system.current, system.output)
    return [a for row in rows for a in (row.states, row.command, row.membrane, row.one)]


@pytest.mark.parametrize("position", [0.3, 0.8])
def test_what_a_shield_keeps_out_of_the_current_is_the_charge_of_the_shaft(position):
    """C_e times the change of V_s = V_m + (1 - p) R_e I is measured more; no lasting current."""
    bare, shielded = (
        traces(rig(position=position, is_shielded=told)) for told in (False, True)
    )  # fmt: skip
    np.testing.assert_allclose(bare[[0, 1, 3]], shielded[[0, 1, 3]], rtol=1e-12)
    more = bare[2] - shielded[2]
    end = shielded[:, -1] - shielded[:, 0]
    expected = SHAFT * (end[0] + (1.0 - position) * CURRENT * end[2])
    assert more.sum() / 500.0 == pytest.approx(expected, rel=2e-2)
    assert np.abs(more[-100:]).max() < 1e-3 * np.abs(more).max()
    steady = 400.0 * -60.0 / CURRENT - 40.0 / 1e-3  # what the clamp reaches is as without
    assert bare[0, -1] == pytest.approx(steady / (401.0 / CURRENT + 1.0 / 1e-3), abs=1e-3)


@pytest.mark.parametrize("position", [0.0, 0.3])
def test_a_step_is_as_by_matrix_exponentials(position):
    """Potential and current, the spike of the capacitance included, of second order."""
    system = rig(position=position).system
    closed = with_passive_cell(
        system, resistance="1 MOhm", capacitance=f"{CAPACITANCE} pF", reversal="-40 mV"
    )
    times = np.arange(0.0, 5.0, 0.005)
    start = closed.steady_state(-40.0)
    exact = closed.response(times, np.full((times.size - 1, 2), -60.0), start)
    current = closed.output("response", exact, np.full(times.shape, -60.0))
    errors = []
    for dt in (0.005, 0.0025, 0.00125):
        found = simulate(
            OOCYTE, Protocol("step", ["step -60 mV for 5 ms"], holding="-40 mV"), rig=system,
            record=["v", "rig.response"], sampling="0.005 ms", dt=f"{dt} ms",
            initial={"v": f"{float(start[-1])!r} mV"},
        )  # fmt: skip
        wrong = (found["v"][0, 0] - exact[:, -1], found["rig.response"][0, 0] - current)
        errors.append([np.abs(each).max() for each in wrong])
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert orders == pytest.approx(np.full((2, 2), 2.0), abs=0.15)
    assert errors[-1][1] < 1e-4 * np.abs(current).max()


@pytest.mark.parametrize("position", [0.0, 0.3])
def test_a_limited_drive_charges_the_shaft_as_a_free_one(position):
    """C_e times the change of the shaft's potential, less what current monitor and pipette hold."""
    made = rig(position=position).with_(limits={"electrode_drive": "5 V"})
    shaft = "rig.shaft" if position else "rig.drive"
    found = simulate(
        OOCYTE, Protocol("step", ["step -60 mV for 60 ms"], holding="-40 mV"), rig=made.system,
        record=["rig.response", "rig.into_cell", "rig.drive", "rig.pipette", shaft],
        sampling="0.5 us", dt="0.5 us",
    )  # fmt: skip
    assert found["rig.drive"].min() == pytest.approx(-5000.0, rel=1e-6)
    change = {name: trace[0, 0, -1] - trace[0, 0, 0] for name, trace in found.traces.items()}
    more = np.trapezoid(found["rig.response"][0, 0] - found["rig.into_cell"][0, 0]) * 0.0005
    expected = SHAFT * change[shaft] - 0.010 * change["rig.response"] + 4.0 * change["rig.pipette"]
    assert more == pytest.approx(expected, abs=3e-4 * SHAFT * 5000.0)  # of all that went there


@pytest.mark.parametrize("position", [0.2, 0.5])
def test_to_the_loop_it_is_a_lag(position):
    """Of p (1 - p) R_e C_e: A = R_e C (sum of lags - a_4 / a_3) / a_3, Hurwitz' determinant."""
    cell = OOCYTE.with_(**{"channel.leak.conductance": "1e-6 nS"})
    subject = subject_of(cell, None, None)
    low, high = 1.0, 1e7
    for _ in range(50):
        middle = np.sqrt(low * high)
        made = rig(
            middle, 100.0, position, follower_time="30 us",
            pipette=Pipette(series_resistance="2 MOhm", capacitance="1e-4 pF"),
        )  # fmt: skip
        is_stable = subject.stability(made, np.asarray(-40.0)).is_stable
        low, high = (middle, high) if is_stable else (low, middle)
    lags = np.array([0.02, 0.03, position * (1.0 - position) * CURRENT * 100.0])
    pairs = lags[0] * lags[1] + lags[0] * lags[2] + lags[1] * lags[2]
    expected = CURRENT * CAPACITANCE * (lags.sum() - lags.prod() / pairs) / pairs
    assert low == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"current_electrode_capacitance": "-1 pF"}, "current_electrode_capacitance = -1 pF"),
        ({"current_electrode_position": 1.0}, "current_electrode_position"),
    ],
)
def test_what_no_electrode_has_is_refused(told, why):
    with pytest.raises(ModelError, match=why):
        TwoElectrodeClamp(gain=100.0, **told)

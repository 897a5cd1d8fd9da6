"""A two-electrode clamp: errors of finite gain, speed, stability, noise, and what is recorded."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from loligo import Protocol, analyze, read, record, write_nwb
from loligo.cell import Cell
from loligo.recording import compare
from loligo.rig import Digitizer, Noise, Pipette, Rig, TwoElectrodeClamp

RESISTANCE, CAPACITANCE = 1.0, 200e3  # MOhm, pF: an oocyte
OOCYTE = Cell(
    name="an oocyte", capacitance=f"{CAPACITANCE} pF", temperature="22 degC",
    initial_potential="-40 mV",
    channel={"leak": {"conductance": f"{1e3 / RESISTANCE} nS", "reversal": "-40 mV"}},
)  # fmt: skip
PASSIVE = {
    "resistance": f"{RESISTANCE} MOhm", "capacitance": f"{CAPACITANCE} pF", "reversal": "-40 mV"
}  # fmt: skip
STEP = Protocol(
    "step", ["hold for 5 ms", "step -60 mV for 60 ms as test", "hold for 10 ms"], holding="-40 mV"
)


def rig(gain=1000.0, noise=None, **more):
    fast = {"gain_time": "1 us", "follower_time": "1 us", "current_time": "1 us"}
    return Rig(
        name="two electrodes",
        pipette=Pipette(series_resistance="1 MOhm", capacitance="5 pF"),
        amplifier=TwoElectrodeClamp(gain=gain, **{**fast, "current_electrode": "0.5 MOhm", **more}),
        noise=noise,
        digitizer=Digitizer(sampling="20 kHz", bits=24, current_gain="0.0001 mV/pA"),
    )


def ends(recording, name):
    """The truth's last value before the step ends."""
    return recording.truth.traces[name].values(0)[64 * 20]


@pytest.mark.parametrize("gain", [50.0, 1000.0])
def test_a_step_ends_short_by_the_gain(gain):
    """1 / (1 + mu) of the step, mu = gain R_m / (R_m + R_current)."""
    recording = record(OOCYTE, rig(gain), STEP)
    mu = gain * RESISTANCE / (RESISTANCE + 0.5)
    # from where the cell rests, -40 mV, to which the clamp does not add
    level = (gain * -60.0 / 0.5 + -40.0 / RESISTANCE) / ((1.0 + gain) / 0.5 + 1.0 / RESISTANCE)
    assert ends(recording, "v") == pytest.approx(level, abs=1e-3)
    passive = record(OOCYTE.with_(**{"channel.leak.reversal": "0 mV"}), rig(gain), STEP)
    assert -60.0 - ends(passive, "v") == pytest.approx(-60.0 / (1.0 + mu), abs=1e-3)
    truth = recording.truth.parameters
    assert truth["series_resistance"] == pytest.approx(0.5e-3 / (1.0 + gain), rel=1e-12)


def test_it_charges_the_cell_by_the_gain():
    """tau = C R_current / (1 + gain) R_m / (R_m + ...): one over the sum of conductances."""
    slow = rig(gain=200.0)
    recording = record(OOCYTE, slow, STEP, dt="1 us", truth=["v"])
    v = recording.truth.traces["v"].values(0)
    t = np.arange(v.size) / 20.0
    rising = (t > 5.1) & (t < 6.5)
    slope = np.polyfit(t[rising], np.log(v[rising] - ends(recording, "v")), 1)[0]
    expected = CAPACITANCE / ((1.0 + 200.0) / 0.5e-3 + 1.0 / 1e-3)
    assert -1.0 / slope == pytest.approx(expected, rel=0.02)  # less by the lags


def test_the_bath_is_a_series_resistance_that_stays():
    """The measured potential is nearly the commanded one; the membrane's lacks R_bath times I."""
    made = rig(2000.0, gain_time="50 us", bath_resistance="2 kOhm")
    recording = record(OOCYTE, made, STEP)
    current, measured = (
        recording.sweeps[0].trace(name).values()[64 * 20] for name in ("response", "potential")
    )
    assert measured == pytest.approx(-60.0, abs=0.05)
    assert current == pytest.approx(-20e3, rel=0.01)
    assert ends(recording, "v") - measured == pytest.approx(-2e-6 * current, abs=1e-4)
    found = recording.truth.parameters["series_resistance"]
    assert found == pytest.approx(0.5e-3 / 2001.0 + 2e-6, rel=1e-12)


def test_it_oscillates_where_two_lags_allow_no_more_gain():
    """Of a cell that integrates, two lags a and b, pace p = gain / (R C): Hurwitz' determinant.

    s (1 + a s)(1 + b s) + p = 0 is stable as long as p < 1 / a + 1 / b; the electrode's own
    time constant is 1 MOhm times 0.001 pF, and the follower's is in the loop.
    """
    from loligo.experiment.subject import subject_of

    cell = OOCYTE.with_(**{"channel.leak.conductance": "1e-6 nS"})
    subject = subject_of(cell, None, None)

    def stable(gain):
        clamp = TwoElectrodeClamp(
            gain=gain, gain_time="10 us", follower_time="20 us", current_time="1 us",
            current_electrode="1 MOhm",
        )  # fmt: skip
        made = Rig(
            pipette=Pipette(series_resistance="1 MOhm", capacitance="1e-4 pF"), amplifier=clamp
        )
        return subject.stability(made, np.asarray(-40.0)).is_stable

    low, high = 1.0, 1e7
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if stable(middle) else (low, middle)
    expected = (1.0 / 0.01 + 1.0 / 0.02) * 1e-3 * CAPACITANCE  # p = gain / (R C)
    assert low == pytest.approx(expected, rel=1e-3)


def test_ringing_is_told():
    ringing = rig(4e3, gain_time="10 us", follower_time="20 us")
    told = record(OOCYTE, ringing, STEP).finding("stability").value
    assert told.startswith("rings at 6.0")
    assert record(OOCYTE, rig(), STEP).finding("stability").value == ""


def test_the_whole_as_another_solver_has_it():
    """Coupling, neutralization, wall, bath and leak beside the electrodes; Radau."""
    pipette = Pipette(
        series_resistance="2 MOhm", capacitance="4 pF", seal_resistance="20 MOhm",
        electrode_offset="3 mV",
    )  # fmt: skip
    clamp = TwoElectrodeClamp(
        gain=400.0, gain_time="20 us", current_electrode="1 MOhm", bath_resistance="2 kOhm",
        coupling_capacitance="0.02 pF", input_capacitance="1 pF",
        capacitance_neutralization="1.5 pF", follower_time="3 us", current_time="10 us",
    )  # fmt: skip
    made = rig().with_(pipette=pipette, amplifier=clamp)
    kept = ["v", "rig.potential", "rig.response"]
    errors = []
    for dt in ("2 us", "1 us"):
        recording = record(OOCYTE, made, STEP, dt=dt, truth=kept)
        found = np.stack([recording.truth.traces[name].values(0) for name in kept])
        errors.append(found)

    def derivative(t, y):
        v, inner, follower, drive, measured = y
        command = -60.0 if 5.0 <= t < 65.0 else -40.0
        current = (drive - v) / 1.002e-3
        driven = (400.0 * (command - follower) - drive) / 0.02
        follows = (inner - follower) / 0.003
        drawn = (inner - 2e-3 * 1e-3 * current * 1e0 - 3.0 - v) / 2e-3
        return [
            (current + drawn - v / 20e-3 - (v + 40.0) / 1e-3) / CAPACITANCE,
            (0.02 * driven + 1.5 * follows - drawn) / 5.02,
            follows, driven, (current - measured) / 0.01,
        ]  # fmt: skip

    start = np.concatenate([errors[0][:1, 0], [0.0] * 4])
    settled = solve_ivp(derivative, (-400.0, 0.0), start, "Radau", rtol=1e-10, atol=1e-9).y[:, -1]
    rows = [settled[[0, 2, 4]][:, None]]
    y, t = settled, np.arange(1500) / 20.0
    for begin, stop in ((0.0, 5.0), (5.0, 65.0), (65.0, 75.0)):
        at = t[(t > begin + 1e-9) & (t <= stop + 1e-9)]
        at = np.union1d(at, [stop])
        done = solve_ivp(
            derivative, (begin, stop - 1e-12), y, "Radau", np.minimum(at, stop - 1e-12),
            rtol=1e-10, atol=1e-9,
        )  # fmt: skip
        y = done.y[:, -1]
        rows.append(done.y[[0, 2, 4]])
    expected = np.concatenate(rows, axis=1)[:, :1500]
    size = np.ptp(expected, axis=1)[:, None]
    wrong = [np.abs((found - expected) / size).max() for found in errors]
    assert wrong[1] < 1e-4
    assert wrong[0] / wrong[1] == pytest.approx(4.0, rel=0.02)  # second order


def test_noise_of_what_measures_is_a_command_to_the_loop():
    """e_n and the electrode's thermal noise through R_m and C, as far as the loop follows."""
    noise = Noise(voltage_noise="10 nV/sqrt(Hz)", temperature="22 degC")
    quiet = rig(1000.0, noise=noise).with_(filter={"kind": "bessel", "corner": "5 kHz"})
    flat = Protocol("flat", ["hold for 20 s"], holding="-40 mV")
    found = record(OOCYTE, quiet, flat, seed=3, dt="5 us").sweeps[0].trace("response").values()
    from scipy.signal import welch

    f, power = welch(found - found.mean(), 20e3, nperseg=8192)
    at = (f > 200) & (f < 1000)
    kelvin = 4.0 * 1.380649e-23 * 295.15 * (1e6 + 0.5e6 / 1e6)
    volts = (10e-9) ** 2 + kelvin
    admittance = 1.0 / 1e6 + 2j * np.pi * f[at] * 200e-9
    loop = 1.0 / (0.5e6 / 1001.0 + 1.0 / admittance) * 1000.0 / 1001.0
    expected = 1e24 * volts * np.abs(loop) ** 2
    assert (power[at] / expected).mean() == pytest.approx(1.0, abs=0.05)


def test_recorded_written_and_analyzed(tmp_path):
    noise = Noise(voltage_noise="10 nV/sqrt(Hz)")
    made = rig(1000.0, noise=noise).with_(filter={"kind": "bessel", "poles": 4, "corner": "5 kHz"})
    recording = record(OOCYTE, made, STEP.replace(sweeps=4, sweep_interval="200 ms"), seed=5)
    assert [c.name for c in recording.channels] == ["response", "command", "potential"]
    assert recording.clamp_modes[0].value == "voltage_clamp"
    again = read(write_nwb(recording, tmp_path / "oocyte.nwb"))
    assert compare(recording, again) == ()
    found = {e.name: e for e in reversed(analyze(again).estimates) if e.sweep is None}
    total, true = found["total_resistance"], recording.truth.parameters["total_resistance"]
    assert total.low < true < total.high
    assert total.high / total.low < 1.2
    assert found["series_resistance"].reason  # there is no transient through one electrode
    assert found["lost_sweep_count"].value == 0
    read_back = Rig.from_toml(made.to_toml())
    assert read_back == made


def test_more_than_the_clamp_can_drive_is_told():
    """A step of 20 mV asks for gain times 20 mV of the output: 20 V at a gain of 1000."""
    limited = rig(1000.0).with_(limits={"electrode_drive": "10 V"})
    recording = record(OOCYTE, limited, STEP)
    assert "current electrode" in recording.finding("saturation").value
    assert recording.truth.traces["saturated.drive"].values(0).sum() >= 1
    free = rig(1000.0).with_(limits={"electrode_drive": "200 V"})
    assert record(OOCYTE, free, STEP).finding("saturation").value == ""

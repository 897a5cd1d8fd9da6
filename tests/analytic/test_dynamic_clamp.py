"""Dynamic clamp: exact loops, when they oscillate, and conductances that the cell really feels."""

from __future__ import annotations

import numpy as np
import pytest
from sampled_loops import NEARLY_IDEAL, PASSIVE, Exact

from loligo import Protocol, analyze, read, record, simulate, write_nwb
from loligo.cell import Cell, Synapse, catalogue
from loligo.errors import ModelError, SimulationError
from loligo.experiment import read_experiment
from loligo.experiment.stability import of_loop
from loligo.recording import ClampMode, Role, compare
from loligo.rig import Digitizer, DynamicClamp, Pipette, Rig, with_passive_cell
from loligo.rig.digital_loop import as_poles, delayed, multipliers

CELL = Cell(
    name="a passive cell",
    capacitance="100 pF",
    temperature="22 degC",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)
VALUES = {"capacitance": 100.0}
TAU = 20.0
PIPETTE = Pipette(series_resistance="10 MOhm", capacitance="5 pF")
FINE = Digitizer(sampling="20 kHz", bits=24)


def rig(pipette=PIPETTE, digitizer=FINE, **amplifier):
    told = {"reversal": "0 mV", "bridge_balance": "10 MOhm", **amplifier}
    return Rig(pipette=pipette, amplifier=DynamicClamp(**told), digitizer=digitizer)


STEPS = Protocol("steps", ["hold for 2 ms", "step 5, 20 nS for 8 ms as on"], holding="0 nS")


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.13])
def test_the_loop_is_as_by_matrix_exponentials(delay):
    recording = record(CELL, rig(delay=f"{delay!r} ms"), STEPS, dt="1 us")
    for sweep, conductance in enumerate((5.0, 20.0)):
        exact = Exact(rig().system)
        due, current, found = [], 0.0, []
        for update in range(200):
            g = conductance if update * 0.05 > 2.0 - 1e-9 else 0.0
            found.append((exact.v, exact.response))
            due.append((update * 0.05 + delay, g * (0.0 - exact.response)))
            time, end = update * 0.05, (update + 1) * 0.05
            while time < end - 1e-9:
                while due and due[0][0] < time + 1e-9:
                    current = due.pop(0)[1]
                until = min(end, due[0][0]) if due else end
                exact.advance(until - time, current)
                time = until
        v = recording.truth.traces["v"].values(sweep)
        assert v == pytest.approx(np.array(found)[:, 0], abs=3e-3)
        response = recording.sweeps[sweep].trace("response").values()
        assert response == pytest.approx(np.array(found)[:, 1], abs=2e-2)


def test_steady_state_is_that_of_both_conductances():
    protocol = STEPS.replace(epochs=["step 5, 20 nS for 200 ms"])
    recording = record(CELL, rig(update="10 kHz"), protocol)
    for sweep, g in enumerate((5.0, 20.0)):
        expected = 5.0 * -70.0 / (5.0 + g)
        assert recording.truth.traces["v"].values(sweep)[-1] == pytest.approx(expected, abs=2e-3)
        command = recording.sweeps[sweep].trace("command").values()
        assert command[-1] == pytest.approx(-g * expected, rel=1e-3)


def test_the_bridge_that_is_not_balanced_is_felt_by_the_cell():
    """With R_b short of R_s by r, V_measured = V + r I: I = g (E - V) / (1 + g r)."""
    protocol = STEPS.replace(epochs=["step 20 nS for 200 ms"])
    found = record(CELL, rig(update="10 kHz", bridge_balance="4 MOhm"), protocol)
    g = 20.0 / (1.0 + 20.0 * 0.006)
    expected = 5.0 * -70.0 / (5.0 + g)
    assert found.truth.traces["v"].values(0)[-1] == pytest.approx(expected, abs=2e-3)


def ideal(conductance, period, delay):
    """Return the largest multiplier of a loop around the cell alone, nearly."""
    pipette = Pipette(series_resistance="1 kOhm", capacitance="1e-3 pF")
    amplifier = DynamicClamp(bridge_balance="1 kOhm", **NEARLY_IDEAL)
    closed = with_passive_cell(amplifier.system(pipette), **PASSIVE)
    return abs(multipliers(closed, "response", conductance, delayed(period, delay))[0])


def boundary(period, delay, low=1.0, high=1e6):
    for _ in range(30):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if ideal(middle, period, delay) > 1.0 else (middle, high)
    return low


@pytest.mark.parametrize("period", [0.02, 0.05, 1.0])
def test_where_a_sampled_conductance_oscillates(period):
    """v_next = a v - g R (1 - a) v is stable up to g = coth(T / 2 tau) / R; late by a cycle,
    z^2 = a z - g R (1 - a) up to g = 1 / (R (1 - a))."""
    a = np.exp(-period / TAU)
    assert boundary(period, 0.0) == pytest.approx((1.0 + a) / (0.2 * (1.0 - a)), rel=1e-3)
    assert (1.0 + a) / (1.0 - a) == pytest.approx(1.0 / np.tanh(period / 2.0 / TAU))
    assert boundary(period, period) == pytest.approx(1.0 / (0.2 * (1.0 - a)), rel=2e-3)


@pytest.mark.parametrize("delay", [0.2, 1.0, 10.0])
def test_where_a_delayed_conductance_oscillates(delay):
    """C v' = -v / R - g v(t - d): unstable from d = arccos(-a / b) / sqrt(b^2 - a^2) on, with
    a = 1 / (R C) and b = g / C; the sampling itself is late by half a period."""
    period = delay / 20.0
    found = boundary(period, delay) / 100.0
    a = 1.0 / TAU
    late = np.arccos(-a / found) / np.sqrt(found**2 - a**2)
    assert late == pytest.approx(delay + 0.5 * period, rel=1e-3)


def test_an_unstable_loop_grows_as_foretold_and_says_so():
    near = PIPETTE.with_(series_resistance="2 MOhm")
    loop = rig(near, delay="1 ms", bridge_balance="2 MOhm", reversal="-69.99 mV")
    pulse = Protocol("pulse", ["hold for 1 ms", "step 200 nS for 29 ms"], holding="0 nS")
    recording = record(CELL, loop, pulse)
    truth = recording.truth.parameters
    rate, frequency = truth["oscillation_growth_rate"], truth["ringing_frequency"]
    assert rate > 0.0
    assert recording.finding("stability").value.startswith("unstable: a disturbance grows e-fold")
    v = recording.truth.traces["v"].values(0)[100:] + 69.99
    times = np.arange(v.size) * 0.05
    design = np.exp(rate * times)[:, None] * np.stack(
        [np.cos(2 * np.pi * frequency * times), np.sin(2 * np.pi * frequency * times)], axis=1
    )
    fitted = design @ np.linalg.lstsq(design, v, rcond=None)[0]
    late = times > 5.0
    assert np.abs(v - fitted)[late].max() < 0.02 * np.abs(v[late]).max()
    calm = record(CELL, loop, STEPS)
    assert calm.finding("stability").value == ""


def test_a_loop_that_left_all_bounds_is_an_error_that_says_why():
    pulse = Protocol("pulse", ["step 3000 nS for 50 ms"], holding="0 nS")
    with pytest.raises(SimulationError, match="the loop is unstable: a disturbance grows e-fold"):
        record(CELL, rig(delay="0.3 ms"), pulse)


def test_a_filter_that_rings_is_no_loop_that_rings():
    found = rig().with_(filter={"kind": "butterworth", "poles": 8, "corner": "5 kHz"})
    stable = of_loop(CELL, found, VALUES, -70.0, 1.0, delayed(0.05, 0.0))
    assert stable.in_words == ""
    poles = as_poles(np.array([0.5 + 0j, 0.0]), 0.5)
    assert poles == pytest.approx([np.log(0.5) / 0.5])


FAST = {
    "update": "200 kHz",
    "capacitance_neutralization": "4.9 pF",
    "follower_time": "0.2 us",
    "command_time": "0.2 us",
}
AXON = catalogue.load("hodgkin_huxley1952").with_(area="5000 um2")


def test_an_axon_feels_a_commanded_conductance():
    """Beside the engine's own conductance at the membrane; a slower loop is further off."""
    pulse = Protocol(
        "pulse", ["hold for 1 ms", "step 20 nS for 2 ms", "hold for 9 ms"], holding="0 nS"
    )
    true = simulate(AXON, pulse, reversal="0 mV", initial="rest", sampling="0.05 ms", dt="1 us")[
        "v"
    ][0, 0]
    assert true.max() > 20.0
    apart = []
    for update in ("200 kHz", "20 kHz"):
        amplifier = {**FAST, "update": update}
        found = record(AXON, rig(**amplifier), pulse, dt="2 us").truth.traces["v"].values(0)
        apart.append(np.abs(found - true).max())
    assert apart[0] < 1.0  # mV, of a spike of 100: 4 us late
    assert apart[0] < apart[1]


def test_a_virtual_channel_makes_an_axon_spike():
    """A squid axon without its sodium channels, which the clamp gives back."""
    axon = AXON.with_(area="2000 um2")
    whole = {name: channel.written() for name, channel in axon.channel.items()}
    sodium = whole.pop("na")
    silent = axon.with_(channel=whole)
    sodium["conductance"] = "2400 nS"
    amplifier = {**FAST, "bridge_balance": "1 MOhm", "channel": {"na": sodium}}
    step = Protocol("step", ["hold for 1 ms", "step 240 pA for 5 ms"], holding="0 pA")
    near = rig(PIPETTE.with_(series_resistance="1 MOhm"), **amplifier)
    found = record(silent, near, step, dt="2 us").truth.traces["v"].values(0)
    true = simulate(axon, step, initial="rest", sampling="0.05 ms", dt="1 us")["v"][0, 0]
    alone = simulate(silent, step, initial="rest", sampling="0.05 ms", dt="5 us")["v"][0, 0]
    assert alone.max() < -30.0
    assert found.max() == pytest.approx(true.max(), abs=1.5)
    assert np.argmax(found) * 0.05 == pytest.approx(np.argmax(true) * 0.05, abs=0.15)


def test_a_virtual_synapse_is_the_synapse():
    """On the passive cell, against its equation solved by SciPy."""
    from scipy.integrate import solve_ivp

    synapse = Synapse(
        site="electrode", conductance="10 nS", rise="0.5 ms", decay="4 ms", reversal="0 mV",
        times=["2 ms", "6 ms"],
    )  # fmt: skip
    amplifier = {**FAST, "synapse": {"ampa": synapse.written()}}
    rest = Protocol("synapse", ["hold for 12 ms"])
    recording = record(CELL, rig(**amplifier), rest, dt="2 us")

    def slope(t, v):
        g = float(synapse.conductance_at(t))
        return [(-5.0 * (v[0] + 70.0) - g * v[0]) / 100.0]

    times = np.arange(240) * 0.05
    true = solve_ivp(
        slope, (0.0, 12.0), [-70.0], t_eval=times, rtol=1e-8, atol=1e-8, max_step=0.05
    ).y[0]
    found = recording.truth.traces["v"].values(0)
    assert found == pytest.approx(true, abs=0.05)
    assert true.max() > -60.0
    assert recording.response.clamp_mode is ClampMode.CURRENT_CLAMP


def test_noise_goes_round_the_loop():
    """v' = a v - b (v + n): of white n the variance b^2 sigma^2 / (1 - (a - b)^2)."""
    near = PIPETTE.with_(series_resistance="100 kOhm")  # whose own noise is not white
    noisy = rig(near, bridge_balance="100 kOhm").with_(
        noise={"voltage_noise": "1000 nV/sqrt(Hz)"},
        filter={"kind": "butterworth", "poles": 4, "corner": "9 kHz"},
        digitizer={"sampling": "20 kHz", "bits": 24},
    )
    held = Protocol("held", ["step 40 nS for 200 ms"], holding="0 nS", sweeps=4)
    noisy = noisy.with_(**{"amplifier.reversal": "-70 mV"})
    recording = record(CELL, noisy, held, seed=2)
    v = np.array([recording.truth.traces["v"].values(s) for s in range(4)]) + 70.0
    seen = np.array([s.trace("response").values() for s in recording.sweeps]) + 70.0
    sigma = np.std((seen - v)[:, 200:])
    a = np.exp(-0.05 / TAU)
    b = 40.0 * 0.2 * (1.0 - a)
    expected = b * sigma / np.sqrt(1.0 - (a - b) ** 2)
    assert np.std(v[:, 1000:]) == pytest.approx(expected, rel=0.1)
    again = record(CELL, noisy, held, seed=2)
    assert (again.truth.traces["v"].values(1) == recording.truth.traces["v"].values(1)).all()
    slow = noisy.with_(**{"amplifier.update": "15 kHz"})
    with pytest.raises(ModelError, match="no multiple of the digitizer's"):
        record(CELL, slow, held)


def test_the_recording_and_its_file(tmp_path):
    recording = record(CELL, rig(), STEPS)
    command, auxiliary = recording.channel("command"), recording.channel("conductance")
    assert (command.role, command.unit) == (Role.COMMAND, "pA")
    assert (auxiliary.role, auxiliary.unit) == (Role.AUXILIARY, "nS")
    assert recording.sweeps[1].epoch("on").level == 20.0
    assert recording.protocols == {"conductance": STEPS}
    again = read(write_nwb(recording, tmp_path / "dynamic.nwb"))
    assert compare(recording, again) == ()
    assert analyze(again).estimates


def test_an_experiment_tells_it(tmp_path):
    (tmp_path / "clamp.toml").write_text(
        """
kind = "experiment"
cell = "hodgkin_huxley1952"
[parameters]
area = "8000 um2"
[rig]
pipette = {series_resistance = "10 MOhm"}
[rig.amplifier]
kind = "dynamic clamp"
update = "20 kHz"
delay = "30 us"
reversal = "0 mV"
[rig.amplifier.channel.leak]
conductance = "4 nS"
reversal = "-60 mV"
[protocol]
name = "g"
holding = "0 nS"
epochs = ["hold for 2 ms", "step 5 nS for 3 ms"]
"""
    )
    experiment = read_experiment(tmp_path / "clamp.toml")
    assert Rig.from_toml(experiment.rig.to_toml()) == experiment.rig
    assert len(experiment.record().sweeps[0].trace("response")) == 100


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"conductance": "1 mS/cm2", "reversal": "0 mV"}, "is a density"),
        (
            {"permeability": "1e-5 cm/s", "valence": 1, "inside": "1 mM", "outside": "2 mM"},
            "give a conductance in nS",
        ),
        (
            {
                "conductance": "1 nS",
                "reversal": "0 mV",
                "scheme": {
                    "states": ["C", "O"],
                    "open": {"O": 1.0},
                    "transitions": ["C <-> O: 1 /ms, 1 /ms"],
                },
            },
            "not a scheme",
        ),
    ],
)
def test_channels_that_cannot_be_virtual(change, told):
    with pytest.raises(ModelError, match=told):
        DynamicClamp(channel={"x": change})


@pytest.mark.parametrize(
    ("amplifier", "protocol", "told"),
    [
        ({"reversal": None}, STEPS, "needs the dynamic clamp's reversal"),
        ({}, Protocol("v", ["hold for 5 ms"], holding="-70 mV"), "takes a conductance"),
        ({}, Protocol("i", ["hold for 5 ms"], holding="1 uA/cm2"), "takes a conductance"),
    ],
)
def test_what_it_does_not_take(amplifier, protocol, told):
    with pytest.raises(ModelError, match=told):
        record(CELL, rig(**amplifier), protocol)


def test_the_loop_keeps_its_pace():
    drifting = rig().with_(drift=[{"of": "amplifier.update", "to": "10 kHz", "sweep": 1}])
    with pytest.raises(ModelError, match="it cannot drift"):
        record(CELL, drifting, STEPS)

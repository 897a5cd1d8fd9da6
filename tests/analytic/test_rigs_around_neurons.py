"""Rigs at sites of neurons: where they turn unstable, and what is true where they hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import fsolve

from loligo import Protocol, record, simulate
from loligo.cell import Membrane, Neuron, catalogue
from loligo.cell.morphology import ball_and_stick, cable
from loligo.engine.tree.at_rest import neuron_at_rest, standing_neuron
from loligo.engine.tree.layout import sums
from loligo.engine.tree.reduced import reduced
from loligo.experiment.stability import stability_at_site
from loligo.rig import CurrentClamp, Digitizer, Pipette, Rig, VoltageClamp

LEAK = 0.05  # mS/cm2
PASSIVE = Membrane(
    capacitance="1 uF/cm2", channel={"leak": {"conductance": "0.05 mS/cm2", "reversal": "-70 mV"}}
)
SHARED = {"axial_resistivity": "150 ohm cm", "temperature": "22 degC"}
STICK = Neuron(
    "a ball and stick", ball_and_stick("25 um", "600 um", "2 um"), PASSIVE,
    initial_potential="-70 mV", **SHARED,
)  # fmt: skip
LONG = Neuron(
    "a cable", cable("1000 um", "3 um"), PASSIVE,
    initial_potential="-70 mV", counts=1001, **SHARED,
)  # fmt: skip
SCALE = 1e4 * np.sqrt(3e-4 / 4.0 / 150.0 / (1e-3 * LEAK))  # length constant, um
TAU = 1.0 / LEAK  # ms
RS = 0.02  # GOhm


def cable_admittance(s):
    """Of the cable from its middle: two halves with sealed ends [nS]; s in 1/ms."""
    root = np.sqrt(1.0 + s * TAU)
    return 2.0 * 0.01 * np.pi * 3.0 * SCALE * LEAK * root * np.tanh(500.0 / SCALE * root)


def through(y):
    """Admittance of what lies behind the series resistance."""
    return y / (1.0 + RS * y)


def neutralized(capacitance):
    """At the boundary C s + Y = C_n s / (1 + tau s)."""
    return Rig(
        pipette=Pipette(series_resistance="20 MOhm", capacitance="5 pF"),
        amplifier=CurrentClamp(
            follower_time="2 us", capacitance_neutralization=f"{float(capacitance)!r} pF"
        ),
        digitizer=Digitizer(sampling="200 kHz", bits=24),
    )


def corrected(fraction):
    """At the boundary 1 + tau_s s = k R_s Y; the other lags are too short to count."""
    return Rig(
        pipette=Pipette(series_resistance="20 MOhm", capacitance="1e-6 pF"),
        amplifier=VoltageClamp(
            summing_time="40 us", clamp_time="1 ns", current_time="1 ns",
            whole_cell_series_resistance_compensation=f"{20.0 * float(fraction)!r} MOhm",
            series_resistance_correction=1.0,
        ),
        digitizer=Digitizer(sampling="100 kHz", bits=24),
    )  # fmt: skip


def closed_form(kind):
    """Setting and angular frequency at which a root of the equation of the whole is imaginary."""

    def neutralization(x):
        s = 1j * x[1]
        left = 5.0 * s + through(cable_admittance(s)) - x[0] * s / (1.0 + 0.002 * s)
        return [left.real, left.imag]

    def correction(x):
        s = 1j * x[1]
        left = 1.0 + 0.04 * s - x[0] * RS * through(cable_admittance(s))
        return [left.real, left.imag]

    told = {"neutralization": (neutralization, (5.1, 70.0)), "correction": (correction, (1.5, 4.0))}
    found, _, is_found, _ = fsolve(told[kind][0], told[kind][1], full_output=True)
    assert is_found == 1
    return found


MADE = {"neutralization": neutralized, "correction": corrected}


def boundary(is_unstable, low, high):
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if is_unstable(middle) else (middle, high)
    return low


@pytest.fixture(scope="module")
def seen():
    return standing_neuron(LONG, "axon", -70.0)


def test_few_equations_show_a_pipette_the_whole_tree():
    """Of a soma with a dendrite, from 1 Hz to 100 kHz, beside the solution of all compartments."""
    f = np.geomspace(1e-3, 100.0, 30)
    found = standing_neuron(STICK, "dendrite(0.3)", -70.0).admittance(2j * np.pi * f)
    assert found == pytest.approx(neuron_at_rest(STICK, "dendrite(0.3)").admittance(f), rel=1e-6)


def test_branch_points_are_in_it():
    """Of a reconstruction of 1,000 compartments, its membranes as they slope in steady state."""
    at = neuron_at_rest(catalogue.load("hjorth2020_dspn"), "soma")
    membrane = (at.slope - sums(at.tree))[: at.capacitance.size]
    f = np.geomspace(0.01, 50.0, 20)
    found = reduced(at.tree, at.capacitance, membrane, at.site).admittance(2j * np.pi * f)
    assert found == pytest.approx(at.admittance(f), rel=1e-6)


@pytest.mark.parametrize("kind", ["neutralization", "correction"])
def test_where_a_rig_turns_unstable_at_a_cable(seen, kind):
    setting, omega = closed_form(kind)
    make = MADE[kind]

    def is_unstable(x):
        return not stability_at_site(seen, make(x)).is_stable

    at = boundary(is_unstable, 0.8 * setting, 1.5 * setting)
    assert at == pytest.approx(setting, rel=2e-3)
    beyond = stability_at_site(seen, make(at * 1.0001))
    assert 2.0 * np.pi * beyond.frequency == pytest.approx(omega, rel=5e-3)
    if kind == "neutralization":  # a cable takes more than a lone resistor would
        assert setting > 5.0 + 0.002 / RS


@pytest.mark.parametrize(("share", "grows"), [(1.004, True), (0.996, False)])
def test_it_does_so_when_it_is_simulated(share, grows):
    """What rings after a pulse grows or dies as told, 0.4 % from the closed form's boundary."""
    setting, omega = closed_form("neutralization")
    pulse = Protocol("pulse", ["hold for 0.1 ms", "step 1 pA for 2.9 ms"], holding="0 pA")
    rig = neutralized(setting * share).with_(filter=None)
    recording = record(LONG, rig, pulse, at="axon", truth=["v", "rig.pipette"])
    pipette = recording.truth.traces["rig.pipette"].values(0)
    time = 0.005 * np.arange(pipette.size)
    shown = time > 0.5
    swing = np.abs(np.diff(pipette[shown], 2))  # the slow charging falls out
    period = round(200.0 * 2.0 * np.pi / omega)
    tops = [swing[i : i + period].max() for i in range(0, swing.size - period, period)]
    rate = np.polyfit(0.005 * period * np.arange(len(tops)), np.log(tops), 1)[0]
    told = stability_at_site(standing_neuron(LONG, "axon", -70.0), rig)
    expected = told.growth_rate if grows else -told.damping * 2.0 * np.pi * told.frequency
    assert rate == pytest.approx(expected, abs=0.1)
    assert (rate > 0.3) == grows
    assert (rate < -0.3) == (not grows)
    words = recording.finding("stability").value
    assert words.startswith("unstable" if grows else "rings at 10.6 kHz")
    if grows:
        truth = recording.truth.parameters
        assert truth["oscillation_growth_rate"] == pytest.approx(told.growth_rate, rel=1e-6)


def test_truth_at_the_holding_level_of_a_passive_neuron():
    """Held through its series resistance beside a seal, in closed form."""
    scale = 1e4 * np.sqrt(2e-4 / 4.0 / 150.0 / (1e-3 * LEAK))
    dendrite = 0.01 * np.pi * 2.0 * scale * LEAK * np.tanh(600.0 / scale)
    own, seal = 0.01 * np.pi * 25.0**2 * LEAK + dendrite, 0.5
    pipette = Pipette(
        series_resistance="12 MOhm", seal_resistance="2 GOhm", electrode_offset="3 mV"
    )
    for share in (0.0, 0.7):
        rig = Rig(
            pipette=pipette,
            amplifier=VoltageClamp(
                whole_cell_series_resistance_compensation="12 MOhm",
                series_resistance_correction=share,
            ),
        )
        hold = Protocol("hold", ["hold for 1 ms"], holding="-50 mV")
        truth = record(STICK, rig, hold, at="soma").truth.parameters
        g = 1.0 / (0.012 * (1.0 - share))
        v = (g * -53.0 + own * -70.0) / (g + own + seal)
        assert truth["baseline_potential"] == pytest.approx(v, abs=2e-4)
        assert truth["holding_current"] == pytest.approx(own * (v + 70.0) + seal * v, rel=1e-3)
        assert truth["resting_potential"] == pytest.approx(-70.0 * own / (own + seal), abs=5e-3)
        assert truth["cell_resting_potential"] == pytest.approx(-70.0, abs=1e-9)
        assert truth["membrane_resistance"] == pytest.approx(1.0 / (own + seal), rel=1e-3)
        assert truth["cell_resistance"] == pytest.approx(1.0 / own, rel=1e-3)
        assert truth["seal_share"] == pytest.approx(seal / (own + seal), rel=1e-3)


def test_truth_at_the_holding_level_of_an_active_neuron():
    """What long steps beside the holding level settle to, solved in time."""
    axon = catalogue.load("hodgkin_huxley1952")
    active = STICK.with_(
        membrane={"soma": PASSIVE, "dendrite": axon}, temperature="6.3 degC",
    )  # fmt: skip
    pipette = Pipette(series_resistance="12 MOhm", seal_resistance="2 GOhm")
    rig = Rig(pipette=pipette, amplifier=VoltageClamp())
    near = Protocol("near", ["hold for 10 ms", "step -40.5, -39.5 mV for 400 ms"], holding="-40 mV")
    truth = record(active, rig, near.replace(epochs=["hold for 1 ms"]), at="soma").truth.parameters
    found = simulate(
        active, near, at="soma", rig=rig.system, initial="rest",
        record=["v", "rig.response"], sampling="1 ms",
    )  # fmt: skip
    low, high = found["rig.response"][0, :, -1]
    assert truth["total_resistance"] == pytest.approx(1.0 / (high - low), rel=2e-3)
    assert truth["holding_current"] == pytest.approx(0.5 * (high + low), rel=2e-3)
    assert truth["baseline_potential"] == pytest.approx(found["v"][0, 0, 0], abs=1e-6)
    assert truth["resting_potential"] < -55.0
    at_rest = neuron_at_rest(active, "soma", leak=0.5).resistance
    assert truth["membrane_resistance"] < 0.7 * at_rest


def test_truth_of_a_neuron_that_current_holds():
    rig = Rig(pipette=Pipette(series_resistance="12 MOhm"), amplifier=CurrentClamp())
    hold = Protocol("hold", ["hold for 1 ms"], holding="-30 pA")
    recording = record(STICK, rig, hold, at="soma")
    truth = recording.truth.parameters
    expected = -70.0 - 30.0 * truth["input_resistance"]
    assert truth["baseline_potential"] == pytest.approx(expected, rel=1e-9)
    assert recording.truth.traces["v"].values(0)[0] == pytest.approx(expected, rel=1e-9)
    assert truth["resting_potential"] == pytest.approx(-70.0, abs=1e-9)
    assert "holding_current" not in truth


def test_what_drifts_is_told_by_sweep_and_what_does_not_once():
    """The slope of a passive membrane is the same at each of the held potentials."""
    worse = Rig(
        pipette=Pipette(series_resistance="12 MOhm", seal_resistance="2 GOhm"),
        amplifier=VoltageClamp(),
        drift=[{"of": "pipette.series_resistance", "to": "24 MOhm", "sweep": 1}],
    )
    hold = Protocol("hold", ["hold for 1 ms"], holding="-50 mV", sweeps=2)
    truth = record(STICK, worse, hold, at="soma").truth
    assert truth.by_sweep["series_resistance"] == (0.012, 0.024)
    assert {"baseline_potential", "holding_current"} <= truth.by_sweep.keys()
    assert {"membrane_resistance", "cell_resistance", "seal_share"} <= truth.parameters.keys()

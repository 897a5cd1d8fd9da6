"""Cells behind rigs whose every constant is known: what the rig did is found, and its grade."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, analyze, record
from loligo.analysis.correct import offer
from loligo.analysis.rig_effects import Grade, RigEffects
from loligo.cell import Cell
from loligo.report.truth import truth_of_effects
from loligo.rig import Bessel, Digitizer, Noise, Pipette, Rig, VoltageClamp

CELL = Cell(
    name="a passive cell",
    capacitance="60 pF",
    temperature="22 degC",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)
TEST = Protocol(
    "steps",
    ["hold for 20 ms", "step -80, 0 mV for 40 ms as test", "hold for 20 ms"],
    holding="-70 mV",
    sweep_interval="200 ms",
)
STEPS = Protocol(
    "steps",
    ["hold for 60 ms", "step -100, -75, -50, -25 pA for 150 ms as test", "hold for 60 ms"],
    holding="0 pA",
)


def voltage_clamp(series, correction=0.0):
    return Rig(
        pipette=Pipette(series_resistance=series, capacitance="3 pF", seal_resistance="2 GOhm"),
        amplifier=VoltageClamp(
            capacitance_fast="3 pF", summing_time="2 us", series_resistance_correction=correction
        ),
        filter=Bessel(corner="5 kHz"),
        noise=Noise(feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)"),
        digitizer=Digitizer(sampling="20 kHz"),
    )


def current_clamp(series, balance):
    return voltage_clamp(series).with_(
        amplifier={
            "kind": "current clamp",
            "bridge_balance": balance,
            "capacitance_neutralization": "2.8 pF",
            "follower_time": "0.5 us",
        },
        digitizer={"sampling": "50 kHz", "voltage_gain": "50 mV/mV"},
    )


def effects_of(recording):
    return analyze(recording, "rig").of(RigEffects)[0]


@pytest.mark.parametrize(("series", "seed"), [("5 MOhm", 1), ("12 MOhm", 2), ("25 MOhm", 3)])
def test_voltage_clamp(series, seed):
    recording = record(CELL, voltage_clamp(series), TEST, seed=seed)
    found = effects_of(recording)
    resistance = recording.truth.parameters["series_resistance"]
    # where the membrane is in the step to 0 mV, by the circuit, once nothing is left of the step
    leak, seal = 5.0, 1.0 / 2.0
    inside = -70.0 * leak / (1.0 / resistance + leak + seal)
    rest_of_edge = 70.0 * np.exp(-5.0)  # errors are looked for from five time constants on
    error = found.of("worst_voltage_error").estimate
    assert inside - rest_of_edge < error.value < 0.995 * inside
    assert found.worst.sweep == 1
    assert "(test)" in error.reason
    clamp = found.of("clamp_bandwidth").estimate
    assert clamp.value == pytest.approx(1 / (2 * np.pi * resistance * 60.0), rel=0.02)
    truth = truth_of_effects(recording, found)
    # the potential at those times, as the simulation had it, with no noise and no filter
    assert error.value == pytest.approx(truth["worst_voltage_error"], abs=0.1)
    assert error.low - 0.05 < truth["worst_voltage_error"] < error.high + 0.05
    assert truth["seal_share"] == pytest.approx(0.5 / 5.5)
    share = found.of("seal_share").estimate
    assert share.value == pytest.approx(0.5 / 5.5, rel=0.02)
    grades = {"5 MOhm": Grade.GOOD, "12 MOhm": Grade.QUESTIONABLE, "25 MOhm": Grade.BAD}
    assert found.of("series_resistance").grade is grades[series]


@pytest.mark.parametrize(("balance", "seed"), [("4 MOhm", 1), ("14 MOhm", 2)])
def test_current_clamp(balance, seed):
    recording = record(CELL, current_clamp("10 MOhm", balance), STEPS, seed=seed)
    found = effects_of(recording)
    left = recording.truth.parameters["bridge_error"]
    bridge = found.of("bridge_error").estimate
    assert bridge.value == pytest.approx(left, abs=0.0004)
    error = found.of("worst_voltage_error").estimate
    assert error.value == pytest.approx(-100.0 * bridge.value)
    assert found.of("series_resistance").estimate.value == pytest.approx(0.010, abs=0.0004)
    made, offers = offer(recording)
    assert made is not None
    assert offers[0].options == "--bridge auto"
    again = {e.name: e for e in analyze(made, ["passive", "rig"]).estimates if e.sweep is None}
    assert abs(again["bridge_error"].value) < 0.001
    assert again["series_resistance"].value == pytest.approx(0.010, abs=0.001)
    assert again["input_resistance"].value == pytest.approx(1.0 / 5.5, rel=0.01)


def test_what_a_corrected_copy_has_lost_cannot_be_told():
    recording = record(CELL, voltage_clamp("12 MOhm"), TEST, seed=4)
    made, offers = offer(recording)
    assert "--series-resistance auto" in offers[0].options
    found = effects_of(made)
    assert found.of("worst_voltage_error").grade is Grade.NOT_TOLD
    assert "analyze the recording as it was recorded" in found.of("series_resistance").reason

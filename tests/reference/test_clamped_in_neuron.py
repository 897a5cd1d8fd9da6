"""Passive cells clamped in NEURON through one resistor, and recorded by `record`, analyzed alike.

NEURON's SEClamp is an ideal amplifier behind a series resistance, solved by other code. Its current
goes through the filter, noise and digitizer that `record` uses, and is analyzed as any recording.
It needs NEURON in this Python, or ``LOLIGO_NEURON_PYTHON``, a Python that has it.
"""

import functools
import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from loligo import Protocol, analyze, from_arrays, record
from loligo.analysis.quality import Decision, quality
from loligo.cell import Cell
from loligo.recording import RigState
from loligo.rig import Bessel, Circuit, Digitizer, Noise, Pipette, Rig, VoltageClamp

SCRIPT = """
import json, math, sys
import numpy as np
from neuron import h
h.load_file("stdrun.hoc")
told = json.loads(sys.argv[1])
for number, cell in enumerate(told["cells"]):
    soma = h.Section(name="soma")
    soma.nseg, soma.cm, soma.L = 1, 1.0, 100.0  # uF/cm2, um
    soma.diam = cell["capacitance"] / math.pi  # um: 100 um2 for each pF
    soma.insert("pas")
    soma(0.5).pas.e = cell["reversal"]
    soma(0.5).pas.g = 1e2 / (cell["membrane"] * soma(0.5).area())  # S/cm2 of MOhm and um2
    clamp = h.SEClamp(soma(0.5))
    clamp.rs = cell["series"]
    clamp.dur1, clamp.dur2, clamp.dur3 = told["durations"]
    clamp.amp1, clamp.amp2, clamp.amp3 = told["levels"]
    h.dt, h.steps_per_ms = told["dt"], 1.0 / told["dt"]
    current = h.Vector().record(clamp._ref_i)
    share = cell["series"] / (cell["series"] + cell["membrane"])
    h.finitialize(told["levels"][0] + share * (cell["reversal"] - told["levels"][0]))
    h.continuerun(sum(told["durations"]) - told["dt"] / 2)
    np.save(f"{sys.argv[2]}/{number}.npy", 1e3 * np.asarray(current))
"""

# series and membrane resistance [MOhm], capacitance [pF], reversal [mV]
CELLS = {
    "a pyramidal cell": (10.0, 150.0, 120.0, -72.0),
    "an interneuron": (15.0, 300.0, 40.0, -65.0),
    "a granule cell": (20.0, 1000.0, 12.0, -75.0),
    "a cell line": (5.0, 800.0, 20.0, -40.0),
    "a large cell behind a poor access": (25.0, 80.0, 200.0, -68.0),
    "more access than membrane": (200.0, 100.0, 30.0, -60.0),
}
LEVELS, DURATIONS, DT, SWEEPS = (-70.0, -80.0, -70.0), (20.0, 60.0, 20.0), 0.0005, 8
FILTER, NOISE = Bessel(corner="10 kHz"), Noise(feedback_resistance="500 MOhm")
DIGITIZER = Digitizer(sampling="50 kHz", current_gain="2 mV/pA")
NAMES = ("series_resistance", "membrane_resistance", "capacitance", "total_resistance")


@pytest.fixture(scope="module")
def currents(tmp_path_factory):
    """The current of each cell in NEURON, every 0.5 us."""
    python = os.environ.get("LOLIGO_NEURON_PYTHON")
    if python is None and importlib.util.find_spec("neuron") is None:
        pytest.skip("no NEURON here; set LOLIGO_NEURON_PYTHON to a Python that has it")
    folder = tmp_path_factory.mktemp("neuron")
    keys = ("series", "membrane", "capacitance", "reversal")
    told = {
        "cells": [dict(zip(keys, cell, strict=True)) for cell in CELLS.values()],
        "levels": LEVELS, "durations": DURATIONS, "dt": DT,
    }  # fmt: skip
    done = subprocess.run(
        [python or sys.executable, "-c", SCRIPT, json.dumps(told), str(folder)],
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {name: np.load(folder / f"{number}.npy") for number, name in enumerate(CELLS)}


def of_neuron(name, current):
    """NEURON's current as a file would hold it, and what reads it."""
    series, _, capacitance, _ = CELLS[name]
    every = round(1.0 / (DT * DIGITIZER.sampling))
    count = round(sum(DURATIONS) * DIGITIZER.sampling)
    clean = FILTER.apply(current, f"{1.0 / DT} kHz")[::every][:count]
    circuit = Circuit(
        series_resistance=f"{series} MOhm",
        membrane_capacitance=f"{capacitance} pF",
        pipette_capacitance="0.001 pF",
    )
    noise = NOISE.trace(
        circuit, "voltage_clamp", count, "50 kHz", seed=77, sweeps=range(SWEEPS),
        output_filter=FILTER,
    )  # fmt: skip
    stored = DIGITIZER.quantize(clean + noise, "pA").values()
    times = np.arange(count) / DIGITIZER.sampling
    inside = (times >= DURATIONS[0]) & (times < DURATIONS[0] + DURATIONS[1])
    command = np.where(inside, LEVELS[1], LEVELS[0])
    state = RigState(
        capacitance_fast=0.0, series_resistance_correction=0.0, filter_frequency=FILTER.corner
    )
    return from_arrays(
        stored, unit="pA", sampling_rate="50 kHz", command=np.tile(command, (SWEEPS, 1)),
        command_unit="mV", rig_state=state, source="SEClamp",
    )  # fmt: skip


@functools.cache
def of_loligo(name):
    """The same cell recorded with an ideal amplifier and series resistance only."""
    series, membrane, capacitance, reversal = CELLS[name]
    cell = Cell(
        name=name,
        capacitance=f"{capacitance} pF",
        temperature="22 degC",
        initial_potential="-70 mV",
        channel={"leak": {"conductance": f"{1e3 / membrane!r} nS", "reversal": f"{reversal} mV"}},
    )
    rig = Rig(
        pipette=Pipette(series_resistance=f"{series} MOhm", capacitance="0.001 pF"),
        amplifier=VoltageClamp(
            clamp_time="0.05 us", current_time="0.05 us", summing_time="0.05 us"
        ),
        filter=FILTER,
        noise=NOISE,
        digitizer=DIGITIZER,
    )
    test = Protocol(
        "test",
        [
            f"hold for {DURATIONS[0]} ms",
            f"step {LEVELS[1]} mV for {DURATIONS[1]} ms as test",
            f"hold for {DURATIONS[2]} ms",
        ],
        holding=f"{LEVELS[0]} mV",
        sweeps=SWEEPS,
    )
    return record(cell, rig, test, seed=78, dt="2 us")


def found(recording):
    estimates = {}
    for one in analyze(recording).estimates:
        if one.sweep is None and one.name in NAMES:
            estimates.setdefault(one.name, one)
    return estimates


@pytest.mark.parametrize("name", CELLS)
def test_the_traces_are_the_same(name, currents):
    """Sweep by sweep within the noise; the mean within its standard error."""
    ours = np.mean([s.trace("response").values() for s in of_loligo(name)], axis=0)
    theirs = np.mean(
        [s.trace("response").values() for s in of_neuron(name, currents[name])], axis=0
    )
    step = abs(ours).max()
    assert ours == pytest.approx(theirs, abs=0.003 * step + 6.0)


@pytest.mark.parametrize("name", CELLS)
def test_the_analysis_says_the_same(name, currents):
    theirs, ours = found(of_neuron(name, currents[name])), found(of_loligo(name))
    assert {k: e.status for k, e in theirs.items()} == {k: e.status for k, e in ours.items()}
    series, membrane, capacitance, _ = CELLS[name]
    r, m = series / 1e3, membrane / 1e3
    truth = dict(zip(NAMES, (r, m, capacitance, r + m), strict=True))
    for key, estimate in theirs.items():
        if not estimate.is_ok:
            continue
        error = (estimate.high - estimate.low) / (2 * 1.96)
        assert abs(estimate.value - truth[key]) < 4.0 * error, key
        assert estimate.value == pytest.approx(truth[key], rel=0.01), key
        assert estimate.value == pytest.approx(ours[key].value, rel=0.01), key


@pytest.mark.parametrize("name", CELLS)
def test_the_verdicts_are_the_same(name, currents):
    theirs, ours = (
        {
            verdict.criterion: verdict.status
            for verdict in quality(r, measured=analyze(r).estimates).verdicts
        }
        for r in (of_neuron(name, currents[name]), of_loligo(name))
    )
    assert theirs == ours
    assert set(theirs.values()) - {Decision.NOT_JUDGED}

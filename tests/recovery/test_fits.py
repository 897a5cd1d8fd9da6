"""The forward model fitted to what it made: the truth comes back, as often as intervals promise."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks.fit_coverage import NOISE, PATHS, drawn, fitted, patched, step_of
from loligo import Protocol, record
from loligo.inference import FitStatus, fit, start_from
from loligo.rig import Bessel, CurrentClamp, Digitizer, PassiveCell, Pipette, Rig

N_FITS = 60


@pytest.mark.parametrize("sweeps", [1, 8])
def test_intervals_hold_the_truth_as_often_as_they_say(sweeps):
    held, statuses, apart = Counter(), Counter(), []
    count = N_FITS // 2
    for found, truth in fitted(count, sweeps, seed=20 + sweeps):
        statuses[found.status] += 1
        for path in PATHS:
            one = found[path]
            held[path] += one.low <= truth[path] <= one.high
            apart.append((one.value - truth[path]) / ((one.high - one.low) / 3.92))
    assert statuses == {FitStatus.OK: count}
    assert sum(held.values()) >= 0.92 * count * len(PATHS)  # 142 expected of 150
    assert min(held.values()) >= count - 5
    assert abs(np.mean(apart)) < 0.3
    assert 0.7 < np.std(apart) < 1.2  # the intervals are no wider than they need be


def test_without_noise_the_truth_comes_back():
    cell, rig, truth, guess, wrong = drawn(np.random.default_rng(3))
    fine = rig.with_(noise=None, digitizer={"sampling": "25 kHz", "bits": 24})
    recording = record(cell, fine, step_of(1), dt="1 us")
    found = fit(recording, guess, wrong, PATHS, starts=1)
    for path in PATHS:
        assert found[path].value == pytest.approx(truth[path], rel=2e-4)
    assert found.normalized_rms < 1e-4
    assert found.cell.capacitance == found["cell.capacitance"].value
    assert found.rig.pipette.series_resistance == found["pipette.series_resistance"].value


def test_a_membrane_test_gives_the_start():
    cell, rig, truth, _, _ = drawn(np.random.default_rng(4))
    recording = record(cell, rig, step_of(6), seed=1)
    guess, begun = start_from(recording, rig)
    assert begun.pipette.series_resistance == pytest.approx(truth[PATHS[0]], rel=0.1)
    found = fit(recording, guess, begun, PATHS, starts=1)
    assert found["cell.capacitance"].value == pytest.approx(truth["cell.capacitance"], rel=0.02)


def test_current_clamp_finds_what_the_bridge_left():
    cell = patched(5.0, 60.0)
    rig = Rig(
        pipette=Pipette(series_resistance="15 MOhm", capacitance="5 pF"),
        amplifier=CurrentClamp(bridge_balance="10 MOhm", capacitance_neutralization="4 pF"),
        filter=Bessel(corner="10 kHz"),
        noise=NOISE,
        digitizer=Digitizer(sampling="50 kHz"),
    )
    steps = Protocol(
        "steps", ["hold for 10 ms", "step -50 pA for 80 ms", "hold for 30 ms"], holding="0 pA"
    )
    recording = record(cell, rig, steps, seed=2)
    guess = PassiveCell(resistance="150 MOhm", capacitance="80 pF", reversal="-60 mV")
    wrong = rig.with_(**{"pipette.series_resistance": "12 MOhm"})
    found = fit(recording, guess, wrong, PATHS[:4], starts=1)
    for path, truth in zip(PATHS, (0.015, 0.2, 60.0, -65.0), strict=False):
        one = found[path]
        reach = (one.high - one.low) / 3.92
        assert abs(one.value - truth) < 4.0 * reach
        assert one.value == pytest.approx(truth, rel=0.02)


def test_two_recordings_of_one_cell_through_two_rigs():
    """Compensation tells the series resistance of the pipette from what the amplifier believes."""
    cell, rig, truth, guess, wrong = drawn(np.random.default_rng(6))
    half = {
        "whole_cell_series_resistance_compensation": f"{truth[PATHS[0]]} GOhm",
        "series_resistance_correction": 0.5,
    }
    rigs = (rig, rig.with_control(**half))
    recordings = [record(cell, one, step_of(4), seed=i) for i, one in enumerate(rigs)]
    begun = (wrong, wrong.with_control(**half))
    path = "1.amplifier.series_resistance_correction"
    free = (*PATHS, path)
    start = begun[1].with_control(series_resistance_correction=0.3)
    found = fit(recordings, guess, (begun[0], start), free, starts=1)
    assert found[path].value == pytest.approx(0.5, abs=0.01)
    assert found.rigs[0].amplifier.series_resistance_correction == 0.0
    assert found.rigs[1].amplifier.series_resistance_correction == found[path].value
    for name in PATHS:
        assert found[name].value == pytest.approx(truth[name], rel=0.03)


def test_channels_come_back_from_a_simulated_cell():
    cell = patched(5.0, 60.0).with_(
        **{
            "channel.k": {
                "conductance": "40 nS",
                "reversal": "-90 mV",
                "gate": {
                    "n": {
                        "power": 2,
                        "inf": "sigmoid(1, -30 mV, 8 mV)",
                        "tau": "2 ms",
                    }
                },
            }
        }
    )
    rig = drawn(np.random.default_rng(7))[1]
    family = Protocol(
        "family", ["hold for 2 ms", "step -60..20 mV by 20 mV for 15 ms"], holding="-70 mV"
    )
    recording = record(cell, rig, family, seed=1)
    wrong = cell.with_(
        **{
            "channel.k.conductance": "30 nS",
            "channel.k.gate.n.inf.midpoint": "-25 mV",
            "channel.k.gate.n.tau": "3 ms",
        }
    )
    free = (
        "cell.channel.k.conductance",
        "cell.channel.k.gate.n.inf.midpoint",
        "cell.channel.k.gate.n.tau",
        "pipette.series_resistance",
    )
    begun = rig.with_(**{"pipette.series_resistance": "6 MOhm"})
    found = fit(recording, wrong, begun, free, starts=1, dt="10 us")
    truth = (40.0, -30.0, 2.0, rig.pipette.series_resistance)
    for path, value in zip(free, truth, strict=True):
        assert found[path].value == pytest.approx(value, rel=0.02)
    assert found.cell.channel["k"].gate["n"].tau == found[free[2]].value
    assert found.parameters[0]["channel.k.gate.n.tau"] == found[free[2]].value

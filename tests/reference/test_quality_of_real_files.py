"""The quality of real recordings is what their notes say, and nothing raises on any of them."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest

import loligo
from loligo.analysis import Status
from loligo.analysis.quality import PRESETS, Decision, Quality, quality
from loligo.terms import TERMS

TABLE = tomllib.loads((Path(__file__).parents[1] / "golden/recordings.toml").read_text())["file"]
READABLE = [e for e in TABLE if "refused" not in e or "options" in e]


def of(found: Quality, name: str):
    return next(e for e in found.estimates if e.name == name and e.sweep is None)


def verdict(found: Quality, name: str):
    return next(v for v in found.verdicts if v.criterion.name == name)


def read(recordings: Path, name: str) -> loligo.Recording:
    entry = next(e for e in TABLE if e["path"] == name)
    return loligo.read(recordings / name, **entry.get("options", {}))


@pytest.mark.parametrize("entry", READABLE, ids=[entry["path"] for entry in READABLE])
def test_every_estimate_is_whole_or_refused_with_a_reason(entry, recordings: Path) -> None:
    found = quality(loligo.read(recordings / entry["path"], **entry.get("options", {})))
    for estimate in found.estimates:
        assert estimate.name in TERMS
        assert estimate.channel == found.channel
        if estimate.is_ok:
            assert estimate.value is not None
            assert math.isfinite(estimate.value)
            assert estimate.low is not None
            assert estimate.high is not None
            assert estimate.low <= estimate.value <= estimate.high
            assert estimate.definition
        else:
            assert estimate.value is None
            assert estimate.reason
    assert found.verdicts
    assert all(v.reason for v in found.verdicts)
    lost = [e for e in found.estimates if e.name in {"lost_sweep_count", "unanswered_sweep_count"}]
    assert all(e.value in {0.0, None} for e in lost)  # none of these lost its cell or its command


@pytest.mark.parametrize(
    ("name", "mains"),
    [
        ("abf/18711001.abf", 60),  # its laboratory and the next are in the United States
        ("abf/2020_03_02_0000.abf", 60),
        ("abf/20303005.abf", 50),  # this and the next in Europe
        ("ibw/B95_Ch3_IDRest_107.ibw", 50),
    ],
)
def test_the_mains_is_that_of_the_country(name, mains, recordings: Path) -> None:
    found = quality(read(recordings, name))
    assert of(found, "mains_frequency").displayed()[0] == mains


def test_a_line_of_hum_is_as_large_as_a_plain_fit_says(recordings: Path) -> None:
    recording = read(recordings, "abf/20303005.abf")
    amplitudes = []
    for index in range(len(recording)):
        trace = recording.trace(index, recording.response)
        values = trace.window(4000, 5000)  # long after the step, 50 whole periods
        time = np.arange(values.size) / trace.sampling_rate
        amplitudes.append(2 * abs(np.mean(values * np.exp(-2j * np.pi * 0.05 * time))))
    plain = np.sqrt(np.mean(np.square(amplitudes)))
    assert of(quality(recording), "voltage_mains_hum").value == pytest.approx(plain, rel=0.05)


def test_the_model_cell_is_quiet_and_steady(recordings: Path) -> None:
    found = quality(read(recordings, "abf/2020_03_02_0000.abf"))
    noise = of(found, "voltage_noise_rms")
    assert noise.value == pytest.approx(of(found, "voltage_fast_noise_rms").value, rel=0.02)
    step = of(found, "voltage_digitizer_step").value
    assert step == pytest.approx(5000 / 32768, rel=1e-6)  # 5 V by the gain of 1, 16 bits
    assert of(found, "quantization_share").value == pytest.approx(step**2 / 12 / noise.value**2)
    error = of(found, "command_error")
    assert error.high < 0.01
    rest = verdict(found, "resting_potential")  # a circuit has none
    assert rest.status is Decision.FAIL


def test_twenty_minutes_drift_slowly(recordings: Path) -> None:
    recording = read(recordings, "abf/File_axon_2.abf")
    found = quality(recording)
    trace = recording.trace(0, recording.response)
    minutes = [float(np.median(trace.window(60_000 * k, 60_000 * (k + 1)))) for k in range(20)]
    truth = np.mean(minutes[-4:]) - np.mean(minutes[:4])
    assert of(found, "baseline_potential_change").value == pytest.approx(truth, rel=0.05)
    slope = of(found, "baseline_potential_drift")
    plain = np.polyfit(np.arange(20), minutes, 1)[0]
    assert slope.displayed()[1] < plain < slope.displayed()[2]
    assert of(found, "voltage_fast_noise_rms").status is Status.UNRESOLVED


def test_a_transient_beyond_the_digitizer_is_found(recordings: Path) -> None:
    recording = read(recordings, "abf/171116sh_0012.abf")
    found = quality(recording)
    stored = [np.asarray(recording.trace(i, recording.response).samples[:]) for i in range(7)]
    beyond = [int(((s <= -32767) | (s >= 32766)).sum()) for s in stored]
    assert of(found, "saturated_share").value == pytest.approx(sum(beyond) / sum(map(len, stored)))
    assert sum(beyond) > 0
    sweeps = {e.sweep for e in found.estimates if e.name == "first_saturation_time"}
    assert sweeps == {i for i, count in enumerate(beyond) if count}


def test_an_oscillating_measured_current_still_tells_what_is_rest(recordings: Path) -> None:
    """The current swings by 110 pA from sample to sample, and its step is 147 pA."""
    found = quality(read(recordings, "ibw/C060109A1-SR-C1_X_IDthresh_ch1_349.ibw"))
    assert of(found, "voltage_noise_rms").value < 1
    assert of(found, "unanswered_sweep_count").value == 0


def test_a_cell_that_fires_at_rest_has_the_noise_of_its_silence(recordings: Path) -> None:
    found = quality(read(recordings, "abf/2019_07_24_0055_fsi.abf"), criteria=PRESETS["ipfx"])
    assert of(found, "voltage_fast_noise_rms").value < 0.1
    firing = [e for e in found.estimates if e.sweep is not None and e.status is Status.SPIKING]
    assert firing


def test_the_bound_of_a_seal_holds_where_its_resistance_is_known(recordings: Path) -> None:
    """A Sylgard seal without a cell, 424 MOhm in mean; its leak is not ohmic."""
    recording = loligo.read(recordings / "heka/20191010_sg_rrsol_ls_noc3.dat", command="Vmon")
    found = of(quality(recording), "seal_resistance")
    assert found.status is Status.BOUND
    assert 0.05 < found.low < 0.424

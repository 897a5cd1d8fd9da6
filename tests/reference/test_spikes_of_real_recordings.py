"""Spike counts of real recordings, beside those of eFEL where its count does not hang on a level.

Where it does (noise, depolarization block, artefacts) the count of peaks by prominence is taken.
"""

import json

import numpy as np
import pytest

from loligo import read
from loligo.analysis.spikes import spikes

STEP_ARTEFACTS = "abf/96711008.abf"
"""Unbalanced bridge: at its steps of -2 to -1.2 nA a jump of one sample crosses every level."""
EDGE = ("nwb/LantyerEtAl2018_180817_ME_9_CC.nwb", 8)
"""Prominence counts the fall at the end of the step as a 43rd peak."""
SLOW_WAVE = ("abf/171116sh_0019.abf", 15)
"""Among the spikes a wave that rises by less than 3 mV/ms, which prominence counts too."""


@pytest.fixture(scope="module")
def reference(recordings):
    return json.loads((recordings / "reference/efel.json").read_text())["files"]


@pytest.fixture(scope="module")
def found(recordings):
    known = {}

    def get(name, **options):
        if name not in known:
            known[name] = spikes(read(recordings / name, **options))
        return known[name]

    return get


def _entries(name, entries):
    for place, entry in enumerate(entries):
        if name.startswith("ibw"):
            yield "ibw/" + entry["voltage_file"], 0, entry
        else:
            yield (
                name,
                entry.get("sweep", place) if entry.get("sweep") is not None else place,
                entry,
            )


def _count(sweep, entry):
    at = sweep.times.peak_time + sweep.start
    return int(np.sum((at >= entry["stim_start_ms"]) & (at <= entry["stim_end_ms"])))


def _options(name):
    return {"unit": "0.05 mV"} if "badUnits" in name else {}


def _all(reference, found):
    for name, file in reference.items():
        for path, index, entry in _entries(name, file["entries"]):
            table = found(path, **_options(path))
            sweep = next(s for s in table.sweeps if s.sweep == index)
            yield name, index, entry, _count(sweep, entry)


def test_counts_are_equal_wherever_a_count_is_robust(reference, found):
    compared, wrong = 0, []
    for name, index, entry, ours in _all(reference, found):
        if entry["count_robust"]:
            compared += 1
            theirs = entry["Spikecount_by_threshold_mV"]["-20.0"]
            if ours != theirs:
                wrong.append((name, index, ours, theirs))
    assert compared > 250
    # The artefact of the step alone; there is no spike in these.
    assert wrong == [(STEP_ARTEFACTS, index, 0, 1.0) for index in (0, 1, 2)]


def test_counts_where_a_level_misleads_are_those_of_prominence(reference, found):
    compared, wrong = 0, {}
    for name, index, entry, ours in _all(reference, found):
        if not entry["count_robust"] and name != STEP_ARTEFACTS:
            compared += 1
            theirs = entry["count_find_peaks_prominence20mV"]
            if ours != theirs:
                wrong[name, index] = (ours, theirs)
    assert compared > 40
    assert wrong == {EDGE: (42, 43), SLOW_WAVE: (13, 14)}


def test_depolarization_block(found):
    table = found("abf/171116sh_0019.abf")
    rows = {(r["command_current"], r["epoch"]): r["spike_count"] for r in table.stimulus_rows()}
    assert [rows[level, "B"] for level in (1000, 1100, 1200, 1300)] == [16, 15, 14, 15]
    table = found("abf/190619B_0003.abf")
    rows = {r["command_current"]: r["spike_count"] for r in table.stimulus_rows()}
    counts = [c for level, c in sorted(rows.items()) if level > 230]
    assert counts == [8, 12, 13, 16]


def test_bridge_artefacts_are_no_spikes(found):
    (sweep,) = found("abf/18425108.abf").sweeps
    assert len(sweep.times) == 20
    assert sweep.inside_count == 20
    pulses = 1000 + 10 * np.arange(20)
    latency = sweep.times.peak_time - pulses
    assert (latency > 0.7).all()
    assert (latency < 1.3).all()
    # The threshold lies within the artefact of the pulse, so it is refused.
    assert np.isnan(sweep.features["amplitude"]).all()
    assert "amplitude: at_edge" in sweep.features.status(0)


def test_a_rise_that_begins_in_an_artefact_has_no_upstroke(found):
    """2 ms pulses of 2.5 nA: the bridge artefact of -20 mV is what the rise begins with."""
    table = found("abf/18425108.abf")
    rows = list(table.spike_rows())
    assert len(rows) == 20
    at_edge = [row for row in rows if "threshold_time: at_edge" in row["status"]]
    assert at_edge
    assert all(np.isnan(row["spike_upstroke"]) for row in at_edge)
    assert all("upstroke: at_edge" in row["status"] for row in at_edge)
    assert not all(np.isnan(row["spike_downstroke"]) for row in rows)


def test_a_spike_under_way_when_the_step_ends_is_one(found):
    sweep = found("nwb/LantyerEtAl2018_180817_ME_9_CC.nwb").sweeps[6]
    assert sweep.times.peak_time[-1] == pytest.approx(600.32, abs=0.05)
    assert sweep.outside_count == 1


def test_known_counts_of_steps(found):
    table = found("nwb/LantyerEtAl2018_180817_ME_9_CC.nwb")
    counts = [r["spike_count"] for r in table.stimulus_rows() if r["epoch"] == "A"]
    assert counts == [0, 0, 0, 9, 21, 27, 32, 37, 42, 46]
    rows = {
        r["command_current"]: r["spike_count"] for r in found("abf/20303005.abf").stimulus_rows()
    }
    assert (rows[100.0], rows[400.0]) == (14, 24)
    rows = [r for r in found("abf/171116sh_0018.abf").stimulus_rows() if r["epoch"] == "E"]
    assert next(r["spike_count"] for r in rows if r["command_current"] == 200) == 6


def test_known_counts_of_igor_waves(found):
    counts = [len(found(f"ibw/B6_Ch3_IDRest_{n}.ibw").sweeps[0].times) for n in range(181, 186)]
    assert counts == [26, 50, 68, 82, 89]


def test_published_anchor_of_bluepyefe(found):
    (sweep,) = found("ibw/B95_Ch3_IDRest_107.ibw").sweeps
    assert len(sweep.times) == 9
    assert sweep.features["amplitude"][0] == pytest.approx(66.4, abs=2)


def test_spikes_at_rest_are_outside_the_stimulus(found):
    rows = list(found("abf/17o05028_ic_steps.abf").sweep_rows())
    assert rows[0]["spike_count_in_stimulus"] == 0
    assert rows[0]["spike_count_outside_stimulus"] == 10
    for row in rows:
        parts = row["spike_count_in_stimulus"] + row["spike_count_outside_stimulus"]
        assert parts == row["spike_count"]


def test_passive_recordings_hold_no_spike(recordings):
    table = spikes(read(recordings / "abf/2020_03_02_0000.abf"))
    assert sum(row["spike_count"] for row in table.sweep_rows()) == 0
    found = {estimate.name: estimate for estimate in table.estimates if estimate.sweep is None}
    count = found.pop("spike_count")
    assert (count.low, count.value, count.high) == (0, 0, 0)
    assert {"rheobase", "fi_slope", "spike_amplitude"} <= set(found)
    assert {estimate.status.value for estimate in found.values()} == {"no_spikes"}


def test_rheobase_and_slope_of_a_cell(found):
    estimates = {e.name: e for e in found("abf/20303005.abf").estimates}
    assert (estimates["rheobase"].low, estimates["rheobase"].value) == (0.0, 50.0)
    assert estimates["fi_slope"].low > 0
    firing = found("abf/17o05028_ic_steps.abf").estimates
    assert all(e.status.value == "spiking" for e in firing if e.name == "rheobase")


def test_rows_of_a_spike_are_tidy(found):
    rows = list(found("abf/171116sh_0018.abf").spike_rows())
    assert len(rows) > 100
    assert len({tuple(row) for row in rows}) == 1
    inside = [row for row in rows if row["epoch"] == "E"]
    for row in inside:
        assert 1646.85 <= row["spike_peak_time"] < 2146.85
        assert row["spike_amplitude"] == pytest.approx(
            row["spike_peak_potential"] - row["spike_threshold_potential"]
        )

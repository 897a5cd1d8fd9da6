"""Passive properties of real recordings beside numbers of others (README and `reference/`)."""

import json

import pytest

import loligo
from loligo.analysis.estimate import Status
from loligo.analysis.passive import passive_properties


def properties(recordings, name, **options):
    return passive_properties(loligo.read(recordings / "abf" / f"{name}.abf", **options)).estimates


def whole(found, name, epoch):
    return next(e for e in found if (e.name, e.sweep, e.epoch) == (name, None, epoch))


def test_circuit_of_500_megaohm(recordings):
    """The steady slope by measured current is 505.7 MOhm; membrane and bridge make it up."""
    found = properties(recordings, "2020_03_02_0000")
    peak, ratio = whole(found, "peak_input_resistance", "B"), whole(found, "sag_ratio", "B")
    assert peak.low < 0.5057 < peak.high
    assert ratio.low < 0 < ratio.high
    parts = whole(found, "membrane_resistance", "B").value + whole(found, "bridge_error", "B").value
    assert parts == pytest.approx(0.5057, rel=0.015)
    assert whole(found, "rectification_ratio", "B").value == pytest.approx(1.0, abs=0.02)


def test_sag_beside_efel(recordings):
    """eFEL takes the lowest sample: its sag ratio is at or above ours, by the noise."""
    table = json.loads((recordings / "reference/efel.json").read_text())["files"]
    entry = table["abf/20303005.abf"]["entries"][0]
    theirs = entry["features"]["sag_ratio1"][0]
    found = properties(recordings, "20303005")
    ours = next(e for e in found if (e.name, e.sweep, e.epoch) == ("sag_ratio", 0, "B"))
    assert ours.value == pytest.approx(theirs, abs=0.03)


def test_cell_that_fires_at_rest_is_refused(recordings):
    found = properties(recordings, "17o05028_ic_steps")
    assert whole(found, "membrane_time_constant", "D").status is Status.SPIKING
    assert whole(found, "membrane_resistance", "B").value == pytest.approx(1.45, rel=0.1)

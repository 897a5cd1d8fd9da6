"""Sodium currents of Nav1.5 with its series resistance left, corrected by 40 and by 80 %.

The peaks are those which another program read; the midpoints show how far the command is from the
membrane.
"""

import json

import numpy as np
import pytest

from loligo import from_arrays, read
from loligo.analysis.current_voltage import current_voltage

NAME = "nav15_csv/220314_001_ch1_NaIV_25C_{}CP.csv"
REVERSAL = "53 mV"  # where the right limb of the family at 80 % points to


def family(recordings, compensation):
    table = read(recordings / NAME.format(compensation), unit="nA", sampling_rate="25 kHz")
    response = np.array([table.trace(i, "response").values() for i in range(len(table))])
    command = np.full(response.shape, -100.0)
    command[:, 250:750] = [[float(s.attributes["voltage_mV"])] for s in table]
    return from_arrays(
        response, unit="pA", sampling_rate="25 kHz", command=command, command_unit="mV",
        source="leak subtracted",
    )  # fmt: skip


def test_peaks_and_the_shift_of_activation(recordings):
    told = json.loads((recordings / "reference/other.json").read_text())["nav15"]
    midpoints = []
    for compensation in (0, 40, 80):
        recording = family(recordings, compensation)
        found = current_voltage(recording, reversal=REVERSAL)
        peaks = told[NAME.format(compensation)]["peak_I_nA"]
        for level, peak in zip(found.families[0].levels, peaks, strict=True):
            before = recording.trace(level.sweep, "response").window(0.0, 10.0).mean()
            if abs(peak) > 1.0:  # below, the extreme of the samples is that of their noise
                assert level.peak + before == pytest.approx(1e3 * peak, rel=0.02)
        midpoint = next(e for e in found.estimates if e.name == "activation_midpoint")
        midpoints.append(midpoint.value)
        alone = current_voltage(recording)
        refused = next(e for e in alone.estimates if e.name == "activation_midpoint")
        assert refused.status.value == "no_reversal"  # the levels end at 35 mV
    assert np.diff(midpoints).min() > 10.0
    assert midpoints[0] < -60.0 < -35.0 < midpoints[2]

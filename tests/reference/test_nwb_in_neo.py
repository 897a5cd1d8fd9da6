"""What `record` writes, opened by neo: every series with its samples, unit and rate."""

from __future__ import annotations

import numpy as np
import pytest
from patch_rigs import CURRENT, VOLTAGE

from loligo import Protocol, read, record, write_nwb
from loligo.cell import Cell

neo = pytest.importorskip("neo")

CELL = Cell(
    name="a passive cell", capacitance="50 pF", temperature="22 degC", initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)  # fmt: skip


@pytest.mark.parametrize(
    ("rig", "level", "step", "unit"),
    [(VOLTAGE, "-70 mV", "-80 mV", "pA"), (CURRENT, "0 pA", "-20 pA", "mV")],
    ids=["voltage clamp", "current clamp"],
)
def test_recorded_files_open_in_neo(tmp_path, rig, level, step, unit):
    protocol = Protocol(
        "step", ["hold for 2 ms", f"step {step} for 5 ms"], holding=level, sweeps=2,
        sweep_interval="20 ms",
    )  # fmt: skip
    recording = record(CELL, rig, protocol, seed=2)
    path = write_nwb(recording, tmp_path / "recorded.nwb", physical=True)
    (block,) = neo.io.NWBIO(str(path), "r").read_all_blocks()
    assert block.annotations["session_description"].startswith("SIMULATED")
    signals = [signal for segment in block.segments for signal in segment.analogsignals]
    labels = [label for segment in block.segments for epoch in segment.epochs
              for label in np.ravel(epoch.labels)]  # fmt: skip
    assert len(labels) == sum(len(sweep.epochs) for sweep in recording.sweeps)
    responses = [s for s in signals if s.annotations["nwb_group"] == "acquisition"]
    assert len(responses) == len(recording.sweeps)
    assert len(signals) == 2 * len(responses)
    for sweep, signal in zip(recording.sweeps, responses, strict=True):
        trace = sweep.trace("response")
        assert float(signal.sampling_rate.rescale("kHz")) == pytest.approx(trace.sampling_rate)
        found = np.asarray(signal.rescale(unit).magnitude)[:, 0]
        assert found == pytest.approx(trace.values(), rel=1e-12)
    again = read(path)
    assert again.is_simulated
    for sweep, other in zip(recording.sweeps, again.sweeps, strict=True):
        for name, trace in sweep.traces.items():
            assert other.trace(name).values() == pytest.approx(trace.values(), rel=1e-14)

"""Epochs of a recording whose command is known only sample by sample."""

from dataclasses import replace

import numpy as np
import pytest

import loligo
from loligo.recording import Basis, Epoch, EpochKind
from loligo.recording.found_epochs import with_found_epochs


def commanded(*rows):
    return loligo.from_arrays(
        [np.zeros(len(row)) for row in rows],
        unit="mV",
        sampling_rate="10 kHz",
        command=[np.asarray(row, float) for row in rows],
        command_unit="pA",
    )


def step(level, size=100):
    row = np.zeros(size)
    row[30:60] = level
    return row


def told(recording, basis):
    found = [f for f in recording.findings if f.subject == "epochs" and f.basis is basis]
    return [finding.evidence for finding in found]


def test_a_step_is_found_and_said():
    recording = commanded(step(50.0), step(100.0))
    assert [e.label for e in recording.sweeps[0].epochs] == ["pre", "A", "post"]
    found = recording.sweeps[1].epoch("A")
    assert (found.start, found.stop, found.level) == (3.0, 6.0, 100.0)
    assert found.source == "detected"
    assert told(recording, Basis.INFERRED)


def test_a_family_corresponds_where_its_step_is_level_with_the_rest():
    recording = commanded(step(50.0), step(0.0))
    assert recording.sweeps[1].epoch("A").start == 3.0


def test_stated_epochs_stay_as_they_are():
    stated = Epoch("mine", EpochKind.HOLD, 0.0, 10.0, "command", 0.0)
    recording = commanded(step(50.0))
    sweeps = (replace(recording.sweeps[0], epochs=(stated,)),)
    stating = replace(recording, sweeps=sweeps, findings=())
    assert with_found_epochs(stating) is stating


def test_a_gap_in_a_command_costs_its_sweep_only():
    gap = step(50.0)
    gap[10] = np.nan
    recording = commanded(step(50.0), gap)
    assert recording.sweeps[0].epochs
    assert not recording.sweeps[1].epochs
    assert told(recording, Basis.UNKNOWN) == ["the command is not finite in sweeps 1"]


def test_too_long_a_command_is_not_searched(monkeypatch):
    monkeypatch.setattr("loligo.recording.found_epochs.MOST_SAMPLES", 99)
    recording = commanded(step(50.0))
    assert not recording.sweeps[0].epochs
    assert "100 samples" in told(recording, Basis.UNKNOWN)[0]


@pytest.mark.parametrize(
    ("file", "options", "levels"),
    [
        (
            "herg_mat/steady_activation_16713003_dofetilide_subtracted_leak_subtracted.mat",
            {
                "response": "T",
                "unit": "nA",
                "sampling_rate": "10 kHz",
                "command": "steady_activation_protocol.mat",
                "command_unit": "mV",
            },
            {-120.0, -80.0, 60.0},
        ),
        (
            "ibw/B95_Ch3_IDRest_107.ibw",
            {"command": "B95_Ch0_IDRest_107.ibw"},
            set(),
        ),
    ],
)
def test_a_joined_command_has_epochs(recordings, file, options, levels):
    epochs = loligo.read(recordings / file, **options).sweeps[0].epochs
    assert len(epochs) >= 3
    assert {e.source for e in epochs} == {"detected"}
    assert levels <= {round(e.level) for e in epochs if e.level is not None}

"""Protocols rebuilt from real files play the command that the file's reader decodes.

The decoded commands are themselves held against pyABF and the recorded copies in
`test_abf_readers`; here the protocol's epochs, series and edges are.
"""

import numpy as np
import pytest

from loligo.errors import ReadError
from loligo.protocol import Protocol
from loligo.recording import EpochKind, Role, read
from loligo.recording.protocol import protocol_of

ROUNDING = 1e-12
"""Of the command's largest level."""

NWB = {
    "LantyerEtAl2018_170315_AL_216_VC.nwb": ("voltage", 14, ["pre", "A", "post"]),
    "LantyerEtAl2018_180817_ME_9_CC.nwb": ("current", 10, ["pre", "A", "B", "C", "post"]),
}


def commands(folder):
    """Yield file, recording and command channel wherever epochs are told or found."""
    for path in sorted(folder.glob("*.abf")):
        try:
            recording = read(path)
        except ReadError:  # units that contradict each other; see test_abf_readers
            continue
        for channel in recording.with_role(Role.COMMAND):
            indices = recording.sweeps_with(channel)
            if any(e.channel == channel.name for i in indices for e in recording.sweeps[i].epochs):
                yield path.name, recording, channel


def test_every_abf_command_is_played_to_rounding(recordings):
    """Ramps are compared by their mean over each sample, as they are played; all else at it."""
    commands_seen = 0
    for name, recording, channel in commands(recordings / "abf"):
        protocol = protocol_of(recording, channel)
        indices = recording.sweeps_with(channel)
        assert protocol.n_sweeps == len(indices), name
        for sweep, index in enumerate(indices):
            trace = recording.trace(index, channel)
            times, values = trace.times(), trace.values()
            command = protocol.command(sweep, times)
            for epoch in recording.sweeps[index].epochs:
                if epoch.kind is EpochKind.RAMP and epoch.channel == channel.name:
                    part = slice(trace.index(epoch.start), trace.index(epoch.stop))
                    middles = times[part] + 0.5 / trace.sampling_rate
                    command[part] = protocol.command(sweep, middles)
            size = max(np.abs(values).max(), 1.0)
            assert np.abs(command - values).max() <= ROUNDING * size, (name, sweep)
        assert Protocol.from_toml(protocol.to_toml()) == protocol
        commands_seen += 1
    assert commands_seen >= 31


def test_regular_series_are_found(recordings):
    protocol = protocol_of(read(recordings / "abf/171116sh_0018.abf"))
    assert [str(epoch) for epoch in protocol.epochs[1:6]] == [
        "step 0 pA for 100 ms as A",
        "step -100..300 pA by 25 pA for 500 ms as B",
        "step 0 pA for 500 ms as C",
        "step -100 pA for 500 ms as D",
        "step -100..300 pA by 25 pA for 500 ms as E",
    ]


def test_user_lists_become_series(recordings):
    """Levels and durations typed in by hand, as the files' notes give them."""
    levels = protocol_of(read(recordings / "abf/2020_03_02_0000.abf"))
    varying = next(epoch for epoch in levels.epochs if epoch.varying and any(epoch.counts()))
    assert varying.level.values[:8] == (-200, -150, -100, -50, 0, 25, 50, 100)
    assert varying.level.values[-1] == 600
    recording = read(recordings / "abf/user-list-durations.abf")
    durations = protocol_of(recording, recording.with_role(Role.COMMAND)[0])
    found = [e.duration.values for e in durations.epochs if e.duration.varies]
    assert (2000.0, 3000.0, 3000.0) in found  # 4000, 6000, 6000 samples at 2 kHz


def test_a_stimulus_file_becomes_a_wave(recordings):
    protocol = protocol_of(read(recordings / "abf/171116sh_0017.abf"))
    assert [epoch.verb for epoch in protocol.epochs] == ["wave", "hold"]
    wave = protocol.epochs[0].waveform
    assert len(wave.samples) == 1  # the same in all three sweeps
    assert np.abs(wave.array()).max() == pytest.approx(20, abs=0.1)


@pytest.mark.parametrize("name", NWB)
def test_sampled_commands_are_said_to_be_found(recordings, name):
    """A low-passed, noisy command: its protocol differs from it near edges only."""
    dimension, count, labels = NWB[name]
    recording = read(recordings / "nwb" / name)
    protocol = protocol_of(recording)
    assert protocol.source.endswith("found in its samples")
    assert (protocol.dimension, protocol.n_sweeps) == (dimension, count)
    assert [epoch.label for epoch in protocol.epochs] == labels
    channel = recording.command(recording.response)
    for sweep in range(count):
        trace = recording.trace(sweep, channel)
        times, values = trace.times(), trace.values()
        edges = np.array([w.start for w in protocol.epochs_of(sweep)] + [times[-1]])
        far = np.abs(times[:, None] - edges).min(axis=1) > 1.0
        difference = np.abs(protocol.command(sweep, times) - values)[far]
        assert difference.max() < 0.01 * np.ptp(values) + 0.5
        assert np.median(difference) < 0.05

"""Commands played from a file: scale, offset, choice of sweep, and what is refused."""

import struct

import numpy as np
import pytest

import loligo
from loligo.errors import SelectionError
from loligo.recording import Basis

RECORDING = "171116sh_0017.abf"
STIMULUS = "sine sweep magnitude 20.abf"
SCALE, OFFSET, EPISODE = 46, 50, 54  # in an entry of the output table


@pytest.fixture
def beside(recordings, tmp_path):
    """Copy recording and stimulus side by side; return a function that sets header fields."""
    content = bytearray((recordings / "abf" / RECORDING).read_bytes())
    (tmp_path / STIMULUS).write_bytes((recordings / "abf" / STIMULUS).read_bytes())
    outputs = struct.unpack_from("<I", content, 108)[0] * 512

    def write(**fields):
        for at, kind, value in fields.values():
            struct.pack_into("<" + kind, content, outputs + at, value)
        path = tmp_path / RECORDING
        path.write_bytes(content)
        return path

    return write


def test_scale_and_offset_apply(beside):
    plain = loligo.read(beside()).trace(0, "Cmd 0").values()
    scaled = loligo.read(beside(scale=(SCALE, "f", 2.5), offset=(OFFSET, "f", -7.0)))
    values, played = scaled.trace(2, "Cmd 0").values(), plain.size - plain.size // 64
    np.testing.assert_allclose(values[:played], 2.5 * plain[:played] - 7.0)
    assert not values[played:].any()  # held, whatever the scale
    kinds = [(epoch.label, epoch.start, epoch.stop) for epoch in scaled.sweeps[2].epochs]
    assert kinds == [("waveform", 0.0, played / 10), ("post", played / 10, 10_000.0)]
    assert scaled.finding("stimulus file").value == STIMULUS
    assert "times 2.5, plus -7" in scaled.finding("stimulus file").evidence


def test_the_name_is_looked_for_whatever_its_case(beside, tmp_path):
    path = beside()
    (tmp_path / STIMULUS).rename(tmp_path / STIMULUS.upper())
    assert loligo.read(path).finding("command").value == "Cmd 0"


def test_a_text_file_can_hold_the_command(beside, tmp_path):
    path = beside()
    (tmp_path / STIMULUS).unlink()
    rows = "".join(f"{i * 0.1:.1f}\t{i % 7}\t{i % 5}\n" for i in range(1000))
    text = 'ATF\t1.0\n0\t3\n"Time (ms)"\t"Trace #1 (pA)"\t"Trace #2 (pA)"\n'
    (tmp_path / "own.atf").write_text(text + rows)
    path = beside(episode=(EPISODE, "i", 2))
    values = loligo.read(path, command="own.atf").trace(1, "Cmd 0").values()
    assert values[:1000].tolist() == [i % 5 for i in range(1000)]
    assert set(values[1000:]) == {0.0}


@pytest.mark.parametrize("episode", [2, -1])
def test_a_sweep_the_file_lacks_leaves_the_command_unknown(beside, tmp_path, episode):
    path = beside(episode=(EPISODE, "i", episode))
    text = 'ATF\t1.0\n0\t3\n"Time (ms)"\t"Trace #1 (pA)"\t"Trace #2 (pA)"\n0\t1\t2\n1\t1\t2\n'
    (tmp_path / "own.atf").write_text(text)
    options = {"command": "own.atf"} if episode == -1 else {}
    finding = loligo.read(path, **options).finding("command")
    assert finding.basis is Basis.UNKNOWN
    assert "sweep" in finding.evidence


def test_a_damaged_stimulus_file_leaves_the_command_unknown(beside, tmp_path):
    path = beside()
    (tmp_path / STIMULUS).write_bytes(b"ABF2 and no more")
    finding = loligo.read(path).finding("command")
    assert finding.basis is Basis.UNKNOWN
    assert "cannot be read" in finding.evidence


def test_a_command_file_of_another_length_is_refused(recordings, tmp_path):
    path = recordings / "abf/File_axon_2.abf"
    rows = "".join(f"{i}\t{i % 5}\n" for i in range(100))
    given = tmp_path / "own.atf"
    given.write_text('ATF\t1.0\n0\t2\n"Time (ms)"\t"Trace #1 (nA)"\n' + rows)
    with pytest.raises(SelectionError, match=r"lasts 1.2e\+06 ms, its command in own.atf 100 ms"):
        loligo.read(path, command=given)


def test_a_list_is_said(recordings):
    finding = loligo.read(recordings / "abf/2020_03_02_0000.abf").finding("user list")
    assert finding.value == "level of epoch B of current"
    assert finding.evidence.startswith("-200, -150, -100")

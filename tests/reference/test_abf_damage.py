"""Damaged ABF files: a clear error or a recording marked partial, never a crash or a hang."""

import random
import struct
import time

import pytest

import loligo
from loligo.errors import DamagedFileError, LoligoError

LARGEST = 1_300_000


def mutated(content, chance):
    """Return a damaged copy: bytes overwritten, fields set to extremes, blocks zeroed, cut."""
    damaged = bytearray(content)
    size = len(damaged)
    kind = chance.choice(["anywhere", "header", "field", "index", "zeros", "tail", "cut"])
    if kind in {"anywhere", "header"}:
        for _ in range(chance.randint(1, 100)):
            place = chance.randrange(size if kind == "anywhere" else min(size, 6144))
            damaged[place] = chance.randrange(256)
    elif kind in {"field", "index"}:
        place = chance.randrange(4, 6140 if kind == "field" else 520, 2)
        extremes = [b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\xc0\x7f"]
        damaged[place : place + 4] = chance.choice([*extremes, bytes(4), chance.randbytes(4)])
    elif kind == "zeros":
        place = chance.randrange(size if chance.random() < 0.5 else min(size, 6144))
        length = min(chance.choice([16, 512, 4096]), size - place)
        damaged[place : place + length] = bytes(length)
    elif kind == "tail":
        place = size - chance.randrange(1, 3000)
        damaged[place:] = chance.randbytes(size - place)
    else:
        damaged = damaged[: chance.randrange(size)]
    return bytes(damaged)


@pytest.mark.parametrize("seed", range(10))
def test_damaged_bytes_give_an_error_or_a_recording(recordings, tmp_path, seed):
    chance = random.Random(seed)
    paths = sorted(
        path for path in (recordings / "abf").glob("*.abf") if path.stat().st_size < LARGEST
    )
    outcomes = set()
    for i in range(50):
        damaged = tmp_path / f"{i}.abf"
        damaged.write_bytes(mutated(chance.choice(paths).read_bytes(), chance))
        began = time.monotonic()
        try:
            recording = loligo.read(damaged)
            for sweep in recording:
                for trace in sweep.traces.values():
                    assert len(trace.values()) == len(trace)
            outcomes.add("partial" if recording.is_partial else "read")
        except LoligoError as error:
            assert "does not hold together" not in str(error)  # our words, not a library's
            outcomes.add("refused")
        assert time.monotonic() - began < 5
    assert outcomes == {"partial", "read", "refused"}


def test_a_file_cut_in_its_samples_keeps_the_whole_sweeps(recordings, tmp_path):
    content = (recordings / "abf/171116sh_0018.abf").read_bytes()
    start = struct.unpack_from("<I", content, 236)[0] * 512
    cut = tmp_path / "cut.abf"
    cut.write_bytes(content[: start + 2 * (3 * 60_000 + 10_000)])
    whole = loligo.read(recordings / "abf/171116sh_0018.abf")
    partial = loligo.read(cut)
    assert partial.is_partial
    assert len(partial) == 4
    assert any("sweep 3 has 10000 of 60000; sweep 4 to 16 missing" in p for p in partial.problems)
    for sweep in range(4):
        ours, theirs = partial.trace(sweep, "IN 0").values(), whole.trace(sweep, "IN 0").values()
        assert ours.tolist() == theirs[: len(ours)].tolist()
        assert partial.sweep(sweep).start == whole.sweep(sweep).start
        assert partial.sweep(sweep).epoch("A") == whole.sweep(sweep).epoch("A")
    last = partial.sweep(3)
    assert [epoch.label for epoch in last.epochs] == ["pre", "A", "B"]
    assert last.epochs[-1].stop == last.duration == 500.0


def test_a_cut_table_of_unequal_sweeps_is_refused(recordings, tmp_path):
    content = (recordings / "abf/2020_06_16_0000.abf").read_bytes()
    cut = tmp_path / "cut.abf"
    cut.write_bytes(content[:-600])
    with pytest.raises(DamagedFileError, match="differ in length"):
        loligo.read(cut)


@pytest.mark.parametrize("name", ["171116sh_0011.abf", "f1.abf"])
@pytest.mark.parametrize("kept", [4, 100, 511, 2000])
def test_a_cut_header_is_refused(recordings, tmp_path, name, kept):
    cut = tmp_path / "cut.abf"
    cut.write_bytes((recordings / "abf" / name).read_bytes()[:kept])
    with pytest.raises(DamagedFileError):
        loligo.read(cut)


def test_the_original_is_untouched(recordings):
    path = recordings / "abf/171116sh_0011.abf"
    before = path.stat().st_mtime_ns, path.read_bytes()
    recording = loligo.read(path)
    with pytest.raises(ValueError, match="read-only"):
        recording.trace(0, "IN 0").samples[:][0] = 1
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before

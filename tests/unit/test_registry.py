"""Recognition by content, and errors of the libraries underneath that never escape."""

from pathlib import Path

import pytest

import loligo
from loligo.errors import (
    DamagedFileError,
    LoligoError,
    MissingFileError,
    UnknownFormatError,
)
from loligo.recording.io import registry
from loligo.recording.io.registry import FORMATS, recognize


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"ABF2", "a.abf", "ABF"),
        (b"ABF \x00\x00", "a.abf", "ABF"),
        (b"ABF2", "a.renamed", "ABF"),
        (b"MATLAB 5.0 MAT-file", "a.mat", "MATLAB"),
        (b"MATLAB 7.3 MAT-file", "a.mat", "MATLAB 7.3"),
        (b"\x89HDF\r\n\x1a\n", "a.nwb", "HDF5 or NWB"),
        (b"DAT2\x00", "a.dat", "HEKA PatchMaster"),
        (b"AxGr\x00", "a.axgd", "AxoGraph"),
        (b"axgx\x00", "a.axgx", "AxoGraph"),
        (b"VER=9\r\n", "a.wcp", "WinWCP"),
        (b"ATF\t1.0\n", "a.atf", "ATF"),
        (b"\x05\x00", "a.ibw", "Igor binary wave"),
        (b"\x00\x02", "a.ibw", "Igor binary wave"),
        (b"1,2\n", "a.CSV", "text table"),
    ],
)
def test_content_decides(tmp_path, head, name, expected):
    file = tmp_path / name
    file.write_bytes(head + b" " * 100)
    assert recognize(file).name == expected


def test_missing_empty_folder(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        loligo.read(tmp_path / "none.abf")
    with pytest.raises(FileNotFoundError):
        loligo.read(tmp_path / "none.abf")
    with pytest.raises(MissingFileError, match="it is a folder"):
        loligo.read(tmp_path)
    empty = tmp_path / "empty.abf"
    empty.touch()
    with pytest.raises(DamagedFileError, match="empty"):
        loligo.read(empty)


def test_unknown_content_lists_the_formats(tmp_path):
    file = tmp_path / "holiday.jpg"
    file.write_bytes(b"\xff\xd8\xff\xe0 picture")
    with pytest.raises(UnknownFormatError, match="no format loligo reads") as caught:
        loligo.read(file)
    for entry in FORMATS:
        assert entry.name in str(caught.value)


def test_a_known_ending_with_other_content_is_damage(tmp_path):
    file = tmp_path / "cell.abf"
    file.write_bytes(b"PK\x03\x04 zipped")
    with pytest.raises(DamagedFileError, match="does not begin as a file of format ABF"):
        loligo.read(file)


@pytest.mark.parametrize(
    ("thrown", "told"),
    [
        (RuntimeError("odd"), "RuntimeError: odd"),
        (AssertionError(), "AssertionError"),
        (MemoryError(), "more memory"),
        (OSError("gone"), "gone"),
        (RecursionError("deep"), "deep"),
    ],
)
def test_no_foreign_error_escapes(tmp_path, monkeypatch, thrown, told):
    def broken(self):
        def reader(path, options):
            raise thrown

        return reader

    monkeypatch.setattr(registry.Format, "reader", broken)
    file = tmp_path / "a.csv"
    file.write_text("1\n2\n")
    with pytest.raises(LoligoError, match=told):
        loligo.read(file)


def test_every_format_has_suffixes_and_a_module():
    for entry in FORMATS:
        assert entry.suffixes
        assert entry.module.isidentifier()


@pytest.mark.parametrize("path", ["a\0b.abf", "a" * 5000 + ".abf", "a" * 5000 + "/b.abf"])
def test_a_name_that_cannot_be(path):
    with pytest.raises(MissingFileError):
        loligo.read(path)


def test_what_may_not_be_opened_says_so(tmp_path, monkeypatch):
    def forbidden(self, **_):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.stat", forbidden)
    with pytest.raises(MissingFileError, match="cannot be opened: Permission denied"):
        loligo.read(tmp_path / "locked" / "cell.abf")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices")
def test_a_device_is_not_read():
    with pytest.raises(MissingFileError, match="a pipe or a device"):
        loligo.read("/dev/zero")

"""The formats loligo reads, recognized by content, never by name alone."""

from __future__ import annotations

import stat
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from loligo.errors import (
    DamagedFileError,
    LoligoError,
    MissingFileError,
    ReadError,
    UnknownFormatError,
)
from loligo.recording.io.options import ReadOptions, checked_options
from loligo.recording.recording import Recording

HEAD = 1024
"""Bytes at the start of a file that the formats are recognized by."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    Attributes
    ----------
    name : str
        For people.
    suffixes : tuple of str
        Usual endings, for messages and for text formats that have no signature.
    recognize : callable (head: bytes, suffix: str) -> bool
    module : str
        Module with ``read_file(path, options) -> Recording``.
    """

    name: str
    suffixes: tuple[str, ...]
    recognize: Callable[[bytes, str], bool]
    module: str

    def reader(self) -> Callable[[Path, ReadOptions], Recording]:
        """Import the format's module and return its ``read_file``."""
        module = import_module(f"loligo.recording.io.{self.module}")
        reader: Callable[[Path, ReadOptions], Recording] = module.read_file
        return reader


def _starts(*signatures: bytes) -> Callable[[bytes, str], bool]:
    return lambda head, _: head.startswith(signatures)


def _is_igor(head: bytes, suffix: str) -> bool:
    return suffix == ".ibw" and head[:2] in {
        b"\x01\x00",
        b"\x02\x00",
        b"\x03\x00",
        b"\x05\x00",
        b"\x00\x01",
        b"\x00\x02",
        b"\x00\x03",
        b"\x00\x05",
    }


def _is_text(head: bytes, suffix: str) -> bool:
    return suffix in {".csv", ".tsv", ".txt", ".dat"} and bool(head) and b"\x00" not in head


_HDF5 = b"\x89HDF\r\n\x1a\n"

FORMATS: tuple[Format, ...] = (
    Format("ABF", (".abf",), _starts(b"ABF ", b"ABF2"), "abf"),
    Format("MATLAB 7.3", (".mat",), _starts(b"MATLAB 7.3"), "hdf5"),
    Format("MATLAB", (".mat",), _starts(b"MATLAB 5.0"), "matlab"),
    Format("HDF5 or NWB", (".nwb", ".h5", ".hdf5"), _starts(_HDF5), "hdf5"),
    Format("HEKA PatchMaster", (".dat",), _starts(b"DAT1", b"DAT2"), "heka"),
    Format("AxoGraph", (".axgd", ".axgr", ".axgx"), _starts(b"AxGr", b"axgx"), "axograph"),
    Format("WinWCP", (".wcp",), _starts(b"VER="), "winwcp"),
    Format("ATF", (".atf",), _starts(b"ATF"), "atf"),
    Format("Igor binary wave", (".ibw",), _is_igor, "igor"),
    Format("text table", (".csv", ".tsv", ".txt"), _is_text, "text"),
)


def recognize(path: Path) -> Format:
    """Return the format of a file.

    Raises
    ------
    MissingFileError
        No such file, not a file, or it cannot be opened.
    DamagedFileError
        The file is empty.
    UnknownFormatError
        The content is of no format loligo reads.
    """
    head = _head(path)
    if not head:
        raise DamagedFileError(path, "it is empty (0 bytes)")
    suffix = path.suffix.lower()
    for candidate in FORMATS:
        if candidate.recognize(head, suffix):
            return candidate
    expected = [f.name for f in FORMATS if suffix in f.suffixes]
    if expected:
        raise DamagedFileError(
            path,
            f"it does not begin as a file of format {expected[0]} does: {head[:8]!r}",
            "It may be overwritten, compressed or of another program; look for the original",
        )
    raise UnknownFormatError(
        path,
        f"its content is of no format loligo reads (it begins with {head[:8]!r})",
        "Formats: " + ", ".join(f"{f.name} ({' '.join(f.suffixes)})" for f in FORMATS),
    )


def _head(path: Path) -> bytes:
    """Return how a file begins; a pipe or a device is not opened, for that could take for ever."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISREG(kind):
            with path.open("rb") as file:
                return file.read(HEAD)
    except FileNotFoundError as error:
        raise MissingFileError(path, f"there is no such file ({path})") from error
    except OSError as error:
        raise MissingFileError(path, f"it cannot be opened: {error.strerror or error}") from error
    except ValueError as error:  # a name with a zero byte
        raise MissingFileError(path, f"there cannot be such a file: {error}") from error
    if stat.S_ISDIR(kind):
        raise MissingFileError(path, "it is a folder", "Pass the files in it")
    raise MissingFileError(path, "it is a pipe or a device, not a file", "Save it to a file first")


def read(
    path: str | Path,
    *,
    response: str | Sequence[str] | None = None,
    command: str | Path | None = None,
    unit: str | Mapping[str, str] | None = None,
    command_unit: str | None = None,
    sampling_rate: Any = None,
    clamp_mode: str | None = None,
) -> Recording:
    """Read a recording from a file of any supported format.

    The format is recognized by content. Roles and units are determined from evidence and said in
    `Recording.findings`; where the file does not determine them, the error names the option that
    settles it. Samples of long files are loaded only when asked for.

    Parameters
    ----------
    path : path-like
        The file; it is never written to.
    response : str or sequence of str, optional
        Name of the response channel, or of one for each electrode.
    command : str or path-like, optional
        Name of the channel that holds the command, or a file that holds it.
    unit : str or mapping of channel name to str, optional
        The true unit of the response, or of channels by name: ``"mV"``, or ``"0.05 mV"`` where
        each number in the file is worth 0.05 mV.
    command_unit : str, optional
        The true unit of the command.
    sampling_rate : str or quantity, optional
        Such as ``"10 kHz"``, for files that do not state it.
    clamp_mode : {"voltage_clamp", "current_clamp", "zero_current"}, optional

    Returns
    -------
    Recording

    Raises
    ------
    MissingFileError
        The file, or one it depends on, is not there.
    UnknownFormatError
        Not a recording of a format loligo reads.
    DamagedFileError
        The content contradicts its format.
    UndeterminedError
        The file does not determine a role, unit or rate; the message names the option.
    MissingDependencyError
        The format needs an optional library; the message names the extra.
    UnitError, SelectionError
        An option is not a unit, or names what does not exist.
    """
    options = checked_options(
        response=response,
        command=command,
        unit=unit,
        command_unit=command_unit,
        sampling_rate=sampling_rate,
        clamp_mode=clamp_mode,
    )
    return read_with(Path(path), options)


def read_with(path: Path, options: ReadOptions) -> Recording:
    """Read a file with checked options; no error of a library underneath escapes."""
    kind = recognize(path)
    reader = kind.reader()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            recording = reader(path, options)
        except LoligoError:
            raise
        except MemoryError as error:
            raise DamagedFileError(
                path, f"its {kind.name} header asks for more memory than there is"
            ) from error
        except OSError as error:
            raise DamagedFileError(path, f"reading it as {kind.name} failed: {error}") from error
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            raise DamagedFileError(
                path, f"it does not hold together as {kind.name} ({told[:300]})"
            ) from error
    if not recording.sweeps:
        raise ReadError(path, "it holds no sweeps")
    return _with_warnings(recording, [str(entry.message) for entry in caught])


def _with_warnings(recording: Recording, messages: Sequence[str]) -> Recording:
    """Keep what the libraries warned of in the recording's history."""
    if not messages:
        return recording
    source = recording.provenance
    notes = tuple(f"reader warned: {text[:300]}" for text in dict.fromkeys(messages))
    return replace(recording, provenance=replace(source, history=(*source.history, *notes)))

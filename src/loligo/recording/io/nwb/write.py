"""The NWB writer: a whole file at once, complete or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from loligo.errors import LoligoError, MissingMetadataError, WriteError
from loligo.recording.io.nwb.dandi import missing_metadata
from loligo.recording.provenance import Subject
from loligo.recording.recording import Recording


def write_nwb(
    recording: Recording,
    path: str | Path,
    *,
    subject: Subject | None = None,
    overwrite: bool = False,
    dandi: bool = False,
    physical: bool = False,
) -> Path:
    """Write a recording as NWB, so that reading it back gives the same recording.

    Parameters
    ----------
    recording : Recording
    path : path-like
        Ends in ``.nwb``. The file appears when it is complete.
    subject : Subject, optional
        In place of the recording's own.
    overwrite : bool
        Replace an existing file.
    dandi : bool
        Refuse to write a file that the DANDI archive would refuse for lack of metadata.
    physical : bool
        Write samples as 64-bit numbers in mV and pA, not as they were digitized, for programs that
        read no gain but powers of 1000, such as neo. All of them are loaded.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    MissingMetadataError
        With `dandi`, fields are missing; the message names each.
    WriteError
        The file exists, the folder does not, or the file is the one `recording` is read from.
    """
    if not isinstance(recording, Recording):
        raise TypeError(f"write_nwb takes a Recording, not {recording!r}; read the file first")
    target = Path(path)
    _check_target(recording, target, overwrite=overwrite)
    if subject is not None:
        recording = replace(recording, provenance=replace(recording.provenance, subject=subject))
    if physical:
        recording = _in_units(recording)
    missing = missing_metadata(recording) if dandi else ()
    if missing:
        raise MissingMetadataError(f"{target.name}: DANDI asks for metadata", missing)
    from loligo.recording.io.nwb.session_write import session_of
    from loligo.recording.io.nwb.tables_write import add_recording

    partial = target.with_name(f".{target.stem}-{uuid4().hex[:8]}.nwb")
    try:
        session = session_of(recording)
        add_recording(session, recording)
        _store(session, partial)
        if target.exists() and not overwrite:
            raise WriteError(f"{target} appeared while it was being written; nothing was replaced")
        partial.replace(target)
    except LoligoError:
        raise
    except OSError as error:
        raise WriteError(f"{target} cannot be written: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return target


def _in_units(recording: Recording) -> Recording:
    """Return a recording whose samples are stored in the units of their channels."""
    sweeps = [
        replace(
            sweep,
            traces={
                name: replace(trace, samples=trace.values(), gain=1.0, offset=0.0)
                for name, trace in sweep.traces.items()
            },
        )
        for sweep in recording.sweeps
    ]
    return replace(recording, sweeps=tuple(sweeps))


def _store(session: object, path: Path) -> None:
    from pynwb import NWBHDF5IO

    with NWBHDF5IO(str(path), "w") as store:
        store.write(session)


def _check_target(recording: Recording, target: Path, *, overwrite: bool) -> None:
    if target.suffix.lower() != ".nwb":
        raise WriteError(f"{target.name}: the name of an NWB file ends in .nwb")
    if not target.parent.is_dir():
        raise WriteError(f"{target}: there is no folder {target.parent}")
    if not target.exists():
        return
    if not overwrite:
        raise WriteError(f"{target} exists; pass overwrite=True, or another name")
    if not target.is_file():
        raise WriteError(f"{target} is not a file")
    for sweep in recording.sweeps:
        for trace in sweep.traces.values():
            source = getattr(trace.samples, "path", getattr(trace.samples, "filename", None))
            if source is not None and Path(source).resolve() == target.resolve():
                raise WriteError(
                    f"{target} is the file this recording is read from; choose another name"
                )

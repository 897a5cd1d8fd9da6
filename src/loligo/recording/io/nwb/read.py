"""The NWB reader: patch-clamp series of a file as a `Recording`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from loligo.errors import DamagedFileError, ReadError, UndeterminedError
from loligo.recording.found_epochs import with_found_epochs
from loligo.recording.io.nwb.assemble import Assembly
from loligo.recording.io.nwb.document import DisagreementError, read_document
from loligo.recording.io.nwb.intervals import read_tags
from loligo.recording.io.nwb.pairing import plan_sweeps
from loligo.recording.io.nwb.series import StoredSeries, read_all, set_aside_unreadable
from loligo.recording.io.nwb.session import read_provenance, read_start
from loligo.recording.io.options import ReadOptions
from loligo.recording.provenance import Basis, Finding
from loligo.recording.recording import Recording


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read an NWB file.

    A file that loligo wrote is restored from its own description of the recording, provided that
    the NWB fields still say the same; otherwise, and in all other files, the NWB fields count.
    """
    import h5py

    with h5py.File(path, "r") as file:
        series, refused, others = read_all(file)
        set_aside_unreadable(file, series, refused)
        note: Finding | None = None
        if options == ReadOptions():
            try:
                restored = read_document(file, path, series)
            except DisagreementError as error:
                note = Finding("loligo's own description", "not used", Basis.STATED, str(error))
            else:
                if restored is not None:
                    return restored
        if not any(entry.kind for entry in series.values()):
            raise _nothing_usable(path, refused, others)
        recording = _from_fields(file, path, series, refused, options, h5py.__version__)
    return recording if note is None else replace(recording, findings=(*recording.findings, note))


def _nothing_usable(path: Path, refused: dict[str, str], others: set[str]) -> ReadError:
    if refused:
        told = "; ".join(f"{name}: {why}" for name, why in list(refused.items())[:3])
        return DamagedFileError(path, f"none of its {len(refused)} series can be used ({told})")
    held = f"; it holds {', '.join(sorted(others))}" if others else ""
    return ReadError(
        path,
        f"it is an NWB file without intracellular (patch-clamp) series{held}",
        "loligo reads VoltageClampSeries, CurrentClampSeries and IZeroClampSeries",
    )


def _from_fields(
    file: Any,
    path: Path,
    series: dict[str, StoredSeries],
    refused: dict[str, str],
    options: ReadOptions,
    version: str,
) -> Recording:
    plans, how = plan_sweeps(file, series)
    if not plans:
        raise UndeterminedError(path, "its tables refer to no samples")
    assembly = Assembly(file, path, series, options)
    for plan in plans:
        assembly.add(plan)
    sweeps, timing = assembly.finished()
    used = {part.path for plan in plans for part in plan.parts}
    left = [f"{p}: not of patch clamp, not read" for p in series if p not in used]
    damaged = tuple(f"{name} cannot be used: {why}" for name, why in refused.items())
    recording = Recording(
        channels=tuple(assembly.channels.values()),
        sweeps=sweeps,
        provenance=read_provenance(file, path.name, f"h5py {version}"),
        electrodes=tuple(assembly.electrodes.values()),
        start_time=read_start(file),
        tags=read_tags(file),
        findings=(
            Finding("sweeps", str(len(sweeps)), Basis.STATED, "grouped " + "; ".join(how)),
            *assembly.findings(),
            *timing,
            *(Finding("series left out", "", Basis.STATED, told) for told in left),
        ),
        problems=damaged,
    )
    return with_found_epochs(recording)

"""Igor binary waves (.ibw, versions 1, 2, 3 and 5), read with igor2.

A file holds one wave with one unit, so it is one channel: further channels of the same recording
are files of their own, joined with ``command=``. A wave in volts is taken as the membrane
potential. A wave in amperes may be the response of a voltage clamp or the current injected in
current clamp, which its file does not say: ``clamp_mode="voltage_clamp"`` settles the first; for
the second read the voltage and pass this file as ``command=``.

The columns of a two-dimensional wave are sweeps of that channel. The unit of time is the one the
wave states; where it states none, a note with the sampling interval (``SI:``, in microseconds)
that equals the step in seconds determines it, otherwise ``sampling_rate=`` has to be passed.
"""

from __future__ import annotations

import glob
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import DamagedFileError, ReadError, UndeterminedError
from loligo.recording.io.build import StoredSweep, StoredTrace, build, rate_of, settled_rate
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Input, known_unit
from loligo.recording.provenance import Basis, Finding, Provenance
from loligo.recording.recording import Recording

_HEADER_BYTES = {1: 134, 2: 142, 3: 146, 5: 384}
"""Size of the headers by version; their 16-bit words add up to zero."""


@dataclass(frozen=True, slots=True)
class _Wave:
    version: int
    name: str
    unit: str
    step: float
    step_unit: str
    note: str
    values: NDArray[Any]


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read one wave, and the command beside it where one is passed."""
    wave = _load(path)
    rate, why = _rate(path, wave, options)
    sibling = _sibling(path)
    unit = known_unit(wave.unit)
    if (
        unit is not None
        and unit.dimension == "current"
        and options.clamp_mode is None
        and not options.response
    ):
        beside = f" ({sibling} lies beside it)" if sibling else ""
        raise UndeterminedError(
            path,
            f"a wave in {wave.unit} alone may be the response of a voltage clamp or the current "
            f"injected in current clamp, and the file does not say which{beside}",
            "Pass clamp_mode='voltage_clamp' if it is the response; if it was injected, read the "
            f"voltage's file with command={path.name!r}",
        )
    columns = wave.values.reshape(wave.values.shape[0], -1, order="F")
    sweeps = [StoredSweep({wave.name: StoredTrace(column, rate)}) for column in columns.T]
    findings = [Finding("sampling_rate", f"{rate:g} kHz", why[0], why[1])]
    if sibling and options.command is None:
        findings.append(
            Finding(
                "other_channels",
                sibling,
                Basis.UNKNOWN,
                f"{sibling} lies beside it; pass it as command= if it holds the command",
            )
        )
    provenance = Provenance(
        source=path.name,
        format=f"Igor binary wave {wave.version}",
        reader=_reader(),
        comment=wave.note.replace("\r", "\n"),
        protocol=_noted(wave.note).get("PATTERN", ""),
        extra=_noted(wave.note),
    )
    return build(path, [Input(wave.name, wave.unit)], sweeps, options, provenance, findings)


def _reader() -> str:
    import igor2

    return f"igor2 {igor2.__version__}"


def _load(path: Path) -> _Wave:
    from igor2 import binarywave

    version = _checked_version(path)
    loaded = binarywave.load(str(path))["wave"]
    header: Mapping[str, Any] = loaded["wave_header"]
    values = np.asarray(loaded["wData"])
    if values.dtype.kind not in "iuf":
        raise ReadError(path, f"the wave holds {values.dtype.name} data, not a recorded signal")
    if values.ndim > 2:
        raise ReadError(path, f"the wave has {values.ndim} dimensions; at most two are sweeps")
    if version == 5:
        step, step_unit = float(header["sfA"][0]), _text(header["dimUnits"][0])
        unit = _text(loaded["data_units"]) or _text(header["dataUnits"])
        step_unit = _text(loaded["dimension_units"]) or step_unit
    else:
        step, step_unit = float(header["hsA"]), _text(header["xUnits"])
        unit = _text(header["dataUnits"])
    values.setflags(write=False)
    return _Wave(
        version, _text(header["bname"]), unit, step, step_unit, _text(loaded.get("note")), values
    )


def _checked_version(path: Path) -> int:
    """Check the sizes and the checksum the headers state, before anything is allocated."""
    data = path.read_bytes()
    order = "<" if data[1:2] == b"\x00" else ">"
    version = int(np.frombuffer(data[:2], order + "i2")[0]) if len(data) > 1 else 0
    size = _HEADER_BYTES.get(version)
    if size is None:
        raise DamagedFileError(path, f"it states version {version} of Igor's binary waves")
    if len(data) < size:
        raise DamagedFileError(path, f"it ends after {len(data)} bytes, inside its header")
    if int(np.frombuffer(data[:size], order + "i2").sum(dtype=np.int64)) & 0xFFFF:
        raise DamagedFileError(path, "the checksum of its header is wrong")
    place = {1: 2, 2: 2, 3: 2, 5: 4}[version]
    stored = int(np.frombuffer(data[place : place + 4], order + "i4")[0])
    before = size - 126 if version != 5 else 64
    if stored <= 0 or before + stored > len(data) + (16 if version != 5 else 0):
        raise DamagedFileError(
            path, f"its header promises {stored} bytes of wave, the file has {len(data)} in all"
        )
    return version


def _text(value: Any) -> str:
    """Return igor2's bytes, or array of single bytes, as text."""
    if value is None:
        return ""
    raw = value if isinstance(value, bytes) else b"".join(np.ravel(np.asarray(value, "S1")))
    return raw.split(b"\x00")[0].decode("utf-8", "replace").strip()


def _noted(note: str) -> dict[str, str]:
    """Return the ``key:value;`` pairs of a note; the last of a repeated key."""
    pairs = (entry.partition(":") for entry in re.split(r"[;\r\n]", note))
    return {key.strip(): value.strip() for key, colon, value in pairs if colon and key.strip()}


def _rate(path: Path, wave: _Wave, options: ReadOptions) -> tuple[float, tuple[Basis, str]]:
    if not (math.isfinite(wave.step) and wave.step > 0):
        raise DamagedFileError(path, f"its header states a step of {wave.step:g} between samples")
    stated: float | None = None
    basis, why = Basis.GIVEN, "given"
    unit = known_unit(wave.step_unit)
    if unit is not None and unit.dimension == "time":
        stated = rate_of(wave.step, wave.step_unit)
        basis, why = Basis.STATED, f"step of {wave.step:g} {wave.step_unit} in the header"
    elif not wave.step_unit:
        interval = _noted(wave.note).get("SI", "")
        if _is_number(interval) and math.isclose(float(interval), wave.step * 1e6, rel_tol=1e-6):
            stated = rate_of(wave.step, "s")
            basis = Basis.INFERRED
            why = f"step of {wave.step:g} without unit, SI:{interval} in the note: seconds and us"
    lacks = (
        f"its step of {wave.step:g} has the unit {wave.step_unit!r}, not one of time"
        if wave.step_unit
        else f"its step of {wave.step:g} has no unit"
    )
    return settled_rate(path, stated, options, lacks), (basis, why)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d*)?", text))


def _sibling(path: Path) -> str:
    """Return the wave beside it whose name differs in the channel's number only."""
    split = re.fullmatch(r"(?i)(.*_ch)(\d+)(_.*)?", path.stem)
    if split is None:
        return ""
    head, number, tail = split[1], split[2], split[3] or ""
    for other in sorted(path.parent.glob(f"{glob.escape(head)}*")):
        match = re.fullmatch(rf"{re.escape(head)}(\d+){re.escape(tail)}", other.stem)
        if match and match[1] != number and other.suffix.lower() == path.suffix.lower():
            return other.name
    return ""

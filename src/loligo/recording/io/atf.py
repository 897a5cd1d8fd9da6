"""ATF, Axon's text format: a table with a time column and one column per sweep or signal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loligo.errors import DamagedFileError, UndeterminedError
from loligo.recording.channel import Electrode, Role
from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles import Input, assign_roles, known_unit
from loligo.recording.provenance import Provenance
from loligo.recording.recording import Recording
from loligo.recording.sweep import Sweep, Trace

_TITLE = re.compile(r"^(?P<name>.*?)\s*\((?P<unit>[^()]*)\)\s*$")
_TRACE = re.compile(r"trace\s*#?\s*\d+$", re.IGNORECASE)
_MOST_RECORDS = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """An ATF file's content.

    Attributes
    ----------
    records : mapping of str to str
        The header's ``Name=Value`` records.
    titles : tuple of (name, unit)
        Of each column; ``""`` where there is no unit.
    signals : tuple of str
        Name of each column's signal, where the header lists them.
    values : array (row, column)
    """

    records: Mapping[str, str]
    titles: tuple[tuple[str, str], ...]
    signals: tuple[str, ...]
    values: NDArray[np.float64]


def read_table(path: Path) -> Table:
    """Read an ATF file as a table.

    Raises
    ------
    DamagedFileError
        It is not laid out as its first lines say.
    """
    with path.open(encoding="latin-1", newline=None) as file:
        first = file.readline().split()
        if len(first) != 2 or first[0] != "ATF":
            raise DamagedFileError(path, f"its first line is {' '.join(first)!r}, not 'ATF 1.0'")
        records, columns = _counts(path, file.readline())
        header = [file.readline().strip() for _ in range(records)]
        titles = _cells(file.readline())
        if len(titles) != columns:
            raise DamagedFileError(
                path, f"it has {len(titles)} column titles, its second line promises {columns}"
            )
        values = _numbers(path, file.readlines(), columns, records + 4)
    named = dict(
        record.strip('"').split("=", 1) for record in header if "=" in record.split("\t")[0]
    )
    signals = next((_cells(r)[1:] for r in header if r.startswith('"Signals=')), [])
    return Table(named, tuple(map(_titled, titles)), tuple(signals), values)


def _counts(path: Path, line: str) -> tuple[int, int]:
    words = line.split()
    if len(words) != 2 or not all(word.isdigit() and len(word) < 8 for word in words):
        raise DamagedFileError(
            path, f"its second line is {line.strip()[:60]!r}, not two numbers (records, columns)"
        )
    records, columns = map(int, words)
    if records > _MOST_RECORDS or columns < 2:
        raise DamagedFileError(
            path, f"its second line promises {records} header records and {columns} columns"
        )
    return records, columns


def _cells(line: str) -> list[str]:
    text = line.strip()
    separator = "\t" if "\t" in text else ","
    return [cell.strip().strip('"') for cell in text.split(separator)]


def _titled(title: str) -> tuple[str, str]:
    found = _TITLE.match(title)
    return (found["name"], found["unit"]) if found else (title, "")


def _numbers(path: Path, lines: Sequence[str], columns: int, first: int) -> NDArray[np.float64]:
    rows = [line for line in lines if line.strip()]
    separator = "," if rows and "," in rows[0] and "\t" not in rows[0] else None
    values = []
    for i, line in enumerate(rows):
        cells = line.split(separator)
        if len(cells) != columns:
            raise DamagedFileError(
                path, f"line {first + i} has {len(cells)} numbers, {columns} are promised"
            )
        try:
            values.append([float(cell) for cell in cells])
        except ValueError:
            raise DamagedFileError(
                path, f"line {first + i} holds something that is not a number: {line.strip()[:60]}"
            ) from None
    if len(rows) < 2:
        raise DamagedFileError(path, f"it holds {len(rows)} rows of numbers, at least 2 are needed")
    return np.array(values)


def read_file(path: Path, options: ReadOptions) -> Recording:
    """Read an ATF file as a recording.

    Columns titled ``Trace #n`` are sweeps of one signal (of several, where the header's ``Signals``
    or the units say so); other titles are names of signals.

    Raises
    ------
    DamagedFileError
        It is not laid out as its first lines say.
    UndeterminedError
        The time column has no unit or no regular steps and no rate is given; or a role is open.
    """
    table = read_table(path)
    rate = _rate(path, table, options)
    names = _signal_names(table)
    units = {name: table.titles[i + 1][1] for i, name in reversed(list(enumerate(names)))}
    roles = assign_roles(path, [Input(name, unit) for name, unit in units.items()], [], options)
    columns = {name: [i + 1 for i, own in enumerate(names) if own == name] for name in units}
    count = max(map(len, columns.values()))
    starts = _starts(table, count, len(table.values) / rate)
    table.values.setflags(write=False)
    sweeps = tuple(
        Sweep(
            i,
            starts[i],
            {
                name: Trace(table.values[:, own[i]], rate, roles.scales[name])
                for name, own in columns.items()
                if i < len(own)
            },
        )
        for i in range(count)
    )
    return Recording(
        channels=roles.channels,
        sweeps=sweeps,
        provenance=Provenance(
            source=path.name,
            format="ATF",
            reader="loligo",
            comment=table.records.get("Comment", ""),
            extra=dict(table.records),
        ),
        electrodes=tuple(Electrode(c.electrode) for c in roles.channels if c.role is Role.RESPONSE),
        findings=roles.findings,
    )


def _signal_names(table: Table) -> list[str]:
    """Return the signal of each column after the time."""
    titles = table.titles[1:]
    if len(table.signals) == len(titles):
        return list(table.signals)
    if not all(_TRACE.match(name) for name, _ in titles):
        names = [name or f"column {i + 1}" for i, (name, _) in enumerate(titles)]
        return [
            f"{name} ({i + 1})" if names.count(name) > 1 else name for i, name in enumerate(names)
        ]
    units = list(dict.fromkeys(unit for _, unit in titles))
    if len(units) == 1:
        return ["signal"] * len(titles)
    return [f"signal {unit}".strip() for _, unit in titles]


def _rate(path: Path, table: Table, options: ReadOptions) -> float:
    """Return the sampling rate [kHz], from the time column or as given."""
    if options.sampling_rate is not None:
        return options.sampling_rate
    name, text = table.titles[0]
    unit = known_unit(text)
    if unit is None or unit.dimension != "time":
        raise UndeterminedError(
            path, f"its first column {name!r} has no unit of time", "Pass sampling_rate='20 kHz'"
        )
    times = table.values[:, 0] * unit.factor
    steps = np.diff(times)
    typical = float(times[-1] - times[0]) / (len(times) - 1)
    if not (typical > 0 and bool((np.abs(steps - typical) <= 0.02 * typical + 1e-9).all())):
        raise UndeterminedError(
            path,
            f"its times are not evenly spaced ({steps.min():g} to {steps.max():g} ms apart)",
            "Pass sampling_rate='20 kHz' with the true rate",
        )
    return float(f"{1.0 / typical:.6g}")


def _starts(table: Table, count: int, duration: float) -> list[float]:
    """Return the start of each sweep [ms]: as the header lists them, else end to end."""
    text = table.records.get("SweepStartTimesMS", "")
    try:
        listed = [float(word) for word in text.replace("\t", ",").split(",") if word.strip()]
    except ValueError:
        listed = []
    return listed if len(listed) == count else [i * duration for i in range(count)]

"""Our estimates beside the numbers of other programs on the real recordings.

``python -m benchmarks.reference_table [-o TABLE.csv]`` prints a line for each number that has a
counterpart in ``reference/memtest.json`` (pyABF's memory test and a charge method) and
``reference/efel.json``: file, sweep, epoch, quantity, theirs, ours with interval, and the ratio.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loligo
from benchmarks.recordings import folder, options_of
from loligo.analysis import Analysis, Estimate

COLUMNS = (
    "file", "sweep", "epoch", "quantity", "unit", "method", "theirs",
    "ours", "low", "high", "ratio", "status", "reason",
)  # fmt: skip
_MEMTEST = {
    "Ra": "series_resistance",
    "Rm": "membrane_resistance",
    "CmStep": "capacitance",
    "Ih": "holding_current",
    "CmRamp": "capacitance",
}
_CHARGE = {
    "Rs_MOhm": "series_resistance",
    "Rm_MOhm": "membrane_resistance",
    "Cm_pF": "capacitance",
    "Rt_MOhm": "total_resistance",
}
_EFEL = {
    "voltage_base": "baseline_potential",
    "ohmic_input_resistance_vb_ssse": "input_resistance",
    "time_constant": "membrane_time_constant",
    "sag_amplitude": "sag_amplitude",
    "sag_ratio1": "sag_ratio",
    "Spikecount_stimint": "spike_count",
    "time_to_first_spike": "first_spike_latency",
    "mean_frequency": "mean_frequency",
}

_PROMINENCE = "count_find_peaks_prominence20mV"

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """Yield every comparison."""
    reference = folder() / "reference"
    known = json.loads((reference / "memtest.json").read_text(encoding="utf-8"))["files"]
    for file, channels in known.items():
        found = loligo.analyze(_read(file), ("membrane_test",))
        for channel in channels:
            yield from _memtest(file, found, channel)
    known = json.loads((reference / "efel.json").read_text(encoding="utf-8"))["files"]
    for entry_of, entry in known.items():
        analyzed: dict[str, tuple[loligo.Recording, Analysis]] = {}
        for number, window in enumerate(entry["entries"]):
            file = _file_of(entry_of, window)
            if file not in analyzed:
                recording = _read(file)
                analyzed[file] = recording, loligo.analyze(recording, ("passive", "spikes"))
            sweep = 0 if "voltage_file" in window else int(window.get("sweep", number))
            yield from _efel(file, *analyzed[file], window, sweep)


def _file_of(entry_of: str, window: dict[str, Any]) -> str:
    """Return the file of an entry; Igor waves are a file a sweep, below the cell's name."""
    single = window.get("voltage_file")
    return str(Path(entry_of).parent / single) if single else entry_of


def _read(file: str) -> loligo.Recording:
    return loligo.read(folder() / file, **options_of()[file])


def _memtest(file: str, found: Analysis, channel: dict[str, Any]) -> Iterator[Row]:
    for theirs, name in _MEMTEST.items():
        stated = channel.get("pyabf_memtest", {}).get(theirs)
        if stated is not None:
            yield _row(file, "pyABF Memtest " + theirs, stated["mean"], _first(found, name))
    charge = channel.get("charge_method", {})
    for model in ("one_exp", "two_exp"):
        for theirs, name in _CHARGE.items():
            value = charge.get(model, {}).get(theirs)
            if value is not None:
                yield _row(file, f"charge, {model}", value, _first(found, name))
    if "Rt_MOhm" in charge:
        yield _row(file, "charge, 40 ms", charge["Rt_MOhm"], _first(found, "total_resistance"))


def _efel(
    file: str,
    recording: loligo.Recording,
    found: Analysis,
    window: dict[str, Any],
    sweep: int,
) -> Iterator[Row]:
    if sweep >= len(recording.sweeps):
        return
    starts = {
        e.label: e.start
        for e in recording.sweep(sweep).epochs
        if abs(e.start - window["stim_start_ms"]) < 0.2
    }
    for theirs, name in _EFEL.items():
        values = window["features"].get(theirs)
        if not values or values[0] is None:
            continue
        own = [e for e in found if e.name == name and e.sweep == sweep]
        here = [e for e in own if e.epoch in starts] or [e for e in own if not e.epoch]
        yield _row(file, f"eFEL {theirs}", float(values[0]), here[0] if here else None, sweep)
    robust = bool(window.get("count_robust"))
    count = window["Spikecount_by_threshold_mV"]["-20.0"] if robust else window.get(_PROMINENCE)
    counts = [e for e in found if (e.name, e.sweep) == ("spike_count", sweep)]
    own = [e for e in counts if e.epoch in starts] or [e for e in counts if len(counts) == 1]
    if count is not None and own:
        kind = "same at three thresholds" if robust else "by prominence"
        yield _row(file, f"count, {kind}", float(count), own[0], sweep)


def _first(found: Analysis, name: str) -> Estimate | None:
    own = [e for e in found.named(name) if e.sweep is None]
    return next((e for e in own if e.is_ok), own[0] if own else None)


def _row(
    file: str, method: str, theirs: float, ours: Estimate | None, sweep: int | None = None
) -> Row:
    row: Row = dict.fromkeys(COLUMNS, "")
    row.update(file=file, method=method, theirs=theirs, sweep="" if sweep is None else sweep)
    if ours is None:
        return {**row, "status": "none"}
    value, low, high, unit = ours.displayed()
    row.update(epoch=ours.epoch, quantity=ours.name, unit=unit, ours=value, low=low, high=high)
    row.update(status=ours.status.value, reason=ours.reason)
    if value is not None and theirs:
        row["ratio"] = value / theirs
    return row


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    stream = given.output.open("w", encoding="utf-8", newline="") if given.output else sys.stdout
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    for row in rows():
        shown = {k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()}
        writer.writerow(shown)
    if given.output:
        stream.close()


if __name__ == "__main__":
    main()

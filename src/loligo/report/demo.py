"""The demo: a virtual neuron through an imperfect rig, analyzed as real files are, beside truth.

`run_demo` records both clamp modes to NWB, reports on the files, corrects them, and returns each
estimate with its truth; printing is the command line's.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from loligo.analysis import Estimate, analyze
from loligo.analysis.rig_effects import RigEffects
from loligo.data import demo
from loligo.errors import LoligoError, WriteError
from loligo.experiment import read_experiment
from loligo.recording import read, write_nwb
from loligo.report.corrected import copy_name
from loligo.report.result import FileResult
from loligo.report.truth import truth_of_effects
from loligo.report.write import Written, write_report

VOLTAGE, CURRENT, CORRECTED = "voltage clamp", "current clamp", "corrected"

_ASKED = {
    VOLTAGE: {
        "series_resistance": "between amplifier and cell",
        "capacitance": "of the membrane",
        "membrane_resistance": "of membrane and seal, at -80 mV",
        "worst_voltage_error": "of the membrane, from the command",
        "clamp_bandwidth": "how fast the membrane follows",
    },
    CURRENT: {
        "resting_potential": "with the seal's leak",
        "bridge_error": "series resistance that is not balanced",
        "input_resistance": "holds what the bridge left",
        "capacitance": "of the membrane",
        "membrane_time_constant": "of membrane and seal",
    },
    CORRECTED: {
        "input_resistance": "bridge rebalanced: from the corrected copy",
        "cell_resistance": "without the seal's leak",
        "cell_time_constant": "without the seal's leak",
        "cell_resting_potential": "without the seal's leak",
    },
}
"""What is shown of each stage, with a word on it."""


@dataclass(frozen=True, slots=True)
class Row:
    """An estimate beside its truth.

    Attributes
    ----------
    stage : str
        ``"voltage clamp"``, ``"current clamp"`` or ``"corrected"``.
    estimate : Estimate
    truth : float
        In the internal unit.
    note : str
    """

    stage: str
    estimate: Estimate
    truth: float
    note: str

    @property
    def holds(self) -> bool | None:
        """Whether the interval holds the truth, ``None`` without an interval."""
        low, high = self.estimate.low, self.estimate.high
        return None if low is None or high is None else low <= self.truth <= high


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made.

    Attributes
    ----------
    rows : tuple of Row
    recordings : tuple of Path
        The two NWB files.
    experiments : tuple of Path
        What was recorded, as TOML: to be changed, and recorded again with ``loligo record``.
    copies : tuple of Path
        The corrected copies.
    written : Written
        The report.
    """

    rows: tuple[Row, ...]
    recordings: tuple[Path, ...]
    experiments: tuple[Path, ...]
    copies: tuple[Path, ...]
    written: Written


def run_demo(
    folder: str | Path, seed: int | None = None, on_step: Callable[[str], None] | None = None
) -> Demo:
    """Record a virtual neuron in both clamp modes, report on it, correct it, compare with truth.

    Parameters
    ----------
    folder : path-like
        Made where it does not exist; files of an earlier demo in it are replaced.
    seed : int, optional
        Of the noise; the second recording has the next one.
    on_step : callable, optional
        Told what is done next.

    Returns
    -------
    Demo

    Raises
    ------
    WriteError
        The folder cannot be written to, or holds another file of one of the names.
    """
    tell = on_step if on_step is not None else lambda _: None
    place, sources = Path(folder), demo()
    names = [source.stem.removeprefix("demo_") for source in sources]
    recordings = tuple(place / f"{name}.nwb" for name in names)
    experiments = tuple(place / f"{name}.toml" for name in names)
    _prepare(place, recordings, experiments)
    for shift, source in enumerate(sources):
        tell(f"recording the neuron in {names[shift].replace('_', ' ')}")
        made = read_experiment(source).record(None if seed is None else seed + shift)
        write_nwb(made, recordings[shift], overwrite=True)
        shutil.copyfile(source, experiments[shift])
    results: list[FileResult] = []
    tell("analyzing the files, and writing the report")
    written = write_report(recordings, place, with_copies=True, on_file=results.append)
    copies = tuple(place / copy_name(path.name) for path in recordings)
    kept = tuple(path for path in copies if path.exists())
    rows = [
        row
        for result, stage in zip(results, (VOLTAGE, CURRENT), strict=False)
        for row in _recorded(result, stage)
    ]
    tell("analyzing the corrected copy")
    rows += _corrected(results[-1], copies[-1])
    return Demo(tuple(rows), recordings, experiments, kept, written)


def _prepare(place: Path, recordings: Iterable[Path], experiments: Iterable[Path]) -> None:
    """Make the folder, and refuse to replace what an earlier demo did not write."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"the folder {place} cannot be made: {error.strerror}") from error
    other = [path for path in recordings if path.exists() and not _is_simulated(path)]
    sources = [source.read_bytes() for source in demo()]
    other += [path for path in experiments if path.exists() and path.read_bytes() not in sources]
    if other:
        raise WriteError(
            f"{other[0]} exists and is not as the demo writes it; it was left as it is. Choose "
            "another folder, or move it away"
        )


def _is_simulated(path: Path) -> bool:
    try:
        return read(path).is_simulated
    except (LoligoError, OSError):
        return False


def _recorded(result: FileResult, stage: str) -> list[Row]:
    """Return what a file says as it was recorded."""
    if result.recording is None or result.analysis is None or result.recording.truth is None:
        return []
    truth = dict(result.recording.truth.parameters)
    for effects in result.analysis.of(RigEffects):
        truth |= truth_of_effects(result.recording, effects)
    return _beside(result.estimates, truth, stage)


def _corrected(result: FileResult, path: Path) -> list[Row]:
    """Return the cell without the rig: of the copy, and without the seal as the report has it."""
    if result.recording is None or result.recording.truth is None or not path.exists():
        return []
    again = [e for e in analyze(read(path), "passive").estimates if e.name == "input_resistance"]
    cell = [e for e in result.estimates if e.name != "input_resistance"]
    return _beside((*again, *cell), dict(result.recording.truth.parameters), CORRECTED)


def _beside(estimates: Iterable[Estimate], truth: dict[str, float], stage: str) -> list[Row]:
    whole = [e for e in estimates if e.sweep is None]
    rows = []
    for name, note in _ASKED[stage].items():
        found = [e for e in whole if e.name == name]
        first = next((e for e in found if e.is_ok), found[0] if found else None)
        if first is not None and name in truth:
            rows.append(Row(stage, first, truth[name], note))
    return rows

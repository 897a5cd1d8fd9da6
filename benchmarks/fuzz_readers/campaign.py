"""One run: which mutants, what became of each, and the table."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz_readers import pool
from benchmarks.fuzz_readers.mutations import mutant
from benchmarks.fuzz_readers.samples import Sample

VIOLATIONS = ("crash", "hang", "memory", "escaped", "changed")
INTACT = -1
"""Index that stands for the undamaged sample."""


@dataclass(frozen=True)
class Job:
    """The `index`-th mutant of a sample."""

    sample: Sample
    index: int


@dataclass
class Tally:
    """What became of the mutants."""

    seed: int
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    violations: list[dict[str, str]] = field(default_factory=list)
    intact: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Number of mutants read."""
        return sum(sum(counter.values()) for counter in self.counts.values())

    def add(self, job: Job, how: str, result: dict[str, str]) -> None:
        """Count one outcome."""
        if job.index == INTACT:
            self.intact[job.sample.name] = result
        else:
            kind = result["detail"] if result["kind"] == "error" else result["kind"]
            self.counts.setdefault(job.sample.format, Counter())[kind] += 1
        if result["kind"] in VIOLATIONS:
            self.violations.append(
                {
                    "kind": result["kind"],
                    "sample": job.sample.name,
                    "index": str(job.index),
                    "mutation": how,
                    "detail": result["detail"],
                }
            )


def plan(samples: Sequence[Sample], count: int) -> list[Job]:
    """Return `count` jobs, as many for each format, spread over its samples; intact ones first."""
    kinds: dict[str, list[Sample]] = {}
    for sample in samples:
        kinds.setdefault(sample.format, []).append(sample)
    jobs = [Job(sample, INTACT) for sample in samples]
    turn = 0
    while len(jobs) < count + len(samples):
        jobs += [Job(of_kind[turn % len(of_kind)], turn) for of_kind in kinds.values()]
        turn += 1
    return jobs[: count + len(samples)]


def campaign(
    samples: Sequence[Sample],
    *,
    count: int,
    seed: int = 1,
    workers: int = 2,
    memory: int = 4_000_000_000,
    timeout: float = 10.0,
    keep: Path | None = None,
    command: Sequence[str] = pool.READING_WORKER,
) -> Tally:
    """Read `count` mutants of the samples, and the samples themselves.

    Parameters
    ----------
    samples : sequence of Sample
    count : int
    seed : int
        The same seed gives the same mutants.
    workers : int
    memory : int
        Address space of each worker [bytes].
    timeout : float
        For one file [s].
    keep : Path, optional
        Folder for the mutants that break the promise.
    command : sequence of str
        Starts a worker; gets `memory` as its last argument.
    """
    tally = Tally(seed)
    lock = threading.Lock()
    with tempfile.TemporaryDirectory(prefix="loligo-fuzz-") as scratch:

        def handle(worker: pool.Worker, job: Job) -> None:
            how, data = "intact", job.sample.path.read_bytes()
            if job.index != INTACT:
                how, data = mutant(data, seed, job.sample.name, job.index)
            folder = Path(tempfile.mkdtemp(dir=scratch))
            path = folder / job.sample.path.name
            path.write_bytes(data)
            for companion in job.sample.companions:
                shutil.copyfile(companion, folder / companion.name)
            before = _contents(folder)
            result = _unless_changed(worker.ask(path, job.sample.options), before, folder)
            shutil.rmtree(folder)
            if keep is not None and result["kind"] in VIOLATIONS:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{job.index}-{path.name}").write_bytes(data)
            with lock:
                tally.add(job, how, result)

        jobs = plan(samples, count)
        worker_command = (*command, str(memory))
        pool.run(jobs, handle, command=worker_command, workers=workers, timeout=timeout)
    return tally


def _contents(folder: Path) -> dict[str, bytes]:
    """Return the SHA-256 of every file in a folder."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).digest() for path in sorted(folder.iterdir())
    }


def _unless_changed(
    result: dict[str, str], before: dict[str, bytes], folder: Path
) -> dict[str, str]:
    """Return the result, or what reading changed in the file's folder."""
    now = _contents(folder)
    changed = sorted(name for name in before | now if before.get(name) != now.get(name))
    if changed:
        return {"kind": "changed", "detail": f"by reading: {', '.join(changed)}"}
    return result


def grouped(tally: Tally) -> list[str]:
    """Return the violations in words, those of one kind and detail together, commonest first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for entry in tally.violations:
        ending = Path(entry["sample"]).suffix
        place = f"{entry['sample']} #{entry['index']} {entry['mutation']}"
        groups.setdefault((entry["kind"], ending, entry["detail"]), []).append(place)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [
        f"{len(places)} x {kind} ({ending}): {detail} [first: {places[0]}]"
        for (kind, ending, detail), places in ordered
    ]


def table(tally: Tally) -> str:
    """Return the counts by format and outcome."""
    seen = {kind for counter in tally.counts.values() for kind in counter}
    errors = sorted(seen - {"ok", "partial", *VIOLATIONS})
    kinds = ["ok", "partial", *errors, *VIOLATIONS]
    rows = [["format", *kinds, "all"]]
    for name, counter in sorted(tally.counts.items()):
        rows.append([name, *(str(counter[kind]) for kind in kinds), str(sum(counter.values()))])
    sums = [sum(counter[kind] for counter in tally.counts.values()) for kind in kinds]
    rows.append(["all", *map(str, sums), str(tally.total)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )

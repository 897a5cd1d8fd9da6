"""Damaged files: what the readers make of a seeded few, and that the harness sees every failure."""

import json
import random
import sys
from pathlib import Path

import pytest

import loligo
from benchmarks.fuzz_readers import campaign as campaigns
from benchmarks.fuzz_readers import pool, worker
from benchmarks.fuzz_readers.mutations import MUTATIONS, mutant
from benchmarks.fuzz_readers.samples import Sample, bundled, generated, real

# A worker that does what each file's content says.
MISBEHAVING = """
import json, os, sys, time
for line in sys.stdin:
    path = json.loads(line)["path"]
    told = open(path).read()[:6]
    if told == "crash!": os.abort()
    if told == "hangs!": time.sleep(60)
    if told == "writes": open(path, "a").write("more")
    if told == "litter": open(path + ".tmp", "w").close()
    print(json.dumps({"kind": "ok", "detail": ""}), flush=True)
"""


def _assert_promise_kept(samples, count):
    tally = campaigns.campaign(samples, count=count, seed=7)
    assert tally.total == count
    assert tally.violations == [], "\n".join(map(str, tally.violations))
    return tally


def test_damaged_small_files_keep_the_promise(tmp_path):
    samples = [bundled(), *generated(tmp_path)]
    tally = _assert_promise_kept(samples, 50)
    assert {name: result["kind"] for name, result in tally.intact.items()} == dict.fromkeys(
        (sample.name for sample in samples), "ok"
    )


def test_damaged_real_files_keep_the_promise(recordings):
    samples = [s for s in real(recordings) if s.path.stat().st_size < 700_000]
    assert {s.format for s in samples} >= {"abf", "nwb", "ibw", "axgd", "axgr", "axgx", "csv"}
    chosen = [s for kind in sorted({s.format for s in samples}) for s in _few(samples, kind)]
    _assert_promise_kept(chosen, 100)


def _few(samples, kind):
    of_kind = [sample for sample in samples if sample.format == kind]
    return random.Random(3).sample(of_kind, min(3, len(of_kind)))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__)
@pytest.mark.parametrize("size", [1, 3, 5000])
def test_mutations_take_any_size_and_a_seed(mutation, size):
    original = random.Random(0).randbytes(size)
    once, again = (mutation(bytearray(original), random.Random(5)) for _ in range(2))
    assert once == again
    assert len(once) <= 2 * size + 64


def test_mutants_differ_from_the_original_and_from_each_other():
    original = random.Random(0).randbytes(3000)
    mutants = {mutant(original, 1, "x", i) for i in range(200)}
    assert len(mutants) > 190
    assert original not in {data for _, data in mutants}
    assert {name for name, _ in mutants} == {m.__name__ for m in MUTATIONS}
    assert mutant(original, 1, "x", 4) == mutant(original, 1, "x", 4)
    assert mutant(original, 1, "x", 4) != mutant(original, 2, "x", 4)


def test_harness_sees_crash_hang_and_change(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "START_TIME", 3.0)
    monkeypatch.setattr(campaigns, "mutant", lambda data, *_: ("none", data))
    samples = []
    for word in ("crash!", "hangs!", "writes", "litter", "proper"):
        path = tmp_path / f"a.{word.strip('!')}"
        path.write_text(word)
        samples.append(Sample(path.name, path))
    command = (sys.executable, "-c", MISBEHAVING)
    tally = campaigns.campaign(samples, count=5, workers=1, timeout=0.5, command=command)
    assert {kind: dict(counter) for kind, counter in tally.counts.items()} == {
        "crash": {"crash": 1},
        "hangs": {"hang": 1},
        "writes": {"changed": 1},
        "litter": {"changed": 1},
        "proper": {"ok": 1},
    }
    assert len(tally.violations) == 8  # each intact sample misbehaves as well


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (loligo.LoligoError("said clearly"), "error"),
        (KeyError("from underneath"), "escaped"),
        (RecursionError("from underneath"), "escaped"),
        (SystemExit(1), "escaped"),
        (MemoryError(), "memory"),
    ],
)
def test_worker_tells_outcomes_apart(monkeypatch, raised, kind):
    def read(path):
        raise raised

    monkeypatch.setattr(loligo, "read", read, raising=False)
    assert worker.outcome(Path("x.abf"), {})["kind"] == kind


def test_worker_sees_memory_error_behind_a_clear_one(monkeypatch):
    def read(path):
        raise loligo.LoligoError("too much memory") from MemoryError()

    monkeypatch.setattr(loligo, "read", read, raising=False)
    assert worker.outcome(Path("x.abf"), {})["kind"] == "memory"


@pytest.mark.parametrize("grown", [0, 2_000_000])
def test_worker_sees_memory_held_even_where_reading_failed_clearly(monkeypatch, grown):
    def read(path):
        monkeypatch.setattr(worker, "_peak_memory", lambda: 100_000 + grown)
        raise loligo.LoligoError("said clearly")

    monkeypatch.setattr(worker, "_peak_memory", lambda: 100_000)
    monkeypatch.setattr(loligo, "read", read, raising=False)
    assert worker.outcome(Path("x.abf"), {})["kind"] == ("memory" if grown else "error")


def test_table_counts_every_mutant():
    tally = campaigns.Tally(1)
    job = campaigns.Job(Sample("a.abf", Path("a.abf")), 0)
    tally.add(job, "truncate", {"kind": "error", "detail": "DamagedFileError"})
    tally.add(job, "truncate", {"kind": "hang", "detail": "no answer in 10 s"})
    *_, last = campaigns.table(tally).splitlines()
    assert last.split() == ["all", "0", "0", "1", "0", "1", "0", "0", "0", "2"]
    assert json.loads(json.dumps(tally.violations))[0]["kind"] == "hang"

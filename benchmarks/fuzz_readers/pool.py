"""Workers that may crash, hang or run out of memory without taking the run with them."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READING_WORKER = (sys.executable, "-m", "benchmarks.fuzz_readers.worker")
START_TIME = 60.0
"""Seconds more a fresh worker has for its first file: it imports the libraries then."""


class Worker:
    """One worker process, started again after each death.

    Parameters
    ----------
    command : sequence of str
        Starts a process that answers each line of its input with one.
    timeout : float
        For one answer [s].
    """

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._command = command
        self._timeout = timeout
        self._process: subprocess.Popen[str] | None = None
        self._listener = threading.Thread()
        self._answers: queue.Queue[str] = queue.Queue()
        self._fresh = True

    def _start(self) -> subprocess.Popen[str]:
        environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
        process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        answers: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=_listen, args=(process, answers), daemon=True)
        self._listener.start()
        self._process, self._answers, self._fresh = process, answers, True
        return process

    def ask(self, path: Path, options: dict[str, Any]) -> dict[str, str]:
        """Return what a worker says of a file, or how it died over it."""
        process = self._process or self._start()
        assert process.stdin is not None
        allowed = self._timeout + (START_TIME if self._fresh else 0.0)
        try:
            process.stdin.write(json.dumps({"path": str(path), "options": options}) + "\n")
            process.stdin.flush()
            line = self._answers.get(timeout=allowed)
        except queue.Empty:
            self.stop()
            return {"kind": "hang", "detail": f"no answer in {allowed:g} s"}
        except OSError:
            line = ""
        if not line:
            status = process.wait()
            self.stop()
            return {"kind": "crash", "detail": f"the reading process ended with status {status}"}
        self._fresh = False
        answer: dict[str, str] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End the process, where there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        self._listener.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put("")


def run(
    jobs: Iterable[Any],
    handle: Callable[[Worker, Any], None],
    *,
    command: Sequence[str],
    workers: int,
    timeout: float,
) -> None:
    """Handle every job, each by one of `workers` workers."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    failures: list[BaseException] = []

    def work() -> None:
        worker = Worker(command, timeout)
        try:
            while True:
                handle(worker, waiting.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:
            failures.append(error)
        finally:
            worker.stop()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]

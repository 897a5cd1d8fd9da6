"""Work in threads that can be stopped, and how much of it is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import pairwise
from threading import Event, Lock


class Progress:
    """Tells a caller what fraction is done.

    Parameters
    ----------
    tell : callable or None
    total : int
        Of whatever is counted.
    """

    def __init__(self, tell: Callable[[float], None] | None, total: int) -> None:
        self.tell, self.total, self.done = tell, max(total, 1), 0
        self.lock = Lock()

    def add(self, count: int) -> None:
        """Count more of the work as done."""
        with self.lock:
            self.done += count
            if self.tell is not None:
                self.tell(min(1.0, self.done / self.total))


def shares(count: int, threads: int, each: int) -> list[tuple[int, int]]:
    """Return ranges that `count` things are shared out in, some `each` for a thread."""
    parts = min(count, threads * each) if threads > 1 else 1
    edges = [count * part // parts for part in range(parts + 1)]
    return list(pairwise(edges))


def in_threads(work: Callable[[int], None], parts: int, threads: int, stop: Event) -> None:
    """Do all parts of a work; the first that fails, or an interrupt, stops the others.

    Parameters
    ----------
    work : callable
        Called with the index of each part; looks at `stop` now and then.
    parts : int
    threads : int
    stop : Event
    """
    if parts == 1:
        work(0)
        return
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, part) for part in range(parts)]
        try:
            while wait(futures, timeout=0.2, return_when=FIRST_EXCEPTION).not_done:
                if any(f.done() and f.exception() is not None for f in futures):
                    break
        finally:
            if any(not f.done() or f.exception() is not None for f in futures):
                stop.set()
        for future in futures:
            future.result()

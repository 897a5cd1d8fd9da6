"""`Derived`: samples that are computed from others when they are looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.recording.samples import Samples
from loligo.recording.sweep import Trace


class Derived:
    """Samples computed as a whole on first access, and kept.

    Parameters
    ----------
    length : int
    compute : callable
        Returns all of them, ``(time,)`` float64.
    source : Samples
        What they are made from; a file it is read from must not be replaced.
    """

    def __init__(
        self, length: int, compute: Callable[[], NDArray[np.float64]], source: Samples
    ) -> None:
        self.shape = (length,)
        self.dtype: np.dtype[Any] = np.dtype(np.float64)
        found = getattr(source, "path", getattr(source, "filename", None))
        self.path: Path | None = None if found is None else Path(found)
        self._compute: Callable[[], NDArray[np.float64]] | None = compute
        self._values: NDArray[np.float64] | None = None

    def __getitem__(self, key: slice, /) -> NDArray[np.float64]:
        if self._values is None:
            assert self._compute is not None
            values = np.array(self._compute(), dtype=np.float64)
            values.flags.writeable = False
            self._values, self._compute = values, None
        return self._values[key]


def derived(trace: Trace, compute: Callable[[], NDArray[np.float64]]) -> Trace:
    """Return a trace of the same times whose values [unit of the channel] are computed."""
    return Trace(
        Derived(len(trace), compute, trace.samples),
        trace.sampling_rate,
        start=trace.start,
        rig_state=trace.rig_state,
    )

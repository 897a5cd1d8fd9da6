"""What a target gathers while it runs: samples, spikes and the states at the end."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from loligo.engine.batch import Group
from loligo.engine.grid import n_samples
from loligo.engine.request import Array, Outcome, Request
from loligo.engine.system import System


class Gathered:
    """Samples, spikes and final states of all runs, as they come.

    Parameters
    ----------
    request : Request
    system : System

    Attributes
    ----------
    samples : ndarray, shape (run, recorded, sample)
        NaN where nothing was sampled yet.
    states : dict of str to ndarray, shape (run,)
    """

    def __init__(self, request: Request, system: System) -> None:
        durations = [request.protocol.duration(i) for i in range(request.n_sweeps)]
        longest = max(durations, default=0.0)
        count = 0 if request.sampling is None else n_samples(longest, request.sampling)
        self.samples = np.full((request.n_runs, len(system.recorded), count), np.nan)
        self.states = {name: np.empty(request.n_runs) for name in system.states}
        self._spikes: list[tuple[Array, NDArray[np.int64]]] = []

    def add_spikes(self, times: Array, runs: NDArray[np.int64]) -> None:
        """Add spikes by time [ms] and run, in any order; threads may add at once."""
        self._spikes.append((times, runs))

    def end(self, group: Group, rows: Mapping[str, Array]) -> None:
        """Keep the final states of a group's runs."""
        for name, values in self.states.items():
            values[group.runs] = rows[name]

    def outcome(self) -> Outcome:
        """Return all of it, spikes sorted by run and time."""
        times = np.concatenate([np.zeros(0), *(times for times, _ in self._spikes)])
        runs = np.concatenate([np.zeros(0, dtype=np.int64), *(runs for _, runs in self._spikes)])
        order = np.lexsort((times, runs))
        return Outcome(self.samples, times[order], runs[order], self.states)

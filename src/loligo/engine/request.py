"""What is to be run, and what came out: the plain data between the interface and the steppers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loligo.cell.lowered import Equations
from loligo.engine.system import Options
from loligo.protocol import Protocol

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Request:
    """A batch of cells under one protocol; a run is one cell in one sweep.

    Attributes
    ----------
    equations : Equations
    options : Options
    protocol : Protocol
    values : dict of str to ndarray, shape () or (cell,)
        Every parameter, in its internal unit; ``series_resistance`` and ``drive.reversal`` too,
        where the clamp has them. The weights of a rig that differs between sweeps have the shape
        (run,).
    n_cells : int
    command_scale, command_offset : ndarray, shape () or (cell,)
        The command of a cell is ``offset + scale * command``.
    initial : dict of str to ndarray, shape () or (cell,) or (run,)
        States that do not start as described, ``v`` among them.
    dt : float [ms]
        Longest step.
    tolerance : float
        Of a step under error control.
    sampling : float [ms] or None
    threshold : float [mV]
    spikes : bool
        Whether the time of every spike is kept.
    precision : {"double", "single"}
    threads : int
    progress : callable or None
        Called with the fraction done.
    n_channels : dict of str to ndarray, shape () or (cell,)
        Whole numbers of channels of each scheme whose channels are counted.
    seed : int
        Of everything random.
    """

    equations: Equations
    options: Options
    protocol: Protocol
    values: dict[str, Array]
    n_cells: int
    command_scale: Array = field(default_factory=lambda: np.ones(()))
    command_offset: Array = field(default_factory=lambda: np.zeros(()))
    initial: dict[str, Array] = field(default_factory=dict)
    dt: float = 0.025
    tolerance: float = 1e-6
    sampling: float | None = None
    threshold: float = 0.0
    spikes: bool = False
    precision: str = "double"
    threads: int = 1
    progress: Callable[[float], None] | None = None
    n_channels: dict[str, Array] = field(default_factory=dict)
    seed: int = 0

    @property
    def n_sweeps(self) -> int:
        """Sweeps of the protocol."""
        return self.protocol.n_sweeps

    @property
    def n_runs(self) -> int:
        """Cells times sweeps; run ``cell * n_sweeps + sweep``."""
        return self.n_cells * self.n_sweeps

    def by_cell_or_run(self) -> dict[str, Array]:
        """Return the values; where any differs between the sweeps of a cell, all one per run."""
        if all(value.size in {1, self.n_cells} for value in self.values.values()):
            return self.values
        return {n: self.per_run(value) if value.ndim else value for n, value in self.values.items()}

    @property
    def is_random(self) -> bool:
        """Whether anything is."""
        return bool(self.options.stochastic) or self.options.noise

    def per_run(self, values: Array) -> Array:
        """Return one value per run of what has one value, or one per cell or run."""
        if values.ndim and values.shape[0] == self.n_runs and self.n_sweeps > 1:
            return values
        cells = np.broadcast_to(values, (self.n_cells,))
        return np.repeat(cells, self.n_sweeps)


def by_run(value: Array, n_cells: int) -> Array:
    """Return what is told by cell and sweep as one value a run, anything else as it is."""
    if value.ndim < 2:
        return value
    return np.broadcast_to(value, (n_cells, value.shape[1])).reshape(-1)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came out of a request.

    Attributes
    ----------
    samples : ndarray, shape (run, recorded, sample)
        NaN after the end of a sweep that is shorter than the longest.
    spike_times : ndarray, shape (spike,) [ms]
        Sorted by run, then by time.
    spike_runs : ndarray of int, shape (spike,)
    states : dict of str to ndarray, shape (run,)
        Every state at the end, and the rows of running features.
    """

    samples: Array
    spike_times: Array
    spike_runs: NDArray[np.int64]
    states: dict[str, Array]

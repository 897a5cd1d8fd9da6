"""`Simulation`: what a run of cells gave, with the names and units of what was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError, suggest
from loligo.protocol import Protocol

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Simulation:
    """Traces, spikes, features and final states of cells under a protocol.

    Attributes
    ----------
    cell : str
        Name of the cell.
    protocol : Protocol
        Of several, the one with the most sweeps.
    times : ndarray, shape (time,) [ms]
        Of the samples, from the start of a sweep.
    traces : dict of str to ndarray, shape (cell, sweep, time)
        What was recorded; NaN after the end of a shorter sweep.
    units : dict of str to str
        Of traces, features and states.
    features : dict of str to ndarray, shape (cell, sweep)
    final : dict of str to ndarray, shape (cell, sweep)
        All states at the end of each sweep; they can start another simulation. Of a neuron, shape
        (cell, sweep, compartment), NaN in compartments without such a state.
    threshold : float [mV]
    n_channels : dict of str to ndarray of int, shape (cell,), or (cell, compartment)
        How many channels were simulated one by one, by name; an occupancy times this number is a
        whole number.
    seed : int or None
        Of what was random.
    protocols : dict of str to Protocol
        What played at each site of a neuron.
    """

    cell: str
    protocol: Protocol
    times: Array
    traces: dict[str, Array]
    units: dict[str, str]
    features: dict[str, Array]
    final: dict[str, Array]
    threshold: float
    n_channels: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    seed: int | None = None
    protocols: dict[str, Protocol] = field(default_factory=dict)
    _spike_times: Array = field(repr=False, default_factory=lambda: np.zeros(0))
    _spike_runs: NDArray[np.int64] = field(
        repr=False, default_factory=lambda: np.zeros(0, dtype=np.int64)
    )
    _kept_spikes: bool = field(repr=False, default=False)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return int(next(iter(self.final.values())).shape[0])

    @property
    def n_sweeps(self) -> int:
        """Number of sweeps."""
        return int(next(iter(self.final.values())).shape[1])

    @property
    def keeps_spikes(self) -> bool:
        """Whether the time of every spike was kept."""
        return self._kept_spikes

    def __getitem__(self, name: str) -> Array:
        """Return a trace or a feature by its name."""
        table = {**self.traces, **self.features}
        if name not in table:
            raise SelectionError(f"nothing called {name!r} was kept; {suggest(name, table)}")
        return table[name]

    def spike_times(self, cell: int = 0, sweep: int = 0) -> Array:
        """Return the times of the spikes of one cell in one sweep [ms].

        Upward crossings of the threshold: by straight lines between staggered steps, within a step
        under error control. Of point neurons what their own rule says.

        Raises
        ------
        SelectionError
            Spikes were not asked for, or there is no such cell or sweep.
        """
        if not self._kept_spikes:
            raise SelectionError("spike times were not kept; simulate with spikes=True")
        if not (0 <= cell < self.n_cells and 0 <= sweep < self.n_sweeps):
            raise SelectionError(
                f"no cell {cell}, sweep {sweep}; there are {self.n_cells} cells and "
                f"{self.n_sweeps} sweeps, counted from 0"
            )
        run = cell * self.n_sweeps + sweep
        first, last = np.searchsorted(self._spike_runs, [run, run + 1])
        return self._spike_times[first:last]

    @property
    def spikes(self) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
        """All spikes as three arrays: time [ms], cell, sweep; sorted by cell, sweep and time."""
        if not self._kept_spikes:
            raise SelectionError("spike times were not kept; simulate with spikes=True")
        return (
            self._spike_times,
            self._spike_runs // self.n_sweeps,
            self._spike_runs % self.n_sweeps,
        )

    def command(self, sweep: int = 0) -> Array:
        """Return the protocol's command at the times of the samples."""
        return self.protocol.command(sweep, self.times)

    def dataset(self) -> xr.Dataset:
        """Return traces and features as labelled arrays."""
        import xarray as xr

        dimensions = ("cell", "sweep", "time")
        data = {
            name: (dimensions, values, {"units": self.units[name]})
            for name, values in self.traces.items()
        }
        scalars = {
            name: (dimensions[:2], values, {"units": self.units[name]})
            for name, values in self.features.items()
        }
        time = ("time", self.times, {"units": "ms"})
        return xr.Dataset({**data, **scalars}, coords={"time": time}, attrs={"cell": self.cell})

    def __repr__(self) -> str:
        parts = [f"{self.n_cells} cell(s) x {self.n_sweeps} sweep(s)"]
        if self.traces:
            parts.append(f"{self.times.size} samples of {', '.join(self.traces)}")
        if self._kept_spikes:
            parts.append(f"{self._spike_times.size} spikes")
        if self.features:
            parts.append(", ".join(self.features))
        return f"<Simulation of {self.cell!r}: {'; '.join(parts)}>"

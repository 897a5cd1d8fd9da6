"""What is to be run on a tree: plain data between the interface and the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.cell.lowered import Equations
from loligo.engine.system import Options
from loligo.engine.tree.joint import Played, n_sweeps
from loligo.engine.tree.layout import Tree

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Patch:
    """The membrane of some compartments.

    Attributes
    ----------
    equations : Equations
    options : Options
    compartments : ndarray of int
    values : dict of str to ndarray
        Every parameter in its internal unit, to broadcast to shape (cell, compartment).
    """

    equations: Equations
    options: Options
    compartments: NDArray[np.int64]
    values: dict[str, Array]


@dataclass(frozen=True, eq=False)
class Command:
    """What a protocol does to one compartment.

    The command ``c`` injects ``current * c + conductance * c * (reversal - v)`` and, through a
    constant conductance to it, ``resistance * (c - v)``.

    Attributes
    ----------
    compartment : int
    protocol : int
        Which protocol says the command.
    current, conductance, reversal, access : float
        [pA, nS, mV, nS per unit of the command].
    jump : float
        Charge per unit of the command's [fC].
    """

    compartment: int
    protocol: int = 0
    current: float = 0.0
    conductance: float = 0.0
    reversal: float = 0.0
    access: float = 0.0
    jump: float = 0.0


@dataclass(frozen=True, eq=False)
class TreeRequest:
    """A batch of cells of one shape under one protocol; a run is one cell in one sweep.

    Attributes
    ----------
    name : str
    trees : tuple of Tree
        One for all cells, or one for each.
    capacitance : ndarray, shape (cell or 1, compartment) [pF]
    patches : tuple of Patch
        One for each kind of membrane.
    protocols : tuple of Protocol or Synapse
        What is played at once.
    n_cells : int
    commands : tuple of Command
    held_by : tuple of int
        Which protocol says the potential of each held compartment.
    command_scale, command_offset : ndarray, shape () or (cell,)
    record : tuple of (int, str)
        Compartment and quantity.
    watched : int
        Compartment whose spikes are kept; -1 for none.
    potential : float [mV]
        At the start, where nothing else is told.
    initial : dict of str to ndarray, shape (run or 1, compartment)
        States that are told, NaN where they are not.
    dt, threshold : float
    sampling : float or None
    looks_back : bool
        Whether steps are corrected by those before, see `multistep`.
    threads : int
    progress : callable or None
    """

    name: str
    trees: tuple[Tree, ...]
    capacitance: Array
    patches: tuple[Patch, ...]
    protocols: tuple[Played, ...]
    n_cells: int
    commands: tuple[Command, ...]
    held_by: tuple[int, ...]
    command_scale: Array
    command_offset: Array
    record: tuple[tuple[int, str], ...]
    watched: int
    potential: float
    initial: dict[str, Array]
    dt: float
    threshold: float
    sampling: float | None
    looks_back: bool = False
    threads: int = 1
    progress: Callable[[float], None] | None = None

    @property
    def n_sweeps(self) -> int:
        """Sweeps of the protocols."""
        return n_sweeps(self.protocols)

    @property
    def n_runs(self) -> int:
        """Cells times sweeps; run ``cell * n_sweeps + sweep``."""
        return self.n_cells * self.n_sweeps

    @property
    def n_compartments(self) -> int:
        """Compartments of a cell."""
        return self.trees[0].n_compartments

    @property
    def held(self) -> tuple[int, ...]:
        """Compartments whose potential is the command."""
        return self.trees[0].held


@dataclass(frozen=True, eq=False)
class TreeOutcome:
    """What came out of a request.

    Attributes
    ----------
    samples : ndarray, shape (run, recorded, sample)
    spike_times : ndarray, shape (spike,) [ms]
        Sorted by run, then by time.
    spike_runs : ndarray of int, shape (spike,)
    states : dict of str to ndarray, shape (run, compartment)
        At the end, rows of running features among them; NaN where the membrane has no such state.
    """

    samples: Array
    spike_times: Array
    spike_runs: NDArray[np.int64]
    states: dict[str, Array]

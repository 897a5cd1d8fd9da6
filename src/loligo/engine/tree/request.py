"""What is to be run on a tree: plain data between the interface and the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loligo.cell.lowered import Equations
from loligo.engine.system import Options
from loligo.engine.tree.joint import Played, n_sweeps
from loligo.engine.tree.layout import Tree
from loligo.engine.tree.spreading import Spread
from loligo.engine.wiring import Wired
from loligo.protocol import Protocol

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
    n_channels : dict of str to ndarray
        Whole numbers of channels that move one by one, of schemes by name, likewise.
    """

    equations: Equations
    options: Options
    compartments: NDArray[np.int64]
    values: dict[str, Array]
    n_channels: dict[str, Array] = field(default_factory=dict)

    @property
    def described(self) -> dict[str, Array]:
        """The values of parameters that the equations describe."""
        known = self.equations.defaults
        return {name: values for name, values in self.values.items() if name in known}


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
class Mounted:
    """Electrode and amplifier at a compartment, through which a protocol acts.

    Attributes
    ----------
    compartment : int
    protocol : int
        Which protocol says the command.
    wired : Wired
        One for all cells, or one for each.
    factor : float
        What turns a level of the protocol into the command [mV or pA per unit of the level].
    """

    compartment: int
    protocol: int
    wired: Wired
    factor: float = 1.0

    @property
    def n_cells(self) -> int:
        """For how many cells there are rigs; 1 where one is for all."""
        return max((w.shape[0] for w in self.wired.weights.values() if w.ndim), default=1)

    def weights(self, runs: NDArray[np.int64], n_sweeps: int) -> dict[str, Array]:
        """Return the weights of some runs, shape () where all are the same, or (run,)."""
        cells, sweeps = np.divmod(runs, n_sweeps)

        def of_runs(weight: Array) -> Array:
            if weight.ndim == 0:
                return weight
            own = cells % weight.shape[0]  # one for all, or one for each
            return np.asarray(weight[own] if weight.ndim == 1 else weight[own, sweeps])

        return {name: of_runs(weight) for name, weight in self.wired.weights.items()}


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
    rigs : tuple of Mounted
    spread : Spread or None
        Ions that spread along the tree.
    command_scale, command_offset : ndarray, shape () or (cell,)
    record : tuple of (int, str)
        Compartment and quantity.
    rig_record : tuple of (int, str)
        Rig and what is seen of it.
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
    seed : int
        Of channels that move one by one.
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
    rigs: tuple[Mounted, ...]
    command_scale: Array
    command_offset: Array
    record: tuple[tuple[int, str], ...]
    rig_record: tuple[tuple[int, str], ...]
    watched: int
    potential: float
    initial: dict[str, Array]
    dt: float
    threshold: float
    sampling: float | None
    looks_back: bool = False
    spread: Spread | None = None
    seed: int = 0
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
    def spreads(self) -> tuple[str, ...]:
        """Amounts that spread along the tree."""
        return self.spread.states if self.spread else ()

    @property
    def is_random(self) -> bool:
        """Whether channels move one by one."""
        return any(patch.options.stochastic for patch in self.patches)

    @property
    def n_compartments(self) -> int:
        """Compartments of a cell."""
        return self.trees[0].n_compartments

    @property
    def held(self) -> tuple[int, ...]:
        """Compartments whose potential is the command."""
        return self.trees[0].held

    def per_run(self, values: Array) -> Array:
        """Return values of shape (cell or 1, ...) for each run, where they differ between cells."""
        if values.ndim and values.shape[0] == self.n_cells > 1:
            return np.repeat(values, self.n_sweeps, axis=0)
        return values

    def commanded(self, runs: NDArray[np.int64]) -> tuple[Array, Array]:
        """Return scale and offset of each run's command."""
        cells = runs // self.n_sweeps
        scale = np.broadcast_to(self.command_scale, (self.n_cells,))[cells]
        offset = np.broadcast_to(self.command_offset, (self.n_cells,))[cells]
        return scale, offset

    def at_rest(self, protocol: int) -> Array:
        """Return what a protocol commands between sweeps, in its own unit, shape (run,)."""
        played = self.protocols[protocol]
        if not isinstance(played, Protocol):
            return np.zeros(self.n_runs)
        sweeps = np.arange(self.n_sweeps) if played.n_sweeps > 1 else np.zeros(self.n_sweeps, int)
        rests = np.array([played.rest(int(sweep)) for sweep in sweeps])
        scale, offset = self.commanded(np.arange(self.n_runs))
        return np.asarray(offset + scale * np.tile(rests, self.n_cells))


@dataclass(frozen=True, eq=False)
class TreeOutcome:
    """What came out of a request.

    Attributes
    ----------
    samples : ndarray, shape (run, recorded, sample)
    rig_samples : ndarray, shape (run, recorded of rigs, sample)
    spike_times : ndarray, shape (spike,) [ms]
        Sorted by run, then by time.
    spike_runs : ndarray of int, shape (spike,)
    states : dict of str to ndarray, shape (run, compartment)
        At the end, rows of running features and states of rigs among them; NaN in compartments
        without such a state.
    """

    samples: Array
    rig_samples: Array
    spike_times: Array
    spike_runs: NDArray[np.int64]
    states: dict[str, Array]

"""Cells behind rigs that are told what to inject while they run, an interval at a time.

Digital controllers (dynamic clamp, discontinuous clamps) look at what they measure and decide what
comes next. Between two decisions the command stands still, and cell and rig go on together by the
engine's own steps, from where the last interval ended.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.engine.assemble import assemble
from loligo.engine.batch import groups_of
from loligo.engine.diverged import divergence
from loligo.engine.grid import NEVER, Grid, Stretch, with_waves
from loligo.engine.isopotential import requested
from loligo.engine.kernels import BUDGET, DTYPES, FEW
from loligo.engine.lanes import LANES, room, source
from loligo.engine.loops import layout_of
from loligo.engine.native import aligned_zeros
from loligo.engine.native import kernel as native_kernel
from loligo.engine.simulate import unit_of
from loligo.errors import ModelError, SimulationError
from loligo.protocol import Protocol
from loligo.rig import LinearSystem

Array = NDArray[np.float64]

_LEAST_STEPS = 4
_ROUNDING = 1e-9


class Stepwise:
    """Runs of one cell, each behind a rig of its own, that go on when told.

    Parameters
    ----------
    cell : Cell
    systems : sequence of LinearSystem, one for each run
        They take a current; all are wired alike.
    record : sequence of str
        What `advance` samples.
    dt : float [ms]
        Longest step.
    command : ndarray, shape (run,) [pA]
        Under which the runs have been at the start.
    initial : mapping or "rest"
        As `loligo.engine.simulate` takes it, with one value for each run.
    parameters : mapping of str to quantity, optional
        Of the cell, one value each.

    Raises
    ------
    ModelError, SelectionError, UnitError
        See `loligo.engine.simulate`.
    """

    def __init__(
        self,
        cell: Cell,
        systems: Sequence[LinearSystem],
        *,
        record: Sequence[str],
        dt: float,
        command: Array,
        initial: Mapping[str, Any] | Literal["rest"],
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self.request, self.units = requested(
            cell,
            Protocol("stepwise", ["hold for 1 ms"], holding="0 pA"),
            record=record,
            sampling="1 ms",
            dt=f"{dt!r} ms",
            parameters={**(parameters or {}), "command.offset": (command, "pA")},
            initial=initial,
            rig=list(systems),
        )
        if self.request.n_cells != len(systems):
            raise ModelError(f"{len(systems)} rigs for {self.request.n_cells} runs; one for each")
        self.system = assemble(self.request.equations, self.request.options)
        text = source(self.system, few=self.request.n_runs <= FEW)
        self._kernel = native_kernel(text, self.system.equations.name)
        (self._group,) = groups_of(self.request, self.system, LANES)
        self._layout = layout_of(self.system)
        shape = (self._group.active.size, 1, 3, LANES)
        self._levels = np.zeros(shape)
        self._out = np.full((len(systems), len(self.system.recorded), 1), np.nan)
        self._events = np.empty(LANES + 1), np.empty(LANES + 1, dtype=np.int64)
        self._room = aligned_zeros(room(self.system), DTYPES[self.request.precision])
        self._grids: dict[float, Grid] = {}
        self._rows = {name: self._weights(systems, name) for name in systems[0].outputs}
        self._states = tuple(f"rig.{name}" for name in systems[0].states)
        self.command = command
        self.time = 0.0

    @property
    def n_runs(self) -> int:
        """How many runs there are."""
        return self.request.n_cells

    def unit(self, name: str) -> str:
        """Return the unit of what is sampled."""
        return (self.units or {}).get(name) or unit_of(name, self.request.equations)

    def state(self, name: str) -> Array:
        """Return a state of every run as it is now, shape (run,)."""
        return self._kept(name).copy()

    def output(self, name: str) -> Array:
        """Return an output of every rig as it is now, shape (run,); it feels no command at once."""
        states, membrane, one = self._rows[name]
        total = membrane * self._kept("v") + one
        for place, state in enumerate(self._states):
            if states[:, place].any():
                total = total + states[:, place] * self._kept(state)
        return total

    def advance(self, duration: float, command: Array) -> Array:
        """Go on for a time under commands, and return what was sampled at its start.

        Parameters
        ----------
        duration : float [ms]
        command : ndarray, shape (run,) [pA]

        Returns
        -------
        ndarray, shape (run, recorded)

        Raises
        ------
        SimulationError
            A run diverged.
        """
        grid = self._grid(duration)
        flat = self._levels[:, 0, 0]
        full, rest = divmod(self.n_runs, LANES)
        flat[:full] = command[: full * LANES].reshape(full, LANES)
        if rest:
            flat[full, :rest] = command[full * LANES :]
        group, cursor = self._group, np.zeros(4, dtype=np.int64)
        status = 1
        while status == 1:
            status = self._kernel(
                group.blocks, group.active, self._levels,
                grid.steps, grid.sizes, grid.starts, grid.every, grid.offset, grid.waves,
                grid.wave, grid.first_sample, self._out, self.request.threshold,
                *self._events, cursor, group.active.size, BUDGET, self._room,
            )  # fmt: skip
        if status == 2:
            error = divergence(self.request, self.system, group, cursor)
            raise SimulationError(f"after {self.time:g} ms: {error}")
        self.time += duration
        return self._out[:, :, 0]

    def _kept(self, name: str) -> Array:
        blocks = self._group.blocks.reshape(self._group.active.size, self._layout.n_kept, LANES)
        kept: Array = blocks[:, self._layout.rows[name]].reshape(-1)[: self.n_runs]
        return kept

    def _grid(self, duration: float) -> Grid:
        if duration not in self._grids:
            steps = max(_LEAST_STEPS, math.ceil(duration / self.request.dt - _ROUNDING))
            stretch = Stretch(0, 0.0, duration, steps, every=NEVER, offset=0, opens=True)
            self._grids[duration] = with_waves((stretch,), [None])
        return self._grids[duration]

    def _weights(self, systems: Sequence[LinearSystem], name: str) -> tuple[Array, Array, Array]:
        rows = [system.seen(name) for system in systems]
        if any(row.command[0] for row in rows):
            raise ModelError(f"the output {name!r} feels the command at once")
        return (
            np.array([row.states[0] for row in rows]),
            np.array([row.membrane[0] for row in rows]),
            np.array([row.one[0] for row in rows]),
        )

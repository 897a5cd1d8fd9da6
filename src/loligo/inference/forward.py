"""What the forward model makes of each stretch: exactly around a passive cell, simulated else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from loligo.cell.equations import equations
from loligo.engine import simulate
from loligo.errors import ModelError, SimulationError
from loligo.inference.setup import Setup
from loligo.inference.stretch import Stretch
from loligo.protocol import Protocol as Commands
from loligo.recording import Recording
from loligo.recording.protocol import protocol_of
from loligo.rig import PassiveCell
from loligo.rig.sampled import sampled

Array = NDArray[np.float64]

_FINER = 8
"""How many times as often as the recording a response is sampled that is late by parts of a sample.
"""


class Forward(Protocol):
    """From setups to the response in the windows of all stretches, one after the other."""

    def __call__(self, setups: Sequence[Setup]) -> Array:
        """Return the responses, shape (setup, sample); infinite where the rig is unstable."""


class Exact:
    """A passive cell behind linear rigs.

    Parameters
    ----------
    stretches : sequence of Stretch
    """

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = tuple(stretches)

    def __call__(self, setups: Sequence[Setup]) -> Array:
        """Return the responses, shape (setup, sample)."""
        return np.array([self._one(setup) for setup in setups])

    def _one(self, setup: Setup) -> Array:
        parts, made = [], {}
        for stretch in self._stretches:
            number = stretch.recording
            if (number, stretch.rate) not in made:
                cell = setup.cells[number]
                assert isinstance(cell, PassiveCell)
                closed = cell.behind(setup.rigs[number].system)
                made[number, stretch.rate] = sampled(
                    closed, 1.0 / stretch.rate, setup.delays[number]
                )
            system = made[number, stretch.rate]
            if not system.closed.is_stable:
                parts.append(np.full(stretch.fitted(stretch.times).size, np.inf))
                continue
            response = system.output("response", stretch.command) + setup.offsets[number]
            parts.append(stretch.fitted(response))
        return np.concatenate(parts)


class Simulated:
    """Any cell behind rigs, by the engine; all setups of a call are one batch.

    Parameters
    ----------
    stretches : sequence of Stretch
    recordings : sequence of Recording
    dt : quantity
        Longest step.
    leak_subtracted : bool
        Whether the responses are without what the cell gives with all its gates shut.

    Raises
    ------
    ModelError
        The epochs of a recording do not make a protocol as long as its sweeps.
    """

    def __init__(
        self,
        stretches: Sequence[Stretch],
        recordings: Sequence[Recording],
        dt: Any,
        leak_subtracted: bool = False,
    ) -> None:
        self._stretches, self._dt = tuple(stretches), dt
        self._leak_subtracted = leak_subtracted
        self._commands: dict[int, tuple[Commands, dict[int, int]]] = {}
        for number in dict.fromkeys(stretch.recording for stretch in stretches):
            firsts = [s.sweeps[0] for s in stretches if s.recording == number]
            protocol = protocol_of(recordings[number].select(firsts))
            if protocol.n_sweeps > len(firsts) and len(firsts) == 1:
                protocol = protocol.replace(sweeps=1)
            self._commands[number] = (protocol, {one: at for at, one in enumerate(firsts)})

    def __call__(self, setups: Sequence[Setup]) -> Array:
        """Return the responses, shape (setup, sample)."""
        found: dict[int, Array | None] = {}
        for number in self._commands:
            try:
                found[number] = self._recorded(number, setups)
            except SimulationError:
                found[number] = None
        parts = [self._part(one, found[one.recording], setups) for one in self._stretches]
        return np.concatenate(parts, axis=1)

    def _recorded(self, number: int, setups: Sequence[Setup]) -> Array:
        """Return the response of a recording, shape (setup, sweep, time)."""
        rate = next(s.rate for s in self._stretches if s.recording == number)
        delays = np.array([setup.delays[number] for setup in setups])
        finer = _FINER if delays.any() else 1
        made = self._simulated(number, setups, rate * finer)
        if self._leak_subtracted:
            shut = [_shut(one, number) for one in setups]
            made = made - self._simulated(number, shut, rate * finer)
        if finer > 1:
            made = _late(made, delays, rate, finer)
        offsets = np.array([setup.offsets[number] for setup in setups])
        return np.asarray(made + offsets[:, None, None])

    def _simulated(self, number: int, setups: Sequence[Setup], rate: float) -> Array:
        first = setups[0]
        cell = first.cells[number]
        assert not isinstance(cell, PassiveCell)
        names = dict.fromkeys(name for setup in setups for name in setup.parameters[number])
        units = {name: first.place(f"{number}.cell.{name}").unit for name in names}
        run = simulate(
            cell,
            self._commands[number][0],
            rig=[setup.rigs[number].system for setup in setups],
            initial="rest",
            record=["rig.response"],
            sampling=f"{1.0 / rate!r} ms",
            dt=self._dt,
            parameters={
                name: (np.array([setup.parameters[number][name] for setup in setups]), units[name])
                for name in names
            },
        )
        return run["rig.response"]

    def _part(self, stretch: Stretch, run: Array | None, setups: Sequence[Setup]) -> Array:
        if run is None:
            return np.full((len(setups), stretch.fitted(stretch.times).size), np.inf)
        size = stretch.response.size
        if run.shape[2] < size:
            raise ModelError(
                f"sweep {stretch.sweeps[0]} has {size} samples, its protocol {run.shape[2]}; fit a "
                "recording whose epochs reach to the end of its sweeps"
            )
        place = self._commands[stretch.recording][1][stretch.sweeps[0]]
        return stretch.fitted(run[:, place, :size])


def _shut(setup: Setup, number: int) -> Setup:
    """Return a setup in which a recording's cell has no conductance with a gate."""
    cell = setup.cells[number]
    assert not isinstance(cell, PassiveCell)
    gated = [name for name, one in cell.channel.items() if one.gate or one.scheme]
    known = {parameter.name for parameter in equations(cell).parameters}
    shut = [f"channel.{name}.{what}" for name in gated for what in ("conductance", "permeability")]
    return setup.changed({f"{number}.cell.{name}": 0.0 for name in shut if name in known})


def _late(made: Array, delays: Array, rate: float, finer: int) -> Array:
    """Return responses, each late by its delay, at every so many-th of their samples."""
    from scipy.interpolate import CubicSpline

    count = made.shape[2]
    fine = np.arange(count) / (rate * finer)
    times = np.arange(-(-count // finer)) / rate
    return np.array(
        [
            CubicSpline(fine, rows, axis=-1)(np.clip(times - delay, 0.0, fine[-1]))
            for rows, delay in zip(made, delays, strict=True)
        ]
    )

"""What decides the current of a sampled rig: when it looks, what it sees, what it then injects.

A `Controller` is asked at each of its instants; between them the current stands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol as Interface

import numpy as np
from numpy.typing import NDArray

from loligo.experiment.virtual import Virtual
from loligo.protocol import Protocol
from loligo.rig import DiscontinuousCurrentClamp, DiscontinuousVoltageClamp
from loligo.rig.discontinuous import Discontinuous

Array = NDArray[np.float64]

_SAME = 1e-6
"""Times this close are one [ms]."""


class Controller(Interface):
    """Something that samples and injects.

    Attributes
    ----------
    held : dict of str to (ndarray, str)
        What it shows of itself, with its unit: the last sample, current and so on, shape (sweep,).
    """

    held: dict[str, tuple[Array, str]]

    def instants(self, duration: float) -> Array:
        """Return when it looks or changes its current, up to a time [ms]."""

    def at(self, time: float, sample: Callable[[], Array]) -> Array:
        """Return the current from an instant on [pA], shape (sweep,)."""


class Computer:
    """The computer of a dynamic clamp.

    Parameters
    ----------
    virtual : Virtual
    period, delay : float [ms]
    noise : ndarray, shape (sweep, update) [mV]
        Of the samples.
    rest : ndarray, shape (sweep,) [pA]
        The current until the first comes.
    """

    def __init__(
        self, virtual: Virtual, period: float, delay: float, noise: Array, rest: Array
    ) -> None:
        self._virtual, self._period, self._delay, self._noise = virtual, period, delay, noise
        self._due: deque[tuple[float, Array]] = deque()
        self._updates = 0
        self.held = {"rig.commanded": (rest, "pA")}

    def instants(self, duration: float) -> Array:
        """Return the updates, and when their currents come."""
        updates = np.arange(self._noise.shape[1]) * self._period
        return np.concatenate([updates, updates + self._delay])

    def at(self, time: float, sample: Callable[[], Array]) -> Array:
        """Return the current from an instant on [pA]."""
        if time > self._updates * self._period - _SAME and self._updates < self._noise.shape[1]:
            seen = sample() + self._noise[:, self._updates]
            self._due.append((time + self._delay, self._virtual.current(self._updates, seen)))
            self._updates += 1
        while self._due and self._due[0][0] < time + _SAME:
            self.held["rig.commanded"] = (self._due.popleft()[1], "pA")
        return self.held["rig.commanded"][0]


class Switch:
    """The switch of a discontinuous clamp.

    Parameters
    ----------
    amplifiers : sequence of Discontinuous, one for each sweep
        Of one cycle.
    protocol : Protocol
    lead : int
        Cycles at the level between sweeps before the sweep begins.
    noise : ndarray, shape (sweep, cycle) [mV]
        Of the samples, those of the lead first.
    """

    def __init__(
        self, amplifiers: Sequence[Discontinuous], protocol: Protocol, lead: int, noise: Array
    ) -> None:
        first = amplifiers[0]
        self._cycle, self._on, self._noise = first.cycle, first.injecting, noise
        times = (np.arange(noise.shape[1]) - lead) * self._cycle
        sweeps = range(protocol.n_sweeps)
        self._command = np.array([protocol.command(sweep, times + _SAME) for sweep in sweeps])
        self._duty = first.duty_cycle
        self._gain = np.array(
            [a.gain if isinstance(a, DiscontinuousVoltageClamp) else 0.0 for a in amplifiers]
        )
        self._is_current = isinstance(first, DiscontinuousCurrentClamp)
        self._cycles, self._lead = 0, lead
        none = np.zeros(noise.shape[0])
        self._current = none
        self.held = {"rig.sampled": (none, "mV"), "rig.response": (none, "mV")}

    def instants(self, duration: float) -> Array:
        """Return the starts of the cycles, and the ends of injecting."""
        starts = (np.arange(self._noise.shape[1]) - self._lead) * self._cycle
        return np.concatenate([starts, starts + self._on])

    def at(self, time: float, sample: Callable[[], Array]) -> Array:
        """Return the current from an instant on [pA]."""
        start = (self._cycles - self._lead) * self._cycle
        if time > start - _SAME and self._cycles < self._noise.shape[1]:
            seen = sample() + self._noise[:, self._cycles]
            command = self._command[:, self._cycles]
            if self._is_current:
                self._current = command / self._duty
                self.held["rig.response"] = (seen, "mV")
            else:
                self._current = self._gain * (command - seen)
                self.held["rig.response"] = (self._duty * self._current, "pA")
            self.held["rig.sampled"] = (seen, "mV")
            self._cycles += 1
            return self._current
        since = time - (self._cycles - 1 - self._lead) * self._cycle
        return self._current if since < self._on - _SAME else np.zeros(self._current.shape)

"""The digital loop of a rig: its controller, how it starts, how stable it is around the cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.engine.grid import n_samples
from loligo.errors import ModelError
from loligo.experiment.controllers import Computer, Controller, Switch
from loligo.experiment.noisy import Seen, noise_of
from loligo.experiment.stability import QUIET, Stability, of_loop
from loligo.experiment.virtual import Virtual
from loligo.protocol import Protocol
from loligo.rig import DiscontinuousVoltageClamp, DynamicClamp, Rig
from loligo.rig.digital_loop import Piece, delayed
from loligo.rig.discontinuous import Discontinuous

Array = NDArray[np.float64]

LEAD = 10.0
"""How long a discontinuous clamp has been on before a sweep begins [ms]."""

_COMMANDS = {"current_clamp": ("current", "pA"), "voltage_clamp": ("voltage", "mV")}


@dataclass(frozen=True, eq=False)
class Session:
    """What a loop is to do in all sweeps of a recording.

    Attributes
    ----------
    cell : Cell
    rigs : sequence of Rig, one for each sweep
    protocol : Protocol
    length : float [ms]
        Of the longest sweep.
    seen : callable
        See `loligo.experiment.noisy`.
    starts : sequence of float [ms]
        When each sweep starts.
    seed : int
        Of the noise.
    """

    cell: Cell
    rigs: Sequence[Rig]
    protocol: Protocol
    length: float
    seen: Seen
    starts: Sequence[float]
    seed: int


@dataclass(frozen=True, eq=False)
class Loop:
    """A controller, and what surrounds it.

    Attributes
    ----------
    controller : Controller
    rest : ndarray, shape (sweep,) [pA]
        The current before.
    initial : mapping or "rest"
        How cell and rig start.
    first : float [ms]
        When, 0 or before the sweep begins.
    added : ndarray, shape (sweep, time) or (sweep, 1) [mV]
        Noise of the recorded potential, where the controller does not hold what is recorded.
    stabilities : callable
        From the potentials at the start [mV], shape (sweep,), and the cell's parameters to the
        stability of each sweep.
    """

    controller: Controller
    rest: Array
    initial: Any
    first: float
    added: Array
    stabilities: Callable[[Array, Mapping[str, float]], list[Stability]]


def loop_of(session: Session) -> Loop:
    """Return the loop of a dynamic clamp or a discontinuous clamp.

    Raises
    ------
    ModelError
        The protocol commands what the clamp does not take; loops that differ between sweeps; noise
        at a rate that the digitizer does not divide.
    """
    first = session.rigs[0].amplifier
    for name in ("update", "delay", "switching_frequency", "duty_cycle", "channel", "synapse"):
        if len({getattr(rig.amplifier, name, None) for rig in session.rigs}) > 1:
            raise ModelError(f"amplifier.{name}: a loop runs at one pace; it cannot drift")
    return _dynamic(session) if isinstance(first, DynamicClamp) else _discontinuous(session)


def _noise(session: Session, count: int, rate: float, bandwidth: float | None) -> Array:
    return noise_of(
        session.rigs,
        session.seen,
        count,
        rate,
        session.starts,
        session.seed,
        bandwidth=bandwidth,
    )


def _dynamic(session: Session) -> Loop:
    amplifiers = [rig.amplifier for rig in session.rigs if isinstance(rig.amplifier, DynamicClamp)]
    first, protocol, digitizer = amplifiers[0], session.protocol, session.rigs[0].digitizer
    count = n_samples(session.length, 1.0 / first.update)
    every = round(first.update / digitizer.sampling)
    noise = np.zeros((protocol.n_sweeps, count))
    added = np.zeros((protocol.n_sweeps, 1))
    if session.rigs[0].noise is not None:
        if every < 1 or abs(every * digitizer.sampling - first.update) > 1e-9 * first.update:
            raise ModelError(
                f"update = {first.update:g} kHz is no multiple of the digitizer's "
                f"{digitizer.sampling:g} kHz; the noise in the loop needs that, or a rig without"
            )
        noise = _noise(session, count, first.update, None)
        added = noise[:, ::every]
    virtual = Virtual(amplifiers, protocol, session.cell.temperature, count)
    period = 1.0 / first.update
    rest = np.zeros(protocol.n_sweeps)
    if protocol.dimension == "current":
        rest = np.array([protocol.rest(sweep) for sweep in range(protocol.n_sweeps)])
    pieces = delayed(period, first.delay)

    def stabilities(v: Array, values: Mapping[str, float]) -> list[Stability]:
        return [
            of_loop(session.cell, rig, values, float(at), float(gain), pieces)
            for rig, at, gain in zip(session.rigs, v, virtual.gain, strict=True)
        ]

    computer = Computer(virtual, period, first.delay, noise, rest)
    return Loop(computer, rest, "rest", 0.0, added, stabilities)


def _discontinuous(session: Session) -> Loop:
    amplifiers = [rig.amplifier for rig in session.rigs if isinstance(rig.amplifier, Discontinuous)]
    first, protocol = amplifiers[0], session.protocol
    wanted, unit = _COMMANDS[session.rigs[0].clamp]
    if protocol.dimension != wanted:
        raise ModelError(
            f"the protocol {protocol.name!r} commands a {protocol.dimension.replace('_', ' ')}, a "
            f"{first.kind} takes a command in {unit}"
        )
    lead = round(LEAD / first.cycle)
    count = lead + n_samples(session.length, first.cycle)
    bandwidth = 0.5 / (np.pi * first.follower_time)
    noise = _noise(session, count, first.switching_frequency, bandwidth)
    rest = np.array([protocol.rest(sweep) for sweep in range(protocol.n_sweeps)])
    initial: Any = "rest"
    is_voltage = isinstance(first, DiscontinuousVoltageClamp)
    if is_voltage:
        shifts = np.array([rig.pipette.shift for rig in session.rigs])
        initial, rest = {"v": (rest + shifts, "mV")}, np.zeros(rest.shape)
    pieces = (Piece(first.injecting, 0), Piece(first.cycle - first.injecting, None))

    def stabilities(v: Array, values: Mapping[str, float]) -> list[Stability]:
        if not is_voltage:
            return [QUIET] * len(session.rigs)
        return [
            of_loop(session.cell, rig, values, float(at), rig.amplifier.gain, pieces)
            for rig, at in zip(session.rigs, v, strict=True)
            if isinstance(rig.amplifier, DiscontinuousVoltageClamp)
        ]

    switch = Switch(amplifiers, protocol, lead, noise)
    return Loop(switch, rest, initial, -lead * first.cycle, np.zeros((1, 1)), stabilities)

"""Virtual conductances: what a dynamic clamp's computer makes of the potentials that it samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.expression import evaluate
from loligo.cell.lowered import Relaxation
from loligo.cell.steady import Values, steady_values
from loligo.errors import ModelError, SimulationError
from loligo.protocol import Protocol
from loligo.rig import DynamicClamp

Array = NDArray[np.float64]

_NEAR = 0.01
_LARGEST = 1e4


class Virtual:
    """The sum of a commanded conductance or current, and of virtual channels and synapses.

    Parameters
    ----------
    amplifiers : sequence of DynamicClamp, one for each sweep
        Alike but for what may drift; the channels are those of the first.
    protocol : Protocol
    temperature : float [degC]
        Of virtual channels.
    count : int
        How many updates there are.

    Raises
    ------
    ModelError
        The protocol commands a potential, or a conductance without a reversal potential.
    """

    def __init__(
        self, amplifiers: list[DynamicClamp], protocol: Protocol, temperature: float, count: int
    ) -> None:
        first = amplifiers[0]
        if protocol.dimension not in {"none", "current", "conductance"}:
            commanded = protocol.dimension.replace("_", " ")
            raise ModelError(
                f"the protocol {protocol.name!r} commands a {commanded}; a dynamic clamp takes a "
                "conductance (nS), a current (pA) or nothing"
            )
        if protocol.dimension == "conductance" and first.reversal is None:
            raise ModelError("a commanded conductance needs the dynamic clamp's reversal")
        times = np.arange(count) / first.update
        self._period = 1.0 / first.update
        self._command = np.array([protocol.command(s, times) for s in range(protocol.n_sweeps)])
        self._is_conductance = protocol.dimension == "conductance"
        self._reversal = np.array([a.reversal or 0.0 for a in amplifiers])
        self._synapses = [
            (synapse.conductance_at(times), synapse.reversal) for synapse in first.synapse.values()
        ]
        self._equations = None
        if first.channel:
            told: dict[str, Any] = {
                "name": "virtual channels",
                "temperature": f"{temperature!r} degC",
                "capacitance": "1 pF",
                "initial_potential": "0 mV",
                "channel": {name: channel.written() for name, channel in first.channel.items()},
            }
            self._equations = equations(Cell(**told))
        self._gates: Values = {}
        self._before: Array | None = None
        self.gain = np.zeros(len(amplifiers))

    def current(self, update: int, v: Array) -> Array:
        """Return the current of an update [pA]; updates come one after another.

        Parameters
        ----------
        update : int
        v : ndarray, shape (sweep,) [mV]
            The potential as it is sampled.

        Raises
        ------
        SimulationError
            It has left all bounds.
        """
        if not (np.abs(v) < _LARGEST).all():
            raise SimulationError(f"the sampled potential is beyond {_LARGEST:g} mV")
        gain = np.zeros(v.shape)
        if self._is_conductance:
            gain = self._command[:, update].copy()
            total = gain * (self._reversal - v)
        else:
            total = self._command[:, update].copy()
        for conductance, reversal in self._synapses:
            total += conductance[update] * (reversal - v)
            gain += conductance[update]
        if self._equations is not None:
            self._relax(v)
            outward = self._outward(v)
            total -= outward
            gain += (self._outward(v + _NEAR) - outward) / _NEAR
        self.gain = np.maximum(self.gain, gain)
        return total

    def _relax(self, v: Array) -> None:
        """Bring the gates to this update, exactly at the potential of the one before."""
        assert self._equations is not None
        if self._before is None:
            values = steady_values(self._equations, v)
            self._gates = {g.state: values[g.state] for g in self._equations.relaxations}
        else:
            values = steady_values(self._equations, self._before, self._gates)
            self._gates = {
                gate.state: _relaxed(gate, values, self._period)
                for gate in self._equations.relaxations
            }
        self._before = v

    def _outward(self, v: Array) -> Array:
        assert self._equations is not None
        values = steady_values(self._equations, v, self._gates)
        total = np.zeros(v.shape)
        for current in self._equations.currents:
            total = total + evaluate(current.current, values)
        return total


def _relaxed(gate: Relaxation, values: Values, period: float) -> Array:
    """Return a gate after a time at a potential that stands still."""
    factor = evaluate(gate.factor, values)
    if gate.inf is not None:
        assert gate.tau is not None
        goal, rate = evaluate(gate.inf, values), factor / evaluate(gate.tau, values)
    else:
        assert gate.alpha is not None
        assert gate.beta is not None
        alpha, beta = evaluate(gate.alpha, values), evaluate(gate.beta, values)
        goal, rate = alpha / (alpha + beta), factor * (alpha + beta)
    found: Array = goal + (values[gate.state] - goal) * np.exp(-rate * period)
    return found

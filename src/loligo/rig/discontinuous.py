"""Discontinuous clamps: one electrode that injects for a part of each cycle and listens after it.

The potential is sampled at the end of the cycle, when what the current left in the electrode has
died out; so the electrode's resistance is in no reading, if there is time enough.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from loligo.cell.quantity import In, write_quantity
from loligo.errors import ModelError
from loligo.rig.current_clamp import CurrentClamp
from loligo.rig.kinded import Kinded
from loligo.rig.linear import LinearSystem
from loligo.rig.pipette import Pipette

Time = Annotated[float, In("time", positive=True)]
Capacitance = Annotated[float, In("capacitance", least=0.0)]

_HEADSTAGE = {
    "follower_time": "ms",
    "command_time": "ms",
    "input_capacitance": "pF",
    "capacitance_neutralization": "pF",
}


class Discontinuous(Kinded):
    """What discontinuous clamps have in common.

    Parameters
    ----------
    switching_frequency : quantity
        Cycles in a second, ``"20 kHz"``.
    duty_cycle : float
        Share of a cycle in which current is injected, between 0 and 1.
    follower_time, command_time, input_capacitance, capacitance_neutralization : quantity
        As of a `CurrentClamp`.
    """

    switching_frequency: Annotated[float, In("frequency", positive=True)] = 20.0
    duty_cycle: float = Field(default=0.3, gt=0.0, lt=1.0)
    follower_time: Time = 0.0005
    command_time: Time = 0.0005
    input_capacitance: Capacitance = 0.0
    capacitance_neutralization: Capacitance = 0.0

    @property
    def cycle(self) -> float:
        """How long a cycle lasts [ms]."""
        return 1.0 / self.switching_frequency

    @property
    def injecting(self) -> float:
        """How long current is injected in a cycle [ms]."""
        return self.duty_cycle * self.cycle

    def system(self, pipette: Pipette) -> LinearSystem:
        """Return the equations around a cell; the command is the current of the moment [pA]."""
        told: dict[str, Any] = {
            name: write_quantity(getattr(self, name), unit) for name, unit in _HEADSTAGE.items()
        }
        return CurrentClamp(**told).system(pipette)

    def electrode_residual(self, pipette: Pipette) -> float:
        """Return the share of the electrode's potential that is left at the end of a cycle.

        Parameters
        ----------
        pipette : Pipette

        Notes
        -----
        Of the series resistance times the current that was injected, in cycle after cycle of the
        same current, with the cell's potential held. For an electrode of one time constant tau:
        ``(1 - exp(-D T / tau)) exp(-(1 - D) T / tau) / (1 - exp(-T / tau))``.
        """
        from scipy.linalg import expm

        system = self.system(pipette)
        n = system.size
        whole = np.zeros((n + 1, n + 1))
        whole[:n, :n], whole[:n, n] = system.slopes.states, system.slopes.command
        on, off = expm(whole * self.injecting), expm(whole * (self.cycle - self.injecting))
        end = off[:n, :n] @ on[:n, n]
        state = np.linalg.solve(np.eye(n) - off[:n, :n] @ on[:n, :n], end)
        left = system.seen("response").states[0] @ state
        return float(left) / pipette.series_resistance


class DiscontinuousCurrentClamp(Discontinuous):
    """A discontinuous current clamp: the commanded current, on average over each cycle.

    In the injecting part of a cycle flows the command over the duty cycle. Recorded is the
    potential at the end of each cycle, held until the next.

    Parameters
    ----------
    switching_frequency, duty_cycle : quantity and float
        And those of the headstage: see `Discontinuous`.
    """

    kind: Literal["discontinuous current clamp"] = "discontinuous current clamp"


class DiscontinuousVoltageClamp(Discontinuous):
    """A discontinuous single-electrode voltage clamp (switch clamp).

    Parameters
    ----------
    gain : quantity
        Current injected for each mV that the sample at the cycle's start is off the command,
        ``"50 nS"`` (a nS is 0.001 nA/mV).
    switching_frequency, duty_cycle : quantity and float
        And those of the headstage: see `Discontinuous`.

    Notes
    -----
    With the sample V_k at the end of a cycle of length T, the current ``gain (V_c - V_k)`` flows
    for the share D of the next. Recorded is its mean over the cycle, ``D gain (V_c - V_k)``, held.

    References
    ----------
    Wilson & Goldner 1975, J. Neurobiol. 6: 411-422; Finkel & Redman 1984, J. Neurosci. Methods 11:
    101-127.
    """

    kind: Literal["discontinuous voltage clamp"] = "discontinuous voltage clamp"
    gain: Annotated[float, In("conductance", positive=True)]

    def steady_error(self, resistance: float) -> float:
        """Return by which share of the command's distance from rest the clamp falls short.

        Parameters
        ----------
        resistance : float [GOhm]
            Of the cell. The potential is that of the samples; the electrode is taken to settle.

        Notes
        -----
        The mean current D gain e through R makes the error e: ``1 / (1 + D gain R)``, for cycles
        that are short against the membrane's time constant.
        """
        return 1.0 / (1.0 + self.duty_cycle * self.gain * resistance)

    def largest_gain(self, resistance: float, capacitance: float) -> float:
        """Return the gain from which on the clamp oscillates [nS].

        Parameters
        ----------
        resistance, capacitance : float [GOhm, pF]
            Of the cell; the electrode is taken to settle.

        Notes
        -----
        From one sample to the next a distance is multiplied by ``a - gain R b`` with ``a =
        exp(-T / tau)`` and ``b = (1 - exp(-D T / tau)) exp(-(1 - D) T / tau)``; at -1 it alternates
        for ever: ``(1 + a) / (R b)``, about ``2 C / (D T)``. Half of it is dead beat.
        """
        tau = resistance * capacitance
        keeps = math.exp(-self.cycle / tau)
        gets = -math.expm1(-self.injecting / tau) * math.exp((self.injecting - self.cycle) / tau)
        if not gets:
            raise ModelError("the cycle is so long that the membrane forgets what was injected")
        return (1.0 + keeps) / (resistance * gets)

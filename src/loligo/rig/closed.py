"""A rig around a passive cell, exactly: steady states, poles, responses, transfer functions.

The membrane is one capacitance with a leak, ``C v' = i - g (v - E)``, so that the whole is linear:
responses to a command that is straight between given times follow from matrix exponentials. It
tells how a rig will behave before anything is simulated, and is the referee of what is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError
from loligo.rig.linear import LinearSystem, Rows
from loligo.units import quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Closed:
    """A rig and a passive cell: ``z' = M z + b u + d``, the membrane's potential last.

    Attributes
    ----------
    system : LinearSystem
    matrix : ndarray, shape (state + 1, state + 1) [1/ms]
    command, constant : ndarray, shape (state + 1,)
    resistance : float [GOhm]
    capacitance : float [pF]
    reversal : float [mV]
        Of the membrane.
    """

    system: LinearSystem
    matrix: Array
    command: Array
    constant: Array
    resistance: float
    capacitance: float
    reversal: float

    @property
    def poles(self) -> NDArray[np.complex128]:
        """Eigenvalues, the slowest first [1/ms]."""
        found = np.linalg.eigvals(self.matrix).astype(np.complex128)
        return found[np.argsort(-found.real)]

    @property
    def is_stable(self) -> bool:
        """Whether all that is left of a disturbance dies out."""
        return bool(self.poles[0].real < 0.0)

    @property
    def ringing(self) -> tuple[float, float] | None:
        """Frequency [kHz] and damping ratio of the least damped oscillation; None without one."""
        oscillating = self.poles[self.poles.imag > 0.0]
        if not oscillating.size:
            return None
        damping = -oscillating.real / np.abs(oscillating)
        worst = int(damping.argmin())
        return float(np.abs(oscillating[worst]) / (2.0 * np.pi)), float(damping[worst])

    def steady_state(self, command: float) -> Array:
        """Return states and potential under a lasting command, shape (state + 1,).

        Parameters
        ----------
        command : float [mV or pA]

        Raises
        ------
        ModelError
            There is none: the system is unstable.
        """
        if not self.is_stable:
            rate = self.poles[0].real
            raise ModelError(
                f"the rig is unstable with this cell: a disturbance grows e-fold in {1 / rate:.3g} "
                "ms; lower the compensation or the neutralization"
            )
        return np.linalg.solve(-self.matrix, self.command * command + self.constant).astype(float)

    def response(self, times: Sequence[float] | Array, levels: Array, start: Array) -> Array:
        """Return states and potential at given times, shape (time, state + 1).

        Parameters
        ----------
        times : array [ms]
            Increasing; the first is where it starts.
        levels : ndarray, shape (interval, 2) [mV or pA]
            The command at both ends of each interval between times, straight between them.
        start : ndarray, shape (state + 1,)
            At the first time, such as `steady_state`.
        """
        from scipy.linalg import expm

        n = start.size
        grid = np.asarray(times, dtype=np.float64)
        found = np.empty((grid.size, n))
        found[0] = start
        steps: dict[float, Array] = {}
        for index, (first, last) in enumerate(np.asarray(levels, dtype=np.float64)):
            h = float(grid[index + 1] - grid[index])
            if h not in steps:
                whole = np.zeros((n + 2, n + 2))
                whole[:n, :n] = self.matrix
                whole[:n, n] = self.command
                whole[n, n + 1] = 1.0
                forced = np.zeros((n + 3, n + 3))
                forced[: n + 2, : n + 2] = whole
                forced[:n, n + 2] = self.constant
                steps[h] = expm(forced * h)[:n]
            state = np.concatenate([found[index], [first, (last - first) / h, 1.0]])
            found[index + 1] = steps[h] @ state
        return found

    def output(self, name: str, found: Array, command: Array | float) -> Array:
        """Return an output of states and potential, shape (time,)."""
        return self.system.seen(name).value(found[..., :-1], command, found[..., -1])[..., 0]

    def transfer(self, name: str, frequencies: Array) -> NDArray[np.complex128]:
        """Return an output over the command at frequencies [kHz]."""
        f = np.asarray(frequencies, dtype=np.float64)
        membrane = np.asarray(1.0 / self.resistance + 2j * np.pi * f * self.capacitance, complex)
        return self.system.transfer_around(name, f, membrane)


def with_passive_cell(
    system: LinearSystem, *, resistance: Any, capacitance: Any, reversal: Any
) -> Closed:
    """Join a rig to a passive cell.

    Parameters
    ----------
    system : LinearSystem
    resistance, capacitance, reversal : quantity
        Of the membrane.

    Raises
    ------
    ModelError
        A resistance or capacitance that is not above 0.
    """
    r = quantity(resistance, "resistance", name="resistance")
    c = quantity(capacitance, "capacitance", name="capacitance")
    e = quantity(reversal, "voltage", name="reversal")
    for name, value, unit in (("resistance", r, "GOhm"), ("capacitance", c, "pF")):
        if value <= 0.0:
            raise ModelError(f"{name} = {value:g} {unit} must be above 0")
    n, into, slopes = system.size, system.current, system.slopes
    matrix = np.zeros((n + 1, n + 1))
    matrix[:n, :n], matrix[:n, n] = slopes.states, slopes.membrane
    matrix[n, :n] = into.states[0] / c
    matrix[n, n] = (into.membrane[0] - 1.0 / r) / c
    return Closed(
        system=system,
        matrix=matrix,
        command=_joined(slopes, into, "command", c),
        constant=_joined(slopes, into, "one", c) + np.append(np.zeros(n), e / (r * c)),
        resistance=r,
        capacitance=c,
        reversal=e,
    )


def _joined(slopes: Rows, into: Rows, name: str, capacitance: float) -> Array:
    return np.append(getattr(slopes, name), getattr(into, name)[0] / capacitance)

"""The current of a passive cell behind a series resistance, seen through a low-pass: closed form.

The command is a sum of jumps and changes of slope, so that steps on and off and triangle ramps are
one model. The cell's impedance is ``Rs + R0 / (1 + s tau0) + R1 / (1 + s tau1)``: with ``R1 = 0``
one compartment; with it a soma and dendrites (two compartments of one membrane time constant, of
which ``tau0 / R0`` is the sum of the capacitances).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.membrane_test.lowpass import LowPass, filtered
from loligo.errors import SelectionError


@dataclass(frozen=True, slots=True)
class Cell:
    """A passive cell and its electrode, in internal units.

    Attributes
    ----------
    series_resistance, membrane_resistance : float [GOhm]
    capacitance : float [pF]
        Of all the membrane.
    remote : float
        Share of the membrane resistance that belongs to the second time constant, 0 to 1; 0 is
        one compartment.
    remote_ratio : float
        The second time constant as a share of the membrane's, 0 to 1.
    slow_conductance : float [nS]
        Of a current that grows after the step with `slow_time`; 0 for none.
    slow_time : float [ms]
    """

    series_resistance: float
    membrane_resistance: float
    capacitance: float
    remote: float = 0.0
    remote_ratio: float = 0.5
    slow_conductance: float = 0.0
    slow_time: float = math.inf


@dataclass(frozen=True, slots=True)
class Modes:
    """The unfiltered current after a unit step of command.

    ``steady + sum(amplitudes * exp(-rates t))``, and a charge `fast` that flows at once.

    Attributes
    ----------
    steady : float [nS]
    amplitudes : tuple of float [nS]
    rates : tuple of float [1/ms]
    fast : float [pF]
        Capacitance that charges without series resistance, as the pipette's; below zero where
        the amplifier cancelled more than there is.
    late : float [pF ms]
        Capacitance that charges earlier than it is cancelled, times by how much; below zero where
        it charges later.
    """

    steady: float
    amplitudes: tuple[float, ...]
    rates: tuple[float, ...]
    fast: float = 0.0
    late: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Command:
    """A command as jumps and changes of slope.

    Attributes
    ----------
    times : (k,) array [ms]
    jumps : (k,) array [mV]
    slopes : (k,) array [mV/ms]
        Change of slope at each time.
    """

    times: NDArray[np.float64]
    jumps: NDArray[np.float64]
    slopes: NDArray[np.float64]

    def at(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the command at given times, relative to before [mV]."""
        since = time[:, np.newaxis] - self.times
        made = np.where(since >= 0, self.jumps + self.slopes * since, 0.0)
        return np.asarray(made.sum(axis=1))


def command_of_step(start: float, stop: float, step: float) -> Command:
    """Return a step of command and its end.

    Parameters
    ----------
    start, stop : float [ms]
    step : float [mV]
    """
    return Command(np.array([start, stop]), np.array([step, -step]), np.zeros(2))


def command_of_triangle(start: float, middle: float, stop: float, height: float) -> Command:
    """Return a ramp to a height and the ramp back.

    Parameters
    ----------
    start, middle, stop : float [ms]
    height : float [mV]
        Reached in the middle, relative to start and end.
    """
    up, down = height / (middle - start), -height / (stop - middle)
    return Command(np.array([start, middle, stop]), np.zeros(3), np.array([up, down - up, -down]))


def modes(cell: Cell) -> Modes:
    """Return the exponentials a cell's current after a step is made of."""
    rs, rm, c = cell.series_resistance, cell.membrane_resistance, cell.capacitance
    steady = 1 / (rs + rm)
    if cell.remote <= 0:
        amplitudes: tuple[float, ...] = (1 / rs - steady,)
        rates: tuple[float, ...] = ((rs + rm) / (rs * rm * c),)
    else:
        amplitudes, rates = _two_modes(cell)
    if cell.slow_conductance:
        steady += cell.slow_conductance
        amplitudes = (*amplitudes, -cell.slow_conductance)
        rates = (*rates, 1 / cell.slow_time)
    return Modes(steady, amplitudes, rates)


def _two_modes(cell: Cell) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the zeros of the impedance and their weights (a pole expansion of its inverse)."""
    rs, rm = cell.series_resistance, cell.membrane_resistance
    r1 = rm * cell.remote
    r0 = rm - r1
    tau0 = r0 * cell.capacitance
    tau1 = tau0 * cell.remote_ratio
    squared = rs * tau0 * tau1
    linear = rs * (tau0 + tau1) + r0 * tau1 + r1 * tau0
    root = math.sqrt(max(linear**2 - 4 * squared * (rs + rm), 0.0))
    fast = (linear + root) / (2 * squared)
    slow = (rs + rm) / (squared * fast)
    amplitudes = tuple(
        (1 - rate * tau0) * (1 - rate * tau1) / (-rate * squared * (other - rate))
        for rate, other in ((fast, slow), (slow, fast))
    )
    return amplitudes, (fast, slow)


def clamp_time_constant(found: Modes) -> float:
    """Return the time constant of a transient: its charge over its height [ms].

    Of one exponential that is its own; of two their mean, weighted by height.
    """
    charge = math.fsum(a / rate for a, rate in zip(found.amplitudes, found.rates, strict=True))
    return charge / math.fsum(found.amplitudes)


def cell_of(found: Modes) -> Cell:
    """Return the cell whose transient has these modes, the inverse of `modes`.

    Of three modes, `remote` is the share of the two faster time constants of the membrane together
    and `remote_ratio` that of the second slowest.

    Parameters
    ----------
    found : Modes
        Of positive amplitude, without the slow current's.

    Raises
    ------
    SelectionError
        A mode that is not positive, or none.
    """
    if not found.rates or min(*found.amplitudes, *found.rates, found.steady) <= 0:
        raise SelectionError(f"a passive cell has positive modes, not {found}")
    total = found.steady + math.fsum(found.amplitudes)
    rs, rm = 1 / total, 1 / found.steady - 1 / total
    if len(found.rates) == 1:
        return Cell(rs, rm, found.amplitudes[0] / found.rates[0] * ((rs + rm) / rm) ** 2)
    admittance = numerator(found)
    zeros = np.sort(-np.roots(admittance).real)
    lasting = float(zeros[0])  # 1 / the membrane's time constant
    slope = float(np.polyval(np.polyder(admittance), -lasting))
    capacitance = slope / math.prod(rate - lasting for rate in found.rates)
    share = min(max(1 - 1 / (capacitance * lasting * rm), 0.0), 1.0)
    return Cell(rs, rm, capacitance, share, lasting / float(zeros[1]))


def numerator(found: Modes) -> NDArray[np.float64]:
    """Return the polynomial whose zeros are the membrane's own rates, highest power first."""
    rates = np.array(found.rates)
    whole = found.steady * np.poly(-rates)
    for k, amplitude in enumerate(found.amplitudes):
        whole = whole + amplitude * np.append(np.poly(-np.delete(rates, k)), 0.0)
    return np.asarray(whole)


def response(
    time: NDArray[np.float64],
    parts: Modes,
    command: Command,
    low_pass: LowPass,
    delay: float = 0.0,
) -> NDArray[np.float64]:
    """Return the change of current a command makes, from the modes; see `current`."""
    rows = responses(time, parts.rates, command, low_pass, delay)
    return np.asarray(np.array([parts.steady, *parts.amplitudes, parts.fast, parts.late]) @ rows)


def responses(
    time: NDArray[np.float64],
    rates: Sequence[float],
    command: Command,
    low_pass: LowPass,
    delay: float = 0.0,
) -> NDArray[np.float64]:
    """Return the current of each unit part of `Modes` ``(k + 3, n)``.

    Steady, each decay, fast, late.
    """
    result = np.zeros((len(rates) + 3, time.size))
    each = np.asarray(rates, dtype=np.float64)[:, np.newaxis]
    for at, jump, slope in zip(command.times, command.jumps, command.slopes, strict=True):
        rows = filtered(time - (at + delay), (0.0, *rates), low_pass)
        step, decays, (impulse, ramp, doublet) = rows[0], rows[1:-3], rows[-3:]
        if jump:
            result[0] += jump * step
            result[1:-2] += jump * decays
            result[-2] += jump * impulse
            result[-1] += jump * doublet
        if slope:
            result[0] += slope * ramp
            result[1:-2] += slope * (step - decays) / each
            result[-2] += slope * step
            result[-1] += slope * impulse
    return result


def current(
    time: NDArray[np.float64], cell: Cell, command: Command, low_pass: LowPass, delay: float = 0.0
) -> NDArray[np.float64]:
    """Return the change of current a command makes.

    Parameters
    ----------
    time : (n,) array [ms]
        Ascending, not necessarily evenly spaced.
    cell : Cell
    command : Command
    low_pass : LowPass
        Of the recording.
    delay : float [ms]
        From command to response, beside the filter's own.

    Returns
    -------
    (n,) array [pA]
    """
    return response(time, modes(cell), command, low_pass, delay)

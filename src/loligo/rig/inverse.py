"""From what an amplifier gave back to the membrane: its current and its potential.

Around a passive cell a rig is linear, so that whatever else flows through the membrane adds to the
response what the same current injected would. That is divided out, frequency by frequency, as far
as a bandwidth goes; command, compensation, filter and capacitance are in the linear part, exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.errors import ModelError
from loligo.rig.closed import Closed
from loligo.rig.sampled import sampled

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

LOUDEST = 30.0
"""Most that a frequency of the response may be magnified by."""
_REST = 20


@dataclass(frozen=True, eq=False, slots=True)
class Membrane:
    """What happened at the membrane, at the times of the command.

    Attributes
    ----------
    potential : ndarray, shape (time,) [mV]
    current : ndarray, shape (time,) [pA]
        Through the membrane, its capacitance aside: what is linear in the cell and what is not.
    further : ndarray, shape (time,) [pA]
        What is not: all beside the passive cell.
    """

    potential: Array
    current: Array
    further: Array


def injected_transfer(closed: Closed, name: str, frequencies: Array) -> Complex:
    """Return an output over a current injected into the membrane, at frequencies [kHz].

    Parameters
    ----------
    closed : Closed
    name : str
        Of an output or state; ``"v"`` is the membrane's potential.
    frequencies : ndarray, shape (n,)
    """
    size = closed.matrix.shape[0]
    into = np.zeros(size)
    into[-1] = 1.0 / closed.capacitance
    s = 2j * np.pi * frequencies
    states = np.linalg.solve(
        s[:, None, None] * np.eye(size) - closed.matrix, into[None, :, None].astype(complex)
    )[..., 0]
    if name == "v":
        return np.asarray(states[:, -1])
    row = closed.system.seen(name)
    found: Complex = states @ np.append(row.states[0], row.membrane[0])
    return found


def membrane_of(
    response: Array,
    command: Array,
    sampling: float,
    closed: Closed,
    *,
    bandwidth: float,
    delay: float = 0.0,
    leak_subtracted: bool = False,
) -> Membrane:
    """Return potential and current of the membrane behind a voltage clamp.

    Parameters
    ----------
    response : ndarray, shape (time,) [pA]
        What the amplifier gave.
    command : ndarray, shape (time,) [mV]
        Each sample holds until the next; the first has been there for long.
    sampling : float [kHz]
    closed : Closed
        The rig around the passive part of the cell.
    bandwidth : float [kHz]
        Corner (-3 dB) of the Gaussian low-pass that what flows besides is seen through.
    delay : float [ms]
        By which the response is late beside the rig.
    leak_subtracted : bool
        Whether the response is without what the passive cell gives.

    Raises
    ------
    ModelError
        The rig is unstable, or hides what the bandwidth asks for.

    Notes
    -----
    With ``G`` the response to a current injected into the membrane, ``y`` the response recorded and
    ``y_0`` that of the passive cell, what flows besides is ``-L (y - y_0) / G``, outward positive,
    ``L`` being the Gaussian. The potential is the passive cell's and what this current makes of it.
    """
    passive = sampled(closed, 1.0 / sampling, delay)
    rest = response if leak_subtracted else response - passive.output("response", command)
    held = _held(command)
    level = float(rest[:held].mean())
    padded = _padded(rest - level)
    count = padded.size // 2 + 1
    frequencies = np.arange(count, dtype=np.float64) * (sampling / padded.size)
    seen = injected_transfer(closed, "response", frequencies)
    low = np.asarray(np.exp(-0.5 * math.log(2.0) * (frequencies / bandwidth) ** 2), np.float64)
    _refuse_hidden(low / np.abs(seen / seen[0]), frequencies, bandwidth)
    late = np.exp(-2j * np.pi * frequencies * delay)
    spectrum = np.fft.rfft(padded) * low / (seen * late)
    moved = injected_transfer(closed, "v", frequencies)
    injected = np.fft.irfft(spectrum, padded.size)[: rest.size] + level / seen[0].real
    by_it = np.fft.irfft(spectrum * moved, padded.size)[: rest.size]
    by_it = by_it + level * (moved[0] / seen[0]).real
    potential = sampled(closed, 1.0 / sampling).states(command)[:, -1] + by_it
    leak = (potential - closed.reversal) / closed.resistance
    return Membrane(potential, leak - injected, -injected)


def _held(command: Array) -> int:
    """Return for how many samples the command stays where it begins, at most half of them."""
    changes = np.flatnonzero(np.diff(command))
    first = int(changes[0]) + 1 if changes.size else command.size
    return max(1, min(first, max(command.size // 2, 1)))


def _padded(values: Array) -> Array:
    """Return a signal led back to 0 after its end, where it begins anew."""
    count = values.size
    end = float(values[-min(_REST, count) :].mean())
    fall = 0.5 * (1.0 + np.cos(np.pi * np.arange(1, count + 1) / count))
    return np.concatenate([values, end * fall, np.zeros(count)])


def _refuse_hidden(gain: Array, frequencies: Array, bandwidth: float) -> None:
    worst = int(gain.argmax())
    if gain[worst] > LOUDEST:
        raise ModelError(
            f"at {frequencies[worst]:.3g} kHz filter and series resistance leave so little that "
            f"the response would be magnified {gain[worst]:.3g} times; lower the bandwidth of "
            f"{bandwidth:g} kHz"
        )

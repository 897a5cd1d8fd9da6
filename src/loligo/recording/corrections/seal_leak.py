"""The leak of the seal: what the cell is without it, and the current without it.

Seal and membrane lie in parallel behind the pipette, so every measured resistance is that of both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from loligo.errors import CorrectionError
from loligo.recording.channel import Channel
from loligo.recording.corrections.leak import Line, subtract_line
from loligo.recording.corrections.number import Measured, carried, measured, positive
from loligo.recording.recording import Recording
from loligo.units import format_quantity, quantity


@dataclass(frozen=True, slots=True)
class CellBehindSeal:
    """What a cell is without the leak of the seal.

    Attributes
    ----------
    membrane_resistance : Measured [GOhm]
    membrane_time_constant : Measured or None [ms]
    resting_potential : Measured or None [mV]
    """

    membrane_resistance: Measured
    membrane_time_constant: Measured | None = None
    resting_potential: Measured | None = None


def resistance_without_seal(resistance: float, seal: float) -> float:
    """Return a membrane's resistance [GOhm] from that of membrane and seal in parallel.

    ``R_m = R R_seal / (R_seal - R)``; infinite where the seal explains all of the conductance.
    """
    return math.inf if resistance >= seal else resistance * seal / (seal - resistance)


def time_constant_without_seal(time_constant: float, resistance: float, seal: float) -> float:
    """Return a membrane's time constant [ms]: the capacitance stays, ``tau R_m / R``."""
    return time_constant * resistance_without_seal(resistance, seal) / resistance


def potential_without_seal(
    potential: float, resistance: float, seal: float, reversal: float = 0.0
) -> float:
    """Return a cell's resting potential [mV] without the current through the seal.

    ``V_rest = (V / R - E_seal / R_seal) R_m``, with R of membrane and seal in parallel.
    """
    own = resistance_without_seal(resistance, seal)
    return potential + (potential - reversal) * own / seal


def without_seal(
    resistance: Any,
    seal_resistance: Any,
    *,
    time_constant: Any = None,
    resting_potential: Any = None,
    seal_reversal: Any = 0,
) -> CellBehindSeal:
    """Return resistance, time constant and resting potential of the cell behind a leaky seal.

    Parameters
    ----------
    resistance : quantity or Estimate
        Measured, of membrane and seal in parallel (without series resistance).
    seal_resistance : quantity or Estimate
        As measured before break-in.
    time_constant, resting_potential : quantity or Estimate, optional
        Measured in the same cell.
    seal_reversal : quantity
        Potential at which the seal carries no current; 0 for equal electrodes and no junction
        potential.

    Returns
    -------
    CellBehindSeal
        Intervals hold those of all that goes in, taken as independent.

    Raises
    ------
    CorrectionError
        The measured resistance, or its interval, reaches the seal's: two resistances in parallel
        are less than either.

    Notes
    -----
    The seal after break-in may be better or worse than before it; the interval of the seal should
    say how well it is known.
    """
    measured_r = _positive(resistance, "resistance")
    seal = _positive(seal_resistance, "seal resistance")
    worst = measured_r.value if measured_r.high is None else max(measured_r.high, measured_r.value)
    least = seal.value if seal.low is None else min(seal.low, seal.value)
    if worst >= least:
        shown = [format_quantity(value, "GOhm") for value in (worst, least)]
        raise CorrectionError(
            f"seal leak: the measured resistance (up to {shown[0]}) reaches that of the seal "
            f"(from {shown[1]}), and with it in parallel must be below; the seal is better than "
            "that, or the resistances are not of one moment"
        )
    source = f"measured resistance and seal ({seal.source}) in parallel"
    reversal = quantity(seal_reversal, "voltage", name="seal_reversal")
    found = carried(resistance_without_seal, measured_r, seal, source=source)
    tau = rest = None
    if time_constant is not None:
        slow = positive(
            measured(time_constant, "time", name="time constant"), "time", name="time constant"
        )
        tau = carried(time_constant_without_seal, slow, measured_r, seal, source=source)
    if resting_potential is not None:
        at = measured(resting_potential, "voltage", name="resting potential")
        rest = carried(
            lambda v, r, s: potential_without_seal(v, r, s, reversal),
            at,
            measured_r,
            seal,
            source=source,
        )
    return CellBehindSeal(found, tau, rest)


def _positive(value: Any, name: str) -> Measured:
    return positive(measured(value, "resistance", name=name), "resistance", name=name)


def seal_leak(
    recording: Recording,
    seal_resistance: Any,
    *,
    seal_reversal: Any = 0,
    filter_frequency: Any = None,
    delay: Any = 0,
    response: Channel | str | None = None,
    sweeps: Iterable[int] | None = None,
) -> Recording:
    """Subtract the current through the seal from a voltage clamp.

    Parameters
    ----------
    recording : Recording
    seal_resistance : quantity or Estimate
    seal_reversal : quantity
        Potential at which it carries no current.
    filter_frequency : quantity, optional
        Corner of the output filter, in place of the file's.
    delay : quantity
        From command to response, beside the filter.
    response : Channel or str, optional
        Needed where there are several.
    sweeps : iterable of int, optional
        Indices; all by default.

    Returns
    -------
    Recording
        Its response is ``I - (V_c - E_seal) / R_seal``.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, out of range, or leak is subtracted already.
    """
    seal = _positive(seal_resistance, "seal resistance")
    reversal = quantity(seal_reversal, "voltage", name="seal_reversal")
    line = Line(1 / seal.value, reversal, "seal_resistance", seal)
    return subtract_line(recording, line, filter_frequency, delay, response, sweeps)

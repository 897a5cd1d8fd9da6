"""`Limits`: where a rig stops being linear, and what it then puts out.

Inside a feedback limits make the equations linear in pieces (`loligo.rig.linear.Bound`): the
headstage's current of a voltage clamp, which no longer holds the pipette then, and the drive of a
two-electrode clamp. What is not is put behind the equations: the output stage after the gain, the
digitizer. At the sites of a neuron the equations stay linear: there the headstage's converter cuts
the current before the output filter, and a drive beyond its limit is told, not simulated.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from loligo.cell.description import Description
from loligo.cell.quantity import In
from loligo.errors import ModelError
from loligo.units import format_quantity

Array = NDArray[np.float64]
Voltage = Annotated[float, In("voltage", positive=True)]
Current = Annotated[float, In("current", positive=True)]


class Limits(Description):
    """The largest signals of an amplifier, of either sign; what is left out has no limit.

    Parameters
    ----------
    headstage_current : quantity, optional
        Largest current that a voltage clamp measures: the swing of the headstage's output over its
        feedback resistor. Where more would be needed the pipette is charged by this current.
    output : quantity, optional
        Largest potential of the output stage, behind filter and gain.
    electrode_drive : quantity, optional
        Largest potential that a two-electrode clamp drives its current electrode with. Where more
        would be needed the amplifier stays at it, so that the cell charges later, and the recording
        says so. A neuron's is told alone: it is charged as if there were no limit.
    command_potential, command_current : quantity, optional
        Largest command; more is refused.
    predicted_potential : quantity, optional
        Largest command with what prediction adds to it; more is refused.
    """

    kind: Literal["limits"] = "limits"
    headstage_current: Current | None = None
    output: Voltage | None = None
    electrode_drive: Voltage | None = None
    command_potential: Voltage | None = None
    command_current: Current | None = None
    predicted_potential: Voltage | None = None


def refuse_command(
    limits: Limits, command: Array, unit: str, *, added: float = 0.0, prediction: float = 0.0
) -> None:
    """Refuse a command beyond what an amplifier takes.

    Parameters
    ----------
    limits : Limits
    command : (..., time) array
    unit : str
        ``"mV"`` or ``"pA"``.
    added : float
        What the amplifier adds to it, such as a bias current.
    prediction : float
        Fraction of the series resistance that prediction takes away: a step is
        ``1 / (1 - prediction)`` times as high at first.

    Raises
    ------
    ModelError
        It is too large; the message tells what is allowed.
    """
    most = limits.command_potential if unit == "mV" else limits.command_current
    total = np.asarray(command, dtype=np.float64) + added
    largest = float(np.abs(total).max(initial=0.0))
    if most is not None and largest > most:
        raise ModelError(
            f"the command reaches {format_quantity(largest, unit)}; the amplifier takes up to "
            f"{format_quantity(most, unit)} of either sign"
        )
    swing = limits.predicted_potential
    if swing is None or unit != "mV" or not prediction:
        return
    steps = np.diff(total, axis=-1)
    peaks = np.abs(total[..., :-1] + steps / (1.0 - prediction))
    if (highest := float(peaks.max(initial=0.0))) > swing:
        step = float(np.abs(steps).max())
        raise ModelError(
            f"prediction of {prediction:.0%} makes {format_quantity(highest, unit)} of the "
            f"command, whose largest step is {format_quantity(step, unit)}; the amplifier has up "
            f"to {format_quantity(swing, unit)}; lower the prediction or the step"
        )

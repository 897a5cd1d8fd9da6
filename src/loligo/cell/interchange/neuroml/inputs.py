"""NeuroML's currents in time as protocols of current clamp: pulses, sines and ramps.

What follows an input, which NeuroML leaves open, is not in its protocol: that ends where the input
does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from loligo.cell.interchange.neuroml.dimensions import number, quantity
from loligo.cell.interchange.neuroml.markup import Element
from loligo.errors import LoligoError
from loligo.protocol import Hold, Protocol, Ramp, Sine, Step
from loligo.protocol.epoch import Epoch


def _pulse(element: Element) -> tuple[Epoch, float]:
    element.expect(("id", "delay", "duration", "amplitude"))
    level = quantity(element, "amplitude", "current")
    return Step(f"{level!r} pA", _duration(element)), 0.0


def _sine(element: Element) -> tuple[Epoch, float]:
    element.expect(("id", "delay", "duration", "amplitude", "phase", "period"))
    amplitude, period = quantity(element, "amplitude", "current"), _time(element, "period")
    cycles = number(element, "phase") / (2.0 * math.pi)
    if not period > 0.0:
        element.refuse(f"period = {period:g} ms; it must be above 0")
    frequency = f"{1e3 / period!r} Hz"
    return Sine(f"{amplitude!r} pA", frequency, _duration(element), phase=cycles), 0.0


def _ramp(element: Element) -> tuple[Epoch, float]:
    levels = ("startAmplitude", "finishAmplitude", "baselineAmplitude")
    element.expect(("id", "delay", "duration", *levels))
    start, finish, baseline = (quantity(element, name, "current") for name in levels)
    return Ramp(f"{finish!r} pA", _duration(element), start=f"{start!r} pA"), baseline


INPUTS: Mapping[str, Callable[[Element], tuple[Epoch, float]]] = {
    "pulseGenerator": _pulse,
    "sineGenerator": _sine,
    "rampGenerator": _ramp,
}
"""The elements that are read, and what makes the epoch and the current [pA] before and after it."""


def read_input(element: Element) -> Protocol:
    """Return the protocol that an input is.

    Parameters
    ----------
    element : Element
        One of `INPUTS`.

    Raises
    ------
    ModelError
        With the line of what is not understood, or what `Protocol` refuses.
    """
    delay = _time(element, "delay")
    try:
        epoch, baseline = INPUTS[element.name](element)
        before = () if delay == 0.0 else (Hold(f"{delay!r} ms"),)
        return Protocol(element.get("id"), (*before, epoch), holding=f"{baseline!r} pA")
    except LoligoError as error:
        if str(error).startswith(element.file):
            raise
        element.refuse(str(error))


def _time(element: Element, attribute: str) -> float:
    value = quantity(element, attribute, "time")
    if value < 0.0:
        element.refuse(f"{attribute} = {value:g} ms; it cannot be negative")
    return value


def _duration(element: Element) -> str:
    return f"{_time(element, 'duration')!r} ms"

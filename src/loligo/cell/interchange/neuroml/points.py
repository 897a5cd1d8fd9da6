"""NeuroML's point neurons that are loligo's, equation by equation.

``izhikevich2007Cell`` and the rest have other equations than loligo's models and are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from loligo.cell.interchange.neuroml.dimensions import quantity
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.point import PointNeuron
from loligo.cell.point_models import (
    AdaptiveExponentialIntegrateAndFire,
    Izhikevich,
    LeakyIntegrateAndFire,
)
from loligo.errors import ModelError


def _leaky(element: Element, refractory: bool = False) -> LeakyIntegrateAndFire:
    more = ("refract",) if refractory else ()
    names = ("leakReversal", "thresh", "reset", "C", "leakConductance")
    element.expect(("id", *names, *more))
    rest = _of(element, "leakReversal", "voltage", "mV")
    return LeakyIntegrateAndFire(
        name=element.get("id"),
        initial_potential=rest,
        refractory=_of(element, "refract", "time", "ms") if refractory else 0.0,
        capacitance=_of(element, "C", "capacitance", "pF"),
        leak_conductance=_of(element, "leakConductance", "conductance", "nS"),
        leak_reversal=rest,
        threshold=_of(element, "thresh", "voltage", "mV"),
        reset=_of(element, "reset", "voltage", "mV"),
    )


def _izhikevich(element: Element) -> Izhikevich:
    element.expect(("id", "v0", "a", "b", "c", "d", "thresh"))
    return Izhikevich(
        name=element.get("id"),
        initial_potential=_of(element, "v0", "voltage", "mV"),
        recovery_rate=_of(element, "a", "none", "/ms"),
        recovery_sensitivity=_of(element, "b", "none", "/ms"),
        reset=_of(element, "c", "none", "mV"),
        recovery_jump=_of(element, "d", "none", "mV/ms"),
        peak=_of(element, "thresh", "voltage", "mV"),
    )


def _adaptive(element: Element) -> AdaptiveExponentialIntegrateAndFire:
    element.expect(
        ("id", "C", "gL", "EL", "reset", "VT", "thresh", "delT", "tauw", "refract", "a", "b")
    )
    rest = _of(element, "EL", "voltage", "mV")
    return AdaptiveExponentialIntegrateAndFire(
        name=element.get("id"),
        initial_potential=rest,
        refractory=_of(element, "refract", "time", "ms"),
        capacitance=_of(element, "C", "capacitance", "pF"),
        leak_conductance=_of(element, "gL", "conductance", "nS"),
        leak_reversal=rest,
        threshold=_of(element, "VT", "voltage", "mV"),
        slope=_of(element, "delT", "voltage", "mV"),
        peak=_of(element, "thresh", "voltage", "mV"),
        reset=_of(element, "reset", "voltage", "mV"),
        adaptation_time_constant=_of(element, "tauw", "time", "ms"),
        adaptation_conductance=_of(element, "a", "conductance", "nS"),
        adaptation_jump=_of(element, "b", "current", "pA"),
    )


def _of(element: Element, attribute: str, dimension: str, unit: str) -> Any:
    """Return an attribute as a quantity of loligo, text that the descriptions read."""
    return f"{quantity(element, attribute, dimension)!r} {unit}"


POINTS: Mapping[str, Callable[[Element], PointNeuron]] = {
    "iafCell": _leaky,
    "iafRefCell": lambda element: _leaky(element, refractory=True),
    "izhikevichCell": _izhikevich,
    "adExIaFCell": _adaptive,
}
"""The elements that are read as point neurons."""

REFUSED = {
    "izhikevich2007Cell": "k (v - vr)(v - vt) with a capacitance and a recovery current",
    "iafTauCell": "a leak by time constant, into which no current can be injected",
    "iafTauRefCell": "a leak by time constant, into which no current can be injected",
    "fitzHughNagumoCell": "FitzHugh and Nagumo's equations",
    "fitzHughNagumo1969Cell": "FitzHugh and Nagumo's equations",
    "pinskyRinzelCA3Cell": "two compartments",
    "hindmarshRose1984Cell": "Hindmarsh and Rose's equations",
}
"""The elements that are known and refused, and what loligo has no model of."""


def read_point(element: Element) -> PointNeuron:
    """Return the point neuron that an element describes.

    Raises
    ------
    ModelError
        With the line of what is not understood, or what the description refuses.
    """
    try:
        return POINTS[element.name](element)
    except ModelError as error:
        if str(error).startswith(element.file):
            raise
        element.refuse(str(error))

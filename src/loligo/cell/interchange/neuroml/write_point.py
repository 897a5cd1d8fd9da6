"""Point neurons of loligo as NeuroML's cells without a membrane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loligo.cell.interchange.neuroml.lems_text import numeral
from loligo.cell.point import PointNeuron
from loligo.cell.point_models import (
    AdaptiveExponentialIntegrateAndFire,
    Izhikevich,
    LeakyIntegrateAndFire,
)
from loligo.errors import ModelError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def write_point(name: str, neuron: PointNeuron) -> Element:
    """Return a point neuron as an element.

    Raises
    ------
    ModelError
        A model NeuroML does not have, or a start that its model does not allow.
    """
    from xml.etree.ElementTree import Element

    if isinstance(neuron, LeakyIntegrateAndFire):
        _starts_at_rest(neuron)
        tag, attributes = "iafCell", {
            "leakReversal": _volts(neuron.leak_reversal),
            "thresh": _volts(neuron.threshold),
            "reset": _volts(neuron.reset),
            "C": f"{numeral(neuron.capacitance)} pF",
            "leakConductance": f"{numeral(neuron.leak_conductance)} nS",
        }  # fmt: skip
        if neuron.refractory:
            tag = "iafRefCell"
            attributes["refract"] = f"{numeral(neuron.refractory)} ms"
    elif isinstance(neuron, AdaptiveExponentialIntegrateAndFire):
        _starts_at_rest(neuron)
        tag, attributes = "adExIaFCell", {
            "C": f"{numeral(neuron.capacitance)} pF",
            "gL": f"{numeral(neuron.leak_conductance)} nS",
            "EL": _volts(neuron.leak_reversal),
            "reset": _volts(neuron.reset),
            "VT": _volts(neuron.threshold),
            "thresh": _volts(neuron.peak),
            "delT": _volts(neuron.slope),
            "tauw": f"{numeral(neuron.adaptation_time_constant)} ms",
            "refract": f"{numeral(neuron.refractory)} ms",
            "a": f"{numeral(neuron.adaptation_conductance)} nS",
            "b": f"{numeral(neuron.adaptation_jump)} pA",
        }  # fmt: skip
    elif isinstance(neuron, Izhikevich):
        if neuron.capacitance != 1.0 or neuron.refractory:
            raise ModelError(
                "capacitance, refractory: an izhikevichCell has neither; 1 pF and 0 ms are needed"
            )
        tag, attributes = "izhikevichCell", {
            "v0": _volts(neuron.initial_potential),
            "a": numeral(neuron.recovery_rate),
            "b": numeral(neuron.recovery_sensitivity),
            "c": numeral(neuron.reset),
            "d": numeral(neuron.recovery_jump),
            "thresh": _volts(neuron.peak),
        }  # fmt: skip
    else:
        raise ModelError(f"NeuroML has no element for a {type(neuron).__name__}")
    return Element(tag, {"id": name, **attributes})


def _starts_at_rest(
    neuron: LeakyIntegrateAndFire | AdaptiveExponentialIntegrateAndFire,
) -> None:
    if neuron.initial_potential != neuron.leak_reversal:
        raise ModelError(
            f"initial_potential = {neuron.initial_potential:g} mV: in NeuroML it starts at its "
            f"leak_reversal, {neuron.leak_reversal:g} mV"
        )


def _volts(value: float) -> str:
    return f"{numeral(value)} mV"

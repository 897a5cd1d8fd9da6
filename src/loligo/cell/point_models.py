"""The point neurons: integrate-and-fire with a leak, an exponential, adaptation, or a parabola."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from loligo.cell.point import Laws, PointNeuron
from loligo.cell.quantity import In, write_quantity
from loligo.errors import ModelError

Capacitance = Annotated[float, In("capacitance", positive=True)]
Conductance = Annotated[float, In("conductance", positive=True)]
Potential = Annotated[float, In("voltage")]
Slope = Annotated[float, In("voltage", positive=True)]


def _in_order(neuron: PointNeuron, *names: str) -> None:
    """Refuse potentials that do not rise in this order."""
    for low, high in pairwise(names):
        below, above = getattr(neuron, low), getattr(neuron, high)
        if below >= above:
            raise ModelError(
                f"{low} = {write_quantity(below, 'mV')} must be below "
                f"{high} = {write_quantity(above, 'mV')}"
            )


class LeakyIntegrateAndFire(PointNeuron):
    """A leaky integrate-and-fire neuron.

    Parameters
    ----------
    capacitance, leak_conductance, leak_reversal : quantity
        Of the membrane: ``"100 pF"``, ``"10 nS"``, ``"-70 mV"``.
    threshold : quantity
        Potential of a spike.
    reset : quantity
        Potential after a spike.

    Notes
    -----
    ``C dv/dt = -g_L (v - E_L) + I``. With threshold ``V_th`` above a reset at ``E_L`` its rate
    is ``1 / (t_ref + tau ln(RI / (RI - V_th)))``.

    References
    ----------
    Burkitt 2006, https://doi.org/10.1007/s00422-006-0068-6
    """

    kind: Literal["leaky_integrate_and_fire"] = "leaky_integrate_and_fire"
    capacitance: Capacitance
    leak_conductance: Conductance
    leak_reversal: Potential
    threshold: Potential
    reset: Potential

    laws: ClassVar = Laws(
        rate="(i_injected - leak_conductance * (v - leak_reversal)) / capacitance",
        threshold="threshold",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self, "reset", "threshold")
        return self


class ExponentialIntegrateAndFire(PointNeuron):
    """An integrate-and-fire neuron whose spike starts exponentially.

    Parameters
    ----------
    capacitance, leak_conductance, leak_reversal : quantity
        Of the membrane.
    threshold : quantity
        Potential at which the exponential current has the slope of the leak: the largest that a
        constant current can hold.
    slope : quantity
        Sharpness of the start of the spike [mV].
    peak : quantity
        Potential at which the spike is counted.
    reset : quantity
        Potential after a spike.

    Notes
    -----
    ``C dv/dt = -g_L (v - E_L) + g_L D exp((v - V_T) / D) + I``.

    References
    ----------
    Fourcaud-Trocme et al. 2003, https://doi.org/10.1523/JNEUROSCI.23-37-11628.2003
    """

    kind: Literal["exponential_integrate_and_fire"] = "exponential_integrate_and_fire"
    capacitance: Capacitance
    leak_conductance: Conductance
    leak_reversal: Potential
    threshold: Potential
    slope: Slope
    peak: Potential
    reset: Potential

    laws: ClassVar = Laws(
        rate="(i_injected - leak_conductance * (v - leak_reversal)"
        " + leak_conductance * slope * exp((v - threshold) / slope)) / capacitance"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self, "reset", "peak")
        _in_order(self, "threshold", "peak")
        return self


class AdaptiveExponentialIntegrateAndFire(PointNeuron):
    """An exponential integrate-and-fire neuron with adaptation.

    Parameters
    ----------
    capacitance, leak_conductance, leak_reversal, threshold, slope, peak, reset : quantity
        As in `ExponentialIntegrateAndFire`.
    adaptation_time_constant : quantity
        ``tau_w`` [ms].
    adaptation_conductance : quantity
        ``a`` [nS], adaptation below threshold; may be negative.
    adaptation_jump : quantity
        ``b`` [pA], what a spike adds to the adaptation current.

    Notes
    -----
    ``C dv/dt = -g_L (v - E_L) + g_L D exp((v - V_T) / D) - w + I``,
    ``tau_w dw/dt = a (v - E_L) - w``; at a spike ``v -> reset``, ``w -> w + b``. ``w`` starts
    at 0 pA.

    References
    ----------
    Brette & Gerstner 2005, https://doi.org/10.1152/jn.00686.2005
    """

    kind: Literal["adaptive_exponential_integrate_and_fire"] = (
        "adaptive_exponential_integrate_and_fire"
    )
    capacitance: Capacitance
    leak_conductance: Conductance
    leak_reversal: Potential
    threshold: Potential
    slope: Slope
    peak: Potential
    reset: Potential
    adaptation_time_constant: Annotated[float, In("time", positive=True)]
    adaptation_conductance: Annotated[float, In("conductance")]
    adaptation_jump: Annotated[float, In("current")]

    laws: ClassVar = Laws(
        rate="(i_injected - w - leak_conductance * (v - leak_reversal)"
        " + leak_conductance * slope * exp((v - threshold) / slope)) / capacitance",
        flows=(
            (
                "w",
                "(adaptation_conductance * (v - leak_reversal) - w) / adaptation_time_constant",
                "0",
            ),
        ),
        reset=(("v", "reset"), ("w", "w + adaptation_jump")),
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self, "reset", "peak")
        _in_order(self, "threshold", "peak")
        return self


class QuadraticIntegrateAndFire(PointNeuron):
    """An integrate-and-fire neuron whose current is a parabola: the normal form of class 1.

    Parameters
    ----------
    capacitance, leak_conductance : quantity
        Of the membrane.
    threshold : quantity
        Potential of the vertex of the parabola.
    slope : quantity
        With the leak conductance the curvature of the parabola [mV].
    rheobase : quantity
        Current that just suffices.
    peak : quantity
        Potential at which the spike is counted.
    reset : quantity
        Potential after a spike.

    Notes
    -----
    ``C dv/dt = g_L / (2 D) (v - V_T)**2 + I - I_T``. From ``-inf`` to ``+inf`` it takes
    ``pi C / sqrt(g_L (I - I_T) / (2 D))``.

    References
    ----------
    Fourcaud-Trocme et al. 2003, https://doi.org/10.1523/JNEUROSCI.23-37-11628.2003
    """

    kind: Literal["quadratic_integrate_and_fire"] = "quadratic_integrate_and_fire"
    capacitance: Capacitance
    leak_conductance: Conductance
    threshold: Potential
    slope: Slope
    rheobase: Annotated[float, In("current")]
    peak: Potential
    reset: Potential

    laws: ClassVar = Laws(
        rate="(leak_conductance / (2 * slope) * (v - threshold)**2 + i_injected - rheobase)"
        " / capacitance"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self, "reset", "peak")
        _in_order(self, "threshold", "peak")
        return self


class Izhikevich(PointNeuron):
    """Izhikevich's simple model.

    Parameters
    ----------
    recovery_rate : quantity
        ``a`` [1/ms].
    recovery_sensitivity : quantity
        ``b`` [1/ms].
    reset : quantity
        ``c`` [mV].
    recovery_jump : quantity
        ``d`` [mV/ms].
    capacitance : quantity
        Turns the injected current into the paper's, which has no unit: with 1 pF, 10 pA is its
        ``I = 10``.
    peak : quantity
        Potential at which the spike is counted, 30 mV in the paper.

    Notes
    -----
    ``dv/dt = 0.04 v**2 + 5 v + 140 - u + I``, ``du/dt = a (b v - u)``; at a spike ``v -> c``,
    ``u -> u + d``. ``u`` starts at ``b`` times the initial potential.

    References
    ----------
    Izhikevich 2003, https://doi.org/10.1109/TNN.2003.820440
    """

    kind: Literal["izhikevich"] = "izhikevich"
    recovery_rate: Annotated[float, In("rate", positive=True)]
    recovery_sensitivity: Annotated[float, In("rate")]
    reset: Potential
    recovery_jump: Annotated[float, In("voltage_rate")]
    capacitance: Capacitance = 1.0
    peak: Potential = 30.0

    laws: ClassVar = Laws(
        rate="0.04 * v**2 + 5 * v + 140 - u + i_injected / capacitance",
        flows=(
            (
                "u",
                "recovery_rate * (recovery_sensitivity * v - u)",
                "recovery_sensitivity * initial_potential",
            ),
        ),
        reset=(("v", "reset"), ("u", "u + recovery_jump")),
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self, "reset", "peak")
        return self

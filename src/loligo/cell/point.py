"""`PointNeuron`: what integrate-and-fire models share, and their equations.

A point neuron is a frozen description like `Cell`; its spike is a rule and not an equation. The
models themselves are in `point_models`. The injected current is the symbol ``i_injected`` [pA].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from loligo.cell.description import Description
from loligo.cell.expression import Expression, parse
from loligo.cell.lowered import Flow, Parameter, ParameterKind
from loligo.cell.quantity import In

INJECTED = "i_injected"
"""The symbol of the injected current [pA]; positive depolarizes."""

_KINDS: dict[str, ParameterKind] = {"capacitance": "capacitance", "conductance": "conductance"}


@dataclass(frozen=True, slots=True)
class Reset:
    """What happens at a spike.

    When ``v`` crosses ``threshold`` [mV] upward, a spike is counted and every state in
    ``assignments`` takes its new value (expressions of the values before). ``v`` then stays there
    for ``refractory`` [ms], while the other states go on.
    """

    threshold: Expression
    assignments: tuple[tuple[str, Expression], ...]
    refractory: Expression


@dataclass(frozen=True, slots=True)
class Laws:
    """The equations of a model as text, in the names of its fields.

    ``rate`` is dv/dt [mV/ms]; ``flows`` are (state, derivative, initial value); a spike is counted
    at ``threshold`` and followed by ``reset``, the (state, new value) pairs.
    """

    rate: str
    flows: tuple[tuple[str, str, str], ...] = ()
    threshold: str = "peak"
    reset: tuple[tuple[str, str], ...] = (("v", "reset"),)


@dataclass(frozen=True, slots=True)
class PointEquations:
    """All equations of a point neuron; ``rate`` is dv/dt [mV/ms]."""

    name: str
    parameters: tuple[Parameter, ...]
    rate: Expression
    flows: tuple[Flow, ...]
    reset: Reset
    initial_potential: float

    @property
    def defaults(self) -> dict[str, float]:
        """The value of each parameter, as described."""
        return {parameter.name: parameter.value for parameter in self.parameters}


class PointNeuron(Description):
    """An integrate-and-fire model.

    Parameters
    ----------
    name : str
        What it is.
    source : str
        Where it is published, ``"doi:..."``.
    notes : str
        What to know about it.
    initial_potential : quantity
        Potential at the start of a simulation.
    refractory : quantity
        Time after a spike for which the potential stays at its reset value.
    """

    laws: ClassVar[Laws]

    name: str
    source: str = ""
    notes: str = ""
    initial_potential: Annotated[float, In("voltage")]
    refractory: Annotated[float, In("time", least=0.0)] = 0.0


def point_equations(neuron: PointNeuron) -> PointEquations:
    """Return the equations of a point neuron.

    Parameters
    ----------
    neuron : PointNeuron

    Returns
    -------
    PointEquations
        Its parameters go by the names of the fields of the description.
    """
    parameters = tuple(
        Parameter(name, getattr(neuron, name), kind.unit, _kind(name, kind))
        for name, field in type(neuron).model_fields.items()
        for kind in field.metadata
        if isinstance(kind, In)
    )
    laws = neuron.laws
    known = {"v", INJECTED, *(state for state, _, _ in laws.flows), *(p.name for p in parameters)}
    return PointEquations(
        name=neuron.name,
        parameters=parameters,
        rate=parse(laws.rate, known),
        flows=tuple(
            Flow(state, parse(rate, known), parse(initial, known))
            for state, rate, initial in laws.flows
        ),
        reset=Reset(
            parse(laws.threshold, known),
            tuple((state, parse(value, known)) for state, value in laws.reset),
            parse("refractory", known),
        ),
        initial_potential=neuron.initial_potential,
    )


def _kind(name: str, kind: In) -> ParameterKind:
    if name == "initial_potential":
        return "initial"
    may_be_negative = not kind.positive and kind.least < 0.0
    return "constant" if may_be_negative else _KINDS.get(kind.dimension, "constant")

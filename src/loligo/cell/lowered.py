"""What a cell becomes for the engine: parameters, definitions and equations as expressions.

Symbols: ``v`` [mV], ``temperature`` [degC], states (``na.m``, ``ca``, ``na.C1``), definitions, and
parameters by their dotted path (``channel.na.conductance``). Currents are in pA, inward negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loligo.cell.expression import Expression, Number

_ONE = Number(1.0)

ParameterKind = Literal[
    "conductance",
    "reversal",
    "permeability",
    "capacitance",
    "area",
    "temperature",
    "concentration",
    "constant",
    "rate parameter",
    "pool parameter",
    "initial",
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the model that a simulation can vary, by its dotted path."""

    name: str
    value: float
    unit: str
    kind: ParameterKind


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A gate: ``dx/dt = factor * (alpha (1 - x) - beta x)``, or ``factor * (inf - x) / tau``.

    Either ``alpha`` and ``beta`` [1/ms] or ``inf`` and ``tau`` [ms] are there. They depend on
    ``v``, parameters, definitions and flowing states. ``initial`` is ``None`` for the steady state.
    """

    state: str
    alpha: Expression | None = None
    beta: Expression | None = None
    inf: Expression | None = None
    tau: Expression | None = None
    factor: Expression = _ONE
    initial: Expression | None = None

    @property
    def laws(self) -> dict[str, Expression]:
        """The two laws that are there, by name."""
        pairs = {"alpha": self.alpha, "beta": self.beta, "inf": self.inf, "tau": self.tau}
        return {name: law for name, law in pairs.items() if law is not None}


@dataclass(frozen=True, slots=True)
class Pass:
    """What a state loses to another: ``dx/dt = -rate``, ``dy/dt = ratio rate``.

    Attributes
    ----------
    state : str
        The one that gains.
    rate, ratio : Expression
    """

    state: str
    rate: Expression
    ratio: Expression


@dataclass(frozen=True, slots=True)
class Flow:
    """A state with any derivative: ``dx/dt = rate``.

    Where states pass something on to each other, `passes` tell what this one does, and `own` is
    what else changes it, beside what others pass to it; else there is no `own`.
    """

    state: str
    rate: Expression
    initial: Expression
    own: Expression | None = None
    passes: tuple[Pass, ...] = ()


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A Markov scheme: the occupancies of its states, which add up to 1.

    ``transitions`` are (index from, index to, rate in 1/ms); the symbol of a state is
    ``<name>.<state>``. ``n_channels`` is there where the single-channel conductance is known.
    """

    name: str
    states: tuple[str, ...]
    transitions: tuple[tuple[int, int, Expression], ...]
    open: tuple[float, ...]
    initial: tuple[float, ...] | None = None
    n_channels: Expression | None = None

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the states in expressions."""
        return tuple(f"{self.name}.{state}" for state in self.states)


@dataclass(frozen=True, slots=True)
class Current:
    """The current of one channel [pA], inward negative."""

    name: str
    current: Expression


@dataclass(frozen=True, slots=True)
class Equations:
    """All equations of a cell: ``capacitance * dv/dt = injected - sum of currents``.

    ``definitions`` are (name, expression) in an order in which each needs only earlier ones;
    ``units`` are those of some of them.
    """

    name: str
    parameters: tuple[Parameter, ...]
    definitions: tuple[tuple[str, Expression], ...]
    relaxations: tuple[Relaxation, ...]
    flows: tuple[Flow, ...]
    occupancies: tuple[Occupancy, ...]
    currents: tuple[Current, ...]
    capacitance: Expression
    temperature: float
    initial_potential: float
    units: tuple[tuple[str, str], ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """The names of all states but the potential: gates, pools, occupancies."""
        return (
            *(gate.state for gate in self.relaxations),
            *(flow.state for flow in self.flows),
            *(name for scheme in self.occupancies for name in scheme.symbols),
        )

    @property
    def defaults(self) -> dict[str, float]:
        """The value of each parameter, as described."""
        return {parameter.name: parameter.value for parameter in self.parameters}

"""From the equations of a point neuron to its rates, its reset, and its closed form if any."""

from __future__ import annotations

from collections.abc import Mapping

from loligo.cell.expression import Expression, Number, Symbol, derivative, substitute, symbols
from loligo.cell.point import INJECTED, PointEquations
from loligo.engine.adaptive.rates import Block, Matrix, Rates, block_of, elimination_order
from loligo.engine.constants import Constants
from loligo.engine.potential import injected
from loligo.engine.scope import Statements
from loligo.engine.simplify import simplified
from loligo.errors import SelectionError, suggest

FREE = "free"
"""The symbol of what is 1, and 0 while the neuron is refractory."""

LEFT = "refractory_left"
"""The state that holds how much of a refractory period is left [ms]."""

V, WAVE = Symbol("v"), Symbol("wave")


class Neuron:
    """A point neuron under a clamp, as assignments.

    Parameters
    ----------
    equations : PointEquations
    record : tuple of str
    conductance : bool
        Whether the command is a conductance and not a current.

    Raises
    ------
    SelectionError
        A quantity to record that the neuron does not have.
    """

    def __init__(
        self, equations: PointEquations, record: tuple[str, ...], *, conductance: bool
    ) -> None:
        self.equations, self.conductance = equations, conductance
        self.constants = Constants({*equations.defaults, "drive.reversal"})
        self.moving = ("v", *(flow.state for flow in equations.flows))
        put = {INJECTED: self.injected(WAVE)}
        self.change = Symbol(FREE) * substitute(equations.rate, put)
        self.formulas = [self.change, *(substitute(f.rate, put) for f in equations.flows)]
        self.reset = self.block(self.after_reset(), "e")
        self.motion = self.closed_form()
        self.rates = self._rates(record)

    def injected(self, wave: Expression) -> Expression:
        """Return the injected current."""
        command = injected(wave)
        return command * (Symbol("drive.reversal") - V) if self.conductance else command

    def after_reset(self) -> list[Expression]:
        """Return every moving state after a spike."""
        new = dict(self.equations.reset.assignments)
        return [new.get(state, Symbol(state)) for state in self.moving]

    def closed_form(self) -> Block | None:
        """Return rate, slope and half the bend of the motion where it is at most quadratic."""
        if len(self.moving) > 1:
            return None
        slope = derivative(self.change, "v")
        bend = derivative(slope, "v")
        if "v" in symbols(bend):
            return None
        return self.block([self.change, slope, 0.5 * bend], "m")

    def block(self, formulas: list[Expression], prefix: str) -> Block:
        """Return the assignments that formulas need, with constant parts named."""
        statements = Statements(taken={*self.constants.known, *self.moving, LEFT, FREE})
        names = [statements.store(f"of.{i}", formula) for i, formula in enumerate(formulas)]
        lines = [(n, self.constants.hoist(e, n)) for n, e in statements.lines]
        lines, aliases = simplified(lines, prefix)
        return block_of(lines, [aliases.get(name, Symbol(name)) for name in names])

    def sampled(self, record: tuple[str, ...]) -> Block:
        """Return what is recorded."""
        table: Mapping[str, Expression] = {
            **{state: Symbol(state) for state in self.moving},
            "i.injected": self.injected(Symbol("wave_sample")),
        }
        for name in record:
            if name not in table:
                hint = suggest(name, table)
                raise SelectionError(f"nothing called {name!r} can be recorded; {hint}")
        return self.block([table[name] for name in record], "r")

    def _rates(self, record: tuple[str, ...]) -> Rates:
        jacobian: Matrix = {}
        for i, formula in enumerate(self.formulas):
            for j, state in enumerate(self.moving):
                entry = derivative(formula, state)
                if entry != Number(0.0):
                    jacobian[i, j] = entry
        drifts = [derivative(formula, WAVE.name) for formula in self.formulas]
        rates = self.block(self.formulas, "f")
        linear = self.block([*self.formulas, *jacobian.values(), *drifts], "j")
        sample = self.sampled(record)
        names = self.constants.names
        return Rates(
            name=self.equations.name,
            states=(*self.moving, LEFT),
            moving=self.moving,
            constants=((FREE, Number(1.0)), *((n, e) for e, n in names.items())),
            rates=rates,
            linear=linear,
            places=tuple(jacobian),
            order=elimination_order(len(self.moving), jacobian),
            sample=sample,
        )

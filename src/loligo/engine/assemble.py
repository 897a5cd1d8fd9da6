"""From the equations of a cell to the assignments of one step.

The order of a step, staggered and symmetric, is what makes it second order:

0. channels that are counted move at random and random currents fluctuate (see `chances`), like 1;
1. gates and schemes go from half a step before to half a step after the time of the potential,
   at that potential and those pools;
2. pools go half a step at the old potential, one after another;
3. the potential goes a whole step at the gates and pools in its middle;
4. pools go the other half at the new potential, in reverse order.

At the ends of a stretch the gates go half a step, so that all states are at one time there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from loligo.cell.expression import Expression, Number, Symbol, substitute, symbols
from loligo.cell.lowered import Current, Equations, Occupancy, Relaxation
from loligo.engine import guard, multistep, rules
from loligo.engine.chances import NOISE, chances, per_channel, shares
from loligo.engine.constants import Constants
from loligo.engine.features import feature_lines
from loligo.engine.fraction import LinearRate, linear_rate
from loligo.engine.moves import Move, moves_of
from loligo.engine.one_leg import one_leg, remembered
from loligo.engine.potential import Membrane, injected, potential_step, terms
from loligo.engine.rewrite import ONE
from loligo.engine.rigged import coupled_step, value
from loligo.engine.scope import Definitions, Scope, Statements
from loligo.engine.simplify import simplified
from loligo.engine.system import LEVEL, SCALARS, SCALE, Assignment, Chances, Options, System
from loligo.errors import SelectionError, suggest

V = Symbol("v")
_ROOT = ("series_resistance", "drive.reversal", "noise.sigma", "noise.tau")
EXTRA_PARAMETERS = frozenset(_ROOT)
"""Parameters of the clamp: its series resistance [GOhm], the reversal of a conductance [mV], the
spread [pA] and correlation time [ms] of a random current."""


@lru_cache(maxsize=64)
def assemble(equations: Equations, options: Options) -> System:
    """Return the system of a cell under given options; the same one when asked again.

    Parameters
    ----------
    equations : Equations
    options : Options

    Returns
    -------
    System

    Raises
    ------
    SelectionError
        A quantity to record, or a feature, that the cell does not have.
    """
    return Assembly(equations, options).system()


class Assembly:
    """What is known of a cell under given options while its assignments are made."""

    def __init__(self, equations: Equations, options: Options) -> None:
        self.source = equations
        self.options = options
        self.shares = shares(equations, options.stochastic)
        self.equations = _written_in(equations, options, self.shares)
        counted = {per_channel(name) for name in options.stochastic}
        self.wiring = options.wiring
        self.past = options.past(equations)
        parameters = (
            counted | {p.name for p in equations.parameters} | EXTRA_PARAMETERS | {LEVEL, SCALE}
        )
        parameters |= self.wiring.weights if self.wiring else set()
        fixed = set(parameters)
        for name, expression in self.equations.definitions:
            if symbols(expression) <= fixed:
                fixed.add(name)
        self.constants = Constants(fixed)
        self.definitions = Definitions(
            {n: e for n, e in self.equations.definitions if n not in fixed}
        )

    def system(self) -> System:
        """Return one step and one sample, simplified."""
        states = ("v", *self.equations.states, *((NOISE,) if self.options.noise else ()))
        states += self.wiring.states if self.wiring else ()
        guarded = (guard.GUARD,) if self.solved else ()
        kept = (*states, *guarded, *self.past)
        step, held, more = self.finished(kept, later=False)
        later, later_held, _ = self.finished(kept, later=True) if self.past else ([], {}, ())
        sample, recorded = self.sample()
        sample, aliases = simplified(self.hoisted(sample), "r")
        recorded = [(name, substitute(e, aliases)) for name, e in self.hoisted(recorded)]
        random = self.chances((*states, *guarded))
        ends = [*held.values(), *later_held.values(), *random.rows.values()]
        lines = (*step, *later, *sample, *recorded, *random.lines)
        used = {n for e in (*(e for _, e in lines), *ends) for n in symbols(e)}
        constants = tuple(
            (name, expression)
            for expression, name in self.constants.names.items()
            if name in used and name not in {LEVEL, SCALE}
        )
        return System(
            equations=self.source,
            options=self.options,
            states=(*kept, *more),
            constants=constants,
            step=tuple(step),
            updates=held,
            sample=tuple(sample),
            recorded=tuple(recorded),
            chances=random,
            later=tuple(later),
            later_updates=later_held,
        )

    def finished(
        self, states: tuple[str, ...], *, later: bool
    ) -> tuple[list[Assignment], dict[str, Expression], tuple[str, ...]]:
        """Return a step as it is printed, what holds each state after it, and features' rows."""
        lines, updates = self.step(states, later=later)
        features, more = feature_lines(self.options.features, updates["v"])
        if self.past:
            numbers = multistep.LATER if later else multistep.BEFORE
            lines = [(name, substitute(expression, numbers)) for name, expression in lines]
        lines, aliases = simplified(self.hoisted([*lines, *features]), "l" if later else "s")
        held = {s: aliases.get(name, Symbol(name)) for s, name in (updates | more).items()}
        return lines, held, tuple(more)

    def hoisted(self, lines: list[Assignment]) -> list[Assignment]:
        """Return assignments with their constant parts named."""
        return [(name, self.constants.hoist(expression, name)) for name, expression in lines]

    @property
    def solved(self) -> list[Occupancy]:
        """The schemes whose occupancies are solved, since their channels are not counted."""
        return [o for o in self.equations.occupancies if o.name not in self.options.stochastic]

    def chances(self, states: tuple[str, ...]) -> Chances:
        """Return what happens at random before a step."""
        statements = Statements(taken={*states, *SCALARS, *self.constants.known})
        found = chances(
            self.equations,
            self.options.stochastic,
            self.clamped(Scope(self.definitions, statements)),
            Symbol("h_gate"),
            noise=self.options.noise,
        )
        lines, aliases = simplified(self.hoisted(list(found.lines)), "c")
        rows = {
            name: substitute(self.constants.hoist(value, name), aliases)
            for name, value in found.rows.items()
        }
        return replace(found, lines=tuple(lines), rows=rows)

    # The step ---------------------------------------------------------------------------------

    def step(
        self, states: tuple[str, ...], *, later: bool = False
    ) -> tuple[list[Assignment], dict[str, str]]:
        """Return the assignments of a step, and the name of each state after it.

        `later` are those that look back, where any do.
        """
        taken = {*states, *SCALARS, *multistep.NUMBERS, *self.constants.known}
        statements = Statements(taken=taken)
        start = self.clamped(Scope(self.definitions, statements))
        changed, steps = self.gates(start, Symbol("h_gate"), self.options.rule)
        if steps:
            changed[guard.GUARD] = guard.watch(statements, steps)
        scope = start.after(changed)
        scope = self.flows(scope, forward=True)
        scope = scope.after(self.driven(scope, later=later))
        scope = self.flows(scope, forward=False)
        updates = {state: scope.names[state] for state in states if state in scope.names}
        return statements.lines, updates

    def driven(self, scope: Scope, *, later: bool) -> dict[str, str]:
        """Add the step of the potential, and of a rig; return the new names."""
        statements = scope.statements
        if self.options.holds_potential:
            return {"v": statements.store("v.next", injected(Symbol("wave_next")))}
        membrane = self.membrane(scope)
        if later:
            return one_leg(scope, membrane, self.wiring)
        if self.wiring:
            moved = coupled_step(scope, membrane, self.wiring)
        else:
            moved = {"v": potential_step(scope, membrane)}
        return remembered(statements, moved) if self.past else moved

    def clamped(self, scope: Scope) -> Scope:
        """Return the scope in which the potential is the command, where the clamp holds it."""
        if not self.options.holds_potential:
            return scope
        return scope.after({"v": scope.statements.store("v.now", injected(Symbol("wave")))})

    def gates(
        self, scope: Scope, h: Expression, rule: str
    ) -> tuple[dict[str, str], list[rules.SchemeStep]]:
        """Add a step of every gate and scheme; return the new names, and the steps of schemes."""
        changed = self.relaxed(scope, h, rule)
        steps: list[rules.SchemeStep] = []
        for scheme in self.solved:
            moves = [(i, j, scope.resolve(rate)) for i, j, rate in scheme.transitions]
            step = rules.scheme(scope.statements, scheme.name, scheme.symbols, moves, h)
            changed |= dict(zip(scheme.symbols, step.new, strict=True))
            steps.append(step)
        return changed, steps

    def relaxed(self, scope: Scope, h: Expression, rule: str) -> dict[str, str]:
        """Add a step of every gate; return the new names."""
        if self.past and h == Symbol("h_gate"):
            return self.looking_back(scope, h)
        take = rules.exact if rule == "exact" else rules.trapezoidal
        return {
            gate.state: take(
                scope.statements, gate.state, Symbol(gate.state), resolved_rate(scope, gate), h
            )
            for gate in self.equations.relaxations
        }

    def looking_back(self, scope: Scope, h: Expression) -> dict[str, str]:
        """Add a step of every gate that looks back; return the new names of gates and rows."""
        changed: dict[str, str] = {}
        for gate in self.equations.relaxations:
            rate = resolved_rate(scope, gate)
            step = multistep.opened(scope.statements, gate.state, rate, h)
            inverse = scope.statements.assign(f"{gate.state}.inverse", ONE / step.below)
            changed |= multistep.closed(scope.statements, step, inverse)
        return changed

    def flows(self, scope: Scope, *, forward: bool) -> Scope:
        """Add half a step of every pool, in order or in reverse; return the scope after it."""
        moves = moves_of(self.equations.flows)
        for move in moves if forward else moves[::-1]:
            scope = self.moved(scope, move)
        return scope

    def moved(self, scope: Scope, move: Move) -> Scope:
        """Add half a step of what moves; what one state loses, another gains, to rounding."""
        x = Symbol(scope.names.get(move.state, move.state))
        slope = self.definitions.total_derivative(move.rate, move.state)
        if move.gains:
            through = self.definitions.total_derivative(move.rate, move.gains)
            slope = slope - move.ratio * through
        new = rules.flow(
            scope.statements, move.state, x, scope.resolve(move.rate), scope.resolve(slope),
            0.5 * Symbol("h"),
        )  # fmt: skip
        changed = {move.state: new}
        if move.gains:
            gained = scope.resolve(move.ratio) * (x - Symbol(new))
            before = Symbol(scope.names.get(move.gains, move.gains))
            changed[move.gains] = scope.statements.store(f"{move.gains}.next", before + gained)
        return scope.after(changed)

    def membrane(self, scope: Scope) -> Membrane:
        """Return the currents at the names of a scope."""
        return Membrane(
            capacitance=self.equations.capacitance,
            terms=tuple(
                term for current in self.equations.currents for term in self.terms(current, scope)
            ),
            clamp=self.options.clamp,
            through_resistance=self.options.through_resistance,
            noise=self.options.noise,
        )

    def terms(self, current: Current, scope: Scope) -> list[tuple[Expression, Expression]]:
        """Return a current and its slope at the names of a scope."""
        return terms(current.current, self.definitions, scope, current.name)

    # A sample ---------------------------------------------------------------------------------

    def sample(self) -> tuple[list[Assignment], list[Assignment]]:
        """Return the assignments of a sample, and what is sampled."""
        wanted = self.options.record
        taken = {"v", *self.equations.states, *SCALARS, *self.constants.known}
        taken |= set(self.wiring.states) if self.wiring else set()
        statements = Statements(taken=taken)
        scope = self.clamped(Scope(self.definitions, statements))
        if any(name != "v" for name in wanted):
            changed, _ = self.gates(scope, Symbol("h_record"), self.options.rule)
            scope = scope.after(changed)
        recorded = [(name, self.sampled(name, scope)) for name in wanted]
        return statements.lines, recorded

    def sampled(self, name: str, scope: Scope) -> Expression:
        """Return what is sampled under a name.

        Raises
        ------
        SelectionError
            The cell has nothing of that name.
        """
        currents = {f"i.{current.name}": current for current in self.equations.currents}
        if name in self.shares:
            return self.shares[name]
        if name == "v" or name in self.equations.states or (name == NOISE and self.options.noise):
            return Symbol(scope.names.get(name, name))
        if self.wiring and (row := self.wiring.output(name)):
            return scope.statements.assign(name, value(row, scope, Symbol("wave")))
        if name in currents:
            return scope.statements.assign(name, scope.resolve(currents[name].current))
        if name in {"i.membrane", "i.injected", "i.clamp"}:
            return self.total(name, scope)
        if name in self.definitions.expressions:
            return scope.resolve(Symbol(name))
        known = ["v", *self.equations.states, *currents, "i.membrane", "i.injected", "i.clamp"]
        known += [n for n in self.definitions.expressions if ".by." not in n]
        known += [row.name for row in self.wiring.outputs] if self.wiring else []
        raise SelectionError(f"nothing called {name!r} can be recorded; {suggest(name, known)}")

    def total(self, name: str, scope: Scope) -> Expression:
        """Return the membrane's current, or what the clamp drives."""
        membrane: Expression = Number(0.0)
        for current in self.equations.currents:
            membrane = membrane + scope.resolve(current.current)
        if name == "i.membrane":
            return scope.statements.assign(name, membrane)
        if self.options.holds_potential:
            if name == "i.injected":
                raise SelectionError("a voltage clamp injects no commanded current; use 'i.clamp'")
            slope = Symbol(SCALE) * Symbol("wave_sample")
            return scope.statements.assign(name, membrane + self.equations.capacitance * slope)
        if self.wiring:
            raise SelectionError(f"a rig drives the cell; instead of {name!r} use 'rig.into_cell'")
        if name == "i.clamp":
            raise SelectionError("there is no ideal voltage clamp here; use 'i.injected'")
        drive = self.membrane(scope)
        injected = drive.injected(Symbol("wave_sample"), Symbol(scope.names.get("v", "v")))
        return scope.statements.assign(name, injected)


def resolved_rate(scope: Scope, gate: Relaxation) -> LinearRate:
    """Return the rate of a gate in the names of a scope."""
    rate = linear_rate(gate)
    return replace(rate, a=scope.resolve(rate.a), s=scope.resolve(rate.s), d=scope.resolve(rate.d))


def _written_in(equations: Equations, options: Options, shares: dict[str, Expression]) -> Equations:
    """Write rate parameters that do not vary into the equations as numbers, and shares in full."""
    numbers = shares | {
        p.name: Number(p.value)
        for p in equations.parameters
        if p.kind == "rate parameter" and p.name not in options.free
    }

    def put(node: Expression | None) -> Expression | None:
        return None if node is None else substitute(node, numbers)

    def must(node: Expression) -> Expression:
        return substitute(node, numbers)

    def gate(g: Relaxation) -> Relaxation:
        factor = Number(1.0) if g.state in options.unity else must(g.factor)
        return replace(
            g, alpha=put(g.alpha), beta=put(g.beta), inf=put(g.inf), tau=put(g.tau), factor=factor
        )

    def scheme(o: Occupancy) -> Occupancy:
        moves = tuple((i, j, must(rate)) for i, j, rate in o.transitions)
        return replace(o, transitions=moves)

    return replace(
        equations,
        definitions=tuple((n, must(e)) for n, e in equations.definitions),
        relaxations=tuple(gate(g) for g in equations.relaxations),
        flows=tuple(replace(f, rate=must(f.rate)) for f in equations.flows),
        occupancies=tuple(scheme(o) for o in equations.occupancies),
        currents=tuple(replace(c, current=must(c.current)) for c in equations.currents),
    )

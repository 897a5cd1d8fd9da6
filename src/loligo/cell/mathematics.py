"""The equations of a cell as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from loligo.cell.expression import Call, Expression, Operation, Symbol, substitute
from loligo.cell.expression.latex import latex, latex_name, latex_number
from loligo.cell.lowered import Equations, Occupancy, Parameter, Relaxation

_LETTERS = {
    "conductance": r"\bar g",
    "permeability": r"\bar P",
    "reversal": "E",
    "concentration": "c",
}
_SHOWN_AS_NUMBERS = frozenset({"rate parameter", "pool parameter", "initial"})


def equations_latex(equations: Equations) -> str:
    r"""Return all equations and values as one ``aligned`` block of LaTeX.

    Gates are ``m_\mathrm{na}``; currents are per area in a cell with an area. Parameters of rates
    stand as numbers, the others by their symbols with their values below.
    """
    lines = list(_Lines(equations).lines())
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


class _Lines:
    def __init__(self, equations: Equations) -> None:
        self.equations = equations
        self.names = {"v": "v", "temperature": "T", "area": "A", "capacitance": "C"}
        self.names |= {name: _state(name) for name in equations.states if "." in name}
        self.names |= {name: _definition(name) for name, _ in equations.definitions}
        self.names |= {parameter.name: _parameter(parameter) for parameter in self.symbolic()}
        # With 0.01 * 100 um2 = 1 what is left is per area.
        self.numbers: dict[str, float] = {"area": 100.0} | {
            parameter.name: parameter.value
            for parameter in equations.parameters
            if parameter.kind in _SHOWN_AS_NUMBERS
        }

    def symbolic(self) -> Iterator[Parameter]:
        for parameter in self.equations.parameters:
            own_letter = parameter.kind in {"area", "temperature", "capacitance"}
            if parameter.kind not in _SHOWN_AS_NUMBERS and not own_letter:
                yield parameter

    def write(self, expression: Expression) -> str:
        return latex(substitute(expression, self.numbers), self.names)

    def name(self, symbol: str) -> str:
        return self.write(Symbol(symbol))

    def lines(self) -> Iterator[str]:
        equations = self.equations
        total = "".join(f" - I_{{{latex_name(current.name)}}}" for current in equations.currents)
        left = rf"{self.write(equations.capacitance)} \, {_rate('v')}"
        yield rf"{left} &= I_{{\mathrm{{injected}}}}{total}"
        for current in equations.currents:
            yield f"I_{{{latex_name(current.name)}}} &= {self.write(current.current)}"
        for gate in equations.relaxations:
            yield from self.gate(gate)
        for flow in equations.flows:
            yield f"{_rate(self.name(flow.state))} &= {self.write(flow.rate)}"
        for scheme in equations.occupancies:
            yield from self.scheme(scheme)
        for name, expression in equations.definitions:
            if not name.startswith("I_"):
                yield f"{self.name(name)} &= {self.write(expression)}"
        for parameter in equations.parameters:
            if parameter.kind not in _SHOWN_AS_NUMBERS:
                name = self.names.get(parameter.name) or self.name(parameter.name)
                yield f"{name} &= {latex_number(parameter.value)}{_unit(parameter.unit)}"

    def gate(self, gate: Relaxation) -> Iterator[str]:
        x = self.name(gate.state)
        first, second = (r"\alpha", r"\beta") if gate.inf is None else (x, r"\tau")
        left = rf"{first}_{{{x}}}" if gate.inf is None else rf"{x}^{{\infty}}"
        right = rf"{second}_{{{x}}}"
        warmed = self.warming(gate.factor)
        if gate.alpha is not None and gate.beta is not None:
            law = rf"{left} \left( 1 - {x} \right) - {right} \, {x}"
            law = rf"{warmed} \left( {law} \right)" if warmed else law
            laws = (gate.alpha, gate.beta)
        else:
            assert gate.inf is not None
            assert gate.tau is not None
            law, laws = rf"{warmed} \frac{{{left} - {x}}}{{{right}}}", (gate.inf, gate.tau)
        yield f"{_rate(x)} &= {law.strip()}"
        for name, expression in zip((left, right), laws, strict=True):
            yield f"{name} &= {self.write(expression)}"

    def warming(self, factor: Expression) -> str:
        """Write ``exp(log(q10) x)`` as ``q10**x``; nothing for 1."""
        if not isinstance(factor, Call):
            return ""
        (product,) = factor.arguments
        assert isinstance(product, Operation)
        assert isinstance(product.left, Call)
        base, exponent = self.write(product.left.arguments[0]), self.write(product.right)
        return rf"{base}^{{{exponent}}} \,"

    def scheme(self, scheme: Occupancy) -> Iterator[str]:
        for place, symbol in enumerate(scheme.symbols):
            flows = [
                (target == place, rate * Symbol(scheme.symbols[source]))
                for source, target, rate in scheme.transitions
                if place in {source, target}
            ]
            change = [f"{'+' if comes else '-'} {self.write(flow)}" for comes, flow in flows]
            yield f"{_rate(self.name(symbol))} &= {' '.join(change)}"


def _rate(name: str) -> str:
    return rf"\frac{{\mathrm{{d}} {name}}}{{\mathrm{{d}} t}}"


def _state(name: str) -> str:
    channel, _, state = name.partition(".")
    letter = state if len(state) == 1 else latex_name(state)
    return f"{letter}_{{{latex_name(channel)}}}"


def _definition(name: str) -> str:
    parts = name.split(".")
    if name.startswith("channel.") and parts[-1] == "reversal":
        return f"E_{{{latex_name(parts[1])}}}"
    if name.startswith("I_"):
        return f"I_{{{latex_name(name[2:])}}}"
    return (
        _state(f"{parts[-4]}.{parts[-1]}" if len(parts) == 5 else name)
        if parts[1:]
        else (latex_name(name))
    )


def _parameter(parameter: Parameter) -> str:
    parts = parameter.name.split(".")
    if parts[-1] == "single_channel_conductance":
        return rf"\gamma_{{{latex_name(parts[1])}}}"
    letter = _LETTERS.get(parameter.kind)
    if letter is None:
        return latex_name(parts[-1])
    return f"{letter}_{{{latex_name(parts[1])}}}"


def _unit(unit: str) -> str:
    return rf"\, \mathrm{{{unit.replace('2', '^2')}}}" if unit else ""

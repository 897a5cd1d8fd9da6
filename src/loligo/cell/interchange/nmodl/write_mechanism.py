"""The NMODL text of a part of a cell."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from loligo.cell.expression import Expression
from loligo.cell.interchange.nmodl.parts import Part
from loligo.cell.interchange.nmodl.spelling import FUNCTIONS, Spelling
from loligo.cell.lowered import Occupancy, Relaxation

_PIECES = ("channel", "gate", "scheme", "pool", "constants", "transitions", "let")
_WIDTH = 100
_SHORT = {"conductance": "gbar", "reversal": "e", "permeability": "p"}


def mechanism_text(
    part: Part,
    suffix: str,
    title: str = "",
    *,
    ion: str = "",
    reads: Mapping[str, str] | None = None,
    starts: Mapping[str, float] | None = None,
) -> str:
    """Return the NMODL file of a part.

    Parameters
    ----------
    part : Part
    suffix : str
    title : str
    ion : str
        The ion of ``na``, ``k`` and ``ca`` that the only current is one of; else it is nonspecific.
    reads : mapping of str to str
        Symbols that are variables of ions: ``{"constants.ca": "cai"}``.
    starts : mapping of str to float
        Occupancies at the start; schemes without are solved for their steady state.

    Raises
    ------
    ModelError
        A function that NMODL does not have.
    """
    return _Mechanism(part, suffix, title, ion, reads or {}, starts or {}).text()


def parameter_names(part: Part) -> dict[str, str]:
    """Return what the file of a part calls each parameter, by its path."""
    made = _Mechanism(part, "", "", "", {}, {})
    return {parameter.name: made.names.names[parameter.name] for parameter in made.parameters}


class _Mechanism:
    def __init__(
        self,
        part: Part,
        suffix: str,
        title: str,
        ion: str,
        reads: Mapping[str, str],
        starts: Mapping[str, float],
    ) -> None:
        self.part, self.suffix, self.title = part, suffix, title
        self.ion, self.reads, self.starts = ion, reads, starts
        self.names = Spelling()
        self.names.names |= reads
        self.assigned: list[str] = []
        self.states = self._states()
        self.parameters = [p for p in part.parameters if p.name not in reads]
        for parameter in self.parameters:
            self.names.name(parameter.name, self._short(parameter.name))
        for name, _ in part.definitions:
            self.assigned.append(self.names.name(name, self._short(name)))
        self.currents = {
            current.name: f"i{ion}" if ion else self._current(current.name)
            for current in part.currents
        }
        self.explicit = bool(part.flows)

    def _states(self) -> list[str]:
        part = self.part
        symbols = [gate.state for gate in part.relaxations]
        symbols += [flow.state for flow in part.flows]
        symbols += [name for scheme in part.occupancies for name in scheme.symbols]
        bare = [symbol.rpartition(".")[2] for symbol in symbols]
        return [
            self.names.name(symbol, name if bare.count(name) == 1 else symbol)
            for symbol, name in zip(symbols, bare, strict=True)
        ]

    def _short(self, symbol: str) -> str:
        words = [word for word in symbol.split(".") if word not in _PIECES]
        if len(self.part.keys) == 1 and len(words) > 1 and words[0] in self.part.keys:
            words = words[1:]
        return "_".join(_SHORT.get(word, word) for word in words)

    def _current(self, key: str) -> str:
        if len(self.part.keys) == 1:
            return self.names.names.setdefault("the current", "i")
        return self.names.name(f"current {key}", f"i_{key}")

    def text(self) -> str:
        rates, moves = self._rates()
        derivatives = self._derivatives(moves)
        currents: list[str] = []
        for current in self.part.currents:
            value = self.names.text(current.current, currents)
            currents.append(f"{self.currents[current.name]} = 0.001 * ({value})")
        blocks = [self._neuron(), self._declared(), *self._dynamics(derivatives, moves, currents)]
        temporary = f"LOCAL {', '.join(self.names.choices)}" if self.names.choices else ""
        inside = [line for line in (temporary, *rates) if line]
        blocks.append(_block("PROCEDURE rates()", inside))
        blocks += [FUNCTIONS[name] for name in sorted(self.names.functions) if name in FUNCTIONS]
        head = f"TITLE {' '.join(self.title.split())[:200]}\n\n" if self.title.strip() else ""
        return head + "\n".join(blocks)

    def _neuron(self) -> str:
        lines = [f"SUFFIX {self.suffix}"]
        ions: dict[str, list[str]] = {}
        for variable in self.reads.values():
            ions.setdefault(variable[:-1], []).append(variable)
        if self.ion:
            ions.setdefault(self.ion, [])
        for ion, variables in ions.items():
            read = f" READ {', '.join(variables)}" if variables else ""
            write = f" WRITE i{ion}" if ion == self.ion else ""
            lines.append(f"USEION {ion}{read}{write}")
        if not self.ion:
            lines.append(f"NONSPECIFIC_CURRENT {', '.join(self.currents.values())}")
        if self.parameters:
            names = (self.names.names[parameter.name] for parameter in self.parameters)
            lines.append(f"RANGE {', '.join(names)}")
        lines.append("THREADSAFE")
        return _block("NEURON", lines)

    def _declared(self) -> str:
        units = _block("UNITS", ["(mV) = (millivolt)", "(mA) = (milliamp)", "(mM) = (milli/liter)"])
        values = [
            f"{self.names.names[p.name]} = {p.value!r} : {p.name}"
            + (f" [{p.unit}]" if p.unit else "")
            for p in self.parameters
        ]
        assigned = ["v (mV)", "celsius (degC)"]
        assigned += [f"{name} (mA/cm2)" for name in self.currents.values()]
        assigned += [f"{name} (mM)" for name in self.reads.values()]
        blocks = [units, _block("PARAMETER", values), _block("ASSIGNED", assigned + self.assigned)]
        if self.states:
            blocks.append(_block("STATE", [" ".join(self.states)]))
        return "\n".join(blocks)

    def _rates(self) -> tuple[list[str], dict[str, str]]:
        """Return the statements of all definitions and laws, and the name of each law."""
        lines: list[str] = []
        laws: dict[str, str] = {}

        def add(symbol: str, wanted: str, value: Expression) -> None:
            text = self.names.text(value, lines)
            name = self.names.name(symbol, wanted)
            if name not in self.assigned:
                self.assigned.append(name)
            laws[symbol] = name
            lines.append(f"{name} = {text}")

        for name, value in self.part.definitions:
            add(name, "", value)
        for gate in self.part.relaxations:
            state = self.names.names[gate.state]
            for kind, law in gate.laws.items():
                scaled = law / gate.factor if kind == "tau" else law
                scaled = law * gate.factor if kind in {"alpha", "beta"} else scaled
                add(f"{gate.state} {kind}", f"{state}_{kind}", scaled)
        for scheme in self.part.occupancies:
            for place, (_, _, rate) in enumerate(scheme.transitions):
                add(f"{scheme.name} {place}", f"k{place}_{scheme.name}", rate)
        return lines, laws

    def _derivatives(self, laws: Mapping[str, str]) -> list[str]:
        lines = [
            f"{self.names.names[gate.state]}' = {self._relaxing(gate, laws)}"
            for gate in self.part.relaxations
        ]
        self.names.multiplied = True
        for flow in self.part.flows:
            value = self.names.text(flow.rate, lines)
            lines.append(f"{self.names.names[flow.state]}' = {value}")
        self.names.multiplied = False
        return lines

    def _relaxing(self, gate: Relaxation, laws: Mapping[str, str]) -> str:
        state = self.names.names[gate.state]
        named = {kind: laws[f"{gate.state} {kind}"] for kind in gate.laws}
        if "tau" in named:
            return f"({named['inf']} - {state}) / {named['tau']}"
        return f"{named['alpha']} * (1 - {state}) - {named['beta']} * {state}"

    def _moves(self, scheme: Occupancy, laws: Mapping[str, str]) -> list[str]:
        """Return the reactions of a scheme, or its derivatives where pools are solved too."""
        names = [self.names.names[symbol] for symbol in scheme.symbols]
        rates = [laws[f"{scheme.name} {place}"] for place in range(len(scheme.transitions))]
        if not self.explicit:
            lines = [
                f"~ {names[source]} <-> {names[target]} ({rate}, 0)"
                for (source, target, _), rate in zip(scheme.transitions, rates, strict=True)
            ]
            return [*lines, f"CONSERVE {' + '.join(names)} = 1"]
        lines = []
        for state, name in enumerate(names):
            text = ""
            for (source, target, _), rate in zip(scheme.transitions, rates, strict=True):
                text += f" + {rate} * {names[source]}" if target == state else ""
                text += f" - {rate} * {name}" if source == state else ""
            lines.append(f"{name}' = 0{text}")
        return lines

    def _dynamics(
        self, derivatives: list[str], laws: Mapping[str, str], currents: list[str]
    ) -> list[str]:
        """Return INITIAL, BREAKPOINT and the blocks they solve."""
        reactions = [line for s in self.part.occupancies for line in self._moves(s, laws)]
        start = [
            f"{self.names.names[flow.state]} = {self.names.text(flow.initial, [])}"
            for flow in self.part.flows
        ]
        start.append("rates()")
        start += [self._start(gate, laws) for gate in self.part.relaxations]
        solve: list[str] = []
        blocks: list[str] = []
        if self.explicit:
            derivatives, reactions = [*derivatives, *reactions], []
        for scheme in self.part.occupancies:
            if all(symbol in self.starts for symbol in scheme.symbols):
                start += [
                    f"{self.names.names[symbol]} = {self.starts[symbol]!r}"
                    for symbol in scheme.symbols
                ]
            else:
                start.append("SOLVE scheme STEADYSTATE sparse")
        if derivatives:
            method = "derivimplicit" if self.explicit else "cnexp"
            solve.append(f"SOLVE states METHOD {method}")
            blocks.append(_block("DERIVATIVE states", ["rates()", *derivatives]))
        if reactions:
            solve.append("SOLVE scheme METHOD sparse")
            blocks.append(_block("KINETIC scheme", ["rates()", *reactions]))
        if any(line.startswith("IF") for line in (*derivatives, *currents)):
            temporary = f"LOCAL {', '.join(self.names.choices)}"
            currents = [temporary, *solve, "rates()", *currents]
        else:
            currents = [*solve, "rates()", *currents]
        if any(line.startswith("IF") for line in derivatives):
            names = ", ".join(self.names.choices)
            blocks[0] = _block("DERIVATIVE states", [f"LOCAL {names}", "rates()", *derivatives])
        return [_block("INITIAL", start), _block("BREAKPOINT", currents), *blocks]

    def _start(self, gate: Relaxation, laws: Mapping[str, str]) -> str:
        state = self.names.names[gate.state]
        named = {kind: laws[f"{gate.state} {kind}"] for kind in gate.laws}
        if gate.initial is not None:
            return f"{state} = {self.names.text(gate.initial, [])}"
        if "inf" in named:
            return f"{state} = {named['inf']}"
        return f"{state} = {named['alpha']} / ({named['alpha']} + {named['beta']})"


def _block(head: str, lines: Sequence[str]) -> str:
    return "\n".join([f"{head} {{", *(_wrapped(line) for line in lines), "}", ""])


def _wrapped(line: str) -> str:
    """Return a line of a block, broken where it is longer than NEURON's parser takes."""
    if len(line) <= _WIDTH or ":" in line:
        return f"    {line}"
    spaces = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(
        line.strip(),
        _WIDTH,
        initial_indent=spaces,
        subsequent_indent=f"{spaces}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )

"""Names and expressions as NMODL spells them: choices become IF, names lose their dots."""

from __future__ import annotations

import re

from loligo.cell.expression import (
    Call,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
)
from loligo.errors import ModelError

_TAKEN = frozenset(
    (  # noqa: SIM905
        "v t dt celsius area diam L i y j y0 y1 yn j0 j1 jn nt gamma step ramp pulse delay "
        "exp log log10 sqrt fabs pow sinh cosh tanh sin cos tan init state states rates "
        "scheme linoid sigmoid logistic expm1_ lesser greater threshold erf hypot floor ceil "
        "abs sign at_time state_discontinuity index div time signal read write open close "
        "link select remove rename access force harmonic squarewave revsawtooth sawtooth "
        "revhyperbol perpulse perstep expfit boundary legendre invert error factorial simplex "
        "nernst ghk random dorand fmod atan acos asin atan2 end if else while for and or not "
        "in is "
    ).split()
)
"""Names that NMODL, NEURON, Python or C have for something else."""

FUNCTIONS = {
    "linoid": (
        "FUNCTION linoid(x) { : x / (1 - exp(-x)), 1 at 0\n"
        "    IF (fabs(x) < 1e-3) {\n"
        "        linoid = 1 + x * (0.5 + x / 12)\n"
        "    } ELSE {\n"
        "        linoid = x / (1 - exp(-x))\n"
        "    }\n"
        "}\n"
    ),
    "sigmoid": "FUNCTION logistic(x) {\n    logistic = 1 / (1 + exp(-x))\n}\n",
    "expm1": "FUNCTION expm1_(x) {\n    expm1_ = exp(x) - 1\n}\n",
    "min": "FUNCTION lesser(a, b) {\n    IF (a < b) { lesser = a } ELSE { lesser = b }\n}\n",
    "max": "FUNCTION greater(a, b) {\n    IF (a > b) { greater = a } ELSE { greater = b }\n}\n",
}
"""Functions a file gets where it uses them."""

_SPELLED = {
    **{name: name for name in ("exp", "log", "log10", "sqrt", "sinh", "cosh", "tanh", "linoid")},
    "sigmoid": "logistic",
    "abs": "fabs",
    "expm1": "expm1_",
    "min": "lesser",
    "max": "greater",
}


class Spelling:
    """The names of one file, and what its expressions need beside them."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {"v": "v", "temperature": "celsius"}
        self.functions: set[str] = set()
        self.choices: list[str] = []
        self.count = 0
        self.multiplied = False
        """Write small powers as products, since NEURON cannot differentiate them."""

    def name(self, symbol: str, wanted: str = "") -> str:
        """Return the name of a symbol; always the same one."""
        if symbol not in self.names:
            name = re.sub(r"\W", "_", wanted or symbol)
            used = {*self.names.values(), *(f"{n}0" for n in self.names.values())}
            while name.lower() in _TAKEN or name in _TAKEN or name in used or f"{name}0" in used:
                name += "_"
            self.names[symbol] = name
        return self.names[symbol]

    def text(self, node: Expression, lines: list[str]) -> str:
        """Return an expression; what must be decided before it is added to `lines`."""
        return self._text(node, 0, lines)

    def _text(  # noqa: PLR0911
        self, node: Expression, outer: int, lines: list[str]
    ) -> str:
        if isinstance(node, Number):
            text = repr(node.value).removesuffix(".0")
            return f"({text})" if node.value < 0 and outer > 0 else text
        if isinstance(node, Symbol):
            return self.names[node.name]
        if isinstance(node, Operation):
            binds = 1 if node.operator in "+-" else 2
            left = self._text(node.left, binds, lines)
            text = f"{left} {node.operator} {self._text(node.right, binds + 1, lines)}"
            return f"({text})" if binds < outer else text
        if isinstance(node, Power):
            if self.multiplied and node.exponent in {2.0, 3.0, 4.0}:
                base = self._text(node.base, 3, lines)
                text = " * ".join([base] * int(node.exponent))
                return f"({text})" if outer > 1 else text
            base = self._text(node.base, 4, lines)
            return f"{base}^{self._text(Number(node.exponent), 4, lines)}"
        if isinstance(node, Where):
            return self._choice(node, lines)
        if isinstance(node, Call) and node.function in _SPELLED:
            inner = ", ".join(self._text(part, 0, lines) for part in node.arguments)
            self.functions.add(node.function)
            return f"{_SPELLED[node.function]}({inner})"
        what = node.function if isinstance(node, Call) else type(node).__name__
        raise ModelError(f"{what} has no counterpart in NMODL")

    def _choice(self, node: Where, lines: list[str]) -> str:
        self.count += 1
        name = self.name(f"choice {self.count}", f"choice{self.count}")
        self.choices.append(name)
        left = self._text(node.condition.left, 1, lines)
        right = self._text(node.condition.right, 1, lines)
        yes: list[str] = []
        no: list[str] = []
        first, second = self._text(node.yes, 0, yes), self._text(node.no, 0, no)
        lines.append(f"IF ({left} {node.condition.relation} {right}) {{")
        lines += [*(f"    {line}" for line in yes), f"    {name} = {first}", "} ELSE {"]
        lines += [*(f"    {line}" for line in no), f"    {name} = {second}", "}"]
        return name

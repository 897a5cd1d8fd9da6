"""Loligo's expressions as component types of LEMS, which NeuroML documents carry with them.

Each type divides the potential by 1 mV, the concentration of calcium by 1 mM and the temperature by
1 K, computes with plain numbers, and multiplies by the unit of what it exposes. What LEMS has no
function for (`linoid`, `where`, `min`, `max`, `abs`) becomes a conditional variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loligo.cell.expression import (
    Call,
    Compare,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    Where,
    symbols,
)
from loligo.cell.interchange.neuroml.lems import LARGEST, size
from loligo.cell.interchange.neuroml.rates import Use
from loligo.errors import ModelError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_EXPOSED: Mapping[Use, tuple[str, str, str]] = {
    "rate": ("r", "per_time", "Rate"),
    "variable": ("x", "none", "Variable"),
    "time": ("t", "time", "Time"),
}
_INPUTS = {
    "v": ("V", "v", "MV", "voltage", "1 mV", ""),
    "temperature": ("T", "temperature", "KELVIN", "temperature", "1 K", " - 273.15"),
    "calcium": ("CA", "caConc", "MM", "concentration", "1 mM", ""),
}
"""The variable, what it is of, and the constant of 1 unit that it is divided by."""

_RELATIONS = {"<": "lt", "<=": "leq", ">": "gt", ">=": "geq", "==": "eq", "!=": "neq"}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_FUNCTIONS = {name: name for name in ("exp", "sqrt", "sinh", "cosh", "tanh")} | {"log": "ln"}
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}


def numeral(value: float) -> str:
    """Write a number as NeuroML's schema reads it, exactly."""
    return repr(float(value)).replace("e+", "e").removesuffix(".0")


@dataclass
class TypeWriter:
    """Writes expressions as component types, one type for each, and keeps them.

    Parameters
    ----------
    prefix : str
        Begins the names of all types.
    calcium : str or None
        The symbol of the calcium concentration, where there is one.
    """

    prefix: str
    calcium: str | None
    types: list[Element] = field(default_factory=list)

    def add(
        self, name: str, use: Use, law: Expression, path: str, kinetic: bool = False
    ) -> dict[str, str]:
        """Add the type of a law, and return the attributes of an element of that type.

        Parameters
        ----------
        name : str
        use : {"rate", "variable", "time"}
        law : Expression
            Of ``v`` [mV], ``temperature`` [degC] and the calcium concentration [mM].
        path : str
            Where it is from, for messages.
        kinetic : bool
            For a transition of a scheme, whose rates must have the parameters of named ones.

        Raises
        ------
        ModelError
            It depends on something else, or is too large.
        """
        from xml.etree.ElementTree import Element, SubElement

        unknown = sorted(symbols(law) - {"v", "temperature", self.calcium})
        if unknown:
            raise ModelError(
                f"{path}: depends on {unknown[0]!r}; in NeuroML it may depend on v, temperature "
                f"and the concentration of calcium"
            )
        if size(law) > LARGEST:
            raise ModelError(f"{path}: written out it has more than {LARGEST} operations")
        exposure, dimension, kind = _EXPOSED[use]
        body = _Body(path, {"v": "V", "temperature": "T", self.calcium or "": "CA"})
        text = body.text(law, 0)
        used = [
            key for key, symbol in (("v", "v"), ("temperature", "temperature"),
                                    ("calcium", self.calcium)) if symbol in symbols(law)
        ]  # fmt: skip
        conc = "Conc" if "calcium" in used and not kinetic else ""
        base = "baseHHRate" if kinetic else f"baseVoltage{conc}Dep{kind}"
        full = f"{self.prefix}_{name}"
        element = Element("ComponentType", {"name": full, "extends": base})
        needed = [_INPUTS[key] for key in used]
        if use != "variable":
            text = f"({text}) / MS" if use == "rate" else f"({text}) * MS"
            SubElement(element, "Constant", name="MS", dimension="time", value="1 ms")
        for _, _, unit, of, one, _ in needed:
            SubElement(element, "Constant", name=unit, dimension=of, value=one)
        for key in used:
            _, source, _, of, _, _ = _INPUTS[key]
            if key == "temperature" or (key == "calcium" and kinetic):
                SubElement(element, "Requirement", name=source, dimension=of)
        dynamics = SubElement(element, "Dynamics")
        for variable, source, unit, _, _, more in needed:
            value = f"{source} / {unit}{more}"
            SubElement(dynamics, "DerivedVariable", name=variable, dimension="none", value=value)
        dynamics.extend(item for item in body.variables if item.tag == "DerivedVariable")
        SubElement(
            dynamics,
            "DerivedVariable",
            {"name": exposure, "exposure": exposure, "dimension": dimension, "value": text},
        )
        dynamics.extend(item for item in body.variables if item.tag != "DerivedVariable")
        self.types.append(element)
        own = {"rate": "1 per_ms", "midpoint": "0 mV", "scale": "1 mV"} if kinetic else {}
        return {"type": full, **own}


@dataclass
class _Body:
    """The variables that an expression needs before it."""

    path: str
    names: Mapping[str, str]
    variables: list[Element] = field(default_factory=list)
    known: dict[Expression, str] = field(default_factory=dict)

    def text(self, node: Expression, outer: int) -> str:  # noqa: PLR0911
        """Return an expression in LEMS; `outer` is how tightly what is around it binds."""
        if isinstance(node, Number):
            written = numeral(node.value)
            return f"({written})" if node.value < 0 else written
        if isinstance(node, Symbol):
            return self.names[node.name]
        if isinstance(node, Operation):
            binds = _BINDS[node.operator]
            left, right = self.text(node.left, binds), self.text(node.right, binds + 1)
            written = f"{left} {node.operator} {right}"
            return f"({written})" if binds < outer else written
        if isinstance(node, Power):
            return f"({self.text(node.base, 0)})^{self.text(Number(node.exponent), 4)}"
        if isinstance(node, Call) and node.function in _FUNCTIONS:
            return f"{_FUNCTIONS[node.function]}({self.text(node.arguments[0], 0)})"
        if isinstance(node, Call) and node.function in {"sigmoid", "expm1", "log10"}:
            inner = self.text(node.arguments[0], 2)
            return {
                "sigmoid": f"(1 / (1 + exp(0 - {inner})))",
                "expm1": f"(exp({inner}) - 1)",
                "log10": f"(ln({inner}) / {numeral(2.302585092994046)})",
            }[node.function]
        if node not in self.known:
            self.known[node] = self.chosen(node)
        return self.known[node]

    def chosen(self, node: Expression) -> str:
        """Return the name of a conditional variable that is the node."""
        if isinstance(node, Where):
            condition = node.condition
            sides = self.text(condition.left, 1), self.text(condition.right, 1)
            yes, no = self.text(node.yes, 0), self.text(node.no, 0)
            return self.cases(sides, condition, yes, no)
        assert isinstance(node, Call)
        if node.function == "linoid":
            x = self.variable(self.text(node.arguments[0], 0))
            test = Compare("!=", Number(0.0), Number(0.0))
            return self.cases((x, "0"), test, f"{x} / (1 - exp(0 - {x}))", "1")
        parts = [self.variable(self.text(part, 0)) for part in node.arguments]
        if node.function == "abs":
            parts = [parts[0], f"0 - {parts[0]}"]
        elif node.function not in {"min", "max"}:
            raise ModelError(f"{self.path}: LEMS has no {node.function!r}; write it otherwise")
        relation = Compare("<" if node.function == "min" else ">=", Number(0.0), Number(0.0))
        return self.cases((parts[0], f"({parts[1]})"), relation, parts[0], parts[1])

    def variable(self, text: str) -> str:
        """Add a variable, and return its name."""
        from xml.etree.ElementTree import Element

        name = f"x{len(self.variables)}"
        attributes = {"name": name, "dimension": "none", "value": text}
        self.variables.append(Element("DerivedVariable", attributes))
        return name

    def cases(self, sides: tuple[str, str], condition: Compare, yes: str, no: str) -> str:
        """Add a variable with two cases, and return its name."""
        from xml.etree.ElementTree import Element, SubElement

        name = f"y{len(self.variables)}"
        element = Element("ConditionalDerivedVariable", {"name": name, "dimension": "none"})
        other = _OPPOSITE[condition.relation]
        for relation, value in ((condition.relation, yes), (other, no)):
            test = f"{sides[0]} .{_RELATIONS[relation]}. {sides[1]}"
            SubElement(element, "Case", condition=test, value=value)
        self.variables.append(element)
        return name

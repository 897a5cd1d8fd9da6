"""Densities that vary along a cell: NeuroML's expressions of a path length, and loligo's profiles.

NeuroML's are in S/m2 of a length in um from the start of the root.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loligo.cell.expression import (
    Call,
    Expression,
    Number,
    Operation,
    Power,
    Symbol,
    parse,
    substitute,
    symbols,
    to_text,
)
from loligo.cell.interchange.neuroml.dimensions import number
from loligo.cell.interchange.neuroml.markup import Element
from loligo.errors import ExpressionError, ModelError, suggest

_METRIC = "Path Length from root"
_FUNCTIONS = ("exp", "log", "sqrt", "sinh", "cosh", "tanh")
"""What both languages have."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """The variable that is a path length, and what it is counted in.

    Parameters
    ----------
    variable : str
    start : float
        The length from the root where it is 0 [um].
    whole : float or None
        The length at which it is 1 [um]; ``None`` where it is counted in um.
    """

    variable: str
    start: float
    whole: float | None = None

    def of_distance(self) -> Expression:
        """Return it as an expression of ``distance``."""
        here = Symbol("distance") - self.start if self.start else Symbol("distance")
        return here if self.whole is None else here / self.whole


def expression_text(law: Expression, path: str) -> str:
    """Return an expression as LEMS writes it.

    Raises
    ------
    ModelError
        A function that NeuroML does not have.
    """
    if isinstance(law, Number):
        return repr(law.value) if law.value >= 0 else f"({law.value!r})"
    if isinstance(law, Symbol):
        return law.name
    if isinstance(law, Operation):
        left, right = (expression_text(side, path) for side in (law.left, law.right))
        return f"({left} {law.operator} {right})"
    if isinstance(law, Power):
        return f"({expression_text(law.base, path)} ^ ({law.exponent!r}))"
    if isinstance(law, Call) and law.function in _FUNCTIONS:
        return f"{law.function}({expression_text(law.arguments[0], path)})"
    what = law.function if isinstance(law, Call) else type(law).__name__.lower()
    raise ModelError(f"{path}: NeuroML has no function {what!r}")


def read_parameters(
    groups: tuple[Element, ...],
    members: Mapping[str, tuple[int, ...]],
    lengths: Mapping[int, tuple[float, float]],
) -> dict[str, Parameter]:
    """Return each inhomogeneous parameter by its id.

    Parameters
    ----------
    groups : tuple of Element
    members : mapping of str to tuple of int
        The segments of each group.
    lengths : mapping of int to tuple of float
        How far each segment begins and ends from the start of the root [um].

    Raises
    ------
    ModelError
        With the line: another metric, a length that begins elsewhere than at 0, or one that is
        normalized without beginning there or to something else than 1.
    """
    found: dict[str, Parameter] = {}
    for group in groups:
        for item in group.every("inhomogeneousParameter"):
            item.expect(("id", "variable", "metric"), (), ("proximal", "distal"))
            if item.get("metric") != _METRIC:
                item.refuse(f"metric = {item.get('metric')!r}; allowed: {_METRIC!r}")
            begin, end = item.maybe("proximal"), item.maybe("distal")
            if begin is not None:
                begin.expect(("translationStart",))
                if number(begin, "translationStart") != 0.0:
                    begin.refuse("a length that begins elsewhere than at 0 is not read")
            if end is not None:
                _check_end(end, begin)
            if item.get("id") in found:
                item.refuse(f"the id {item.get('id')!r} is taken")
            inside = members[group.get("id")] if begin is not None else ()
            start = min((lengths[key][0] for key in inside), default=0.0)
            whole = None
            if end is not None:
                whole = max((lengths[key][1] for key in inside), default=0.0) - start
                if not whole > 0.0:
                    end.refuse("the group has no length that could be 1")
            found[item.get("id")] = Parameter(item.get("variable"), start, whole)
    return found


def _check_end(end: Element, begin: Element | None) -> None:
    """Refuse a normalization that is not to 1 from where the group begins."""
    end.expect(("normalizationEnd",))
    if number(end, "normalizationEnd") != 1.0:
        end.refuse("a length is normalized to 1 at the end; another normalizationEnd is not read")
    if begin is None:
        end.refuse(
            "a length is normalized from where the group begins; add <proximal "
            "translationStart='0'/> before it"
        )


@dataclass(frozen=True, slots=True)
class Along:
    """A conductance density that varies: which parameter, and the expression of it [S/m2]."""

    parameter: str
    value: str
    line: int

    def profile(self, parameters: Mapping[str, Parameter], element: Element) -> str:
        """Return the expression of ``distance`` that it is [mS/cm2].

        Parameters
        ----------
        parameters : mapping of str to Parameter
            From `read_parameters`.
        element : Element
            The cell, for messages.

        Raises
        ------
        ModelError
            With the line: no such parameter, or what is no expression of it.
        """
        if self.parameter not in parameters:
            known = suggest(self.parameter, parameters)
            element.refuse(
                f"line {self.line}: no inhomogeneousParameter {self.parameter!r}; {known}"
            )
        parameter = parameters[self.parameter]
        variable = parameter.variable
        try:
            law = parse(re.sub(r"\bln\s*\(", "log(", self.value))
        except ExpressionError as error:
            element.refuse(f"line {self.line}: {error}")
        for name in sorted(symbols(law) - {variable}):
            element.refuse(f"line {self.line}: unknown name {name!r}; allowed: {variable!r}")
        return to_text(Number(0.1) * substitute(law, {variable: parameter.of_distance()}))


def read_along(element: Element) -> tuple[Along, str]:
    """Return what a ``<channelDensityNonUniform>`` says, and the group that it says it of."""
    inside = element.only("variableParameter")
    inside.expect(("parameter", "segmentGroup"), (), ("inhomogeneousValue",))
    if inside.get("parameter") != "condDensity":
        inside.refuse(f"parameter = {inside.get('parameter')!r}; allowed: 'condDensity'")
    value = inside.only("inhomogeneousValue")
    value.expect(("inhomogeneousParameter", "value"))
    found = Along(value.get("inhomogeneousParameter"), value.get("value"), value.line)
    return found, inside.get("segmentGroup")

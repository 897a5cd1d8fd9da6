"""Models of the calcium concentration that a document defines itself, as loligo's shell.

Such a `ComponentType` extends ``concentrationModel``. Its derivative of the concentration is read
as an expression of the current, the membrane's area and the concentration; where that is
``a iCa / surfaceArea - (concentration - rest) / decay`` with constants, it is a shell. The values
are found by evaluating it, so that it may be written in any way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from loligo.cell.expression import Expression, Symbol, evaluate
from loligo.cell.expression.parse import FARADAY_CONSTANT
from loligo.cell.interchange.neuroml.component_types import constant, dimension_name, resolve
from loligo.cell.interchange.neuroml.dimensions import DIMENSIONS, Dimension
from loligo.cell.interchange.neuroml.lems import Known, read_expression
from loligo.cell.interchange.neuroml.markup import Element
from loligo.errors import ExpressionError, suggest

BASE = "concentrationModel"
"""What such a type extends."""

_RATE: Dimension = (0, -3, -1, 0, 0, 1)
_CONCENTRATION = "concentration"
_OFFERED = {
    "iCa": Known(Symbol("i"), DIMENSIONS["current"]),
    "surfaceArea": Known(Symbol("area"), DIMENSIONS["area"]),
}
_STARTS = {_CONCENTRATION: "initialConcentration", "extConcentration": "initialExtConcentration"}
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class ShellType:
    """A type of concentration model, defined in a document."""

    element: Element

    def pool(self, model: Element) -> dict[str, Any]:
        """Return the fields of the pool of a model, without its start and currents.

        Parameters
        ----------
        model : Element
            It has the values of the parameters.

        Raises
        ------
        ModelError
            With the line: what is not understood, or no shell.
        """
        scope = {**_OFFERED, _CONCENTRATION: Known(Symbol("c"), DIMENSIONS[_CONCENTRATION])}
        parameters = [(item.get("name"), item) for item in self.element.every("Parameter")]
        model.expect(("id", "type", *(name for name, _ in parameters)), ("ion",))
        for name, item in parameters:
            scope[name] = constant(model, name, dimension_name(item))
        for item in self.element.every("Constant"):
            item.expect(("name", "dimension", "value"))
            scope[item.get("name")] = constant(item, "value", dimension_name(item))
        (dynamics,) = self.element.every("Dynamics")
        resolve({item.get("name"): item for item in dynamics.every("DerivedVariable")}, scope)
        change = dynamics.only("TimeDerivative")
        try:
            rate = read_expression(change.get("value"), scope, _RATE)
        except ExpressionError as error:
            change.refuse(str(error))
        return _shell(rate, model)


def read_shell_type(element: Element) -> ShellType:
    """Return a type that extends ``concentrationModel``.

    Raises
    ------
    ModelError
        With the line of what is not understood.
    """
    children = ("Parameter", "Constant", "Requirement", "Text", "Dynamics")
    element.expect(("name", "extends"), (), children)
    for item in element.every("Text"):
        item.expect(("name",))
    for item in element.every("Requirement"):
        item.expect(("name", "dimension"))
        name = item.get("name")
        if name not in _OFFERED:
            item.refuse(f"nothing gives {name!r}; {suggest(name, _OFFERED)}")
        if _OFFERED[name].dimension != DIMENSIONS[dimension_name(item)]:
            item.refuse(f"{name!r} has another dimension")
    for item in element.every("Parameter"):
        item.expect(("name", "dimension"))
    dynamics = element.only("Dynamics")
    kinds = ("StateVariable", "DerivedVariable", "TimeDerivative", "OnStart", "OnCondition")
    dynamics.expect((), (), kinds)
    for item in dynamics.every("StateVariable"):
        item.expect(("name", "dimension"), ("exposure",))
        if item.get("name") not in _STARTS:
            item.refuse(f"a state {item.get('name')!r} is not read; {suggest('', _STARTS)}")
    change = dynamics.only("TimeDerivative")
    change.expect(("variable", "value"))
    if change.get("variable") != _CONCENTRATION:
        change.refuse(f"the derivative of {change.get('variable')!r} is not read")
    for start in dynamics.every("OnStart"):
        start.expect((), (), ("StateAssignment",))
        for item in start.children:
            item.expect(("variable", "value"))
            if _STARTS.get(item.get("variable")) != item.get("value").strip():
                item.refuse("starts elsewhere than the <species> says")
    for condition in dynamics.every("OnCondition"):
        _check_stop(condition)
    return ShellType(element)


def _check_stop(element: Element) -> None:
    """Refuse any event but the stop at 0, which NeuroML's own models have too."""
    element.expect(("test",), (), ("StateAssignment",))
    test = "".join(element.get("test").split())
    assigned = [(x.get("variable"), x.get("value").strip()) for x in element.children]
    if test != f"{_CONCENTRATION}.lt.0" or assigned != [(_CONCENTRATION, "0")]:
        element.refuse("an event is not read, but that the concentration stops at 0")


def _shell(rate: Expression, model: Element) -> dict[str, Any]:
    grid = np.meshgrid([0.0, 1.0, -3.0], [1.0, 7.0], [0.0, 1.0, 5.0], indexing="ij")
    i, area, c = (axis.ravel() for axis in grid)
    with np.errstate(all="ignore"):
        found = np.broadcast_to(evaluate(rate, {"i": i, "area": area, "c": c}), i.shape)
    if not np.isfinite(found).all():
        model.refuse("its derivative is not finite")
    at_rest = found[(i == 0) & (area == 1)]
    gain, decline = float(found[(i == 1) & (area == 1) & (c == 0)][0] - at_rest[0]), 0.0
    decline = float(at_rest[0] - at_rest[1])
    expected = gain * i / area + at_rest[0] - decline * c
    if np.abs(found - expected).max() > _CLOSE * max(np.abs(found).max(), 1e-300):
        model.refuse(
            "is no shell: the derivative of its concentration is not a current per area and a "
            "return to rest, both times constants"
        )
    if not (gain > 0.0 and decline > 0.0 and at_rest[0] >= 0.0):
        model.refuse("its current must fill it, and it must return to a rest not below 0")
    return {
        "valence": 2,
        "depth": f"{1e3 / (2.0 * FARADAY_CONSTANT * gain)!r} um",
        "decay": f"{1.0 / decline!r} ms",
        "rest": f"{float(at_rest[0]) / decline!r} mM",
    }

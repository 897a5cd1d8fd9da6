"""`InsideSegment`: the ions inside a stretch of a neuron, whose volume its geometry tells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from loligo.cell.description import HERE
from loligo.cell.quantity import In
from loligo.cell.space import Inside
from loligo.errors import ModelError

WHOLE = math.inf
"""The depth of ions that fill each compartment: its own volume over its area."""
_WHOLE = "whole"


@dataclass(frozen=True)
class Depth(In):
    """A length above 0, or the text ``"whole"``."""

    def read(self, value: Any) -> float:
        """Return the number, infinite for the whole."""
        if value == _WHOLE:
            return WHOLE
        found = super().read(value)
        if not math.isfinite(found):
            raise ModelError(f"{HERE} = {value!r} is not finite; 'whole' is all that is inside")
        return found

    def write(self, value: float) -> str | float:
        """Return the text."""
        return _WHOLE if value == WHOLE else super().write(value)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema: a string with a unit, or ``"whole"``."""
        return {"anyOf": [super().schema(), {"const": _WHOLE}]}


class InsideSegment(Inside):
    """What is inside the compartments of a neuron's region.

    Parameters
    ----------
    depth : quantity
        ``"whole"``, the default: each compartment's volume over its area, ``r / 2`` of a cylinder.
        Else a layer beneath the membrane, ``"0.1 um"``, which exchanges nothing with the rest.
    """

    depth: Annotated[float, Depth("length", positive=True)] = WHOLE

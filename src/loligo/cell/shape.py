"""The three named shapes of rates: exponential, linoid and sigmoid.

They are one-to-one with NeuroML's HHExpRate, HHExpLinearRate and HHSigmoidRate. With
``x = (v - midpoint) / scale`` a rate is ``rate * exp(x)``, ``rate * x / (1 - exp(-x))`` (whose
removable singularity at x = 0 is taken care of) or ``rate / (1 + exp(-x))``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from loligo.errors import ModelError
from loligo.units import INTERNAL_UNITS, quantity, resolve

Kind = Literal["exponential", "linoid", "sigmoid"]

FUNCTION_OF: dict[Kind, str] = {"exponential": "exp", "linoid": "linoid", "sigmoid": "sigmoid"}
"""The function of expressions that each shape is."""

_WRITTEN = re.compile(r"(exponential|linoid|sigmoid)\(([^(),]*),([^(),]*),([^(),]*)\)")


@dataclass(frozen=True, slots=True)
class RateShape:
    """A named function of the membrane potential.

    Parameters
    ----------
    kind : {"exponential", "linoid", "sigmoid"}
    rate : float
        In `unit`.
    midpoint, scale : float
        [mV]
    unit : str
        Internal unit of the rate; empty for a steady state.
    """

    kind: Kind
    rate: float
    midpoint: float
    scale: float
    unit: str = "1/ms"

    def __str__(self) -> str:
        rate, midpoint, scale = (
            repr(value).removesuffix(".0") for value in (self.rate, self.midpoint, self.scale)
        )
        unit = {"1/ms": " /ms", "": ""}.get(self.unit, f" {self.unit}")
        return f"{self.kind}({rate}{unit}, {midpoint} mV, {scale} mV)"


def read_shape(text: str, unit: str | None) -> RateShape | None:
    """Return the shape that a text names, ``None`` where it names none.

    Parameters
    ----------
    text : str
        ``"linoid(1 /ms, -40 mV, 10 mV)"``.
    unit : str or None
        The internal unit its rate must have; any where it is ``None``.

    Raises
    ------
    ModelError, UnitError
        A quantity that is none, or of another dimension, or a scale of 0.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    kind, rate, midpoint, scale = match.groups()
    number = re.match(r"\s*[-+.\deE]+", rate)
    written = rate[number.end() :].strip() if number else ""
    dimension = resolve(written).dimension if unit is None else _dimension(unit)
    shape = RateShape(
        cast(Kind, kind),
        quantity(rate, dimension, name=f"the rate of {kind}"),
        quantity(midpoint, "voltage", name=f"the midpoint of {kind}"),
        quantity(scale, "voltage", name=f"the scale of {kind}"),
        INTERNAL_UNITS[dimension],
    )
    if shape.scale == 0:
        raise ModelError(f"in {text!r} the scale is 0 mV; the slope of a shape cannot be infinite")
    return shape


def _dimension(unit: str) -> str:
    return next(name for name, internal in INTERNAL_UNITS.items() if internal == unit)

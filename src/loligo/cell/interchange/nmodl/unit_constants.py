"""The constants of nature that a UNITS block can name, with the values NEURON has for them."""

from __future__ import annotations

import math

from loligo.cell.expression.parse import FARADAY_CONSTANT, GAS_CONSTANT

_OF = {
    "faraday": (FARADAY_CONSTANT, ("coulomb", "coulombs", "coulomb/mole", "coulombs/mole")),
    "k-mole": (GAS_CONSTANT, ("joule/degC", "joule/mole/degC", "joules/degC", "joule/degK")),
    "mole-k": (GAS_CONSTANT, ("joule/degC", "joule/mole/degC", "joules/degC", "joule/degK")),
    "pi": (math.pi, ("1", "")),
    "e": (1.602176634e-19, ("coulomb", "coulombs")),
}
_PREFIXES = {"kilo": 1e-3, "milli": 1e3, "micro": 1e6}


def unit_constant(of: str, unit: str) -> float | None:
    """Return ``FARADAY`` of ``FARADAY = (faraday) (kilocoulombs)``; ``None`` of what is unknown."""
    value, units = _OF.get(of, (0.0, ()))
    if unit in units:
        return value
    for prefix, factor in _PREFIXES.items():
        if unit.startswith(prefix) and unit.removeprefix(prefix) in units:
            return value * factor
    return None

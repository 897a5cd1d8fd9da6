"""What the names of a file mean before any statement has run, and the symbols that stand for it.

While a file is executed, a symbol tells by its prefix what it is: ``s:m`` the state m, ``p:gbar`` a
parameter, ``i:cai`` a variable of an ion from outside, ``?:x`` a variable that has no value.
"""

from __future__ import annotations

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.interchange.nmodl.syntax import File

FORBIDDEN = {
    "t": "the law depends on time; loligo's laws do not, a stimulus belongs to a protocol",
    "dt": "the law depends on the step of a simulator; write a DERIVATIVE",
    "area": "the area of a segment is no property of a channel",
    "diam": "the diameter of a segment is no property of a channel",
    "L": "the length of a section is no property of a channel",
}
"""Names of the simulator that no law may depend on."""

GIVEN = {"v": Symbol("v"), "celsius": Symbol("temperature")}
"""Names of the simulator that laws may depend on."""

REVERSALS = {"ena": 50.0, "ek": -77.0, "eca": 132.4579341637009}
"""NEURON's reversal potentials [mV]."""

CONCENTRATIONS = {"nai": 10.0, "nao": 140.0, "ki": 54.4, "ko": 2.5, "cai": 5e-5, "cao": 2.0}
"""NEURON's concentrations [mM]."""

VALENCES = {"na": 1, "k": 1, "ca": 2}
"""NEURON's valences."""

DEFAULT_CONCENTRATION = 1.0
"""NEURON's concentration of any other ion [mM]."""


def kind(symbol: str) -> str:
    """Return the prefix of a symbol, ``"v"`` for v and temperature."""
    return symbol[0] if ":" in symbol else "v"


def bare(symbol: str) -> str:
    """Return a symbol without its prefix."""
    return symbol.partition(":")[2] or symbol


def beginnings(file: File) -> dict[str, Expression]:
    """Return the value of each name before any statement has run."""
    found: dict[str, Expression] = {}
    for name, variable in file.parameters.items():
        found[name] = Symbol(f"p:{name}" if variable.value is not None else f"?:{name}")
    for name, variable in file.constants.items():
        found[name] = Number(variable.value if variable.value is not None else 0.0)
    for name in file.assigned:
        found[name] = Symbol(f"?:{name}")
    for ion in file.ions:
        found |= {name: Symbol(f"i:{name}") for name in ion.reads}
        found |= {name: Symbol(f"?:{name}") for name in ion.writes if name not in ion.reads}
    found |= {name: Symbol(f"?:{name}") for name in file.nonspecific}
    found |= {name: Symbol(f"s:{name}") for name in file.states}
    return {**found, **GIVEN}

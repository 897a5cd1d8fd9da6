"""From ``ina = gna * m^3 * h * (v - ena)`` to a channel, however the product is arranged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from loligo.cell.channel import Channel
from loligo.cell.expression import Expression, Number, Symbol, evaluate, symbols
from loligo.cell.interchange.nmodl.algebra import (
    Factors,
    NotLinear,
    affine,
    cancelled,
    factors,
    linear,
    product,
    quotient,
)
from loligo.cell.interchange.nmodl.gates import gate
from loligo.cell.interchange.nmodl.kinetic import scheme, scheme_states
from loligo.cell.interchange.nmodl.laws import Laws
from loligo.cell.interchange.nmodl.names import bare, kind
from loligo.cell.interchange.nmodl.phrases import formula, renamed, safe
from loligo.cell.interchange.nmodl.tidy import tidy
from loligo.errors import ModelError

_INTO_MILLI = 1e3
"""S/cm2 into mS/cm2, mA/cm2 into uA/cm2."""


@dataclass(frozen=True, slots=True)
class Split:
    """A current as conductance, driving force and what opens it."""

    conductance: float
    reversal: Expression
    opening: Factors


def channel(laws: Laws, current: str, ion: str, reversals: dict[str, float]) -> Channel:
    """Return the channel that carries a current.

    Parameters
    ----------
    laws : Laws
    current : str
        Its variable.
    ion : str
        Which ion, or nothing.
    reversals : dict of str to float
        Reversal potentials of ions [mV], by variable.

    Raises
    ------
    ModelError
        No dependence on the potential, or states that fit no channel; with line and text.
    """
    whole = laws.known[current]
    settled = laws.set_everywhere(whole, current)
    split = _split(laws, whole, settled)
    about: dict[str, Any] = {"name": laws.file.suffix, "notes": laws.file.title, "ion": ion}
    try:
        if split is None:
            return _by_expression(laws, current, settled, about, reversals)
        return _ohmic(laws, split, about, reversals)
    except ModelError as error:
        if "line " in str(error):
            raise
        raise laws.error(current, str(error)) from None


def _split(laws: Laws, whole: Expression, settled: Expression) -> Split | None:
    """Return a current as a product, ``None`` where it has no driving force of its own."""
    number, parts = factors(whole)
    rest: Factors = []
    for base, exponent in parts:
        if symbols(base) <= laws.values.keys():
            number *= float(evaluate(base, laws.values)) ** exponent
            continue
        inner, more = factors(laws.settled(base))
        number *= inner**exponent if inner else 0.0
        rest += [(part, power * exponent) for part, power in more]
    rest = cancelled(rest)
    place = _driving(rest)
    if place is not None:
        slope, intercept = linear(rest[place][0], "v")
        assert isinstance(slope, Number)
        opening = [part for index, part in enumerate(rest) if index != place]
        return _positive(number * slope.value, -intercept / slope, opening)
    try:
        slope, intercept = linear(settled, "v")
    except NotLinear:
        return None
    reversal = tidy(quotient(-intercept, slope))
    if slope == Number(0.0) or any(kind(s) == "s" or s == "v" for s in symbols(reversal)):
        return None
    number, opening = factors(slope)
    return _positive(number, reversal, cancelled(opening))


def _positive(conductance: float, reversal: Expression, opening: Factors) -> Split | None:
    if conductance < 0 or not math.isfinite(conductance):
        return None
    return Split(conductance, tidy(reversal), opening)


def _driving(parts: Factors) -> int | None:
    """Return which factor is the driving force ``v - e``."""
    found = []
    for place, (base, exponent) in enumerate(parts):
        if exponent != 1 or "v" not in symbols(base):
            continue
        try:
            slope, intercept = linear(base, "v")
        except NotLinear:
            continue
        if isinstance(slope, Number) and not any(kind(s) == "s" for s in symbols(intercept)):
            found.append((affine(base) is not None, place))
    return min(found)[1] if found else None


def _ohmic(laws: Laws, split: Split, about: dict[str, Any], reversals: dict[str, float]) -> Channel:
    reversal = renamed(split.reversal, reversals)
    at = reversal.value if isinstance(reversal, Number) else None
    given: dict[str, Any] = {
        "reversal": f"{at!r} mV" if at is not None else formula(reversal, "the reversal")
    }
    conductance = split.conductance
    opening = product(1.0, split.opening)
    used = _states(laws, opening)
    reacting = [state for state in used if state in scheme_states(laws)]
    if reacting:
        if len(reacting) < len(used):
            raise ModelError("gates and a KINETIC block in one current; a channel has one of them")
        given["scheme"], factor = scheme(laws, opening, reversals)
        conductance *= factor
    elif all(isinstance(b, Symbol) and kind(b.name) == "s" and _whole(e) for b, e in split.opening):
        given["gate"] = {
            safe(bare(base.name)): gate(laws, bare(base.name), int(exponent), reversals)
            for base, exponent in split.opening
            if isinstance(base, Symbol)
        }
    else:
        given["gating"] = formula(renamed(opening, reversals), "the open fraction")
        given["gate"] = {safe(state): gate(laws, state, 1, reversals) for state in used}
    size = _shortest(_INTO_MILLI * conductance)
    given["conductance"] = f"{size!r} mS/cm2"
    return Channel(**about, **given)


def _by_expression(
    laws: Laws,
    current: str,
    settled: Expression,
    about: dict[str, Any],
    reversals: dict[str, float],
) -> Channel:
    """Return a channel whose current is an expression, as of Goldman, Hodgkin and Katz."""
    if "v" not in symbols(settled):
        raise laws.error(
            current,
            f"{current} has no reversal: it does not depend on v. A conductance times (v - e) or a "
            f"Goldman-Hodgkin-Katz current is read",
        )
    used = _states(laws, settled)
    for state in used:
        if state in scheme_states(laws):
            raise laws.error(
                current, f"{current} is no conductance times (v - e), which a KINETIC block needs"
            )
    text = formula(renamed(_INTO_MILLI * settled, reversals), current)
    gates = {safe(state): gate(laws, state, 1, reversals) for state in used}
    return Channel(**{**about, "current": text, "gate": gates})


def _states(laws: Laws, node: Expression) -> list[str]:
    used = {bare(symbol) for symbol in symbols(node) if kind(symbol) == "s"}
    return [state for state in laws.file.states if state in used]


def _whole(exponent: float) -> bool:
    return exponent >= 1 and float(exponent).is_integer()


def _shortest(value: float) -> float:
    short = float(f"{value:.14g}")
    return short if abs(short - value) <= 1e-14 * abs(value) else value

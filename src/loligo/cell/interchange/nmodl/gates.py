"""From ``m' = ...`` to a gate: any right side that is linear in m, however it is written."""

from __future__ import annotations

import math
from typing import Any

from loligo.cell.expression import Expression, Number, Operation, Symbol, symbols, to_text
from loligo.cell.gate import Gate
from loligo.cell.interchange.nmodl.algebra import (
    Factors,
    NotLinear,
    cancelled,
    exponential,
    factors,
    linear,
    product,
    quotient,
    same,
    terms,
    total,
)
from loligo.cell.interchange.nmodl.laws import Laws
from loligo.cell.interchange.nmodl.names import bare, kind
from loligo.cell.interchange.nmodl.phrases import law, renamed
from loligo.cell.interchange.nmodl.tidy import tidy

_MOST_TERMS = 12


def gate(laws: Laws, state: str, power: int, reversals: dict[str, float]) -> Gate:
    """Return the gate that a state is.

    Raises
    ------
    ModelError
        Its equation is not linear in it, or depends on other states.
    """
    rate = laws.set_everywhere(laws.known[f"{state}'"], f"{state}'")
    rate = renamed_states_kept(rate, reversals)
    others = sorted(s for s in symbols(rate) if kind(s) == "s" and s != f"s:{state}")
    if others:
        raise laws.error(
            f"{state}'",
            f"{state}' depends on the state {bare(others[0])!r}; a gate depends on v, celsius and "
            f"concentrations. Write a scheme as a KINETIC block",
        )
    opening, closing, steady, tau = _two_laws(laws, state, rate)
    found = _forms(opening, closing, steady, tau, f"{state}'")
    initial = _initial(laws, state, steady)
    try:
        return Gate(power=power, initial=initial, **found)
    except ValueError as error:
        raise laws.error(f"{state}'", f"{state} is no gate: {error}") from None


def renamed_states_kept(node: Expression, reversals: dict[str, float]) -> Expression:
    """Return an expression with the names of ions, but states still marked as such."""
    from loligo.cell.expression import substitute

    marked = {s: Symbol(f"#{bare(s)}") for s in symbols(node) if kind(s) == "s"}
    plain = renamed(substitute(node, marked), reversals)
    back = {f"#{bare(s)}": Symbol(s) for s in marked}
    return substitute(plain, back)


def _two_laws(
    laws: Laws, state: str, rate: Expression
) -> tuple[Expression | None, Expression | None, Expression, Expression]:
    """Return alpha and beta where the equation is written with them; inf; tau."""
    try:
        slope, rest = linear(rate, f"s:{state}")
    except NotLinear:
        raise laws.error(f"{state}'", f"{state}' is not linear in {state}") from None
    speed, rest = _lean(-slope), _lean(rest)
    if f"s:{state}" not in symbols(rate) or speed == Number(0.0):
        raise laws.error(f"{state}'", f"{state}' does not depend on {state}: it never settles")
    fast, slow = expanded(speed), expanded(rest)
    alpha, beta = total(slow), total([*fast, *((-number, part) for number, part in slow)])
    tau, inf = tidy(quotient(Number(1.0), speed)), tidy(quotient(rest, speed))
    left = terms(beta)
    cancels = len(left) == len(fast) - len(slow) and all(number > 0 for number, _ in left)
    if cancels and rest != Number(0.0):
        alpha, beta = tidy(alpha), tidy(beta)
        x = Symbol(f"s:{state}")
        if same(alpha * (1.0 - x) - beta * x, rate, 1e-7):
            return alpha, beta, inf, tau
    return None, None, inf, tau


def _lean(node: Expression) -> Expression:
    """Return a product in which equal factors above and below the line are cancelled."""
    return quotient(node, Number(1.0))


def expanded(node: Expression) -> list[tuple[float, Expression]]:
    """Return the terms of an expression, a product of a sum multiplied out."""
    found: list[tuple[float, Expression]] = []
    for number, part in terms(node):
        more, parts = factors(part)
        sums = [
            place
            for place, (base, exponent) in enumerate(parts)
            if exponent == 1 and isinstance(base, Operation) and base.operator in "+-"
        ]
        if not sums or len(found) > _MOST_TERMS:
            found.append((number * more, _ordered(parts)))
            continue
        rest = product(1.0, [p for place, p in enumerate(parts) if place != sums[0]])
        for inner, term in terms(parts[sums[0]][0]):
            a, b = factors(rest * term)
            found.append((number * more * inner * a, _ordered(b)))
    return found


def _ordered(parts: Factors) -> Expression:
    """Return a product in an order of its own, so that equal ones are recognized."""
    return product(1.0, sorted(cancelled(parts), key=lambda part: to_text(part[0])))


def _forms(
    alpha: Expression | None, beta: Expression | None, inf: Expression, tau: Expression, what: str
) -> dict[str, Any]:
    """Return the laws as text, with what the temperature does to all rates as a Q10."""
    if alpha is not None and beta is not None:
        first, second = warmth(alpha), warmth(beta)
        shared = first is not None and second is not None and _close(first, second)
        if shared and first is not None and second is not None:
            alpha, beta = first[2], second[2]
        found: dict[str, Any] = {
            "alpha": law(alpha, "/ms", what),
            "beta": law(beta, "/ms", what),
        }
        return {**found, **(_q10(first) if shared and first else {})}
    warm = warmth(tau)
    if warm is not None:
        tau = warm[2]
        warm = (-warm[0], -warm[1], tau)
    found = {"inf": law(inf, "", what), "tau": law(tau, "ms", what)}
    return {**found, **(_q10(warm) if warm is not None else {})}


Warmth = tuple[float, float, Expression]


def warmth(node: Expression) -> Warmth | None:
    """Return a, b and the rest of ``exp(a * temperature + b) * rest``."""
    number, parts = factors(node)
    slope = intercept = 0.0
    rest = []
    for base, exponent in parts:
        argument = exponential(base)
        if argument is not None and symbols(argument) == {"temperature"}:
            try:
                a, b = linear(argument, "temperature")
            except NotLinear:
                return None
            if isinstance(a, Number) and isinstance(b, Number):
                slope += exponent * a.value
                intercept += exponent * b.value
                continue
        rest.append((base, exponent))
    left = product(number, rest)
    if slope == 0 or "temperature" in symbols(left):
        return None
    return slope, intercept, left


def _close(first: Warmth, second: Warmth) -> bool:
    return all(
        math.isclose(a, b, rel_tol=1e-12) for a, b in zip(first[:2], second[:2], strict=True)
    )


def _q10(warm: Warmth) -> dict[str, Any]:
    slope, intercept, _ = warm
    reference = float(f"{-intercept / slope:.13g}")
    return {
        "q10": float(f"{math.exp(10 * slope):.14g}"),
        "reference_temperature": f"{reference!r} degC",
    }


def _initial(laws: Laws, state: str, steady: Expression) -> float | None:
    """Return the value a gate starts with, ``None`` for its steady state."""
    written = laws.initial.get(state)
    if written is None:
        start = laws.file.parameters.get(f"{state}0")
        return 0.0 if start is None or start.value is None else start.value
    value = laws.set_everywhere(written, f"{state} in INITIAL")
    value = renamed_states_kept(value, {})
    if isinstance(value, Number) and not isinstance(steady, Number):
        return value.value
    if same(value, steady, 1e-6):
        return None
    if isinstance(value, Number):
        return value.value
    raise laws.error(
        state, f"{state} starts neither from its steady state nor from a number, which is refused"
    )

"""From the reactions of a KINETIC block to a Markov scheme."""

from __future__ import annotations

from typing import Any

from loligo.cell.expression import Expression, Number, symbols
from loligo.cell.interchange.nmodl.algebra import NotLinear, linear
from loligo.cell.interchange.nmodl.laws import Laws
from loligo.cell.interchange.nmodl.names import kind
from loligo.cell.interchange.nmodl.phrases import law, renamed, safe
from loligo.cell.scheme import Scheme


def scheme_states(laws: Laws) -> list[str]:
    """Return the states that react, in the order of their declaration."""
    reacting = {s for reaction, _, _ in laws.reactions for s in (reaction.source, reaction.target)}
    return [state for state in laws.file.states if state in reacting]


def scheme(laws: Laws, opening: Expression, reversals: dict[str, float]) -> tuple[Scheme, float]:
    """Return the scheme, and the factor that makes the most open state conduct 1.

    Parameters
    ----------
    laws : Laws
    opening : Expression
        What the current is multiplied with: a sum of states.
    reversals : dict of str to float
        Reversal potentials that rates may name.

    Raises
    ------
    ModelError
        Rates that depend on states, states that are not connected, an open fraction that is no sum.
    """
    states = scheme_states(laws)
    _connected(laws, states)
    _conserved(laws, states)
    weights = _weights(laws, opening, states)
    largest = max(weights.values())
    transitions = []
    for reaction, forward, backward in laws.reactions:
        what = f"{reaction.source} <-> {reaction.target}"
        rates: list[str | None] = []
        for given in (forward, backward):
            if given is None or (rate := laws.set_everywhere(given, what)) == Number(0.0):
                rates.append(None)
                continue
            if any(kind(name) == "s" for name in symbols(rate)):
                raise laws.source.error(
                    reaction.line,
                    f"a rate of {what} depends on a state; rates depend on v, "
                    "celsius and concentrations",
                )
            rates.append(law(renamed(rate, reversals), "/ms", what))
        first, second = safe(reaction.source), safe(reaction.target)
        if rates[0] is not None and rates[1] is not None:
            transitions.append(f"{first} <-> {second} : {rates[0]}, {rates[1]}")
        elif rates[0] is not None:
            transitions.append(f"{first} -> {second} : {rates[0]}")
        elif rates[1] is not None:
            transitions.append(f"{second} -> {first} : {rates[1]}")
    parts: dict[str, Any] = {
        "states": tuple(safe(state) for state in states),
        "open": {safe(state): weight / largest for state, weight in weights.items()},
        "transitions": tuple(transitions),
        "initial": _initial(laws, states),
    }
    return Scheme(**parts), largest


def _weights(laws: Laws, opening: Expression, states: list[str]) -> dict[str, float]:
    found = {}
    rest = opening
    line = laws.reactions[0][0].line
    for state in states:
        try:
            slope, rest = linear(rest, f"s:{state}")
        except NotLinear:
            raise laws.source.error(
                line, f"the current is not proportional to a sum of states ({state})"
            ) from None
        if not isinstance(slope, Number) or slope.value < 0:
            raise laws.source.error(
                line, f"the conductance of the state {state} is no number, or below 0"
            )
        if slope.value > 0:
            found[state] = slope.value
    if rest != Number(0.0) or not found:
        raise laws.source.error(
            line, "the current is not proportional to a sum of states of the KINETIC block"
        )
    return found


def _connected(laws: Laws, states: list[str]) -> None:
    reached, more = {states[0]}, True
    while more:
        more = False
        for reaction, _, _ in laws.reactions:
            pair = {reaction.source, reaction.target}
            if len(pair & reached) == 1:
                reached |= pair
                more = True
    for state in states:
        if state not in reached:
            raise laws.error(
                state, f"{state} is not connected with {states[0]}; a channel has one scheme"
            )


def _conserved(laws: Laws, states: list[str]) -> None:
    for statement, total in laws.execution.conserved:
        one = laws.settled(total)
        if sorted(statement.states) != sorted(states) or one != Number(1.0):
            raise laws.source.error(
                statement.line, "CONSERVE must say that all states of the block add up to 1"
            )


def _initial(laws: Laws, states: list[str]) -> dict[str, float] | None:
    if laws.steady:
        return None
    found = {}
    for state in states:
        value = laws.settled(laws.initial.get(state, Number(0.0)))
        if not isinstance(value, Number):
            raise laws.error(
                state, f"{state} starts from no number; write 'SOLVE ... STEADYSTATE sparse'"
            )
        found[state] = value.value
    if abs(sum(found.values()) - 1) > 1e-9:
        raise laws.error(
            states[0],
            f"the states start with {sum(found.values()):g} in all; they must add up to 1. Write "
            f"'SOLVE ... STEADYSTATE sparse' in INITIAL",
        )
    return {safe(state): value for state, value in found.items()}

"""`Scheme`: a Markov scheme, the states a channel moves between and the rates of the moves."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from loligo.cell.description import HERE, Description, FrozenMapping, check_name, refusal
from loligo.cell.gate import check_q10
from loligo.cell.quantity import In, Law, LetLaw, Rate
from loligo.cell.shape import RateShape
from loligo.errors import ModelError, suggest

_WRITTEN = re.compile(r"\s*(\w+)\s*(<->|->)\s*(\w+)\s*:(.*)", re.DOTALL)
_RATE = Law("rate")


class Transition(Description):
    """A move between two states, one way or both.

    Parameters
    ----------
    source, target : str
        States.
    forward : rate law
        From source to target.
    backward : rate law, optional
        From target to source.
    """

    source: str
    target: str
    forward: Rate
    backward: Rate | None = None

    def __str__(self) -> str:
        laws = [self.forward] if self.backward is None else [self.forward, self.backward]
        arrow = "->" if self.backward is None else "<->"
        written = ", ".join(str(_RATE.write(law)) for law in laws)
        return f"{self.source} {arrow} {self.target} : {written}"

    def moves(self) -> tuple[tuple[str, str, float | RateShape | str], ...]:
        """Return the one or two moves as (from, to, rate)."""
        there = (self.source, self.target, self.forward)
        if self.backward is None:
            return (there,)
        return there, (self.target, self.source, self.backward)


def read_transition(value: Any) -> Transition:
    """Return the transition that a sentence such as ``"C <-> O : alpha, beta"`` describes."""
    if isinstance(value, Transition):
        return value
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ModelError(
            f"{HERE} = {value!r} is not a transition; write 'C -> O : rate' or "
            f"'C <-> O : rate, rate back'"
        )
    source, arrow, target, rates = match.groups()
    laws = [law.strip() for law in _split(rates)]
    wanted = 1 if arrow == "->" else 2
    if len(laws) != wanted or not all(laws):
        raise ModelError(f"{HERE} = {value!r}: {arrow} takes {wanted} rate(s) after the colon")
    names = ("forward", "backward")
    return Transition(source=source, target=target, **dict(zip(names, laws, strict=False)))


def _split(text: str) -> list[str]:
    """Split at the commas that are in no parentheses."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


class Scheme(Description):
    """A Markov scheme.

    Parameters
    ----------
    states : tuple of str
        The states, two or more.
    open : mapping of str to float
        Relative conductance of each state that conducts.
    transitions : tuple of Transition
        The moves, as text: ``"C <-> O : alpha, beta"``, ``"O -> I : k"``. Rates are quantities,
        shapes or expressions in 1/ms of ``v``, ``temperature``, constants, lets, pools.
    let : mapping of str to law
        Named intermediate expressions or shapes for the rates of this scheme.
    q10, reference_temperature : float, temperature
        Rates are multiplied by ``q10**((temperature - reference_temperature) / 10)``.
    single_channel_conductance : quantity
        Makes a stochastic simulation possible: the number of channels is the conductance over it.
    initial : mapping of str to float
        Occupancies at the start; the steady state at the initial potential if not given.

    References
    ----------
    Colquhoun & Hawkes 1977, https://doi.org/10.1098/rspb.1977.0085
    """

    states: tuple[str, ...]
    open: FrozenMapping[float]
    transitions: tuple[
        Annotated[
            Transition,
            PlainValidator(read_transition),
            PlainSerializer(str),
            WithJsonSchema({"type": "string", "format": "transition"}),
        ],
        ...,
    ]
    let: FrozenMapping[LetLaw] = FrozenMapping()
    q10: Annotated[float, In("fraction", positive=True)] | None = None
    reference_temperature: Annotated[float, In("temperature")] | None = None
    single_channel_conductance: Annotated[float, In("conductance", positive=True)] | None = None
    initial: FrozenMapping[float] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_q10(self.q10, self.reference_temperature)
        if len(self.states) < 2 or len(set(self.states)) < len(self.states):
            raise ModelError(f"states = {list(self.states)}: two or more, each once")
        for state in self.states:
            check_name(state)
        problems = [
            (f"transitions.{index}", f"unknown state {name!r}; {suggest(name, self.states)}")
            for index, transition in enumerate(self.transitions)
            for name in (transition.source, transition.target)
            if name not in self.states
        ]
        for field in ("open", "initial"):
            for name, value in (getattr(self, field) or {}).items():
                if name not in self.states:
                    problems.append((f"{field}.{name}", f"unknown; {suggest(name, self.states)}"))
                elif not 0 <= value <= 1:
                    problems.append((f"{field}.{name}", f"{HERE} = {value:g}; allowed: 0 to 1"))
        moves = [move[:2] for transition in self.transitions for move in transition.moves()]
        for source, target in sorted({move for move in moves if moves.count(move) > 1}):
            problems.append(("transitions", f"{source} -> {target} is given more than once"))
        if not self.open:
            problems.append(("open", "at least one state must conduct, for example {O = 1.0}"))
        if self.initial is not None and abs(sum(self.initial.values()) - 1) > 1e-9:
            total = sum(self.initial.values())
            problems.append(("initial", f"the occupancies add up to {total:g}; they must to 1"))
        if problems:
            raise refusal(problems)
        return self

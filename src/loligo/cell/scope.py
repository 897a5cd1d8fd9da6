"""Which names an expression of a cell may use, and which symbol each of them is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.expression import Expression, Symbol, parse, substitute
from loligo.cell.expression.tree import symbols
from loligo.cell.sides import names_of
from loligo.cell.transporter import Transporter
from loligo.errors import ModelError, suggest

_UNITS_OF_TIME = frozenset({"s", "ms", "us", "min", "h"})


def cell_scope(cell: Cell) -> dict[str, str]:
    """Return the symbol of each name that all expressions of a cell may use.

    Gates are ``channel.gate``, and ``gate`` where only one channel has it.

    Raises
    ------
    ModelError
        A name that means two things.
    """
    scope = {"v": "v", "temperature": "temperature"}
    claims = [
        *((name, f"constants.{name}", f"constants.{name}") for name in cell.constants),
        *((name, name, f"let.{name}") for name in cell.let),
        *((name, name, f"pool.{name}") for name in cell.pool),
        *((f"I_{name}", f"I_{name}", f"channel.{name}") for name in cell.channel),
        *((f"I_{name}", f"I_{name}", f"transporter.{name}") for name in cell.transporter),
        *((name, symbol, place) for name, (symbol, place) in names_of(cell).items()),
    ]
    places: dict[str, str] = {}
    for name, symbol, place in claims:
        if name in places:
            raise ModelError(f"{place}: the name {name!r} is already that of {places[name]}")
        if name in _UNITS_OF_TIME and not place.startswith("channel"):
            raise ModelError(f"{place}: a unit of time cannot be a name, '1 / {name}' is a rate")
        scope[name], places[name] = symbol, place
    gates = Counter(gate for channel in cell.channel.values() for gate in channel.gate)
    for key, channel in cell.channel.items():
        for gate in channel.gate:
            if gate in places:
                raise ModelError(
                    f"channel.{key}.gate.{gate}: the name {gate!r} is already that of "
                    f"{places[gate]}"
                )
            scope[f"{key}.{gate}"] = f"{key}.{gate}"
            if gates[gate] == 1:
                scope[gate] = f"{key}.{gate}"
        if channel.scheme is not None:
            scope[f"{key}.open"] = f"{key}.open"
            scope |= {f"{key}.{state}": f"{key}.{state}" for state in channel.scheme.states}
    return scope


def channel_scope(scope: Mapping[str, str], key: str, channel: Channel) -> dict[str, str]:
    """Return the scope inside a channel, where its own gates go by their bare names."""
    own = {gate: f"{key}.{gate}" for gate in channel.gate}
    if channel.scheme is not None:
        own["open"] = f"{key}.open"
        for name in channel.scheme.let:
            if name in scope:
                raise ModelError(
                    f"channel.{key}.scheme.let.{name}: the name {name!r} is already that of "
                    f"{scope[name]}"
                )
            own[name] = f"channel.{key}.scheme.let.{name}"
    return {**scope, **own}


def transporter_scope(
    scope: Mapping[str, str], key: str, transporter: Transporter
) -> dict[str, str]:
    """Return the scope inside a transporter, where it knows constants and lets of its own.

    Raises
    ------
    ModelError
        A name that means something already.
    """
    own: dict[str, str] = {}
    for table in ("constants", "let"):
        for name in getattr(transporter, table):
            place = f"transporter.{key}.{table}.{name}"
            if name in scope or name in own:
                known = own.get(name) or scope[name]
                raise ModelError(f"{place}: the name {name!r} is already that of {known}")
            own[name] = place
    return {**scope, **own}


def read(text: str, scope: Mapping[str, str]) -> Expression:
    """Return the expression a text means in a scope.

    Raises
    ------
    ModelError
        An unknown name, with the nearest known one.
    """
    tree = _parsed(text)
    unknown = sorted(symbols(tree) - scope.keys())
    if unknown:
        hint = suggest(unknown[0], scope)
        raise ModelError(f"in {text!r}: unknown name {unknown[0]!r}; {hint}")
    return substitute(tree, {name: Symbol(scope[name]) for name in symbols(tree)})


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Expression:
    return parse(text)

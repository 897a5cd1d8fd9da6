"""What a neuron's file says once: channels, pools, transporters and ions for all its membranes.

A file may say a channel above its membranes, ``[channel.na]``, or name one of the catalogue,
``use = "hay2011_nata_t"``. A membrane then has it by its density, ``channel.na = "20 mS/cm2"``, or
by a table with ``use = "na"`` and what differs; a transporter likewise, by its strength. A membrane
may begin as that of a cell of the catalogue, too. Solutions, and what is inside and outside, may
stand above the membranes, for all of them that have none of their own. `in_full` replaces all of
these by whole tables, `said_once` writes whole tables so again.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from loligo.cell.description import refusal
from loligo.cell.solutions import takes
from loligo.errors import suggest

KINDS = ("channel", "pool", "transporter")
_SIZED = ("channel", "transporter")
SIDES = ("solutions", "inside", "outside")
_OF_MEMBRANES = ("capacitance", "constants", "let", *KINDS, *SIDES[1:])
_DENSITIES = ("conductance", "permeability", "strength")


def in_full(said: Any) -> Any:
    """Return what a neuron's file says with whole channels and pools in each membrane.

    Parameters
    ----------
    said : mapping
        As the file says it; it is not changed. What is no mapping is given back.

    Raises
    ------
    ModelError
        A channel that is said nowhere, or said and used nowhere; solutions that no channel takes
        its reversal from.
    """
    if not isinstance(said, Mapping):
        return said
    result = {key: value for key, value in said.items() if key not in (*KINDS, *SIDES)}
    membranes = said.get("membrane")
    if not isinstance(membranes, Mapping):
        return result
    result["membrane"] = {
        region: _begun(table, f"membrane.{region}") if isinstance(table, Mapping) else table
        for region, table in membranes.items()
    }
    for kind in KINDS:
        shared = _shared(said.get(kind, {}), kind)
        used: set[str] = set()
        for region, table in result["membrane"].items():
            if isinstance(table, dict) and isinstance(table.get(kind), Mapping):
                place = f"membrane.{region}.{kind}"
                table[kind] = {
                    name: _whole(name, given, shared, kind, f"{place}.{name}", used)
                    for name, given in table[kind].items()
                }
        for name in shared:
            if name not in used:
                raise refusal([(f"{kind}.{name}", "no membrane has it")])
    for side in SIDES:
        if side in said:
            _give(result["membrane"], side, said[side])
    return result


def _give(membranes: Mapping[str, Any], side: str, value: Any) -> None:
    """Give solutions, or what is on a side, to the membranes that have none of their own."""
    tables = {region: table for region, table in membranes.items() if isinstance(table, dict)}
    without = [table for table in tables.values() if side not in table]
    if side == "solutions":
        without = [t for t in without if "inside" not in t and _is_bathed(t.get("channel"))]
        if not without:
            why = (
                "no channel takes its reversal from them; name its ion, and leave out the reversal"
            )
            raise refusal([(side, why)])
    for table in without:
        table[side] = deepcopy(value)


def _is_bathed(channels: Any) -> bool:
    """Tell whether solutions decide on the reversal of any channel of a membrane."""
    found = channels if isinstance(channels, Mapping) else {}
    whole = {key: table for key, table in found.items() if isinstance(table, Mapping)}
    return any(takes(key, table, replace=False) for key, table in whole.items())


def _shared(tables: Any, kind: str) -> dict[str, Any]:
    if not isinstance(tables, Mapping):
        raise refusal([(kind, f"must be tables, [{kind}.name]")])
    found = {}
    for name, table in tables.items():
        place = f"{kind}.{name}"
        if not isinstance(table, Mapping):
            raise refusal([(place, f"= {table!r} must be a table")])
        found[name] = dict(table)
        if "use" in table:
            found[name] = _merged(_published(table["use"], place, _catalogued(kind)), table)
    return found


def _catalogued(kind: str) -> tuple[str]:
    return ("transporter",) if kind == "transporter" else ("channel",)


def _begun(table: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return a membrane with what is in that of the catalogue which it uses."""
    if "use" not in table:
        return dict(table)
    found = _published(table["use"], place, ("cell", "membrane"))
    return _merged({key: found[key] for key in _OF_MEMBRANES if key in found}, table)


def _published(
    name: Any,
    place: str,
    kinds: tuple[str, ...] = ("channel",),
    here: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what the catalogue says of something."""
    from loligo.cell import catalogue

    names = set(catalogue.names())
    wanted = " or ".join(kinds)
    if not isinstance(name, str) or name not in names:
        allowed = suggest(str(name), here) if here else "see loligo.cell.catalogue.names()"
        near = difflib.get_close_matches(str(name), names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        why = f"{name!r} is no {wanted} of the catalogue; {hint}{allowed}"
        raise refusal([(f"{place}.use", why)])
    table = tomllib.loads(catalogue.text(name))
    if table["kind"] not in kinds:
        raise refusal([(f"{place}.use", f"{name!r} is a {table['kind']}, not a {wanted}")])
    return table


def _whole(
    name: str, given: Any, shared: dict[str, Any], kind: str, place: str, used: set[str]
) -> Any:
    """Return the whole table of what a membrane says of a channel, pool or transporter."""
    if isinstance(given, str) and kind in _SIZED:
        if name not in shared:
            why = f"{given!r} is a density, but there is no [{kind}.{name}]"
            raise refusal([(place, f"{why}; {suggest(name, shared)}")])
        used.add(name)
        table = shared[name]
        by_permeability = "permeability" in table or "inside" in table
        density = "permeability" if by_permeability else "conductance"
        if kind == "transporter":
            density = "strength"
        return {**deepcopy(table), density: given}
    if isinstance(given, Mapping) and "use" in given:
        source = given["use"]
        if isinstance(source, str) and source in shared:
            used.add(source)
            return _merged(shared[source], given)
        return _merged(_published(source, place, _catalogued(kind), here=shared), given)
    return given


def _merged(table: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with other values at some places."""
    result = deepcopy(dict(table))
    for key, value in changes.items():
        if key == "use":
            continue
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            result[key] = _merged(below, value)
        else:
            result[key] = deepcopy(value)
    return result


def said_once(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says, with channels and pools that membranes share said once.

    Parameters
    ----------
    written : mapping
        With whole channels in each membrane; `in_full` gives it back.
    """
    result = dict(written)
    tables = {region: dict(table) for region, table in written["membrane"].items()}
    for side in SIDES[1:]:
        told = [table.get(side) for table in tables.values()]
        if told and told[0] is not None and all(one == told[0] for one in told):
            result[side] = told[0]
            for table in tables.values():
                del table[side]
    for kind in KINDS:
        shared = _alike(tables, kind, least=1 if kind in _SIZED else 2)
        for table in tables.values():
            if kind in table:
                table[kind] = _referring(table[kind], shared)
        if shared:
            result[kind] = shared
    result["membrane"] = tables
    order = {name: place for place, name in enumerate(_ORDER, 1)}
    return dict(sorted(result.items(), key=lambda item: order.get(item[0], 0)))


_LAST = ("profile", "diffusion", "electrode", "synapse")

_ORDER = (*SIDES, *KINDS, "membrane", *_LAST)


def _alike(tables: Mapping[str, Any], kind: str, least: int) -> dict[str, Any]:
    """Return what all membranes that have a channel or pool say alike, but for its density."""
    variants: dict[str, list[Any]] = {}
    for table in tables.values():
        for name, one in table.get(kind, {}).items():
            bare = {k: v for k, v in one.items() if kind not in _SIZED or k not in _DENSITIES}
            variants.setdefault(name, []).append(bare)
    return {
        name: found[0]
        for name, found in variants.items()
        if len(found) >= least and all(one == found[0] for one in found)
    }


def _referring(mine: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the channels or pools of a membrane, with names for those that are shared."""
    tables = {
        name: {"use": name, **{key: table[key] for key in _DENSITIES if key in table}}
        if name in shared
        else table
        for name, table in mine.items()
    }
    # text comes before tables in TOML: the order stays only where all can be told by a density
    if all("use" in table and len(table) == 2 for table in tables.values()):
        return {name: next(t[key] for key in _DENSITIES if key in t) for name, t in tables.items()}
    return tables

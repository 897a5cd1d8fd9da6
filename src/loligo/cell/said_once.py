"""Channels and pools that a neuron's file says once, and gives each region its density.

A file may say a channel above its membranes, ``[channel.na]``, or name one of the catalogue,
``use = "hay2011_nata_t"``. A membrane then has it by its density, ``channel.na = "20 mS/cm2"``, or
by a table with ``use = "na"`` and what differs. A membrane may begin as that of a cell of the
catalogue, too. `in_full` replaces all of these by whole tables, `said_once` writes whole tables so
again.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from loligo.cell.description import refusal
from loligo.errors import suggest

KINDS = ("channel", "pool")
_OF_MEMBRANES = ("capacitance", "constants", "let", *KINDS)
_DENSITIES = ("conductance", "permeability")


def in_full(said: Any) -> Any:
    """Return what a neuron's file says with whole channels and pools in each membrane.

    Parameters
    ----------
    said : mapping
        As the file says it; it is not changed. What is no mapping is given back.

    Raises
    ------
    ModelError
        A channel that is said nowhere, or said and used nowhere.
    """
    if not isinstance(said, Mapping):
        return said
    result = {key: value for key, value in said.items() if key not in KINDS}
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
                    name: _whole(name, given, shared, f"{place}.{name}", used)
                    for name, given in table[kind].items()
                }
        for name in shared:
            if name not in used:
                raise refusal([(f"{kind}.{name}", "no membrane has it")])
    return result


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
            found[name] = _merged(_published(table["use"], place), table)
    return found


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


def _whole(name: str, given: Any, shared: dict[str, Any], place: str, used: set[str]) -> Any:
    """Return the whole table of what a membrane says of a channel or pool."""
    if isinstance(given, str) and ".channel." in place:
        if name not in shared:
            why = f"{given!r} is a density, but there is no [channel.{name}]"
            raise refusal([(place, f"{why}; {suggest(name, shared)}")])
        used.add(name)
        table = shared[name]
        by_permeability = "permeability" in table or "inside" in table
        density = "permeability" if by_permeability else "conductance"
        return {**deepcopy(table), density: given}
    if isinstance(given, Mapping) and "use" in given:
        source = given["use"]
        if isinstance(source, str) and source in shared:
            used.add(source)
            return _merged(shared[source], given)
        return _merged(_published(source, place, here=shared), given)
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
    for kind in KINDS:
        shared = _alike(tables, kind, least=1 if kind == "channel" else 2)
        for table in tables.values():
            if kind in table:
                table[kind] = _referring(table[kind], shared)
        if shared:
            result[kind] = shared
    result["membrane"] = tables
    order = {name: place for place, name in enumerate(("channel", "pool", "membrane", *_LAST), 1)}
    return dict(sorted(result.items(), key=lambda item: order.get(item[0], 0)))


_LAST = ("profile", "electrode")


def _alike(tables: Mapping[str, Any], kind: str, least: int) -> dict[str, Any]:
    """Return what all membranes that have a channel or pool say alike, but for its density."""
    variants: dict[str, list[Any]] = {}
    for table in tables.values():
        for name, one in table.get(kind, {}).items():
            bare = {k: v for k, v in one.items() if kind != "channel" or k not in _DENSITIES}
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

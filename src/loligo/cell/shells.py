"""Ions that diffuse beneath a membrane, between shells of equal thickness: finite volumes.

What leaves a shell enters the next by the same expression, so that mass is linear in the states.
Shells are of second order in their thickness.
"""

from __future__ import annotations

from itertools import pairwise

from loligo.cell.binding import binding, free_of, in_equilibrium
from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.lower import Lowering
from loligo.cell.lowered import Flow
from loligo.cell.space import Inside, Shells, instant, level_name, slow

_DIMENSIONS = {"slab": 1, "cylinder": 2, "sphere": 3}


def shares(shells: Shells) -> list[float]:
    """Return the share of the whole volume that each shell has."""
    n, count = _DIMENSIONS[shells.shape], shells.count
    inner = [(1.0 - k / count) ** n for k in range(count + 1)]
    return [here - beneath for here, beneath in pairwise(inner)]


def couplings(shells: Shells) -> list[float]:
    """Return area over distance between each shell and the next, per membrane area and 1/depth."""
    n, count = _DIMENSIONS[shells.shape], shells.count
    return [(1.0 - k / count) ** (n - 1) * count / n for k in range(1, count)]


def shelled(
    inside: Inside, ion: str, lowering: Lowering, start: Expression, depth: Expression
) -> list[Flow]:
    """Return the flows of an ion in its shells; add their parameters and definitions.

    Parameters
    ----------
    inside : Inside
    ion : str
    lowering : Lowering
        It has ``inside.<ion>.leaving``, what leaves through the membrane, [mM um/ms].
    start : Expression
        All that is there of the ion at the start, bound or not [mM].
    depth : Expression
        Volume over membrane area [um].
    """
    shells = inside.shells
    assert shells is not None
    numbers, one = range(1, shells.count + 1), Number(1.0)
    volumes, links = shares(shells), couplings(shells)
    names = slow(inside, ion)
    free = [Symbol(level_name(ion, k)) for k in numbers]
    bound = {name: [Symbol(f"inside.bound.{name}.{k}") for k in numbers] for name in names}
    whole: Expression = Number(0.0)
    for k, share in zip(numbers, volumes, strict=True):
        mobile: Expression = Symbol(f"inside.{ion}.{k}")
        whole = whole + share * mobile
        for name in names:
            mobile = mobile - bound[name][k - 1]
        lowering.definitions[level_name(ion, k)] = free_of(inside, ion, mobile, one)
    lowering.definitions[f"inside.{ion}"] = whole
    path = f"inside.shells.diffusion.{ion}"
    speed = lowering.parameter(path, shells.diffusion[ion], "um2/ms", "pool parameter")
    spread = {name: _between(lowering, name, _speed(name), bound[name], links, depth)
              for name in names}  # fmt: skip
    moved = _between(lowering, ion, speed, free, links, depth)
    at_once = instant(inside, ion)
    if at_once is not None:
        held = [in_equilibrium(at_once, level) for level in free]
        taken = _between(lowering, at_once + ".held", _speed(at_once), held, links, depth)
        moved = _sums(moved, taken)
    for name in names:
        moved = _sums(moved, spread[name])
    gained = _gained(moved, volumes)
    gained[0] = gained[0] - Symbol(f"inside.{ion}.leaving") / depth / Number(volumes[0])
    found = [Flow(f"inside.{ion}.{k}", gained[k - 1], start) for k in numbers]
    begin = Symbol(f"inside.ions.{ion}")
    for name in names:
        for k, into in zip(numbers, _gained(spread[name], volumes), strict=True):
            rate = binding(name, free[k - 1], bound[name][k - 1]) + into
            first = in_equilibrium(name, begin)
            found.append(Flow(f"inside.bound.{name}.{k}", rate, first))
    return found


def _speed(name: str) -> Symbol:
    return Symbol(f"inside.buffer.{name}.diffusion")


def _between(
    lowering: Lowering,
    name: str,
    speed: Expression,
    levels: list[Symbol] | list[Expression],
    links: list[float],
    depth: Expression,
) -> list[Expression]:
    """Return what goes inwards from each shell to the next, in mM/ms of the whole volume."""
    found: list[Expression] = []
    for k, link in enumerate(links):
        where = f"inside.{name}.inwards.{k + 1}"
        lowering.definitions[where] = link * speed / (depth * depth) * (levels[k] - levels[k + 1])
        found.append(Symbol(where))
    return found


def _sums(some: list[Expression], others: list[Expression]) -> list[Expression]:
    return [a + b for a, b in zip(some, others, strict=True)]


def _gained(moved: list[Expression], volumes: list[float]) -> list[Expression]:
    """Return what each shell gains by what goes inwards, in mM/ms of its own volume."""
    ends = [Number(0.0), *moved, Number(0.0)]
    return [
        (above - below) / Number(share)
        for (above, below), share in zip(pairwise(ends), volumes, strict=True)
    ]

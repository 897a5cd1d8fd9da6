"""Ions that diffuse beneath a membrane, between shells of equal thickness: finite volumes.

What leaves a shell enters the next by the same expression, so that mass is linear in the states.
Shells are of second order in their thickness.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from loligo.cell.binding import binding, free_of, in_equilibrium
from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.lower import Lowering
from loligo.cell.lowered import Flow, Pass
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
    inside: Inside,
    ion: str,
    lowering: Lowering,
    start: Expression,
    depth: Expression,
    cleft: Expression | None,
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
    cleft : Expression or None
        That of a cleft outside, which gains what leaves.
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
    out = Symbol(f"inside.{ion}.leaving") / (volumes[0] * depth)
    own: list[Expression] = [-1.0 * out, *(Number(0.0) for _ in links)]
    found = _passing(f"inside.{ion}", own, moved, volumes, start)
    if cleft is not None:
        leaves = Pass(f"outside.{ion}", out, volumes[0] * depth / cleft)
        found[0] = replace(found[0], own=Number(0.0), passes=(leaves, *found[0].passes))
    begin = Symbol(f"inside.ions.{ion}")
    for name in names:
        binds = [binding(name, c, b) for c, b in zip(free, bound[name], strict=True)]
        first = in_equilibrium(name, begin)
        found += _passing(f"inside.bound.{name}", binds, spread[name], volumes, first)
    return found


def _passing(
    name: str,
    own: list[Expression],
    moved: list[Expression],
    volumes: list[float],
    start: Expression,
) -> list[Flow]:
    """Return the flows of what passes inwards from each shell to the next."""
    found = []
    for k, (rate, gained) in enumerate(zip(own, _gained(moved, volumes), strict=True)):
        passes: tuple[Pass, ...] = ()
        if k < len(moved):
            ratio = Number(volumes[k] / volumes[k + 1])
            passes = (Pass(f"{name}.{k + 2}", moved[k] / Number(volumes[k]), ratio),)
        found.append(Flow(f"{name}.{k + 1}", rate + gained, start, own=rate, passes=passes))
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

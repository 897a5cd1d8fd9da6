"""What binds ions inside a cell: how much is bound, how much stays free, how fast it changes.

An ion may have one buffer that is always in equilibrium, and any number of slow ones, whose bound
ions are states. Amounts are in mM of the volume at the start, free ions in mM of the volume now.
"""

from __future__ import annotations

from loligo.cell.expression import Expression, Symbol
from loligo.cell.expression.tree import call
from loligo.cell.lower import Lowering
from loligo.cell.space import Inside, instant, ion_of, shelled_ions, slow


def add_parameters(inside: Inside, lowering: Lowering) -> None:
    """Add the parameters of all buffers."""
    for name, buffer in inside.buffer.items():
        path = f"inside.buffer.{name}"
        lowering.parameter(f"{path}.total", buffer.total, "mM", "concentration")
        lowering.parameter(f"{path}.dissociation", buffer.dissociation, "mM", "concentration")
        if buffer.off_rate is not None:
            lowering.parameter(f"{path}.off_rate", buffer.off_rate, "1/ms", "rate parameter")
        if ion_of(inside, name) in shelled_ions(inside):
            lowering.parameter(f"{path}.diffusion", buffer.diffusion, "um2/ms", "pool parameter")


def in_equilibrium(name: str, free: Expression) -> Expression:
    """Return how much a buffer has bound of free ions in equilibrium."""
    total, half = _numbers(name)
    return total * free / (half + free)


def all_of(inside: Inside, ion: str, free: Expression) -> Expression:
    """Return all that is there of an ion at the start, from what of it is free."""
    whole = free
    for name in (instant(inside, ion), *slow(inside, ion)):
        if name is not None:
            whole = whole + in_equilibrium(name, free)
    return whole


def free_of(inside: Inside, ion: str, level: Expression, volume: Expression) -> Expression:
    """Return what is free of an ion, from the concentration of all that no slow buffer holds.

    The root above 0 of ``c^2 + (B + K - n) c - K n = 0``, written without a difference of numbers
    that are nearly the same where little is free.
    """
    name = instant(inside, ion)
    if name is None:
        return level
    total, half = _numbers(name)
    excess = total / volume + half - level
    root = call("sqrt", excess * excess + 4.0 * half * level)
    return 2.0 * half * level / (excess + root)


def binding(name: str, free: Expression, bound: Expression) -> Expression:
    """Return how fast a slow buffer binds, as an amount per ms."""
    total, half = _numbers(name)
    off_rate = Symbol(f"inside.buffer.{name}.off_rate")
    return off_rate * ((total - bound) * free / half - bound)


def _numbers(name: str) -> tuple[Symbol, Symbol]:
    path = f"inside.buffer.{name}"
    return Symbol(f"{path}.total"), Symbol(f"{path}.dissociation")

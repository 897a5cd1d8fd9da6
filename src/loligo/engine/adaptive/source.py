"""Source of the functions of one cell that the error-controlled stepper calls.

Plain scalar Python, one cell at a time, compiled by numba; the stepper itself is in `driver`.
"""

from __future__ import annotations

from loligo.cell.expression import symbols
from loligo.engine.adaptive.driver import DRIVER
from loligo.engine.adaptive.rates import Block, Rates, factorization, substitution
from loligo.engine.lanes import LARGEST_POTENTIAL
from loligo.engine.printing import Printer, identifiers
from loligo.engine.system import LEVEL, SCALE

_HEAD = '''"""{title}, under error control.

Generated; `loligo.engine` made it from a description and will make it again when it is gone.
States: {states}
"""

import numpy as np
from numba import njit

from loligo.engine.support import quartic
from loligo.engine.support.rodas5p import A, C, DENSE, DRIFT, GAMMA, NODE, STAGES, next_size
from loligo.engine.support.scalars import straight
from loligo.engine.support.shapes import shape_rate, shape_value

STATES = {n_states}
MOVING = {n_moving}
HELD = {held}
ENTRIES = {entries}
FACTORS = {factors}
RECORDED = {recorded}
'''

_FUNCTION = '''

@straight
def {name}({arguments}):
    """{meaning}"""
{lines}
'''


def source(rates: Rates) -> str:
    """Return the source of a cell's functions and of its stepper.

    Returns
    -------
    str
        A module with ``run``; see its docstring.
    """
    elimination, _, _ = factorization(rates)
    head = _HEAD.format(
        title=rates.name,
        states=", ".join(rates.states),
        n_states=len(rates.states),
        n_moving=len(rates.moving),
        held=len(rates.states) - len(rates.moving),
        entries=len(rates.places),
        factors=len(elimination.results),
        recorded=len(rates.sample.results),
    )
    driver = DRIVER.format(largest=LARGEST_POTENTIAL)
    return head + _changes(rates) + _algebra(rates, elimination) + _sample(rates) + driver


def _changes(rates: Rates) -> str:
    places = _places(rates, rates.moving) | {LEVEL: "level", SCALE: "scale", "wave": "wave"}
    size, entries = len(rates.moving), len(rates.places)
    plain = _function(
        "rates",
        "y, c, f, level, scale, wave",
        "Set the rate of change of each state [per ms].",
        rates.rates,
        places,
        [f"f[{i}]" for i in range(size)],
    )
    goals = [f"f[{i}]" for i in range(size)]
    goals += [f"jacobian[{i}]" for i in range(entries)]
    goals += [f"drift[{i}]" for i in range(size)]
    linear = _function(
        "linearize",
        "y, c, f, jacobian, drift, level, scale, wave",
        "Set the rates, their Jacobian, and their slopes in the command's shape.",
        rates.linear,
        places,
        goals,
    )
    return plain + linear


def _places(rates: Rates, states: tuple[str, ...]) -> dict[str, str]:
    places = {state: f"y[{i}]" for i, state in enumerate(states)}
    return places | {name: f"c[{i}]" for i, (name, _) in enumerate(rates.constants)}


def _algebra(rates: Rates, elimination: Block) -> str:
    entries = {f"jacobian.{i}": f"jacobian[{i}]" for i in range(len(rates.places))}
    factors = len(elimination.results)
    size = range(len(rates.moving))
    factor = _function(
        "factor",
        "jacobian, lu, diagonal",
        "Factorize ``diagonal - Jacobian``.",
        elimination,
        entries | {"diagonal": "diagonal"},
        [f"lu[{i}]" for i in range(factors)],
    )
    places = {f"lu.{i}": f"lu[{i}]" for i in range(factors)} | {f"b.{i}": f"b[{i}]" for i in size}
    solve = _function(
        "solve",
        "lu, b",
        "Solve the factorized equations in place.",
        substitution(rates),
        places,
        [f"b[{i}]" for i in size],
    )
    return factor + solve


def _sample(rates: Rates) -> str:
    places = _places(rates, rates.states)
    places |= {LEVEL: "level", SCALE: "scale", "wave_sample": "wave_sample"}
    return _function(
        "sample",
        "y, c, seen, level, scale, wave_sample",
        "Keep one sample of what is recorded.",
        rates.sample,
        places,
        [f"seen[{i}]" for i in range(len(rates.sample.results))],
    )


def _function(
    name: str,
    arguments: str,
    meaning: str,
    block: Block,
    places: dict[str, str],
    goals: list[str],
) -> str:
    """Return a function that loads what it needs, computes, and stores its results."""
    needed = {n for _, e in block.lines for n in symbols(e)}
    needed |= {n for result in block.results for n in symbols(result)}
    reserved = arguments.split(", ")
    given = {n: place for n, place in places.items() if place in reserved}
    loads = [n for n in places if n in needed and n not in given]
    names = [*loads, *(n for n, _ in block.lines)]
    texts = identifiers([*reserved, *names]) | given
    printer = Printer(texts)
    lines = [f"    {texts[n]} = {places[n]}" for n in loads]
    lines += [f"    {texts[n]} = {printer(expression)}" for n, expression in block.lines]
    lines += [
        f"    {goal} = {printer(result)}" for goal, result in zip(goals, block.results, strict=True)
    ]
    return _FUNCTION.format(
        name=name, arguments=arguments, meaning=meaning, lines="\n".join(lines or ["    pass"])
    )

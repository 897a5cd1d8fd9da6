"""Source of the functions of one cell that the error-controlled stepper calls.

Plain scalar Python, one cell at a time; the stepper, which is the same for all cells, is in
`loligo.engine.support.controlled`.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import symbols
from loligo.engine.adaptive.rates import Block, Rates, factorization, substitution
from loligo.engine.compiling import load
from loligo.engine.printing import Printer, identifiers
from loligo.engine.system import LEVEL, SCALE

_HEAD = '''"""{title}, under error control.

Generated; `loligo.engine` made it from a description and will make it again when it is gone.
States:
{states}
"""

from numba import cfunc

from loligo.engine.support.scalars import signature, straight

SIZES = {sizes}
'''

_FUNCTION = '''

@straight
def {name}_body({arguments}):
    """{meaning}"""
{lines}


@cfunc(signature({n_arrays}, {n_numbers}), cache=True)
def {name}({arguments}):
    {name}_body({arrays}, {numbers})
'''

_STEPPER = '''"""The stepper {module!r}, compiled once for all cells.

Generated; `loligo.engine` will make it again when it is gone.
"""

from numba import njit

from loligo.engine.support import {module} as stepper


@njit(nogil=True, error_model="numpy", cache=True)
def run({arguments}):
    return stepper.run({arguments})
'''

FUNCTIONS = ("rates", "linearize", "factor", "solve", "sample")
"""Names of a cell's functions, in the order of their addresses."""

_NUMBERS = frozenset({"level", "scale", "wave", "wave_sample", "diagonal"})


@lru_cache(maxsize=8)
def stepper(module: str) -> Callable[..., int]:
    """Return the compiled stepper of a module of `loligo.engine.support`."""
    body = import_module(f"loligo.engine.support.{module}").run.py_func
    arguments = ", ".join(inspect.signature(body).parameters)
    text = _STEPPER.format(module=module, arguments=arguments)
    compiled: Callable[..., int] = load(text, f"stepper {module}").run
    return compiled


@dataclass(frozen=True, eq=False)
class Model:
    """The compiled functions of a model; the module keeps them in memory.

    Attributes
    ----------
    rates : Rates
    module : module
    calls : ndarray of int64, shape (function,)
        Addresses of the functions.
    sizes : ndarray of int64
    closed : bool
        Whether the motion under a constant command has a closed form.
    """

    rates: Rates
    module: ModuleType
    calls: NDArray[np.int64]
    sizes: NDArray[np.int64]
    closed: bool = False


def compiled(
    rates: Rates, text: str, title: str, names: tuple[str, ...], *, closed: bool = False
) -> Model:
    """Return the functions of generated source, compiled, by their names in order."""
    module = load(text, title)
    calls = np.array([getattr(module, name).address for name in names], dtype=np.int64)
    return Model(rates, module, calls, np.array(module.SIZES), closed)


def source(rates: Rates) -> str:
    """Return the source of a cell's functions.

    Returns
    -------
    str
        A module with `FUNCTIONS` and ``SIZES``.
    """
    elimination, _, _ = factorization(rates)
    sizes = (
        len(rates.states),
        len(rates.moving),
        len(rates.places),
        len(elimination.results),
        len(rates.sample.results),
    )
    states = ", ".join(rates.states)
    head = _HEAD.format(
        title=rates.name,
        states=textwrap.fill(states, 96, initial_indent="    ", subsequent_indent="    "),
        sizes=sizes,
    )
    return head + _changes(rates) + _algebra(rates, elimination) + _sample(rates)


def _changes(rates: Rates) -> str:
    places = places_of(rates, rates.moving) | {LEVEL: "level", SCALE: "scale", "wave": "wave"}
    size, entries = len(rates.moving), len(rates.places)
    plain = function_text(
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
    linear = function_text(
        "linearize",
        "y, c, f, jacobian, drift, level, scale, wave",
        "Set the rates, their Jacobian, and their slopes in the command's shape.",
        rates.linear,
        places,
        goals,
    )
    return plain + linear


def places_of(rates: Rates, states: tuple[str, ...]) -> dict[str, str]:
    """Return the element that holds each of some states and each constant."""
    places = {state: f"y[{i}]" for i, state in enumerate(states)}
    return places | {name: f"c[{i}]" for i, (name, _) in enumerate(rates.constants)}


def _algebra(rates: Rates, elimination: Block) -> str:
    entries = {f"jacobian.{i}": f"jacobian[{i}]" for i in range(len(rates.places))}
    factors = len(elimination.results)
    size = range(len(rates.moving))
    factor = function_text(
        "factor",
        "jacobian, lu, diagonal",
        "Factorize ``diagonal - Jacobian``.",
        elimination,
        entries | {"diagonal": "diagonal"},
        [f"lu[{i}]" for i in range(factors)],
    )
    places = {f"lu.{i}": f"lu[{i}]" for i in range(factors)} | {f"b.{i}": f"b[{i}]" for i in size}
    solve = function_text(
        "solve",
        "lu, b",
        "Solve the factorized equations in place.",
        substitution(rates),
        places,
        [f"b[{i}]" for i in size],
    )
    return factor + solve


def _sample(rates: Rates) -> str:
    places = places_of(rates, rates.states)
    places |= {LEVEL: "level", SCALE: "scale", "wave_sample": "wave_sample"}
    return function_text(
        "sample",
        "y, c, seen, level, scale, wave_sample",
        "Keep one sample of what is recorded.",
        rates.sample,
        places,
        [f"seen[{i}]" for i in range(len(rates.sample.results))],
    )


def function_text(
    name: str,
    arguments: str,
    meaning: str,
    block: Block,
    places: dict[str, str],
    goals: list[str],
) -> str:
    """Return the text of a function that loads what it needs, computes, and stores its results.

    Parameters
    ----------
    name : str
    arguments : str
        Arrays, then numbers.
    meaning : str
        Its docstring.
    block : Block
    places : dict of str to str
        The element, or the argument, that holds each name.
    goals : list of str
        The element that takes each result.
    """
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
    arrays = [text for text in reserved if text not in _NUMBERS]
    return _FUNCTION.format(
        name=name,
        arguments=arguments,
        meaning=meaning,
        lines="\n".join(lines or ["    pass"]),
        n_arrays=len(arrays),
        n_numbers=len(reserved) - len(arrays),
        arrays=_tuple(arrays),
        numbers=_tuple([text for text in reserved if text in _NUMBERS]),
    )


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"

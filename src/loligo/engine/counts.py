"""Channels that are counted: which, how many of them, and in which states they start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loligo.cell.expression import evaluate, symbols
from loligo.cell.lowered import Equations, Occupancy
from loligo.engine.chances import NOISE, NOISE_DRAW, START_DRAWS, draw_of, per_channel
from loligo.engine.request import Array, Request
from loligo.errors import ModelError, SelectionError, suggest

MOST_CHANNELS = 1_000_000_000
"""Most channels of a kind in a cell: the sampler of binomial numbers is tested so far."""


def counted_schemes(equations: Equations, asked: bool | Sequence[str]) -> tuple[str, ...]:
    """Return the names of the schemes whose channels are counted.

    Parameters
    ----------
    equations : Equations
    asked : bool or sequence of str
        ``True`` for all whose number of channels is known.

    Raises
    ------
    SelectionError
        There is no such channel, or none that can be counted.
    """
    known = {s.name: s.n_channels is not None for s in equations.occupancies}
    able = tuple(name for name, is_known in known.items() if is_known)
    how = "`loligo.cell.with_schemes(cell, {channel: '20 pS'})` makes schemes of gates"
    if isinstance(asked, bool):
        if asked and not able:
            raise SelectionError(
                f"no channel of {equations.name!r} can be simulated one by one: none has a scheme "
                f"with a single_channel_conductance; {how}"
            )
        return able if asked else ()
    names = (asked,) if isinstance(asked, str) else tuple(asked)
    channels = [current.name for current in equations.currents]
    for name in names:
        if name not in channels:
            raise SelectionError(f"stochastic: no channel {name!r}; {suggest(name, channels)}")
        if name not in able:
            lacks = "single_channel_conductance in its scheme" if name in known else "scheme"
            raise SelectionError(f"stochastic: the channel {name!r} has no {lacks}; {how}")
    return tuple(name for name in able if name in names)


def counted(
    equations: Equations, names: tuple[str, ...], values: dict[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Round the numbers of channels, and conductances with them.

    Parameters
    ----------
    equations : Equations
    names : tuple of str
        Schemes whose channels are counted.
    values : dict of str to ndarray, shape () or (cell,)
        Of parameters.

    Returns
    -------
    values : dict of str to ndarray
        With conductances of whole numbers of channels, and the reciprocals of those numbers.
    n_channels : dict of str to ndarray
        Whole numbers by scheme.

    Raises
    ------
    ModelError
        Less than half a channel, or more than can be counted.
    """
    values, numbers = dict(values), {}
    known = dict(values)
    for name, expression in equations.definitions:
        if symbols(expression) <= known.keys():
            known[name] = evaluate(expression, known)
    for scheme in equations.occupancies:
        if scheme.name not in names:
            continue
        assert scheme.n_channels is not None
        exact = evaluate(scheme.n_channels, known)
        whole = np.rint(exact)
        _check_number(scheme, exact, whole)
        there = exact > 0.0
        path = f"channel.{scheme.name}.conductance"
        values[path] = values[path] * np.divide(whole, exact, np.ones_like(exact), where=there)
        values[per_channel(scheme.name)] = np.divide(1.0, whole, np.zeros_like(exact), where=there)
        numbers[scheme.name] = whole
    return values, numbers


def _check_number(scheme: Occupancy, exact: Array, whole: Array) -> None:
    wrong = ((whole < 1.0) & (exact > 0.0)) | ~(whole <= MOST_CHANNELS)
    if not wrong.any():
        return
    place = tuple(int(i) for i in np.argwhere(np.atleast_1d(wrong))[0])
    number = float(np.atleast_1d(exact)[place])
    where = f"cell {place[0]}" + " in a compartment" * (len(place) > 1)
    raise ModelError(
        f"channel.{scheme.name}: its conductance is that of {number:g} channels ({where}); "
        f"channels are simulated one by one where there are 1 to {MOST_CHANNELS:g}. Change the "
        "conductance, the area or scheme.single_channel_conductance, or leave the channel out of "
        "`stochastic`"
    )


def random_starts(request: Request, states: dict[str, Array]) -> dict[str, Array]:
    """Return where channels and random currents start, shape (run,).

    Parameters
    ----------
    request : Request
    states : dict of str to ndarray, shape (run,)
        Every state as it starts deterministically.

    Returns
    -------
    dict of str to ndarray
        Whole numbers of channels. Each channel's state is drawn with the occupancies as
        probabilities, except where the caller's `initial` gives whole numbers of channels.
    """
    from loligo.engine.support.binomial import spread_out
    from loligo.engine.support.random import normals

    cells, sweeps = np.divmod(np.arange(request.n_runs), request.n_sweeps)
    found: dict[str, Array] = {}
    for scheme in request.equations.occupancies:
        if scheme.name not in request.options.stochastic:
            continue
        occupancies = np.array([states[symbol] for symbol in scheme.symbols])
        n_channels = request.per_run(request.n_channels[scheme.name])
        first = draw_of(request.equations, scheme.name) + START_DRAWS
        counts = spread_out(occupancies, n_channels, request.seed, cells, sweeps, first)
        if request.initial.keys() & set(scheme.symbols):
            whole = np.rint(occupancies * n_channels)
            given = (np.abs(occupancies * n_channels - whole) < 1e-6).all(axis=0)
            counts = np.where(given & (whole.sum(axis=0) == n_channels), whole, counts)
        found |= dict(zip(scheme.symbols, counts, strict=True))
    if request.options.noise:
        if NOISE in request.initial:
            found[NOISE] = request.per_run(request.initial[NOISE])
        else:
            numbers = normals(request.seed, cells, sweeps, NOISE_DRAW + START_DRAWS)
            found[NOISE] = request.per_run(request.values["noise.sigma"]) * numbers
    return found


def as_fractions(request: Request, states: dict[str, Array]) -> dict[str, Array]:
    """Return states in which counted channels are fractions of all channels of their kind."""
    found = dict(states)
    for scheme in request.equations.occupancies:
        if scheme.name in request.options.stochastic:
            share = request.per_run(request.values[per_channel(scheme.name)])
            found |= {symbol: states[symbol] * share for symbol in scheme.symbols}
    return found


def with_numbers(request: Request) -> Request:
    """Return a request with whole numbers of channels in place of fractions of one."""
    values, numbers = counted(request.equations, request.options.stochastic, request.values)
    return replace(request, values=values, n_channels=numbers)

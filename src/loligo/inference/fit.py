"""`fit`: the forward model, cell behind rig, fitted to what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.errors import ModelError, SelectionError
from loligo.inference.forward import Exact, Forward, Simulated
from loligo.inference.free import Coordinate, Free, coordinate
from loligo.inference.judge import judged
from loligo.inference.optimize import Descent, Problem, descend
from loligo.inference.result import Fit
from loligo.inference.setup import Setup
from loligo.inference.stretch import Stretch, stretches
from loligo.recording import Channel, Recording
from loligo.rig import PassiveCell, Rig

Array = NDArray[np.float64]


def fit(
    recording: Recording | Sequence[Recording],
    cell: PassiveCell | Cell,
    rig: Rig | Sequence[Rig],
    free: Sequence[str] | Mapping[str, Free | None],
    *,
    windows: Sequence[tuple[Any, Any]] | None = None,
    sweeps: Iterable[int] | None = None,
    response: Channel | str | None = None,
    offset: Any = 0,
    delay: Any = 0,
    starts: int = 3,
    seed: int = 0,
    dt: Any = "5 us",
    leak_subtracted: bool = False,
) -> Fit:
    """Fit a cell behind a rig to a recording.

    Parameters
    ----------
    recording : Recording or sequence of Recording
        Several are fitted together: one cell, a rig for each.
    cell : PassiveCell or Cell
        Around a passive cell the model is exact and fast; any other is simulated.
    rig : Rig or sequence of Rig
    free : sequence of str, or mapping of str to Free or None
        Which parameters are found, by path: ``"pipette.series_resistance"``,
        ``"amplifier.capacitance_fast"``, ``"filter.corner"``, ``"cell.capacitance"``,
        ``"response.offset"``, ``"response.delay"``; ``"1.pipette.series_resistance"`` of the second
        recording alone, after a path for all where there is one.
    windows : sequence of (quantity, quantity), optional
        What of each sweep is fitted, after its start; all of it by default.
    sweeps : iterable of int, optional
        All by default. Those of the same command are averaged.
    response : Channel or str, optional
        Needed where there are several.
    offset, delay : quantity
        Added to the response [its unit], and by which it is late; where they start, if free.
    starts : int
        How many starts the optimizer takes; the first are the values of cell and rig.
    seed : int
        Of the other starts.
    dt : quantity
        Longest step of a simulation.
    leak_subtracted : bool
        Whether what is linear was subtracted from the responses (P/N): the model then is the cell's
        response without that of the cell with no gated channel.

    Returns
    -------
    Fit

    Raises
    ------
    ModelError, SelectionError, UnitError
        A path that leads nowhere, bounds that hold nothing, no command, a rig that is unstable to
        begin with, leak subtraction of a passive cell.

    Notes
    -----
    Samples of a recording weigh alike, the mean of n sweeps n times a single one, recordings by
    what is missed of each. Intervals are those of Gauss and Newton in the coordinates of the fit,
    with the noise's correlation, see `loligo.inference.uncertainty`. The command is a staircase,
    each sample holding until the next, and each sweep starts at rest under its first.
    """
    recordings = (recording,) if isinstance(recording, Recording) else tuple(recording)
    rigs = (rig,) * len(recordings) if isinstance(rig, Rig) else tuple(rig)
    if not recordings or len(rigs) != len(recordings):
        raise SelectionError(f"{len(recordings)} recordings and {len(rigs)} rigs; give as many")
    told = dict(free) if isinstance(free, Mapping) else dict.fromkeys(free)
    if not told:
        raise SelectionError("no parameter is free; name one, such as 'pipette.series_resistance'")
    if starts < 1:
        raise SelectionError(f"starts = {starts}; at least 1")
    chosen = None if sweeps is None else tuple(sweeps)
    parts = tuple(
        stretch
        for number, one in enumerate(recordings)
        for stretch in stretches(one, number, windows, chosen, response)
    )
    setup = _setup(cell, rigs, offset, delay)
    coordinates = [coordinate(setup.place(path), one) for path, one in told.items()]
    setup = setup.changed({one.path: one.start for one in coordinates})
    if leak_subtracted and isinstance(cell, PassiveCell):
        raise ModelError("of a PassiveCell leak subtraction leaves nothing; give a Cell")
    forward: Forward = Exact(parts)
    if not isinstance(cell, PassiveCell):
        forward = Simulated(parts, recordings, dt, leak_subtracted)
    descents, problem = _descended(setup, coordinates, forward, parts, starts, seed)
    return judged(setup, problem, descents, parts)


def _setup(cell: PassiveCell | Cell, rigs: tuple[Rig, ...], offset: Any, delay: Any) -> Setup:
    from loligo.units import quantity

    if not isinstance(cell, PassiveCell | Cell):
        raise ModelError(f"a {type(cell).__name__} cannot be fitted behind a rig; give a Cell")
    if len({rig.clamp for rig in rigs}) > 1:
        raise SelectionError("the rigs are of both clamp modes; fit those of one at a time")
    dimension = "current" if rigs[0].clamp == "voltage_clamp" else "voltage"
    count = len(rigs)
    return Setup(
        (cell,) * count,
        rigs,
        (quantity(offset, dimension, name="offset"),) * count,
        (quantity(delay, "time", name="delay"),) * count,
        ({},) * count,
    )


def _descended(
    setup: Setup,
    coordinates: Sequence[Coordinate],
    forward: Forward,
    parts: Sequence[Stretch],
    starts: int,
    seed: int,
) -> tuple[list[Descent], Problem]:
    """Return where the starts lead to, recordings weighed by what is missed of each."""

    def predict(values: Sequence[Mapping[str, float]]) -> Array:
        return forward([setup.changed(one) for one in values])

    data = np.concatenate([part.fitted(part.response) for part in parts])
    if data.size <= len(coordinates):
        raise ModelError(f"{data.size} samples cannot tell {len(coordinates)} parameters")
    sizes = [part.fitted(part.response).size for part in parts]
    repeats = np.repeat([np.sqrt(len(part.sweeps)) for part in parts], sizes)
    problem = Problem(coordinates, predict, data, repeats)
    descents = descend(problem, starts, seed)
    if len({part.recording for part in parts}) == 1:
        return descents, problem
    missed = np.split(problem.residuals(descents[0].numbers), np.cumsum(sizes)[:-1])
    shares = _shares(parts, missed)
    weights = repeats * np.repeat([shares[part.recording] for part in parts], sizes)
    problem = Problem(coordinates, predict, data, weights)
    return descend(problem, starts, seed), problem


def _shares(parts: Sequence[Stretch], missed: Sequence[Array]) -> dict[int, float]:
    """Return the weight of each recording: the less is missed of it, the more; at most 1."""
    squares: dict[int, list[float]] = {}
    for part, rest in zip(parts, missed, strict=True):
        squares.setdefault(part.recording, []).append(float(np.mean(rest**2)))
    sizes = {number: max(np.sqrt(np.mean(each)), 1e-300) for number, each in squares.items()}
    smallest = min(sizes.values())
    return {number: float(smallest / size) for number, size in sizes.items()}

"""`simulate_each`: cells of different shapes or kinds under one protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from loligo.cell import Cell, Neuron, PointNeuron
from loligo.engine.checks import thread_count
from loligo.engine.result import Simulation
from loligo.engine.simulate import Shown, simulate
from loligo.engine.threads import Progress, in_threads
from loligo.errors import LoligoError, ModelError
from loligo.protocol import Protocol


def simulate_each(
    cells: Sequence[Neuron | Cell | PointNeuron],
    protocol: Protocol,
    *,
    threads: int | None = None,
    progress: bool | Callable[[float], None] = False,
    **options: Any,
) -> tuple[Simulation, ...]:
    """Simulate each of several cells, which may differ in shape and membrane.

    Cells that differ only in parameters are faster as a batch of `simulate`.

    Parameters
    ----------
    cells : sequence of Neuron, Cell or PointNeuron
    protocol : Protocol
    threads : int or None
        So many cells at once; ``None`` for as many as there are processors.
    progress : bool or callable
        Show a bar, or call with the fraction done.
    options
        As of `simulate`, the same for all. Sites in words, such as ``"soma"`` and
        ``"apical at 300 um"``, are looked up in each shape.

    Returns
    -------
    tuple of Simulation
        In the order of the cells; each has the bits that its cell has alone.

    Raises
    ------
    ModelError
        There are no cells.
    LoligoError
        What `simulate` raises; a note says of which cell.

    Examples
    --------
    >>> from loligo import Protocol
    >>> from loligo.cell import catalogue
    >>> cells = [catalogue.load(name) for name in ("hodgkin_huxley1952", "wang_buzsaki1996")]
    >>> steps = Protocol("step", ["step 10 uA/cm2 for 50 ms"], holding="0 uA/cm2")
    >>> [run.spike_times().size for run in simulate_each(cells, steps, spikes=True)]
    [4, 14]
    """
    if len(cells) == 0:
        raise ModelError("cells: give at least one cell")
    found: list[Simulation | None] = [None] * len(cells)
    stop = Event()
    with Shown(progress) as tell:
        done = Progress(tell, len(cells))

        def one(index: int) -> None:
            if stop.is_set():
                return
            try:
                found[index] = simulate(cells[index], protocol, **options)
            except LoligoError as error:
                error.add_note(f"of cell {index}, {cells[index].name!r}")
                raise
            done.add(1)

        in_threads(one, len(cells), thread_count(threads), stop)
    return tuple(run for run in found if run is not None)

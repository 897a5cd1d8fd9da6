"""`resting`: the potentials that `simulate` starts from with ``initial="rest"``, alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell, Neuron
from loligo.engine.start import start_potential
from loligo.engine.wiring import RigsAtSites, rigs_alone
from loligo.protocol import Protocol


def resting(
    cell: Cell | Neuron,
    protocol: Protocol,
    *,
    at: str | None = None,
    rig: RigsAtSites | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> NDArray[np.float64]:
    """Return where cells rest under the commands between sweeps.

    Parameters
    ----------
    cell, protocol, at, rig, parameters
        As for `loligo.engine.simulate`, to which the result is ``initial={"v": result}``.

    Returns
    -------
    ndarray, shape (cell, sweep), or (cell, sweep, compartment) of a neuron [mV]

    Raises
    ------
    ModelError
        There is none between -200 and 100 mV.
    """
    if isinstance(cell, Neuron):
        from loligo.engine.tree.acting import acting
        from loligo.engine.tree.rest import resting_potentials
        from loligo.engine.tree.seen import seen_of
        from loligo.engine.tree.simulate import request_of

        acts = acting(cell, protocol, at, None, None, (), rig)
        tree = request_of(cell, acts, seen_of(cell, acts, (), ()), parameters)
        return resting_potentials(tree).reshape(tree.n_cells, tree.n_sweeps, -1)
    from loligo.engine.isopotential import requested

    request, _ = requested(
        cell, protocol, record=(), sampling="1 ms", dt=None, parameters=parameters,
        initial="rest", rig=rigs_alone(rig),
    )  # fmt: skip
    return start_potential(request).reshape(request.n_cells, request.n_sweeps)

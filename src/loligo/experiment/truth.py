"""What is true of a cell behind a rig: the numbers that an analysis ought to find."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values
from loligo.engine.rest import stable_potentials, summed_currents
from loligo.rig import CurrentClamp, Pipette, Rig

Array = NDArray[np.float64]

_NEAR = 0.05
"""Half the step over which the slope at rest is taken [mV]."""


def truth_of(cell: Cell, rig: Rig, parameters: dict[str, Any]) -> dict[str, float]:
    """Return the true numbers, by glossary name in internal units.

    Parameters
    ----------
    cell : Cell
    rig : Rig
    parameters : dict of str to float
        Values of the cell's parameters in internal units.

    Returns
    -------
    dict of str to float
        ``membrane_resistance`` is the slope of the steady current of membrane and seal at rest;
        where there is no rest, it and ``resting_potential`` are left out.
    """
    pipette = rig.pipette
    lowered = equations(cell)
    capacitance = float(evaluate(lowered.capacitance, {**lowered.defaults, **parameters}))
    found = {**of_rig(rig), "capacitance": capacitance}
    rest = _rest(lowered, pipette, parameters, cell.initial_potential)
    if rest is None:
        return found
    v = np.array([rest - _NEAR, rest + _NEAR])
    low, high = _current(lowered, pipette, parameters, v)
    return found | of_rest(rest, float(2.0 * _NEAR / (high - low)), pipette)


def of_rig(rig: Rig) -> dict[str, float]:
    """Return the true numbers of a rig, whatever is recorded through it."""
    pipette = rig.pipette
    found = {
        "series_resistance": pipette.series_resistance,
        "pipette_capacitance": pipette.capacitance + pipette.wall_capacitance,
        "liquid_junction_potential": pipette.junction_potential,
    }
    if pipette.seal_resistance is not None:
        found["seal_resistance"] = pipette.seal_resistance
    if isinstance(rig.amplifier, CurrentClamp):
        found["bridge_error"] = pipette.series_resistance - rig.amplifier.bridge_balance
    if rig.filter is not None:
        found["filter_frequency"] = rig.filter.corner
    return found


def of_rest(rest: float, resistance: float, pipette: Pipette) -> dict[str, float]:
    """Return the true numbers of what rests at a potential [mV] and has a resistance there."""
    return {
        "resting_potential": rest,
        "membrane_resistance": resistance,
        "input_resistance": resistance,
        "total_resistance": resistance + pipette.series_resistance,
    }


def _current(lowered: Any, pipette: Any, parameters: dict[str, Any], v: Array) -> Array:
    """Return what flows out of the cell through membrane and seal in steady state [pA]."""
    states = steady_values(lowered, v, parameters)
    total = summed_currents(lowered, states, v.shape)
    if pipette.seal_resistance is not None:
        total = total + (v - pipette.seal_reversal) / pipette.seal_resistance
    return total


def _rest(lowered: Any, pipette: Any, parameters: dict[str, Any], near: float) -> float | None:
    """Return the stable resting potential nearest to a potential [mV]."""
    found = stable_potentials(lambda v: _current(lowered, pipette, parameters, v), near, 1)
    return None if np.isnan(found[0]) else float(found[0])

"""What is true of a cell behind a rig: the numbers that an analysis ought to find."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values
from loligo.engine.rest import stable_potentials
from loligo.rig import CurrentClamp, Pipette, Rig, VoltageClamp

Array = NDArray[np.float64]

_NEAR = 0.05
"""Half the step over which the slope at rest is taken [mV]."""


def truth_of(
    cell: Cell, rig: Rig, parameters: dict[str, Any], holding: float = 0.0
) -> dict[str, float]:
    """Return the true numbers, by glossary name in internal units.

    Parameters
    ----------
    cell : Cell
    rig : Rig
    parameters : dict of str to float
        Values of the cell's parameters in internal units.
    holding : float [mV]
        Between sweeps, in voltage clamp.

    Returns
    -------
    dict of str to float
        ``membrane_resistance`` is the slope of the steady current of membrane and seal, in voltage
        clamp at the holding level, else at rest; ``cell_resistance`` that of the membrane alone.
        Where there is no rest, or no slope upward, what needs it is left out.
    """
    pipette = rig.pipette
    lowered = equations(cell)
    capacitance = float(evaluate(lowered.capacitance, {**lowered.defaults, **parameters}))
    found = {
        "series_resistance": pipette.series_resistance,
        "capacitance": capacitance,
        "pipette_capacitance": pipette.capacitance + pipette.wall_capacitance,
        "liquid_junction_potential": pipette.junction_potential,
    }
    if pipette.seal_resistance is not None:
        found["seal_resistance"] = pipette.seal_resistance
    rest = _rest(lowered, pipette, parameters, cell.initial_potential)
    at = rest
    if rest is not None:
        found["resting_potential"] = rest
    if isinstance(rig.amplifier, VoltageClamp):
        at = _held(lowered, pipette, parameters, holding)
    if at is not None:
        found |= _resistances(lowered, pipette, parameters, at, capacitance)
    bare = pipette.with_(seal_resistance=None)
    alone = _rest(lowered, bare, parameters, cell.initial_potential)
    if alone is not None and pipette.seal_resistance is not None:
        found["cell_resting_potential"] = alone
    if isinstance(rig.amplifier, CurrentClamp):
        found["bridge_error"] = pipette.series_resistance - rig.amplifier.bridge_balance
    if rig.filter is not None:
        found["filter_frequency"] = rig.filter.corner
    return found


def _resistances(
    lowered: Any, pipette: Pipette, parameters: dict[str, Any], at: float, capacitance: float
) -> dict[str, float]:
    """Return what follows from the slope of the steady current at a potential."""
    v = np.array([at - _NEAR, at + _NEAR])
    low, high = _current(lowered, pipette, parameters, v)
    slope = float(high - low) / (2.0 * _NEAR)
    if not slope > 0.0:
        return {}
    found = {
        "membrane_resistance": 1.0 / slope,
        "input_resistance": 1.0 / slope,
        "total_resistance": 1.0 / slope + pipette.series_resistance,
        "membrane_time_constant": capacitance / slope,
    }
    if pipette.seal_resistance is not None:
        found["seal_share"] = 1.0 / (slope * pipette.seal_resistance)
        alone = slope - 1.0 / pipette.seal_resistance
        if alone > 0.0:
            found["cell_resistance"] = 1.0 / alone
            found["cell_time_constant"] = capacitance / alone
    return found


def _held(
    lowered: Any, pipette: Pipette, parameters: dict[str, Any], holding: float
) -> float | None:
    """Return where the cell is behind its series resistance, the pipette at the holding level."""
    inside = holding + pipette.shift

    def outward(v: Array) -> Array:
        flows = (v - inside) / pipette.series_resistance
        return np.asarray(_current(lowered, pipette, parameters, v) + flows)

    found = stable_potentials(outward, inside, 1)
    return None if np.isnan(found[0]) else float(found[0])


def _current(lowered: Any, pipette: Any, parameters: dict[str, Any], v: Array) -> Array:
    """Return what flows out of the cell through membrane and seal in steady state [pA]."""
    states = steady_values(lowered, v, parameters)
    total = np.zeros(v.shape)
    for current in lowered.currents:
        total = total + evaluate(current.current, states)
    if pipette.seal_resistance is not None:
        total = total + (v - pipette.seal_reversal) / pipette.seal_resistance
    return total


def _rest(lowered: Any, pipette: Any, parameters: dict[str, Any], near: float) -> float | None:
    """Return the stable resting potential nearest to a potential [mV]."""
    found = stable_potentials(lambda v: _current(lowered, pipette, parameters, v), near, 1)
    return None if np.isnan(found[0]) else float(found[0])

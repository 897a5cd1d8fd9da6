"""What is true of a cell behind a rig: the numbers that an analysis ought to find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.expression import evaluate
from loligo.cell.steady import steady_values
from loligo.engine.rest import stable_potentials, summed_currents
from loligo.protocol import Protocol
from loligo.rig import CurrentClamp, Pipette, Rig, TwoElectrodeClamp, VoltageClamp
from loligo.rig.discontinuous import Discontinuous

Array = NDArray[np.float64]

_NEAR = 0.05
"""Half the step over which the slope at rest is taken [mV]."""
_ROUNDING = 1e-9
CONTINUOUS_VOLTAGE_CLAMP = VoltageClamp | TwoElectrodeClamp
"""Amplifiers that hold a potential all the time."""


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
        Where there is no rest, or no slope upward, what needs it is left out. Of a cell behind a
        patch that is whole, resistance and rest are the cell's alone, and ``total_resistance`` is
        what the pipette sees.
    """
    pipette = rig.pipette
    lowered = equations(cell)
    capacitance = capacitance_of(cell, parameters)
    found = {**of_rig(rig), "capacitance": capacitance}
    rest = _rest(lowered, pipette, parameters, cell.initial_potential)
    at = rest
    if rest is not None:
        found["resting_potential"] = rest
    if isinstance(rig.amplifier, CONTINUOUS_VOLTAGE_CLAMP | CurrentClamp):
        level = _held(lowered, rig, parameters, holding, cell.initial_potential)
        found |= of_holding(rig, holding, level)
        at = level if measures_held(rig) else at
    if at is not None:
        v = np.array([at - _NEAR, at + _NEAR])
        low, high = _current(lowered, pipette, parameters, v)
        slope = float(high - low) / (2.0 * _NEAR)
        found |= of_slope(slope, rig)
        if slope > 0.0:
            found["membrane_time_constant"] = capacitance / slope
        if "cell_resistance" in found:
            found["cell_time_constant"] = capacitance * found["cell_resistance"]
    if pipette.seal_resistance is not None and not pipette.patch_resistance:
        bare = pipette.with_(seal_resistance=None)
        alone = _rest(lowered, bare, parameters, cell.initial_potential)
        if alone is not None:
            found["cell_resting_potential"] = alone
    return found


def capacitance_of(cell: Cell, parameters: Mapping[str, float]) -> float:
    """Return a cell's capacitance [pF]; parameters are in internal units."""
    lowered = equations(cell)
    return float(evaluate(lowered.capacitance, {**lowered.defaults, **parameters}))


def held(protocol: Protocol) -> float:
    """Return the level between sweeps in the protocol's unit; 0 where nothing is commanded."""
    return 0.0 if protocol.holding is None else protocol.holding.at(0)


def of_rig(rig: Rig) -> dict[str, float]:
    """Return the true numbers of a rig, whatever is recorded through it."""
    pipette = rig.pipette
    found = {
        "series_resistance": rig.series_resistance,
        "pipette_capacitance": pipette.capacitance + pipette.wall_capacitance,
        "liquid_junction_potential": pipette.junction_potential,
    }
    if pipette.seal_resistance is not None:
        found["seal_resistance"] = pipette.seal_resistance
    if pipette.patch_resistance:
        found["patch_resistance"] = pipette.patch_resistance
    if isinstance(rig.amplifier, CurrentClamp):
        found["bridge_error"] = pipette.series_resistance - rig.amplifier.bridge_balance
    if isinstance(rig.amplifier, Discontinuous):
        found["electrode_residual"] = rig.amplifier.electrode_residual(pipette)
    if rig.filter is not None:
        found["filter_frequency"] = rig.filter.corner
    return found


def measures_held(rig: Rig) -> bool:
    """Tell whether resistances are those at the holding level, not at rest."""
    return isinstance(rig.amplifier, CONTINUOUS_VOLTAGE_CLAMP) and not rig.pipette.patch_resistance


def law_of(rig: Rig, holding: float) -> tuple[float, float]:
    """Return what lastingly flows into the cell, ``current - leak v`` [pA, nS], seal included.

    That is as long as nothing saturates.
    """
    return rig.bare_system.steady_current(holding)


def of_holding(rig: Rig, holding: float, v: float | None) -> dict[str, float]:
    """Return the true numbers of a cell that is lastingly held.

    Parameters
    ----------
    rig : Rig
    holding : float [mV or pA]
    v : float or None [mV]
        Where the cell then is.

    Returns
    -------
    dict of str to float
        ``baseline_potential`` is the membrane's, ``holding_current`` what an amplifier that clamps
        the potential measures.
    """
    if v is None:
        return {}
    found = {"baseline_potential": v}
    if isinstance(rig.amplifier, CONTINUOUS_VOLTAGE_CLAMP):
        system = rig.bare_system
        states = system.steady_states(holding, v)
        found["holding_current"] = float(system.seen("response").value(states, holding, v)[0])
    return found


def of_slope(slope: float, rig: Rig) -> dict[str, float]:
    """Return the resistances that follow from the slope of a steady current.

    Parameters
    ----------
    slope : float [nS]
        Of what flows out of the cell through membrane and seal by its potential; of a whole patch
        the seal is not beside the membrane.
    rig : Rig

    Returns
    -------
    dict of str to float
        None where the slope is not upward.
    """
    if not slope > 0.0:
        return {}
    pipette = rig.pipette
    found = {
        "membrane_resistance": 1.0 / slope,
        "input_resistance": 1.0 / slope,
        "total_resistance": rig.series_resistance + _behind(pipette, 1.0 / slope),
    }
    if pipette.seal_resistance is not None and not pipette.patch_resistance:
        found["seal_share"] = 1.0 / (slope * pipette.seal_resistance)
        alone = slope - 1.0 / pipette.seal_resistance
        if alone > 0.0:
            found["cell_resistance"] = 1.0 / alone
    return found


def by_sweep(
    found: Sequence[dict[str, float]],
) -> tuple[dict[str, float], dict[str, tuple[float, ...]]]:
    """Part the numbers of each sweep into those that are one, and those that change.

    Parameters
    ----------
    found : sequence of dict of str to float, one for each sweep

    Returns
    -------
    same : dict of str to float
    changing : dict of str to tuple of float
        NaN in a sweep without.
    """
    names = dict.fromkeys(name for each in found for name in each)
    all_of = {name: tuple(each.get(name, np.nan) for each in found) for name in names}
    same = {name: values[0] for name, values in all_of.items() if _is_one(values)}
    return same, {name: values for name, values in all_of.items() if name not in same}


def _is_one(values: tuple[float, ...]) -> bool:
    """Tell whether numbers are the same to rounding, as slopes found at other potentials are."""
    return bool(np.ptp(values) <= _ROUNDING * np.abs(values).max())


def _behind(pipette: Pipette, resistance: float) -> float:
    """Return the resistance between tip and bath [GOhm]: that of cell and seal, or the patch's."""
    if not pipette.patch_resistance:
        return resistance
    through = pipette.patch_resistance + resistance
    seal = pipette.seal_resistance
    return through if seal is None else through * seal / (through + seal)


def _held(
    lowered: Any, rig: Rig, parameters: dict[str, Any], holding: float, near: float
) -> float | None:
    """Return where the cell is under the holding level, nearest to where the clamp wants it."""
    current, leak = law_of(rig, holding)
    system = rig.bare_system
    inside = (
        holding + rig.pipette.shift if isinstance(rig.amplifier, CONTINUOUS_VOLTAGE_CLAMP) else near
    )

    def outward(v: Array) -> Array:
        membrane = summed_currents(lowered, steady_values(lowered, v, parameters), v.shape)
        if system.bound is not None:
            return np.asarray(membrane - system.steadily_into(holding, v))
        return np.asarray(membrane + leak * v - current)

    found = stable_potentials(outward, inside, 1)
    return None if np.isnan(found[0]) else float(found[0])


def _current(lowered: Any, pipette: Any, parameters: dict[str, Any], v: Array) -> Array:
    """Return what flows out of the cell through membrane and seal in steady state [pA]."""
    states = steady_values(lowered, v, parameters)
    total = summed_currents(lowered, states, v.shape)
    if pipette.seal_resistance is not None and not pipette.patch_resistance:
        total = total + (v - pipette.seal_reversal) / pipette.seal_resistance
    return total


def _rest(lowered: Any, pipette: Any, parameters: dict[str, Any], near: float) -> float | None:
    """Return the stable resting potential nearest to a potential [mV]."""
    found = stable_potentials(lambda v: _current(lowered, pipette, parameters, v), near, 1)
    return None if np.isnan(found[0]) else float(found[0])

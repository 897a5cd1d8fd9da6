"""A cell that keeps its volume and its ions: pump, leaks, cotransport, impermeant anions.

One compartment with sodium, potassium, chloride and anions that cannot leave, in water that
follows osmolarity. Its steady state is a closed formula but for one number; its course in time,
after the pump is blocked, is integrated here with an error-controlled method for stiff equations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import ModelError
from loligo.ions.thermal import FARADAY, thermal_voltage

_PER_MS = 0.01 / FARADAY * 1e3
"""mM um per ms that 1 uA/cm2 of a univalent ion brings."""
_CHARGE = 0.1 * FARADAY
"""mV uF/cm2 per um that 1 mM of charge makes."""
_LARGEST = 100.0
"""Driving forces over RT/F up to which a steady state is looked for."""
_WATER = 1e-2
"""Rate [1/ms] at which volume follows osmolarity: fast beside ions, and of no other influence."""


@dataclass(frozen=True, slots=True)
class PumpLeak:
    """What a pump-leak cell is made of. A cylinder whose length is fixed.

    Attributes
    ----------
    sodium_outside, potassium_outside, chloride_outside : float [mM]
    osmolarity : float [mM]
        Of all that is dissolved, the same on both sides; the rest outside is impermeant.
    sodium, potassium, chloride : float [mS/cm2]
        Leak conductances.
    cotransport : float [mS/cm2]
        Of KCC2, which moves potassium and chloride together by the difference of their reversals.
    pump : float [uA/cm2]
        Current of one pumped charge at equal sodium on both sides: 3 sodium out, 2 potassium in,
        with the third power of sodium inside over outside.
    impermeant_valence : float
        Mean charge of what cannot leave.
    temperature : float [degC]
    capacitance : float [uF/cm2]
    radius : float [um]
        At the start of a course.

    Notes
    -----
    The model and, by default, its numbers: Duesterwald et al. 2018 eLife 7:e39575,
    https://doi.org/10.7554/eLife.39575
    """

    sodium_outside: float = 145.0
    potassium_outside: float = 3.5
    chloride_outside: float = 119.0
    osmolarity: float = 297.0
    sodium: float = 0.020
    potassium: float = 0.070
    chloride: float = 0.020
    cotransport: float = 0.020
    pump: float = 1000.0
    impermeant_valence: float = -0.85
    temperature: float = 37.0
    capacitance: float = 2.0
    radius: float = 5.0


@dataclass(frozen=True, slots=True)
class PumpLeakState:
    """What is inside a pump-leak cell.

    Attributes
    ----------
    potential : float or ndarray [mV]
    sodium, potassium, chloride, impermeant : float or ndarray [mM]
    volume : float or ndarray
        Relative to that at the start.
    """

    potential: NDArray[np.float64]
    sodium: NDArray[np.float64]
    potassium: NDArray[np.float64]
    chloride: NDArray[np.float64]
    impermeant: NDArray[np.float64]
    volume: NDArray[np.float64]


def pump_leak_steady(cell: PumpLeak) -> PumpLeakState:
    """Return the steady state of a pump-leak cell.

    Parameters
    ----------
    cell : PumpLeak

    Raises
    ------
    ModelError
        It has none: without a pump, and with nothing outside that cannot enter, water flows in
        until the cell bursts.

    Notes
    -----
    At a given pump current ``p`` the driving forces of all three ions follow from it. With
    ``y = exp(-V F / RT)`` sodium and potassium inside are proportional to ``y``, chloride to
    ``1 / y``; neutrality and osmotic balance leave a quadratic for ``y``. The pump that the sodium
    found keeps running is then the root of one function of ``p``.
    """
    from scipy.optimize import brentq

    if cell.pump < 0:
        raise ModelError(f"pump = {cell.pump:g} uA/cm2 is below zero; allowed: 0 and above")
    if cell.pump == 0:
        return _with_volume(_at_current(cell, 0.0))

    def excess(log_current: float) -> float:
        found = _at_current(cell, float(np.exp(log_current)))
        running = cell.pump * (float(found.sodium) / cell.sodium_outside) ** 3
        return float(np.log(running) - log_current)

    steepest = max(abs(force) for force in _forces(cell, 1.0))
    most = min(cell.pump, _LARGEST * float(thermal_voltage(cell.temperature)) / steepest)
    ends = np.log(1e-9 * most), np.log(most)
    if not excess(ends[0]) > 0 > excess(ends[1]):
        raise ModelError(
            f"pump = {cell.pump:g} uA/cm2 against {cell.sodium:g} mS/cm2 of sodium leak: no steady "
            "state is found"
        )
    current = float(np.exp(brentq(excess, *ends, xtol=1e-14)))
    return _with_volume(_at_current(cell, current))


def _with_volume(found: PumpLeakState) -> PumpLeakState:
    """Return a state in which something is left for what cannot leave; it sets the volume."""
    total = found.sodium + found.potassium + found.chloride + found.impermeant
    if found.impermeant <= 1e-9 * total:
        raise ModelError(
            "there is no steady volume: ions alone balance the osmolarity, so that what cannot "
            "leave draws water in without end"
        )
    return found


def _forces(cell: PumpLeak, p: float) -> tuple[float, float, float]:
    """Return V - E of sodium, potassium and chloride [mV] at a pump current [uA/cm2]."""
    sodium = -3.0 * p / cell.sodium
    total = cell.chloride + cell.cotransport
    share = cell.cotransport / total if total else 0.0
    potassium = 2.0 * p / (cell.potassium + cell.cotransport * (1.0 - share))
    return sodium, potassium, share * potassium


def _at_current(cell: PumpLeak, p: float) -> PumpLeakState:
    thermal = float(thermal_voltage(cell.temperature))
    sodium, potassium, chloride = _forces(cell, p)
    na = cell.sodium_outside * np.exp(sodium / thermal)
    k = cell.potassium_outside * np.exp(potassium / thermal)
    cl = cell.chloride_outside * np.exp(-chloride / thermal)
    z, total = cell.impermeant_valence, cell.osmolarity
    # (na + k)(1 - z) y^2 + total z y - cl (1 + z) = 0
    square, linear, constant = (na + k) * (1.0 - z), total * z, -cl * (1.0 + z)
    inner = linear**2 - 4.0 * square * constant
    if z >= 1.0 or inner < 0:
        raise ModelError(
            f"impermeant_valence = {z:g}: charges and osmolarity cannot both be balanced; it is "
            "below 1, and not far below -1"
        )
    y = (-linear + np.sqrt(inner)) / (2.0 * square)
    levels = na * y, k * y, cl / y
    return PumpLeakState(
        potential=np.asarray(-thermal * np.log(y)),
        sodium=np.asarray(levels[0]),
        potassium=np.asarray(levels[1]),
        chloride=np.asarray(levels[2]),
        impermeant=np.asarray(total - sum(levels)),
        volume=np.asarray(1.0),
    )


def pump_leak_course(
    cell: PumpLeak,
    start: PumpLeakState,
    times: ArrayLike,
    *,
    pump: float = 0.0,
    tolerance: float = 1e-9,
) -> PumpLeakState:
    """Return what becomes of a pump-leak cell, by default with its pump blocked.

    Parameters
    ----------
    cell : PumpLeak
    start : PumpLeakState
        Of `pump_leak_steady`, say.
    times : (time,) array_like [ms]
        From 0, increasing.
    pump : float
        What is left of the pump, 0 to 1.
    tolerance : float
        Relative, of the integration.

    Returns
    -------
    PumpLeakState
        Of ``(time,)`` arrays.

    Raises
    ------
    ModelError
        Times that do not increase from 0 or later; the integration fails.

    Notes
    -----
    Amounts of ions and volume are the states, by the backward differentiation formulas. The
    potential follows from the charge inside; membrane area grows with the root of volume.
    """
    from scipy.integrate import solve_ivp

    t = np.asarray(times, dtype=np.float64)
    if t.ndim != 1 or not t.size or t[0] < 0 or (np.diff(t) <= 0).any():
        raise ModelError("times must increase from 0 or later")
    model = replace(cell, pump=pump * cell.pump)
    impermeant = float(start.impermeant)
    first = np.array([start.sodium, start.potassium, start.chloride, 1.0], dtype=np.float64)
    held = float(start.potential) * cell.capacitance * 2.0 / (cell.radius * _CHARGE)
    fixed = cell.impermeant_valence * impermeant
    first[1] = held - first[0] + first[2] - fixed  # the charge that the potential is made of
    found = solve_ivp(
        lambda _, y: _slopes(model, y, impermeant),
        (0.0, max(t[-1], 1e-9)),
        first,
        method="BDF",
        t_eval=t,
        rtol=tolerance,
        atol=1e-3 * tolerance,
    )
    if not found.success:
        raise ModelError(f"the course of the cell is not found: {found.message}")
    na, k, cl, volume = found.y
    return PumpLeakState(
        potential=np.asarray(_potential(cell, found.y, fixed)),
        sodium=na / volume,
        potassium=k / volume,
        chloride=cl / volume,
        impermeant=impermeant / volume,
        volume=volume,
    )


def _potential(cell: PumpLeak, y: NDArray[np.float64], fixed: float) -> NDArray[np.float64]:
    na, k, cl, volume = y
    thickness = 0.5 * cell.radius / np.sqrt(volume)
    return np.asarray((na + k - cl + fixed) * _CHARGE * thickness / cell.capacitance)


def _slopes(cell: PumpLeak, y: NDArray[np.float64], impermeant: float) -> NDArray[np.float64]:
    na, k, cl, volume = y
    thermal = float(thermal_voltage(cell.temperature))
    v = _potential(cell, y, cell.impermeant_valence * impermeant)
    e_na = thermal * np.log(cell.sodium_outside * volume / na)
    e_k = thermal * np.log(cell.potassium_outside * volume / k)
    e_cl = -thermal * np.log(cell.chloride_outside * volume / cl)
    p = cell.pump * (na / volume / cell.sodium_outside) ** 3
    together = cell.cotransport * (e_k - e_cl)
    currents = np.array(
        [
            cell.sodium * (v - e_na) + 3.0 * p,
            cell.potassium * (v - e_k) - 2.0 * p - together,
            -cell.chloride * (v - e_cl) - together,
        ]
    )
    area = 2.0 / cell.radius * np.sqrt(volume)
    water = _WATER * ((na + k + cl + impermeant) / volume / cell.osmolarity - 1.0)
    return np.append(-_PER_MS * area * currents, water * np.sqrt(volume))

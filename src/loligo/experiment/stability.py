"""Whether a rig is stable around a cell, how it rings, and how short steps must be to show it.

The rig's poles are those of its equations around a membrane whose gates stand still: an amplifier
oscillates in microseconds, gates move in milliseconds. So a spiking cell is no unstable rig.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.steady import standing_conductance
from loligo.engine.tree.reduced import Reduced
from loligo.experiment.truth import capacitance_of
from loligo.rig import Closed, LinearSystem, Rig, with_passive_cell
from loligo.rig.digital_loop import Piece, as_poles, multipliers

Array = NDArray[np.float64]

RINGS = 0.5
"""Damping ratio below which a rig is said to ring: a step overshoots by 16 % and more."""

_WEAK = 0.3
_SHARE = 0.1
_LEAST = 1e-6


@dataclass(frozen=True)
class Stability:
    """The slowest to die, or fastest to grow, of what a rig does by itself.

    Attributes
    ----------
    growth_rate : float [1/ms]
        Of what grows fastest, above 0 where the rig is unstable; else below.
    frequency : float [kHz]
        Of it where the rig is unstable, else of the least damped oscillation; 0 without one.
    damping : float
        Damping ratio of the least damped oscillation, 1 without one.
    longest_step : float [ms]
        Of steps that follow what grows or rings, infinite where nothing does.
    """

    growth_rate: float
    frequency: float
    damping: float
    longest_step: float

    @property
    def is_stable(self) -> bool:
        """Whether all that is left of a disturbance dies out."""
        return self.growth_rate < 0.0

    @property
    def in_words(self) -> str:
        """What a rig does that does not stay quiet; empty where it does."""
        if not self.is_stable:
            pace = f"a disturbance grows e-fold in {1.0 / self.growth_rate:.3g} ms"
            heard = f" at {self.frequency:.3g} kHz" if self.frequency else ""
            return f"unstable: {pace}{heard}; lower the compensation or the neutralization"
        if self.damping < RINGS:
            return f"rings at {self.frequency:.3g} kHz with a damping ratio of {self.damping:.2g}"
        return ""

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers of `in_words` by glossary name; none where there are no words."""
        if not self.in_words:
            return {}
        found = {"oscillation_growth_rate": self.growth_rate}
        if self.frequency:
            found["ringing_frequency"] = self.frequency
        if self.is_stable:
            found["damping_ratio"] = self.damping
        return found


QUIET = Stability(-np.inf, 0.0, 1.0, np.inf)
"""Of what has no loop that could ring, or is not looked at."""


def stability(cell: Cell, rig: Rig, values: Mapping[str, float], v: float) -> Stability:
    """Return how stable a rig is around a cell.

    Parameters
    ----------
    cell : Cell
    rig : Rig
        Its output filter, which acts back on nothing, is left out.
    values : mapping of str to float
        The cell's parameters in internal units.
    v : float [mV]
        Where the cell is.
    """
    return of_poles(_closed(cell, rig.amplifier.system(rig.pipette), values, v).poles)


def stability_at_site(seen: Reduced, rig: Rig) -> Stability:
    """Return how stable a rig is at a site of a neuron.

    Parameters
    ----------
    seen : Reduced
        The neuron there, its gates standing still.
    rig : Rig
        As for `stability`.
    """
    system = rig.amplifier.system(rig.pipette)
    n, size = system.size, seen.matrix.shape[0]
    root = np.sqrt(seen.capacitance)
    matrix = np.zeros((n + size, n + size))
    matrix[:n, :n] = system.slopes.states
    matrix[:n, n] = system.slopes.membrane / root
    matrix[n, :n] = system.current.states[0] / root
    matrix[n:, n:] = -seen.matrix
    matrix[n, n] += system.current.membrane[0] / seen.capacitance
    return of_poles(np.linalg.eigvals(matrix).astype(np.complex128))


def of_loop(
    cell: Cell,
    rig: Rig,
    values: Mapping[str, float],
    v: float,
    gain: float,
    pieces: Sequence[Piece],
) -> Stability:
    """Return how stable a digital loop is around a cell.

    Parameters
    ----------
    cell, rig, values, v
        As for `stability`; the rig with its filter, which the loop looks through.
    gain : float [nS]
        Of the loop.
    pieces : sequence of Piece
        Of its cycle.
    """
    closed = _closed(cell, rig.system, values, v)
    period = sum(piece.duration for piece in pieces)
    poles = as_poles(multipliers(closed, "response", gain, pieces), period)
    slowest = poles[poles.real >= poles.real.max() - 1e-9]
    return of_poles(slowest)  # a delay rings in many ways, of which the others die out before


def _closed(cell: Cell, system: LinearSystem, values: Mapping[str, float], v: float) -> Closed:
    """Return a rig around a cell whose gates stand still."""
    conductance = max(float(standing_conductance(equations(cell), values, v)), _LEAST)
    return with_passive_cell(
        system,
        resistance=f"{1.0 / conductance!r} GOhm",
        capacitance=f"{capacitance_of(cell, values)!r} pF",
        reversal="0 mV",
    )


def of_poles(poles: NDArray[np.complex128]) -> Stability:
    """Return how stable a system of given poles [1/ms] is."""
    fastest = poles[np.argmax(poles.real)]
    turning = poles[poles.imag > 0.0]
    ratios = -turning.real / np.abs(turning)
    damping = min(1.0, float(ratios.min())) if turning.size else 1.0
    shown = poles[(poles.real > 0.0) | ((poles.imag != 0.0) & (poles.real > -_WEAK * abs(poles)))]
    if fastest.real >= 0.0:
        frequency = abs(float(fastest.imag)) / (2.0 * np.pi)
    else:
        frequency = float(np.abs(turning[ratios.argmin()])) / (2.0 * np.pi) if turning.size else 0.0
    return Stability(
        growth_rate=float(fastest.real),
        frequency=frequency,
        damping=damping,
        longest_step=_SHARE / float(np.abs(shown).max()) if shown.size else np.inf,
    )


def worst(found: Sequence[Stability]) -> Stability:
    """Return the one that grows fastest; of stable ones the least damped."""
    return max(found, key=lambda each: (max(each.growth_rate, 0.0), -each.damping))

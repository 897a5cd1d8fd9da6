"""Which cell, rig and protocol a number stands for: realistic ranges, controls set as people do.

Everything follows from seed and number, so that one cell can be looked at alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MODES = ("voltage_clamp", "current_clamp")

RESISTANCE = (0.05, 2.0)
"""Of the membrane alone [GOhm]."""
CAPACITANCE = (8.0, 200.0)
"""Of the cell [pF]."""
TIME_CONSTANT = (2.0, 100.0)
"""Cells of another membrane time constant are drawn again [ms]."""
RESTING = (-80.0, -50.0)
"""Where the membrane's current reverses [mV]."""
SERIES_RESISTANCE = (0.004, 0.03)
PIPETTE_CAPACITANCE = (3.0, 9.0)
SEAL = (1.0, 20.0)
SEAL_KNOWN = 0.2
"""Standard deviation (logarithm) of what is noted of the seal."""
PIPETTE_KNOWN = 0.1
"""The same of the pipette's capacitance."""
CORNER = (2.0, 10.0)
"""Of the output filter [kHz]."""
RATES = (10.0, 20.0, 50.0)
CORNER_STATED = 0.1
"""Standard deviation (logarithm) of what the amplifier states of it."""
LEAST_SAMPLING = 2.5
"""Samples for each period of the filter's corner, at least."""
FAST_ERROR = 0.05
"""Share of the pipette's capacitance that cancellation is off by (standard deviation)."""
BRIDGE_ERROR = 0.15
"""Share of the series resistance that the bridge is off by (standard deviation)."""
NEUTRALIZED = (0.5, 0.95)
FOLLOWER = (0.0003, 0.006)
"""Time constant of the current clamp's follower [ms]."""
SUMMING = (0.01, 0.06)
"""Lag of the clamp [ms]."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One cell behind one rig, in internal units.

    Attributes
    ----------
    number, seed : int
        Of the cell, and of its noise.
    mode : str
        Of `MODES`.
    resistance, capacitance, reversal : float
        Of the membrane alone.
    series_resistance, pipette_capacitance, seal : float
    noted_seal, noted_pipette : float
        What the experimenter wrote down.
    lag : float
        Of the clamp.
    fast : float
        Pipette capacitance cancelled in voltage clamp, or neutralized in current clamp.
    whole_cell : float
        Capacitance cancelled, 0 where it is off.
    correction : float
        Of the series resistance, 0 where it is off.
    noted_series : float
        What the amplifier takes the series resistance for.
    bridge : float
    follower : float
        Time constant of the current clamp's output.
    voltage_noise : float
        Of the headstage [nV/sqrt(Hz)].
    input_capacitance : float
    corner, stated_corner, sampling : float
    gain : float
        mV/pA, or mV for a mV.
    levels : tuple of float
        Steps, from the holding level [mV or pA].
    before, during, after : float
        Of the protocol [ms].
    sweeps : int
        Of each level.
    """

    number: int
    seed: int
    mode: str
    resistance: float
    capacitance: float
    reversal: float
    series_resistance: float
    pipette_capacitance: float
    seal: float
    noted_seal: float
    noted_pipette: float
    lag: float
    fast: float
    whole_cell: float
    correction: float
    noted_series: float
    bridge: float
    follower: float
    voltage_noise: float
    input_capacitance: float
    corner: float
    stated_corner: float
    sampling: float
    gain: float
    levels: tuple[float, ...]
    before: float
    during: float
    after: float
    sweeps: int

    @property
    def shunted(self) -> float:
        """Resistance of membrane and seal together [GOhm]."""
        return 1.0 / (1.0 / self.resistance + 1.0 / self.seal)


def draw(seed: int, number: int) -> Draw:
    """Return the cell of a number; even ones are in voltage clamp, odd ones in current clamp."""
    rng = np.random.default_rng([seed, number])
    mode = MODES[number % 2]
    resistance, capacitance = _membrane(rng)
    series = _between(rng, SERIES_RESISTANCE)
    pipette = _between(rng, PIPETTE_CAPACITANCE)
    seal = _between(rng, SEAL)
    corner = _between(rng, CORNER)
    common = {
        "number": number,
        "seed": int(rng.integers(2**31)),
        "mode": mode,
        "resistance": resistance,
        "capacitance": capacitance,
        "reversal": float(rng.uniform(*RESTING)),
        "series_resistance": series,
        "pipette_capacitance": pipette,
        "seal": seal,
        "noted_seal": seal * float(np.exp(SEAL_KNOWN * rng.standard_normal())),
        "noted_pipette": pipette * float(np.exp(PIPETTE_KNOWN * rng.standard_normal())),
        "lag": _between(rng, SUMMING),
        "noted_series": series * float(np.exp(0.1 * rng.standard_normal())),
        "voltage_noise": _between(rng, (2.0, 5.0)),
        "input_capacitance": _between(rng, (8.0, 20.0)),
        "corner": corner,
        "sampling": float(rng.choice([r for r in RATES if r >= LEAST_SAMPLING * corner])),
    }
    shunted = 1.0 / (1.0 / resistance + 1.0 / seal)
    own = (
        _clamped(rng, pipette, capacitance)
        if mode == MODES[0]
        else _injected(rng, pipette, series, shunted + series)
    )
    stated = corner * float(np.exp(CORNER_STATED * rng.standard_normal()))
    return Draw(**common, **own, stated_corner=stated)


def _between(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    """Draw from a log-uniform distribution."""
    return float(np.exp(rng.uniform(*np.log(ends))))


def _membrane(rng: np.random.Generator) -> tuple[float, float]:
    while True:
        resistance, capacitance = _between(rng, RESISTANCE), _between(rng, CAPACITANCE)
        if TIME_CONSTANT[0] <= resistance * capacitance <= TIME_CONSTANT[1]:
            return resistance, capacitance


def _clamped(rng: np.random.Generator, pipette: float, capacitance: float) -> dict[str, object]:
    """Draw what belongs to voltage clamp: a membrane test of 5 or 10 mV."""
    is_cancelled, is_corrected = rng.random() < 0.05, rng.random() < 0.15
    return {
        "fast": pipette * float(1 + FAST_ERROR * rng.standard_normal()),
        "whole_cell": capacitance * float(rng.uniform(0.8, 1.0)) if is_cancelled else 0.0,
        "correction": float(rng.uniform(0.2, 0.7)) if is_corrected else 0.0,
        "bridge": 0.0,
        "follower": 0.0,
        "gain": float(rng.choice([0.5, 1.0, 2.0, 5.0])),
        "levels": (float(rng.choice([-10.0, -5.0, 5.0])),),
        "before": _ms(rng, (15.0, 50.0)),
        "during": _ms(rng, (30.0, 150.0)),
        "after": _ms(rng, (30.0, 100.0)),
        "sweeps": int(rng.choice([1, 3, 5, 10, 20])),
    }


def _injected(
    rng: np.random.Generator, pipette: float, series: float, total: float
) -> dict[str, object]:
    """Draw what belongs to current clamp: equal steps, or a family of three to five."""
    is_balanced, is_neutralized = rng.random() > 0.15, rng.random() > 0.15
    largest = -float(rng.uniform(3.0, 12.0)) / total
    count = int(rng.integers(3, 6)) if rng.random() < 0.5 else 1
    balanced = series * float(1 + BRIDGE_ERROR * rng.standard_normal())
    return {
        "fast": pipette * float(rng.uniform(*NEUTRALIZED)) if is_neutralized else 0.0,
        "whole_cell": 0.0,
        "correction": 0.0,
        "bridge": max(balanced, 0.0) if is_balanced else 0.0,
        "gain": float(rng.choice([10.0, 50.0])),
        "levels": tuple(round(largest * (k + 1) / count, 1) for k in range(count)),
        "before": _ms(rng, (100.0, 300.0)),
        "during": _ms(rng, (300.0, 1000.0)),
        "after": _ms(rng, (300.0, 600.0)),
        "sweeps": 1 if count > 1 else int(rng.choice([3, 5, 10, 20])),
        "follower": _between(rng, FOLLOWER),
    }


def _ms(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    """Draw a duration in whole milliseconds, which are samples at every rate."""
    return float(round(rng.uniform(*ends)))

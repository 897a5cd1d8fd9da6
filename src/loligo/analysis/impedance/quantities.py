"""What is read off an impedance: its limit at low frequency, its resonance, its cutoff."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.impedance.rational import RationalFit, weights_of
from loligo.analysis.impedance.spectra import Spectra
from loligo.units import format_quantity

NAMES = (
    "low_frequency_impedance",
    "resonance_frequency",
    "impedance_at_resonance",
    "resonance_strength",
    "impedance_cutoff_frequency",
)

FARTHEST = 0.1
"""The limit at zero frequency may differ this much from the lowest frequency excited."""

WIDEST = 2.0
"""An interval whose ends differ by a larger factor says too little."""

_DRAWS = 1000
_POINTS = 800
_LIKELY = 0.025


@dataclass(frozen=True)
class Curves:
    """The smooth impedance and others the data allow.

    Attributes
    ----------
    frequency : (n,) array [kHz]
        From the lowest to the highest excited.
    value : (n,) complex array [GOhm]
    drawn : (draws, n) complex array [GOhm]
    limit : float [GOhm]
        At zero frequency.
    limits : (draws,) array [GOhm]
    """

    frequency: NDArray[np.float64]
    value: NDArray[np.complex128]
    drawn: NDArray[np.complex128]
    limit: float
    limits: NDArray[np.float64]


def curves(fits: tuple[RationalFit, ...], found: Spectra, is_admittance: bool) -> Curves:
    """Return the smooth impedance, by whichever of current and voltage was imposed.

    Parameters
    ----------
    fits : tuple of RationalFit
        The best first; curves are drawn from each as often as it is to be believed.
    found : Spectra
    is_admittance : bool
    """
    low, high = found.frequency[found.first], found.frequency[-1]
    frequency = np.append(0.0, np.geomspace(low, high, _POINTS))
    counts = np.round(_DRAWS * weights_of(fits)).astype(int)
    pairs = [(fit, int(count)) for fit, count in zip(fits, counts, strict=True) if count]
    value = fits[0].response(frequency)
    drawn = np.vstack([fit.drawn(frequency, count) for fit, count in pairs])
    if is_admittance:
        value, drawn = 1 / value, 1 / drawn
    return Curves(
        frequency[1:], value[1:], drawn[:, 1:], float(value[0].real), drawn[:, 0].real.copy()
    )


def quantities(smooth: Curves) -> tuple[Estimate, ...]:
    """Return one estimate of each of `NAMES`.

    Parameters
    ----------
    smooth : Curves

    Returns
    -------
    tuple of Estimate
    """
    return (_low(smooth), *_resonance(smooth), _cutoff(smooth))


def _low(smooth: Curves) -> Estimate:
    name = "low_frequency_impedance"
    lowest, there = smooth.frequency[0], float(np.abs(smooth.value[0]))
    limit = smooth.limit
    ends = _ends(smooth.limits)
    shown = format_quantity(lowest, "kHz")
    definition = (
        f"limit of the smooth impedance at zero frequency, from the frequencies excited, {shown} "
        f"and up; what is slower than {1 / (2 * math.pi * lowest):.3g} ms is not in it"
    )
    if not abs(limit - there) <= FARTHEST * abs(there):
        why = (
            f"at the lowest frequency excited ({shown}) the impedance is "
            f"{format_quantity(there, 'GOhm')} and still changes (its limit would be "
            f"{format_quantity(limit, 'GOhm')}); start the chirp at a lower frequency"
        )
        return _refused(name, Status.UNRESOLVED, why, definition)
    return _value(name, limit, ends, definition)


def _resonance(smooth: Curves) -> tuple[Estimate, ...]:
    names = NAMES[1:4]
    size, drawn = np.abs(smooth.value), np.abs(smooth.drawn)
    top, tops = int(size.argmax()), drawn.argmax(axis=1)
    shown = format_quantity(float(smooth.frequency[0]), "kHz")
    definitions = (
        "frequency of the largest smooth impedance",
        "largest smooth impedance",
        f"largest smooth impedance over that at the lowest frequency excited ({shown})",
    )
    strengths = drawn.max(axis=1) / drawn[:, 0]
    status, why = Status.OK, ""
    if top == size.size - 1 or float(np.mean(tops == size.size - 1)) > _LIKELY:
        status = Status.UNRESOLVED
        why = "the impedance may be largest at the highest frequency excited; go on to higher ones"
    elif top == 0 or float(np.mean(tops == 0)) > _LIKELY:
        status = Status.NO_RESONANCE
        why = (
            "no resonance: the impedance may be largest at the lowest frequency excited "
            f"({shown}); it exceeds that elsewhere by at most "
            f"{100 * (_ends(strengths)[1] - 1):.2g} %"
        )
    if why:
        pairs = zip(names, definitions, strict=True)
        return tuple(_refused(name, status, why, words) for name, words in pairs)
    values = (float(smooth.frequency[top]), float(size[top]), float(size[top] / size[0]))
    spreads = (smooth.frequency[tops], drawn.max(axis=1), strengths)
    return tuple(
        _value(name, value, _ends(spread), words)
        for name, value, spread, words in zip(names, values, spreads, definitions, strict=True)
    )


def _cutoff(smooth: Curves) -> Estimate:
    name = "impedance_cutoff_frequency"
    definition = (
        "frequency above which the smooth impedance stays below its limit at zero frequency by a "
        "factor of the square root of 2 (-3 dB)"
    )
    if _low(smooth).status is Status.UNRESOLVED:
        why = "the impedance's limit at zero frequency, which it refers to, is not known"
        return _refused(name, Status.UNRESOLVED, why, definition)
    value = _crossing(smooth.frequency, np.abs(smooth.value)[np.newaxis], np.array([smooth.limit]))
    drawn = _crossing(smooth.frequency, np.abs(smooth.drawn), smooth.limits)
    if not np.isfinite(value[0]) or float(np.mean(~np.isfinite(drawn))) > _LIKELY:
        shown = format_quantity(float(smooth.frequency[-1]), "kHz")
        why = f"the impedance may fall that far only beyond the highest frequency excited ({shown})"
        return _refused(name, Status.UNRESOLVED, why, definition)
    return _value(name, float(value[0]), _ends(drawn[np.isfinite(drawn)]), definition)


def _crossing(
    frequency: NDArray[np.float64], size: NDArray[np.float64], limit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the highest frequency at which each curve is above its limit over sqrt 2."""
    above = size > (limit / math.sqrt(2))[:, np.newaxis]
    last = size.shape[1] - 1 - np.argmax(above[:, ::-1], axis=1)
    known = above.any(axis=1) & (last < size.shape[1] - 1)
    return np.where(known, frequency[last], np.nan)


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _value(name: str, value: float, ends: tuple[float, float], definition: str) -> Estimate:
    low, high = ends
    if not math.isfinite(low + high) or low <= 0 or high > WIDEST * low:
        unit = Estimate(name, None, None, None, Status.TOO_NOISY).term.unit
        shown = (
            f"{format_quantity(low, unit)} to {format_quantity(high, unit)}"
            if unit
            else (f"{low:.3g} to {high:.3g}")
        )
        why = f"the 95 % interval is {shown}; record more sweeps or a larger command"
        return _refused(name, Status.TOO_NOISY, why, definition)
    return Estimate(name, value, low, high, Status.OK, definition=definition)


def _refused(name: str, status: Status, why: str, definition: str) -> Estimate:
    return Estimate(name, None, None, None, status, why, definition=definition)

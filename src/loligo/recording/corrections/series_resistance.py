"""Series resistance in voltage clamp: the current an ideal clamp would have recorded."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loligo.errors import CorrectionError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import (
    Target,
    refuse_saturated,
    refuse_subtracted,
    target,
)
from loligo.recording.corrections.derived import derived
from loligo.recording.corrections.number import Measured, measured, positive
from loligo.recording.corrections.path import path_of, through
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace
from loligo.units import format_quantity, quantity

CLOSEST = 2.0
"""Closer to the reversal potential than this the conductance is not determined [mV]."""


def membrane_potential(
    command: ArrayLike, current: ArrayLike, resistance: float
) -> NDArray[np.float64]:
    """Return the potential of the membrane behind a series resistance.

    Parameters
    ----------
    command : array [mV]
    current : array [pA]
    resistance : float [GOhm]
        What the amplifier left of the series resistance: ``R_s (1 - correction)``.

    Returns
    -------
    array [mV]
        ``V_c - I R``. With currents of the steady state these are the levels at which an I-V
        curve was really measured.
    """
    return np.asarray(np.asarray(command, float) - np.asarray(current, float) * resistance)


def ideal_current(
    current: NDArray[np.float64],
    command: NDArray[np.float64],
    sampling_rate: float,
    resistance: float,
    capacitance: float = 0.0,
    reversal: float | None = None,
    bandwidth: float | None = None,
) -> NDArray[np.float64]:
    """Return the ionic current that an ideal clamp would have recorded.

    Parameters
    ----------
    current : (time,) array [pA]
    command : (time,) array [mV]
        Seen through the filter that the current was seen through.
    sampling_rate : float [kHz]
    resistance : float [GOhm]
        What the amplifier left of the series resistance.
    capacitance : float [pF]
        Of the membrane; 0 leaves the capacitive current in.
    reversal : float, optional [mV]
        Of the ionic current; without it the current is not scaled.
    bandwidth : float, optional [kHz]
        Corner of a Gaussian low-pass of the capacitive current that is subtracted.

    Returns
    -------
    (time,) array [pA]
        NaN where the membrane was within 2 mV of the reversal potential, and it is scaled.

    Notes
    -----
    The membrane's potential is ``V = V_c - R I``, the capacitive current ``C dV/dt`` (by central
    differences), what is left ionic: ``I_ion = I - C dV/dt``. The open channels' conductance times
    the driving force of the ideal clamp is ``I_ion (V_c - E) / (V - E)``. It is exact for
    an ohmic current; gates saw ``V`` and not ``V_c``, which no scaling undoes.

    White noise grows by about ``R C`` times the sampling rate, which the `bandwidth` limits.

    References
    ----------
    Traynelis 1998 J Neurosci Methods 86:25, https://doi.org/10.1016/S0165-0270(98)00140-9
    """
    potential = membrane_potential(command, current, resistance)
    ionic = current
    if capacitance > 0:
        capacitive = capacitance * np.gradient(potential) * sampling_rate
        if bandwidth is not None:
            capacitive = _smooth(capacitive, bandwidth / sampling_rate)
        ionic = current - capacitive
    if reversal is None:
        return np.asarray(ionic)
    force = potential - reversal
    near = np.abs(force) < CLOSEST
    scaled = ionic * (command - reversal) / np.where(near, 1.0, force)
    return np.asarray(np.where(near, np.nan, scaled))


def _smooth(values: NDArray[np.float64], corner: float) -> NDArray[np.float64]:
    """Return values through a Gaussian low-pass without delay; `corner` per sample."""
    from scipy.ndimage import gaussian_filter1d

    width = math.sqrt(math.log(2)) / (2 * math.pi * corner)
    return np.asarray(gaussian_filter1d(values, width, mode="nearest"))


def series_resistance(
    recording: Recording,
    resistance: Any,
    *,
    correction: float | None = None,
    capacitance: Any = 0,
    reversal: Any = None,
    bandwidth: Any = None,
    filter_frequency: Any = None,
    delay: Any = 0,
    response: Channel | str | None = None,
    sweeps: Iterable[int] | None = None,
) -> Recording:
    """Correct the error of series resistance in the current of a voltage clamp.

    Parameters
    ----------
    recording : Recording
    resistance : quantity or Estimate
        Series resistance.
    correction : float, optional
        Fraction of it that the amplifier corrected while recording; as the file states it by
        default. A resistance measured from the recorded current is what was left: pass 0.
    capacitance : quantity or Estimate
        Of the membrane, whose current is subtracted; 0 leaves it in.
    reversal : quantity, optional
        Of the current, to scale it to the driving force of the command.
    bandwidth : quantity, optional
        Of the capacitive current that is subtracted: it limits the noise that the correction adds.
    filter_frequency : quantity, optional
        Corner of the output filter, in place of the file's.
    delay : quantity
        From command to response, beside the filter.
    response : Channel or str, optional
        Needed where there are several.
    sweeps : iterable of int, optional
        Indices; all by default.

    Returns
    -------
    Recording
        Its response is the `ideal_current`.

    Raises
    ------
    CorrectionError
        Not voltage clamp, no command, out of range, corrected already; unknown whether the
        amplifier corrected; predicted or cancelled capacitance with a `capacitance` to subtract;
        leak subtracted; neither capacitance nor reversal given.
    """
    what = "series resistance"
    found = target(recording, response, sweeps, ClampMode.VOLTAGE_CLAMP, "series_resistance")
    refuse_subtracted(found, what)
    total = positive(measured(resistance, "resistance", name=what), "resistance", name=what)
    membrane = measured(capacitance, "capacitance", name="capacitance")
    towards = None if reversal is None else quantity(reversal, "voltage", name="reversal")
    corner = None if bandwidth is None else quantity(bandwidth, "frequency", name="bandwidth")
    _check_asked(membrane, towards, corner)
    shares = {index: _left(found, index, correction) for index in found.sweeps}
    if membrane.value > 0:
        _refuse_cancelled(found)
    refuse_saturated(found, what)
    paths = {index: path_of(found, index, filter_frequency, delay) for index in found.sweeps}
    first = found.sweeps[0]
    words = _words(membrane, towards, corner) + f"; the command seen {paths[first]}"
    parameters = {"series_resistance_correction": 1 - shares[first], **paths[first].parameters}
    parameters |= {"capacitance": membrane.value} if membrane.value > 0 else {}
    parameters |= {} if towards is None else {"reversal_potential": towards}
    made = record(found, "series_resistance", total, words, parameters)

    def change(index: int, trace: Trace) -> Trace:
        left = total.value * shares[index]

        def values() -> NDArray[np.float64]:
            command = through(found.commanded(index), trace.sampling_rate, paths[index])
            return ideal_current(
                trace.values(),
                command,
                trace.sampling_rate,
                left,
                membrane.value,
                towards,
                corner,
            )

        return derived(trace, values)

    return apply(recording, made, change)


def _check_asked(membrane: Measured, towards: float | None, corner: float | None) -> None:
    if membrane.value < 0:
        shown = format_quantity(membrane.value, "pF")
        raise CorrectionError(f"series resistance: capacitance = {shown} must not be below zero")
    if membrane.value == 0 and towards is None:
        raise CorrectionError(
            "series resistance: give the capacitance, whose current is subtracted, or the reversal "
            "potential that the current is scaled to; without either nothing changes. For the "
            "true levels of an I-V curve use loligo.analysis.correct.steady_current_voltage"
        )
    if corner is not None and corner <= 0:
        raise CorrectionError(f"series resistance: bandwidth = {corner:g} kHz must be above zero")


def _left(found: Target, index: int, correction: float | None) -> float:
    """Return the share of the series resistance that the amplifier left."""
    stated = found.setting(index, "series_resistance_correction")
    share = stated if correction is None else float(correction)
    if share is None:
        raise CorrectionError(
            "series resistance: the file does not state how much of it the amplifier corrected; "
            "pass correction=0.7 for 70 %, or correction=0 for none or where the resistance was "
            "measured from this recording"
        )
    if not 0 <= share < 1:
        raise CorrectionError(
            f"series resistance: correction = {share:g}; allowed: from 0 to below 1"
        )
    return 1 - share


def _refuse_cancelled(found: Target) -> None:
    """Refuse to subtract a capacitive current that the amplifier has already shaped."""
    for name, unit in (
        ("whole_cell_capacitance_compensation", "pF"),
        ("series_resistance_prediction", ""),
    ):
        values = [found.setting(index, name) for index in found.sweeps]
        used = [value for value in values if value]
        if used:
            shown = format_quantity(used[0], unit) if unit else f"{used[0]:.0%}"
            raise CorrectionError(
                f"series resistance: the amplifier's {name.replace('_', ' ')} was {shown}, so that "
                "the recorded current does not hold the membrane's capacitive current; pass "
                "capacitance=0 and trust the steady state only"
            )


def _words(membrane: Measured, towards: float | None, corner: float | None) -> str:
    parts = ["V = V_c - R_s (1 - correction) I"]
    if membrane.value > 0:
        limit = "" if corner is None else f" below {format_quantity(corner, 'kHz')}"
        parts.append(f"current of {format_quantity(membrane.value, 'pF')} subtracted{limit}")
    if towards is not None:
        parts.append(f"scaled by (V_c - E) / (V - E) with E = {towards:g} mV")
    return ", ".join(parts)

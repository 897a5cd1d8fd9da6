"""The impedance of a recording: its chirp or other waveform, measured and said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.impedance.local import (
    FEWEST_BINS,
    FrequencyResponse,
    frequency_response,
)
from loligo.analysis.impedance.quantities import NAMES, curves, quantities
from loligo.analysis.impedance.rational import RationalFit, fit_rational, leakage
from loligo.analysis.impedance.spectra import Spectra, spectra
from loligo.analysis.impedance.stretch import Stretch, followed, stretch_of, waveforms
from loligo.analysis.layout import Layout, Window, layout_of, no_command, not_searched
from loligo.analysis.rig_notes import events, included_resistance
from loligo.recording import Channel, ClampMode, Recording
from loligo.units import format_quantity

LARGEST_RANGE = 30.0
"""Over a larger range of potential no membrane is taken for linear [mV]."""

NARROWEST = 4.0
"""Highest over lowest frequency a command of many frequencies has at least."""

LARGEST_MISFIT = 2.0
"""A smooth fit whose residuals have more than this times the noise's power describes nothing."""

_NOTHING: NDArray[np.float64] = np.empty(0)


@dataclass(frozen=True)
class Impedance:
    """The impedance of a recording over frequency, and what is read off it.

    Attributes
    ----------
    channel : str
        The response.
    estimates : tuple of Estimate
        `low_frequency_impedance`, `resonance_frequency`, `impedance_at_resonance`,
        `resonance_strength` and `impedance_cutoff_frequency`; a single refusal where the
        recording has no command of many frequencies.
    frequency : (n,) array [kHz]
    magnitude, magnitude_low, magnitude_high : (n,) arrays [GOhm]
        With the ends of the 95 % interval at each frequency.
    phase, phase_low, phase_high : (n,) arrays [rad]
        Negative where the potential lags behind the current.
    coherence : (n,) array
        Share of the response's power of a sweep that the command explains.
    smooth_frequency, smooth_magnitude, smooth_phase : (m,) arrays [kHz, GOhm, rad]
        The smooth fit the estimates are read off.
    potential : float [mV]
        Mean membrane potential; the commanded one in voltage clamp. NaN where nothing was measured.
    potential_range : tuple of float [mV]
        Its 2.5 and 97.5 % quantiles.
    current : float [pA]
        Mean current.
    epoch : str
    window : Window
        Stretch of each sweep.
    sweeps : tuple of int
        Indices of those used.
    left_out : mapping of sweep index to reason
    """

    channel: str
    estimates: tuple[Estimate, ...]
    frequency: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    magnitude: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    magnitude_low: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    magnitude_high: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    phase: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    phase_low: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    phase_high: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    coherence: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    smooth_frequency: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    smooth_magnitude: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    smooth_phase: NDArray[np.float64] = field(default_factory=lambda: _NOTHING)
    potential: float = float("nan")
    potential_range: tuple[float, float] = (float("nan"), float("nan"))
    current: float = float("nan")
    epoch: str = ""
    window: Window = Window(0.0, 0.0)  # noqa: RUF009
    sweeps: tuple[int, ...] = ()
    left_out: dict[int, str] = field(default_factory=dict)

    def estimate(self, name: str) -> Estimate | None:
        """Return the estimate of a name, ``None`` where there is none of it."""
        return next((entry for entry in self.estimates if entry.name == name), None)


def impedance(recording: Recording, response: Channel | str | None = None) -> Impedance:
    """Return the impedance from a command of many frequencies, such as a chirp.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    Impedance
        In current clamp potential over current; in voltage clamp the inverse of the admittance.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.

    See Also
    --------
    loligo.analysis.impedance.frequency_response, loligo.analysis.impedance.fit_rational :
        the same for arrays.
    """
    return impedance_of(layout_of(recording, response))


def impedance_of(layout: Layout) -> Impedance:
    """Return the impedance of a layout; see `impedance`."""
    mode = layout.response.clamp_mode
    if mode not in {ClampMode.CURRENT_CLAMP, ClampMode.VOLTAGE_CLAMP}:
        have = "unknown" if mode is None else mode.value.replace("_", " ")
        why = f"it needs current or voltage clamp; this is {have}"
        return _refused(layout, Status.WRONG_MODE, why)
    if layout.command is None:
        return _refused(layout, Status.NO_COMMAND, no_command(layout))
    epochs = waveforms(layout)
    if not epochs:
        why = f"the protocol plays no waveform, such as a chirp{not_searched(layout)}"
        return _refused(layout, Status.NO_WAVEFORM, why)
    stretch = stretch_of(layout, layout.command, epochs)
    if isinstance(stretch, str):
        status = Status.SPIKING if stretch.startswith("action") else Status.SATURATED
        return _refused(layout, status, f"no sweep can be used: {stretch}")
    clamped = mode is ClampMode.VOLTAGE_CLAMP
    potentials = stretch.command if clamped else stretch.response
    low, high = (float(end) for end in np.percentile(potentials, [0.1, 99.9]))
    if high - low > LARGEST_RANGE:
        why = (
            f"the potential goes from {low:.3g} to {high:.3g} mV: over more than "
            f"{LARGEST_RANGE:g} mV a membrane is not linear, so that it has no one impedance"
        )
        return _refused(layout, Status.UNRESOLVED, why)
    return _measured(layout, stretch, clamped, potentials)


def _refused(layout: Layout, status: Status, why: str) -> Impedance:
    name = layout.response.name
    return Impedance(name, (Estimate(NAMES[0], None, None, None, status, why, name),))


def _measured(
    layout: Layout, stretch: Stretch, clamped: bool, potentials: NDArray[np.float64]
) -> Impedance:
    found = _spectra(stretch)
    why = _too_narrow(found)
    if why:
        return _refused(layout, Status.NO_WAVEFORM, why)
    fits, local = _fitted(found)
    count = followed(stretch.response.mean(axis=0), _expected(stretch, found, fits[0]))
    if count < stretch.response.shape[1]:
        end = stretch.window.start + count / stretch.sampling_rate
        caution = (
            f"the response follows the command only up to {end:.5g} ms into the sweep, as if the "
            "rig had stopped playing it there; what comes after is left out"
        )
        stretch = stretch.upto(count, caution)
        potentials = potentials[:, :count]
        found = _spectra(stretch)
        fits, local = _fitted(found)
    smooth = curves(fits, found, clamped)
    read = quantities(smooth)
    if fits[0].misfit > LARGEST_MISFIT:
        why = f"no smooth curve describes it (misfit {fits[0].misfit:.2g} times the noise's power)"
        read = tuple(Estimate(n, None, None, None, Status.UNRESOLVED, why) for n in NAMES)
    shown = local.inverse() if clamped else local
    quantiles = np.percentile(potentials, [2.5, 97.5])
    return Impedance(
        layout.response.name,
        tuple(_said(layout, stretch, entry, clamped) for entry in read),
        shown.frequency,
        *shown.magnitude,
        *shown.phase,
        shown.coherence,
        smooth.frequency,
        np.abs(smooth.value),
        np.unwrap(np.angle(smooth.value)),
        float(potentials.mean()),
        (float(quantiles[0]), float(quantiles[1])),
        float((stretch.response if clamped else stretch.command).mean()),
        stretch.epoch,
        stretch.window,
        stretch.sweeps,
        dict(stretch.left_out),
    )


def _spectra(stretch: Stretch) -> Spectra:
    return spectra(stretch.command, stretch.response, stretch.sampling_rate, stretch.before)


def _too_narrow(found: Spectra) -> str:
    bins = found.frequency.size - found.first
    if bins < FEWEST_BINS or found.first < 0:
        return (
            "the waveform is too short, or of too few frequencies; an impedance needs many "
            "frequencies, such as a chirp's"
        )
    low, high = found.frequency[found.first], found.frequency[-1]
    if bins >= 2 * FEWEST_BINS and high >= NARROWEST * low:
        return ""
    return (
        f"the waveform holds only {format_quantity(float(low), 'kHz')} to "
        f"{format_quantity(float(high), 'kHz')}; an impedance needs many frequencies, such as a "
        "chirp's"
    )


def _fitted(found: Spectra) -> tuple[tuple[RationalFit, ...], FrequencyResponse]:
    """Return the smooth fits, and the frequency response with their leakage taken off."""
    fits = fit_rational(found, frequency_response(found))
    return fits, frequency_response(found, leakage(fits[0], found))


def _expected(stretch: Stretch, found: Spectra, fit: RationalFit) -> NDArray[np.float64]:
    """Return the mean response of the fit at the samples of the stretch."""
    spectrum = found.counts @ found.padded / found.counts.sum()
    spectrum = spectrum * fit.response(found.padded_frequency)
    spectrum[-1] = spectrum[-1].real
    coarse = np.fft.irfft(spectrum)[: found.samples]
    at = (np.arange(found.samples) + 0.5) / found.rate
    times = (np.arange(stretch.response.shape[1]) + 0.5) / stretch.sampling_rate
    made: NDArray[np.float64] = np.interp(times, at, coarse)
    return made


def _said(layout: Layout, stretch: Stretch, entry: Estimate, clamped: bool) -> Estimate:
    """Fill in where an estimate comes from, and the cautions."""
    name = "total_resistance" if clamped else "input_resistance"
    counted = f"{len(stretch.sweeps)} sweep{'s' if len(stretch.sweeps) > 1 else ''}"
    definition = (
        f"{entry.definition}; over {stretch.window.start:.5g} to {stretch.window.stop:.5g} ms of "
        f"{counted}; {included_resistance(layout, name)}"
    )
    left = "; ".join(f"left out: sweep {i} ({why})" for i, why in stretch.left_out.items())
    words = (entry.reason, stretch.caution, left, events(layout))
    return replace(
        entry,
        channel=layout.response.name,
        epoch=stretch.epoch,
        definition=definition,
        reason="; ".join(filter(None, words)),
    )

"""The frequency response without a model of the cell: local polynomials over frequency.

Around each frequency the response is ``H U + T``. The transfer function H is smooth, a polynomial
of second degree over a few bins; the leakage T (what of the response falls outside the stretch) is
small and taken from a smooth fit. What is left is noise, from which the interval follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.impedance.spectra import Spectra
from loligo.analysis.interval import t_quantile

FEWEST_BINS = 17
"""Bins in the narrowest window, 8 on either side."""

WIDTH = 0.15
"""Half the window's width as a fraction of its frequency, where that is more bins."""

MOST_FREQUENCIES = 60

_DEGREE = 2


@dataclass(frozen=True)
class FrequencyResponse:
    """A transfer function at some frequencies.

    Attributes
    ----------
    frequency : (n,) array [kHz]
    response : (n,) complex array
        Response per command.
    reach : (n,) array
        Radius of the 95 % interval, of the real part as of the imaginary.
    noise : (n,) array
        Variance of one bin of one sweep's transform that the command does not explain.
    coherence : (n,) array
        Share of the response's power in a sweep that the command explains there.
    """

    frequency: NDArray[np.float64]
    response: NDArray[np.complex128]
    reach: NDArray[np.float64]
    noise: NDArray[np.float64]
    coherence: NDArray[np.float64]

    @property
    def magnitude(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Its modulus and the ends of the 95 % interval."""
        size = np.abs(self.response)
        return size, np.maximum(size - self.reach, 0.0), size + self.reach

    @property
    def phase(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Its argument [rad] and the ends of the 95 % interval; a full circle where unknown."""
        angle = np.unwrap(np.angle(self.response))
        share = self.reach / np.maximum(np.abs(self.response), 1e-300)
        reach = np.where(share < 1, np.arcsin(np.minimum(share, 1.0)), np.pi)
        return angle, angle - reach, angle + reach

    def inverse(self) -> FrequencyResponse:
        """Return the transfer function from response to command (admittance to impedance)."""
        size = np.abs(self.response)
        reach = np.where(
            self.reach < size, self.reach / (size * np.maximum(size - self.reach, 1e-300)), np.inf
        )
        return FrequencyResponse(
            self.frequency, 1 / self.response, reach, self.noise, self.coherence
        )


def frequency_response(
    found: Spectra, leakage: NDArray[np.complex128] | None = None
) -> FrequencyResponse:
    """Estimate the transfer function over the excited band.

    Parameters
    ----------
    found : Spectra
    leakage : (groups, bins) complex array, optional
        What the transforms of the response hold beside the transfer function times the command.

    Returns
    -------
    FrequencyResponse
        At frequencies spaced evenly in their logarithm; none where the band is narrower than a
        window.

    Notes
    -----
    Local polynomials as in Pintelon, Schoukens, Vandersteen and Barbe (2010),
    doi:10.1016/j.ymssp.2009.08.009, over windows that widen with frequency. They also fit the
    leakage locally, which for a chirp cannot be told from its lowest frequencies. Sweeps of the
    same command are averaged first, so that what is not linear in the command counts as noise.
    """
    first, last = found.first, found.frequency.size - 1
    if last - first + 1 < FEWEST_BINS:
        nothing = np.empty(0)
        return FrequencyResponse(nothing, nothing.astype(complex), nothing, nothing, nothing)
    count = min(MOST_FREQUENCIES, last - first + 1)
    centres = np.unique(np.round(np.geomspace(first + 1, last + 1, count)).astype(int)) - 1
    weight = np.sqrt(found.counts)[:, np.newaxis]
    answer = (found.response if leakage is None else found.response - leakage) * weight
    command = found.command * weight
    rows = [_at(command, answer, found.counts, int(centre), first) for centre in centres]
    response, reach, noise, coherence = (np.array(column) for column in zip(*rows, strict=True))
    return FrequencyResponse(found.frequency[centres], response, reach, noise, coherence)


def _at(
    command: NDArray[np.complex128],
    answer: NDArray[np.complex128],
    counts: NDArray[np.float64],
    centre: int,
    first: int,
) -> tuple[complex, float, float, float]:
    """Return response, reach, noise and coherence at one bin."""
    half = max(FEWEST_BINS // 2, round(WIDTH * (centre + 1)))
    last = command.shape[1] - 1
    low = max(min(centre - half, last - 2 * half), first)
    window = slice(low, min(low + 2 * half, last) + 1)
    offset = (np.arange(window.start, window.stop) - centre) / half
    powers = offset[:, np.newaxis] ** np.arange(_DEGREE + 1)
    design = (command[:, window, np.newaxis] * powers).reshape(-1, _DEGREE + 1)
    target = answer[:, window].reshape(-1)
    inverse = np.linalg.pinv(design)
    solution = inverse @ target
    residuals = target - design @ solution
    freedom = target.size - _DEGREE - 1
    noise = float(np.vdot(residuals, residuals).real) / freedom
    variance = noise * float(np.vdot(inverse[0], inverse[0]).real)
    reach = t_quantile(2 * freedom) * float(np.sqrt(variance / 2))
    power = np.mean(np.abs(command[:, window]) ** 2) * len(command) / counts.sum()
    explained = float(abs(solution[0]) ** 2 * power)
    return complex(solution[0]), reach, noise, explained / max(explained + noise, 1e-300)

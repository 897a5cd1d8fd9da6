"""From samples to spectra: the command's and the response's, and the band the command excites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

EXCITED_SHARE = 0.995
"""The excited band holds this share of the command's power, as much missing on either side."""

SAMPLES_A_CYCLE = 16
"""Neighbouring samples are averaged as far as this many are left of the fastest cycle."""

_SAME = 1e-6


@dataclass(frozen=True)
class Spectra:
    """Spectra of sweeps, those with the same command averaged.

    Attributes
    ----------
    frequency : (bins,) array [kHz]
        Multiples of ``1 / duration`` from one up to the highest excited one.
    command, response : (groups, bins) complex arrays
        Transforms divided by the number of samples, in the units of command and response.
    counts : (groups,) array
        Number of sweeps in each group.
    ramp : (bins,) complex array
        The same transform of a straight line from -1 to 1.
    first : int
        Bin of the lowest excited frequency.
    samples : int
        Number of samples, after averaging.
    padded : (groups, samples + 1) complex array
        Transforms of the commands, less their level before, with as many zeros behind them.
    rate : float [kHz]
        Of the samples after averaging.
    """

    frequency: NDArray[np.float64]
    command: NDArray[np.complex128]
    response: NDArray[np.complex128]
    counts: NDArray[np.float64]
    ramp: NDArray[np.complex128]
    first: int
    samples: int
    padded: NDArray[np.complex128]
    rate: float

    @property
    def padded_frequency(self) -> NDArray[np.float64]:
        """Frequencies of `padded` [kHz]."""
        return np.arange(self.samples + 1) * self.rate / (2 * self.samples)

    def responded(self, transfer: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Return what a causal system at rest before would respond: no leakage is left out.

        Parameters
        ----------
        transfer : (samples + 1,) complex array
            Transfer function at `padded_frequency`.

        Returns
        -------
        (groups, bins) complex array
        """
        spectrum = self.padded * transfer
        spectrum[:, -1] = spectrum[:, -1].real
        made = np.fft.irfft(spectrum, axis=1)[:, : self.samples]
        return _transform(made, self.frequency.size)


def spectra(
    command: ArrayLike, response: ArrayLike, sampling_rate: float, before: float | None = None
) -> Spectra:
    """Transform sweeps of command and response.

    Parameters
    ----------
    command, response : (sweeps, time) arrays
    sampling_rate : float [kHz]
    before : float, optional
        Level the command was held at before the first sample; that of the first sample by default.

    Returns
    -------
    Spectra
        Up to the upper end of the band that holds 99.5 % of the commands' power.
    """
    given = np.atleast_2d(np.asarray(command, dtype=np.float64))
    answer = np.atleast_2d(np.asarray(response, dtype=np.float64))
    members = _same_commands(given)
    counts = np.array([len(group) for group in members], dtype=np.float64)
    averaged = np.array([answer[group].mean(axis=0) for group in members])
    chosen = given[[group[0] for group in members]]
    first, last = excited_band(chosen, counts)
    pool = max(given.shape[1] // (SAMPLES_A_CYCLE * (last + 1)), 1)
    chosen, averaged = _pooled(chosen, pool), _pooled(averaged, pool)
    count = chosen.shape[1]
    bins = min(last + 1, count // 2)
    held = chosen[:, :1] if before is None else np.full((len(chosen), 1), before)
    return Spectra(
        np.arange(1, bins + 1) * sampling_rate / pool / count,
        _transform(chosen, bins),
        _transform(averaged, bins),
        counts,
        _transform(np.linspace(-1, 1, count)[np.newaxis], bins)[0],
        min(first, bins - 1),
        count,
        np.fft.rfft(chosen - held, 2 * count, axis=1),
        sampling_rate / pool,
    )


def excited_band(commands: NDArray[np.float64], counts: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first and last bin (0 is the lowest above constant) of 99.5 % of the power."""
    power = counts @ np.abs(_transform(commands, commands.shape[1] // 2)) ** 2
    total = float(power.sum())
    if total == 0:
        return 0, 0
    missing = (1 - EXCITED_SHARE) / 2
    first, last = np.searchsorted(np.cumsum(power) / total, [missing, 1 - missing])
    return int(first), int(min(last, power.size - 1))


def _same_commands(given: NDArray[np.float64]) -> list[list[int]]:
    """Return the indices of sweeps in groups of one command."""
    span = float(np.ptp(given))
    groups: list[list[int]] = []
    for index, row in enumerate(given):
        for group in groups:
            if np.abs(row - given[group[0]]).max() <= _SAME * span:
                group.append(index)
                break
        else:
            groups.append([index])
    return groups


def _pooled(rows: NDArray[np.float64], pool: int) -> NDArray[np.float64]:
    count = rows.shape[1] // pool
    found: NDArray[np.float64] = (
        rows[:, : count * pool].reshape(len(rows), count, pool).mean(axis=2)
    )
    return found


def _transform(rows: NDArray[np.float64], bins: int) -> NDArray[np.complex128]:
    found: NDArray[np.complex128] = np.fft.rfft(rows, axis=1)[:, 1 : bins + 1] / rows.shape[1]
    return found

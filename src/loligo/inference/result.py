"""`Fit`: what a fit found, how sure it is of it, and what it missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Cell
from loligo.errors import SelectionError, suggest
from loligo.inference.stretch import Stretch
from loligo.rig import PassiveCell, Rig
from loligo.units import convert, format_quantity

Array = NDArray[np.float64]


class FitStatus(StrEnum):
    """Of a fit, or of one of its parameters."""

    OK = "ok"
    AT_BOUND = "at_bound"
    """The best value lies at a bound, which may be what keeps it from a better one."""
    NOT_IDENTIFIED = "not_identified"
    """Other values, with others of other parameters, describe the recording as well."""
    MISFIT = "misfit"
    """The model misses more than noise, somewhere; intervals do not hold that."""
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, slots=True)
class Fitted:
    """One free parameter.

    Attributes
    ----------
    path : str
    value : float
        In `unit`, which is internal.
    low, high : float or None
        Ends of the 95 % interval; ``None`` at a bound or where it is not identified.
    unit : str
    start : float
    status : FitStatus
    reason : str
    """

    path: str
    value: float
    low: float | None
    high: float | None
    unit: str
    start: float
    status: FitStatus = FitStatus.OK
    reason: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the interval is to be trusted."""
        return self.status is FitStatus.OK

    def displayed(self) -> tuple[str, str]:
        """Return value with unit, and interval in the same unit or status, for people."""
        if self.low is None or self.high is None:
            return format_quantity(self.value, self.unit), self.status.value.replace("_", " ")
        if not self.unit:
            return f"{self.value:.4g}", f"{self.low:.4g} to {self.high:.4g}"
        largest = max(self.low, self.high, self.value, key=abs)
        unit = format_quantity(largest, self.unit).partition(" ")[2]
        value, low, high = (convert(x, self.unit, unit) for x in (self.value, self.low, self.high))
        return f"{value:.4g} {unit}", f"{low:.4g} to {high:.4g}"

    def __str__(self) -> str:
        value, rest = self.displayed()
        return f"{self.path} = {value} ({rest})"


@dataclass(frozen=True, eq=False)
class Fit:
    """A forward model fitted to recordings.

    Attributes
    ----------
    estimates : tuple of Fitted
        In the order of the free parameters.
    cells : tuple of PassiveCell or Cell
        With the values found, one for each recording.
    parameters : tuple of mapping of str to float
        Those of a `Cell`, by its own path in internal units.
    rigs : tuple of Rig
        With the values found, one for each recording.
    offsets : tuple of float
        Of the responses.
    delays : tuple of float [ms]
    stretches : tuple of Stretch
        What was fitted.
    model : tuple of ndarray
        The response of the model in the windows of each stretch.
    normalized_rms : float
        Root mean square of what is missed, over the standard deviation of the recorded samples in
        the windows.
    correlations : ndarray, shape (parameter, parameter)
        Of the errors of the estimates, in the coordinates they were fitted in.
    confounded : tuple of tuple of str
        Parameters that cannot be told apart, or hardly.
    costs : tuple of float
        Half the weighted sum of squares that each start led to, the best first.
    status : FitStatus
    reason : str
    """

    estimates: tuple[Fitted, ...]
    cells: tuple[PassiveCell | Cell, ...]
    parameters: tuple[Mapping[str, float], ...]
    rigs: tuple[Rig, ...]
    offsets: tuple[float, ...]
    delays: tuple[float, ...]
    stretches: tuple[Stretch, ...]
    model: tuple[Array, ...]
    normalized_rms: float
    correlations: Array
    confounded: tuple[tuple[str, ...], ...]
    costs: tuple[float, ...]
    status: FitStatus = FitStatus.OK
    reason: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether nothing speaks against the fit."""
        return self.status is FitStatus.OK

    @property
    def rig(self) -> Rig:
        """The rig, of a fit of one recording.

        Raises
        ------
        SelectionError
            There are several.
        """
        if len(self.rigs) != 1:
            raise SelectionError(f"{len(self.rigs)} rigs were fitted; choose one of `rigs`")
        return self.rigs[0]

    @property
    def cell(self) -> PassiveCell | Cell:
        """The cell, of a fit in which all recordings are of the same.

        Raises
        ------
        SelectionError
            They differ.
        """
        if any(cell != self.cells[0] for cell in self.cells):
            raise SelectionError("the cells of the recordings differ; choose one of `cells`")
        return self.cells[0]

    def __getitem__(self, path: str) -> Fitted:
        for one in self.estimates:
            if one.path == path:
                return one
        raise SelectionError(f"{path!r} is no free parameter; {suggest(path, self.paths)}")

    @property
    def paths(self) -> tuple[str, ...]:
        """Of the free parameters."""
        return tuple(one.path for one in self.estimates)

    def residuals(self, number: int) -> Array:
        """Return recorded minus model in the windows of a stretch, shape (sample,)."""
        stretch = self.stretches[number]
        return stretch.fitted(stretch.response) - self.model[number]

    def missed(self, number: int, start: float, stop: float) -> float:
        """Return the normalized RMS error of a part of a stretch.

        Parameters
        ----------
        number : int
            Of the stretch.
        start, stop : float [ms]
            After the start of the sweep.

        Returns
        -------
        float
            Root mean square of what is missed over the standard deviation of what was recorded.
        """
        stretch = self.stretches[number]
        times = stretch.fitted(stretch.times)
        inside = (times >= start) & (times < stop)
        if inside.sum() < 2:
            raise SelectionError(f"no samples were fitted from {start:g} to {stop:g} ms")
        recorded = stretch.fitted(stretch.response)[inside]
        return normalized_rms(recorded, self.model[number][inside])

    def __repr__(self) -> str:
        lines = [
            f"Fit  {self.status.value.replace('_', ' ')}"
            + (f": {self.reason}" if self.reason else ""),
            f"  missed: {100 * self.normalized_rms:.3g} % of the standard deviation of what was "
            "recorded",
            *(f"  {one}" for one in self.estimates),
        ]
        lines += [f"  hardly told apart: {', '.join(group)}" for group in self.confounded]
        return "\n".join(lines)


def normalized_rms(recorded: Array, model: Array) -> float:
    """Return the RMS of the difference over the standard deviation of what was recorded."""
    missed = np.sqrt(np.mean((recorded - model) ** 2))
    return float(missed / max(float(recorded.std()), 1e-300))

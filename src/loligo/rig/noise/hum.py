"""`Hum`: what the mains leave in a recording."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from loligo.cell.description import Description
from loligo.cell.quantity import In, OneOf, Quantity
from loligo.rig.filters import Filter
from loligo.rig.noise.chance import HUM, key_of, turns

Relative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Hum(Description):
    """A sine of the mains and its harmonics, at phases that the seed decides.

    Parameters
    ----------
    amplitude : quantity
        Of the fundamental, from zero to crest: ``"2 pA"`` or ``"0.1 mV"``.
    frequency : quantity
        ``"50 Hz"`` or ``"60 Hz"``.
    harmonics : tuple of float
        Amplitudes of the second, third, ... as parts of the fundamental's.
    """

    kind: Literal["hum"] = "hum"
    amplitude: Annotated[Quantity, OneOf(("current", "voltage"), least=0.0)]
    frequency: Annotated[float, In("frequency", positive=True)] = 0.05
    harmonics: tuple[Relative, ...] = ()

    def trace(
        self,
        times: ArrayLike,
        *,
        seed: int,
        output_filter: Filter | None = None,
        cell: int = 0,
        channel: int = 0,
    ) -> NDArray[np.float64]:
        """Return the hum at times, in the unit of the amplitude.

        Parameters
        ----------
        times : array [ms]
            Since the start of the recording: over its sweeps the hum goes on.
        seed, cell, channel : int
            As for the noise.
        output_filter : Filter, optional
            Acts on each harmonic with its gain and phase.

        Returns
        -------
        array of the shape of `times`
        """
        sizes = self.amplitude.value * np.array([1.0, *self.harmonics])
        rates = self.frequency * np.arange(1, sizes.size + 1)
        phases = 2.0 * np.pi * turns(key_of(HUM, seed, cell=cell, channel=channel), sizes.size)
        waves = sizes * np.exp(1j * phases)
        if output_filter is not None:
            waves = waves * output_filter.transfer(rates)
        t = np.asarray(times, dtype=np.float64)[..., np.newaxis]
        return np.asarray((waves * np.exp(2j * np.pi * rates * t)).imag.sum(axis=-1))

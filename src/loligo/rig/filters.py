"""Output filters as frozen descriptions: a family, a number of poles, a corner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from loligo.cell.quantity import In
from loligo.errors import ModelError, UnitError
from loligo.low_pass import (
    LowPass,
    Poles,
    StateSpace,
    bessel_poles,
    butterworth_poles,
    cascade,
    filtered,
    unit_low_pass,
    unit_timing,
)
from loligo.rig.kinded import Kinded
from loligo.units import quantity

Array = NDArray[np.float64]
Corner = Annotated[float, In("frequency", positive=True)]
PoleCount = Annotated[int, Field(ge=1, le=8, strict=True)]


class Filter(Kinded):
    """A low-pass of unit gain at rest; use `Bessel`, `Butterworth` or `OnePole`.

    Parameters
    ----------
    corner : quantity
        Frequency at which the power is halved (-3 dB), ``"10 kHz"``.
    """

    family: ClassVar[Callable[[int], Poles]]
    kind: str
    corner: Corner

    @model_validator(mode="after")
    def _is_of_a_family(self) -> Self:
        if type(self) is Filter:
            raise ModelError("a filter is a Bessel, a Butterworth or a OnePole")
        return self

    @property
    def order(self) -> int:
        """Number of poles."""
        return int(getattr(self, "poles", 1))

    @property
    def low_pass(self) -> LowPass:
        """The filter as partial fractions."""
        return unit_low_pass(type(self).family, self.order).at_corner(self.corner)

    @property
    def state_space(self) -> StateSpace:
        """The filter as differential equations in real, well-scaled sections."""
        return cascade(self.low_pass)

    @property
    def delay(self) -> float:
        """Time until half of a step has come through [ms]."""
        return unit_timing(type(self).family, self.order).delay / self.corner

    @property
    def rise_time(self) -> float:
        """Time from 10 to 90 % of a step [ms]."""
        return unit_timing(type(self).family, self.order).rise_time / self.corner

    @property
    def overshoot(self) -> float:
        """Largest excess of the response to a step, as a fraction of it."""
        return unit_timing(type(self).family, self.order).overshoot

    @property
    def noise_bandwidth(self) -> float:
        """Bandwidth of the ideal filter that passes as much white noise [kHz]."""
        return self.low_pass.noise_bandwidth()

    def transfer(self, frequencies: ArrayLike) -> NDArray[np.complex128]:
        """Return the complex gain at frequencies [kHz]."""
        return self.low_pass.transfer(frequencies)

    def group_delay(self, frequencies: ArrayLike = 0.0) -> Array:
        """Return the delay of an envelope at frequencies [kHz] in ms; at 0, that of a ramp."""
        return self.low_pass.group_delay(frequencies)

    def step_response(self, times: ArrayLike) -> Array:
        """Return the response to a unit step at time 0, at times [ms]."""
        return self.low_pass.step_response(times)

    def impulse_response(self, times: ArrayLike) -> Array:
        """Return the response to a unit impulse at time 0, at times [ms], in 1/ms."""
        return self.low_pass.impulse_response(times)

    def apply(self, samples: ArrayLike, sampling: Any) -> Array:
        """Return a filtered signal at the same times.

        Parameters
        ----------
        samples : (..., time) array
            Straight between samples; before the first, as the first, so that it starts at rest.
        sampling : quantity
            ``"50 kHz"``.

        Returns
        -------
        (..., time) array

        Raises
        ------
        UnitError
            The sampling has no unit or one of another dimension.
        ArrayError
            There is no sample, or one is not finite.
        """
        return filtered(samples, sampling_rate(sampling), self.low_pass)


class Bessel(Filter):
    """A Bessel filter: all it passes is equally late, and a step overshoots by less than 1 %.

    Parameters
    ----------
    poles : int
        1 to 8.
    """

    family: ClassVar[Callable[[int], Poles]] = staticmethod(bessel_poles)
    kind: Literal["bessel"] = "bessel"
    poles: PoleCount = 4


class Butterworth(Filter):
    """A Butterworth filter, of the flattest gain; a step overshoots.

    Parameters
    ----------
    poles : int
        1 to 8.
    """

    family: ClassVar[Callable[[int], Poles]] = staticmethod(butterworth_poles)
    kind: Literal["butterworth"] = "butterworth"
    poles: PoleCount = 4


class OnePole(Filter):
    """A resistor and a capacitor."""

    family: ClassVar[Callable[[int], Poles]] = staticmethod(butterworth_poles)
    kind: Literal["one_pole"] = "one_pole"


OutputFilter = Annotated[Bessel | Butterworth | OnePole, Field(discriminator="kind")]
"""What a field of a description holds that is one of the filters."""


def sampling_rate(value: Any) -> float:
    """Return a sampling rate in kHz.

    Raises
    ------
    UnitError
        No unit or of another dimension, or not above 0.
    """
    rate = quantity(value, "frequency", name="sampling")
    if rate <= 0.0:
        raise UnitError(f"sampling = {rate:g} kHz must be above 0")
    return rate

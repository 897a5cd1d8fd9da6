"""`Gate`: one kind of gating particle of a channel, by its rates or by its steady state."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from loligo.cell.description import Description
from loligo.cell.quantity import In, Rate, SteadyState, TimeConstant
from loligo.errors import ModelError


class Gate(Description):
    """A gate that relaxes to a steady state, or follows it at once.

    Parameters
    ----------
    power : int
        How many independent gates of this kind a channel has.
    alpha, beta : rate law
        Opening and closing rate: a quantity (``"0.1 /ms"``), a shape
        (``"linoid(1 /ms, -40 mV, 10 mV)"``) or an expression in 1/ms of ``v`` [mV],
        ``temperature`` [degC], constants, lets and pools.
    inf, tau : law
        Instead of the rates: steady state (0 to 1) and time constant [ms]. Without ``tau`` the gate
        follows its steady state at once.
    q10, reference_temperature : float, temperature
        Rates are multiplied by ``q10**((temperature - reference_temperature) / 10)``.
    initial : float, optional
        Value at the start of a simulation; the steady state where it is not given.

    Notes
    -----
    ``dx/dt = alpha (1 - x) - beta x = (inf - x) / tau``.

    References
    ----------
    Hodgkin & Huxley 1952, https://doi.org/10.1113/jphysiol.1952.sp004764
    """

    power: int = Field(default=1, ge=1)
    alpha: Rate | None = None
    beta: Rate | None = None
    inf: SteadyState | None = None
    tau: TimeConstant | None = None
    q10: Annotated[float, In("fraction", positive=True)] | None = None
    reference_temperature: Annotated[float, In("temperature")] | None = None
    initial: float | None = Field(default=None, ge=0.0, le=1.0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = [
            name for name in ("alpha", "beta", "inf", "tau") if getattr(self, name) is not None
        ]
        if given not in (["alpha", "beta"], ["inf", "tau"], ["inf"]):
            raise ModelError(
                f"a gate needs alpha and beta, or inf and tau, or inf alone (a gate that follows "
                f"at once); it has {' and '.join(given) or 'none of them'}"
            )
        check_q10(self.q10, self.reference_temperature)
        if given == ["inf"] and (self.q10 is not None or self.initial is not None):
            raise ModelError("a gate without tau follows at once: it takes no q10 and no initial")
        return self


def check_q10(q10: float | None, reference_temperature: float | None) -> None:
    """Refuse one of the two without the other."""
    if (q10 is None) != (reference_temperature is None):
        raise ModelError(
            "q10 and reference_temperature come together: the rates are as written at the "
            "reference temperature"
        )

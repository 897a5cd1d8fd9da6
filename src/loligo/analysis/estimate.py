"""An estimate: a value with its interval, or a refusal with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from loligo.terms import Term, term


class Status(StrEnum):
    """Whether there is a value, and if not, what kind of reason there is."""

    OK = "ok"
    NO_COMMAND = "no_command"
    """The recording does not hold the command the estimate needs."""
    NO_STEP = "no_step"
    """The protocol has no step (or no baseline before it) the estimate could be made from."""
    NO_BASELINE = "no_baseline"
    NO_WAVEFORM = "no_waveform"
    """The protocol has no waveform of many frequencies, such as a chirp."""
    WRONG_MODE = "wrong_mode"
    """The estimate belongs to another clamp mode."""
    SPIKING = "spiking"
    """Action potentials leave nothing passive to measure."""
    NO_SPIKES = "no_spikes"
    """Nothing fired that the estimate could be made from."""
    SATURATED = "saturated"
    """The amplifier or digitizer was out of range."""
    IMPLAUSIBLE = "implausible"
    """No cell gives such a value: the file's unit or scale is wrong."""
    NOT_FINITE = "not_finite"
    COMPENSATED = "compensated"
    """The amplifier cancelled what the estimate would be made from."""
    UNRESOLVED = "unresolved"
    """What was recorded is not, or too coarsely, what the estimate's model describes."""
    NO_RESONANCE = "no_resonance"
    """The impedance is not larger anywhere than at low frequency, within its error."""
    NOT_SUBTRACTED = "not_subtracted"
    """Leak is in the current, and nothing in the recording tells how much."""
    NO_REVERSAL = "no_reversal"
    """The current does not turn from inward to outward within the levels of the protocol."""
    TOO_NOISY = "too_noisy"
    """The interval includes zero or infinity, so that the value says nothing."""
    BOUND = "bound"
    """Only that it is more (or less) than one end of the interval can be told."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One result of an analysis.

    Attributes
    ----------
    name : str
        A name of the glossary.
    value : float or None
        In the glossary's internal unit; ``None`` where refused.
    low, high : float or None
        Ends of the 95 % interval.
    status : Status
    reason : str
        Why there is no value; or a caution about one there is.
    channel : str
        The response it was made from.
    sweep : int or None
        Index, where the estimate is of one sweep.
    epoch : str
        Label of the epoch, where the estimate is of one.
    definition : str
        What was computed from what, in a sentence.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    status: Status
    reason: str = ""
    channel: str = ""
    sweep: int | None = None
    epoch: str = ""
    definition: str = ""

    @property
    def term(self) -> Term:
        """The glossary's entry."""
        return term(self.name)

    @property
    def is_ok(self) -> bool:
        """Whether there is a value."""
        return self.status is Status.OK

    def displayed(self) -> tuple[float | None, float | None, float | None, str]:
        """Return value, low, high in the unit people expect, and that unit."""
        entry = self.term
        numbers = (
            None
            if v is None or not math.isfinite(v)
            else (v if entry.dimension == "count" else entry.display(v))
            for v in (self.value, self.low, self.high)
        )
        value, low, high = numbers
        return value, low, high, entry.display_unit

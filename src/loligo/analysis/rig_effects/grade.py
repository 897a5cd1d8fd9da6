"""Good, questionable or bad: an effect of the rig held against two limits, as quality does it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from loligo.analysis.digits import number, unit_symbol
from loligo.analysis.estimate import Estimate
from loligo.analysis.quality.criteria import Comparison, Criteria, Criterion
from loligo.analysis.quality.verdict import Decision, Verdict, judge
from loligo.analysis.wording import typeset
from loligo.recording import ClampMode

_MOST, _LEAST, _WITHIN = Comparison.AT_MOST, Comparison.AT_LEAST, Comparison.WITHIN
_VC, _CC = ClampMode.VOLTAGE_CLAMP, ClampMode.CURRENT_CLAMP

_USUAL = "usual at the bench; no single source"
_OWN = "loligo's own"
_IPFX = "ipfx, default QC criteria (Ephys QC Criteria v1.1)"
_GIGASEAL = "Hamill et al. 1981, https://doi.org/10.1007/BF00656997: seals of 10 GOhm and more"


class Grade(StrEnum):
    """How bad an effect is."""

    GOOD = "good"
    QUESTIONABLE = "questionable"
    """Between the limits, or its interval does not decide."""
    BAD = "bad"
    NOT_TOLD = "not_told"
    """There is no value, or its interval holds good and bad."""


@dataclass(frozen=True, slots=True)
class Graded:
    """An effect of the rig with its grade.

    Attributes
    ----------
    estimate : Estimate
    grade : Grade
    demand : str
        Both limits: ``"good: at most 10 MOhm; bad: beyond 20 MOhm"``.
    source : str
        Of the limits.
    reason : str
        Why it has this grade, in a sentence.
    meaning : str
        What the effect does to results.
    """

    estimate: Estimate
    grade: Grade
    demand: str
    source: str
    reason: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Two limits of one quantity: what is good, and beyond what it is bad."""

    name: str
    mode: ClampMode | None
    comparison: Comparison
    good: float
    bad: float
    unit: str
    source: str
    meaning: str

    @property
    def demand(self) -> str:
        """Both in words."""
        side = "\N{PLUS-MINUS SIGN}" if self.comparison is _WITHIN else ""
        unit = f" {self.unit}" if self.unit != "%" else self.unit
        beyond = "below" if self.comparison is _LEAST else "beyond"
        good = self._criterion(self.good).words
        return f"good: {good}; bad: {beyond} {side}{self.bad:g}{unit}"

    def criteria(self) -> tuple[Criteria, Criteria]:
        """Return what is good, and what is not bad, as criteria of quality."""
        return tuple(  # type: ignore[return-value]
            Criteria("rig", (self._criterion(limit),)) for limit in (self.good, self.bad)
        )

    def _criterion(self, limit: float) -> Criterion:
        return Criterion(
            self.name, self.name, limit, self.unit, self.comparison, self.meaning, self.source
        )


LIMITS = (
    Limits(
        "series_resistance", _VC, _MOST, 10.0, 20.0, "MOhm", f"{_USUAL}; 20 MOhm also {_IPFX}",
        "It slows the clamp, and the potential slips by what it times the current is.",
    ),
    Limits(
        "series_resistance", _CC, _MOST, 20.0, 40.0, "MOhm", f"{_USUAL}; 20 MOhm also {_IPFX}",
        "What of it the bridge does not balance is added to the potential; with the pipette's "
        "capacitance it slows spikes.",
    ),
    Limits(
        "bridge_error", _CC, _WITHIN, 2.0, 5.0, "MOhm",
        f"{_OWN}: 100 pA then shift the potential by 0.2 and 0.5 mV",
        "It is added to the input resistance, and shifts the potential while current flows.",
    ),
    Limits(
        "worst_voltage_error", _VC, _WITHIN, 2.0, 5.0, "mV", _USUAL,
        "By so much the membrane was not at the command: gates saw another potential.",
    ),
    Limits(
        "worst_voltage_error", _CC, _WITHIN, 1.0, 3.0, "mV", _OWN,
        "By so much the recorded potential is not the membrane's.",
    ),
    Limits(
        "clamp_bandwidth", _VC, _LEAST, 1.0, 0.2, "kHz",
        f"{_OWN}: rise times (0.35 / f) of 0.35 and 1.75 ms",
        "Currents that rise faster are slowed and flattened by the clamp.",
    ),
    Limits(
        "recording_bandwidth", _VC, _LEAST, 2.0, 0.5, "kHz",
        f"{_OWN}: rise times of 0.18 and 0.7 ms",
        "What is faster was not recorded.",
    ),
    Limits(
        "recording_bandwidth", _CC, _LEAST, 3.0, 1.0, "kHz",
        f"{_OWN}: rise times of 0.12 and 0.35 ms, beside upstrokes of some 0.3 ms",
        "Spikes come out smaller and broader than they are.",
    ),
    Limits(
        "effective_bandwidth", None, _LEAST, 1.0, 0.2, "kHz",
        f"{_OWN}: rise times of 0.35 and 1.75 ms",
        "Whatever is faster than its rise time is the rig's shape, not the cell's.",
    ),
    Limits(
        "seal_resistance", None, _LEAST, 5000.0, 1000.0, "MOhm",
        f"1 GOhm: {_IPFX}; 5 GOhm: {_OWN}, below {_GIGASEAL}",
        "The seal lies beside the membrane: it lowers input resistance and time constant, and "
        "depolarizes the cell.",
    ),
    Limits(
        "seal_share", None, _MOST, 5.0, 20.0, "%", _OWN,
        "By this share input resistance and time constant are too small.",
    ),
)  # fmt: skip
"""What is good and what is bad, by quantity and clamp mode."""


def limits_of(name: str, mode: ClampMode | None) -> Limits | None:
    """Return the limits of a quantity in a clamp mode, ``None`` where it has none."""
    kind = _CC if mode is ClampMode.ZERO_CURRENT else mode
    return next((x for x in LIMITS if x.name == name and x.mode in {None, kind}), None)


def graded(entry: Estimate, mode: ClampMode | None) -> Graded | None:
    """Return an estimate with its grade, ``None`` where nothing is asked of it.

    It is good or bad only where its whole interval is.
    """
    limits = limits_of(entry.name, mode)
    if limits is None:
        return None
    (good,), (bad,) = (judge(asked, [entry], mode) for asked in limits.criteria())
    grade, reason = _decided(entry, good, bad)
    shown = typeset(limits.demand)
    return Graded(entry, grade, shown, typeset(limits.source), reason, limits.meaning)


def _decided(entry: Estimate, good: Verdict, bad: Verdict) -> tuple[Grade, str]:
    """Return the grade that two verdicts make, and why."""
    if good.status is Decision.PASS:
        return Grade.GOOD, good.reason
    if bad.status is Decision.FAIL:
        return Grade.BAD, bad.reason
    if good.status is Decision.NOT_JUDGED or entry.value is None:
        return Grade.NOT_TOLD, bad.reason
    value, low, high, unit = entry.displayed()
    known = f"{number(value, low, high)} {unit_symbol(unit)}"
    if {good.status, bad.status} == {Decision.UNDECIDED}:
        return Grade.NOT_TOLD, f"{known}; its interval holds what is good and what is bad"
    words = "is between good and bad"
    if Decision.UNDECIDED in {good.status, bad.status}:
        side = "good" if good.status is Decision.UNDECIDED else "bad"
        words = f"is questionable; its interval does not exclude that it is {side}"
    return Grade.QUESTIONABLE, f"{known} {words}"

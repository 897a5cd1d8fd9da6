"""One repeat: a virtual recording, analyzed, as plain values that a journal can hold."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from loligo.analysis import Analysis, analyze
from loligo.analysis.correct import Plan, carry_out
from loligo.errors import CorrectionError, SimulationError
from loligo.experiment.design.perfect import Truths, truth_for, truths_of_cell, truths_of_rig
from loligo.experiment.design.places import amount_at
from loligo.experiment.design.spread import Spread, drawn
from loligo.experiment.file import Experiment
from loligo.recording import Recording


@dataclass(frozen=True, slots=True)
class Found:
    """One estimate of one repeat, in the glossary's internal unit.

    Attributes
    ----------
    name, epoch : str
    value, low, high : float or None
    status, reason : str
    truth : float or None
    source : str
        By what it is true.
    """

    name: str
    epoch: str
    value: float | None
    low: float | None
    high: float | None
    status: str
    reason: str
    truth: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """One virtual recording and what its analysis found.

    Attributes
    ----------
    varied : str
        Value of the parameter that is varied; ``""`` where none is.
    number : int
    drawn : dict of str to str
        What was drawn, by path.
    found : tuple of Found
    failure : str
        Why there is no analysis; ``""`` where there is one.
    """

    varied: str
    number: int
    drawn: dict[str, str] = field(default_factory=dict)
    found: tuple[Found, ...] = ()
    failure: str = ""

    def written(self) -> dict[str, Any]:
        """Return it as plain values."""
        rows = [
            [f.name, f.epoch, f.value, f.low, f.high, f.status, f.reason, f.truth, f.source]
            for f in self.found
        ]
        return {
            "varied": self.varied,
            "repeat": self.number,
            "drawn": self.drawn,
            "found": rows,
            "failure": self.failure,
        }

    @classmethod
    def read(cls, told: dict[str, Any]) -> Repeat:
        """Return it from plain values."""
        found = tuple(Found(*row) for row in told["found"])
        return cls(told["varied"], told["repeat"], told["drawn"], found, told["failure"])


@dataclass(frozen=True)
class Plans:
    """What is done with every recording.

    Attributes
    ----------
    parts : tuple of str or None
        Of `loligo.analyze`.
    plan : Plan
        Corrections before the analysis.
    """

    parts: tuple[str, ...] | None = None
    plan: Plan = field(default_factory=Plan)


class Recorder:
    """Makes repeats of one experiment; what is true is worked out once for each cell.

    Parameters
    ----------
    experiment : Experiment
    spreads : dict of str to Spread
    plans : Plans
    seed : int
    truths : dict
        What was worked out already; recorders whose experiments differ in their rigs share it.
    """

    def __init__(
        self,
        experiment: Experiment,
        spreads: dict[str, Spread],
        plans: Plans,
        seed: int,
        truths: dict[object, Truths],
    ) -> None:
        self.experiment = experiment
        self.spreads = spreads
        self.plans = plans
        self.seed = seed
        self._truths = truths

    def repeat(self, number: int, varied: str = "") -> Repeat:
        """Draw, record, correct and analyze."""
        key = (self.seed, number)
        made = drawn(self.experiment, self.spreads, key)
        values = {path: amount_at(made, path).shown() for path in self.spreads}
        try:
            recording = made.record(_noise_seed(self.seed, number))
        except SimulationError as error:
            return Repeat(varied, number, values, (), f"the simulation diverged: {error}")
        truths = self._truth(made, recording)
        try:
            analysis = self._analyzed(recording)
        except CorrectionError as error:
            return Repeat(varied, number, values, (), f"not corrected: {error}")
        return Repeat(varied, number, values, _found(analysis, truths))

    def _analyzed(self, recording: Recording) -> Analysis:
        plan = self.plans.plan
        corrected = recording if plan.is_empty else carry_out(recording, plan)
        return analyze(corrected, self.plans.parts)

    def _truth(self, experiment: Experiment, recording: Recording) -> Truths:
        sampling = experiment.rig.digitizer.sampling
        cell = (sampling, *sorted(experiment.parameters.items()))
        if cell not in self._truths:
            self._truths[cell] = truths_of_cell(
                experiment, recording, self.plans.parts, self.plans.plan
            )
        return {**self._truths[cell], **truths_of_rig(experiment)}


def _noise_seed(seed: int, number: int) -> int:
    """Return the seed of a repeat's noise: another one for each repeat, the same in each sweep."""
    return seed * 1_000_003 + number


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _found(analysis: Analysis, truths: Truths) -> tuple[Found, ...]:
    rows = []
    for entry in analysis:
        if entry.sweep is not None:
            continue
        known = truth_for(truths, entry.name, entry.epoch)
        truth, source = known if known is not None else (None, "")
        value = _finite(entry.value) if entry.is_ok else None
        rows.append(
            Found(
                entry.name,
                entry.epoch,
                value,
                _finite(entry.low) if value is not None else None,
                _finite(entry.high) if value is not None else None,
                entry.status.value,
                entry.reason,
                truth,
                source,
            )
        )
    return tuple(rows)

"""How spikes are found and measured: every choice with its default and unit."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from loligo.errors import ArrayError


@dataclass(frozen=True, slots=True)
class DetectionOptions:
    """What counts as a spike.

    Attributes
    ----------
    upstroke : float [mV/ms]
        Least slope, averaged over `span`, that a spike reaches on its way up.
    span : float [ms]
    prominence : float [mV]
        Least rise before and least fall after the peak.
    noise_factor : float
        Slope and prominence must also exceed this many standard deviations of the noise.
    lookback : float [ms]
        How far back the rise is measured, where no other spike comes before.
    fall_time : float [ms]
        Within this time after the peak the potential must have fallen by the prominence.
    shortest, longest : float [ms]
        Width at half of the prominence. A shorter event, or one not wider than 1.25 samples, is an
        artefact; a longer one is a plateau.
    edge_rate : float [1/ms]
        What rises and falls by more than this fraction of its height per ms is a square artefact.
    edge_fraction : float
        So is what rises by more than this fraction of its height between two samples, where these
        are at most 0.1 ms apart.
    doublet : float [ms]
        Of two peaks closer than this, the second counts only where the potential has fallen below
        half of the first's prominence between them.
    edge_blank : float [ms]
        A peak this soon after a known edge of the command is the artefact of that edge, unless the
        potential was rising by the upstroke before the edge already.
    """

    upstroke: float = 5.0
    span: float = 0.2
    prominence: float = 20.0
    noise_factor: float = 6.0
    lookback: float = 100.0
    fall_time: float = 50.0
    shortest: float = 0.1
    longest: float = 30.0
    edge_rate: float = 4.5
    edge_fraction: float = 0.85
    doublet: float = 2.0
    edge_blank: float = 0.4

    def __post_init__(self) -> None:
        _check_positive(self)
        if self.shortest >= self.longest:
            raise ArrayError(
                f"shortest = {self.shortest:g} ms must be below longest = {self.longest:g} ms"
            )


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """How the shape of a spike is measured.

    Attributes
    ----------
    threshold_slope : float [mV/ms]
        The threshold is where the slope last exceeded this before the steepest rise.
    threshold_fraction : float
        Where less than this: the slope criterion is at most this fraction of the steepest rise, so
        that spikes too slow for the first criterion have a threshold too.
    slope_span : float [ms]
        Slopes are central differences over this time, at least over two samples.
    longest_rise : float [ms]
        A threshold is looked for at most this long before the peak.
    fast, medium, slow : float [ms]
        The fast afterhyperpolarization is looked for until `fast` after the peak, the medium one
        until `medium`, the slow one until `slow`.
    adp_time : float [ms]
        An afterdepolarization peaks at most this long after the fast trough.
    adp_prominence : float [mV]
        It rises and falls by at least this, and by six standard deviations of the noise.
    """

    threshold_slope: float = 10.0
    threshold_fraction: float = 1 / 3
    slope_span: float = 0.1
    longest_rise: float = 20.0
    fast: float = 5.0
    medium: float = 50.0
    slow: float = 500.0
    adp_time: float = 30.0
    adp_prominence: float = 0.5

    def __post_init__(self) -> None:
        _check_positive(self)
        if not self.fast < self.medium < self.slow:
            raise ArrayError(
                f"fast = {self.fast:g}, medium = {self.medium:g}, slow = {self.slow:g} ms must "
                "increase"
            )
        if self.threshold_fraction >= 1:
            raise ArrayError(f"threshold_fraction = {self.threshold_fraction:g} must be below 1")


def _check_positive(options: DetectionOptions | FeatureOptions) -> None:
    for entry in fields(options):
        value = getattr(options, entry.name)
        if not (math.isfinite(value) and value > 0):
            raise ArrayError(f"{entry.name} = {value} must be a finite number above 0")


DETECTION = DetectionOptions()
"""How spikes are found unless told otherwise."""
FEATURES = FeatureOptions()
"""How spikes are measured unless told otherwise."""

"""Quality: noise, hum, saturation, drift, lost patch, missing stimulus, and verdicts on them.

The functions on arrays stand on their own; `quality` applies them to a recording and holds the
results, and those of other analyses, against named criteria.
"""

from loligo.analysis.quality.criteria import Comparison, Criteria, Criterion, criteria_from
from loligo.analysis.quality.density import Spectrum, spectrum
from loligo.analysis.quality.drift import change, relative_change, slope
from loligo.analysis.quality.hum import Hum, mains_hum
from loligo.analysis.quality.noise import (
    digitizer_step,
    fast_noise_rms,
    noise_rms,
    slow_noise_rms,
    without_events,
)
from loligo.analysis.quality.patch import collapses, jumps
from loligo.analysis.quality.presets import DEFAULT, PRESETS
from loligo.analysis.quality.recording import Quality, quality
from loligo.analysis.quality.saturation import flat_tops
from loligo.analysis.quality.verdict import Decision, Verdict, judge

__all__ = [
    "DEFAULT",
    "PRESETS",
    "Comparison",
    "Criteria",
    "Criterion",
    "Decision",
    "Hum",
    "Quality",
    "Spectrum",
    "Verdict",
    "change",
    "collapses",
    "criteria_from",
    "digitizer_step",
    "fast_noise_rms",
    "flat_tops",
    "judge",
    "jumps",
    "mains_hum",
    "noise_rms",
    "quality",
    "relative_change",
    "slope",
    "slow_noise_rms",
    "spectrum",
    "without_events",
]

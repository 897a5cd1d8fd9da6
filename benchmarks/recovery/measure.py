"""One cell recorded and analyzed: each estimate beside the truth, and what was refused."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.recovery.draws import MODES, SEAL_KNOWN, Draw, draw
from benchmarks.recovery.made import recorded
from benchmarks.recovery.truths import QUANTITIES, truths
from loligo.analysis import analyze
from loligo.analysis.correct import cell_without_seal
from loligo.analysis.estimate import Estimate
from loligo.analysis.interval import Interval
from loligo.analysis.membrane_test import MembraneTest
from loligo.analysis.passive import PassiveProperties
from loligo.analysis.result import Analysis
from loligo.errors import CorrectionError
from loligo.recording.corrections import Measured

Z = 1.959964
_LONGEST_REASON = 100
PART = {MODES[0]: "membrane_test", MODES[1]: "passive"}


def measure(seed: int, number: int) -> dict[str, Any]:
    """Return what was found of one cell, to be written as a line of JSON.

    Returns
    -------
    dict
        ``seed``, ``cell``, ``mode``; ``found``: by quantity truth, value and both ends;
        ``refused``: by quantity truth, the value that was kept back or null, and the reason.
    """
    drawn = draw(seed, number)
    recording = recorded(drawn)
    true = truths(drawn, recording)
    analysis = analyze(recording, PART[drawn.mode])
    seen = first_of_each(analysis)
    seen |= without_seal(analysis, drawn)
    kept_back = fitted(analysis)
    found, refused = {}, {}
    for name in QUANTITIES[drawn.mode]:
        estimate = seen.get(name)
        if isinstance(estimate, Estimate) and estimate.is_ok:
            ends = (estimate.value, estimate.low, estimate.high)
            found[name] = [_short(value) for value in (true[name], *ends)]
            continue
        why = estimate if isinstance(estimate, str) else _why(estimate)
        inside = kept_back.get(name)
        held = None if inside is None else _short(inside.value)
        refused[name] = [_short(true[name]), held, why[:_LONGEST_REASON]]
    return {"seed": seed, "cell": number, "mode": drawn.mode, "found": found, "refused": refused}


def first_of_each(analysis: Analysis) -> dict[str, Estimate | str]:
    """Return the estimate of the whole recording under each name, one with a value if any has."""
    found: dict[str, Estimate | str] = {}
    for entry in sorted(analysis, key=lambda entry: not entry.is_ok):
        if entry.sweep is None:
            found.setdefault(entry.name, entry)
    return found


def without_seal(analysis: Analysis, drawn: Draw) -> dict[str, Estimate | str]:
    """Return the estimates corrected for the seal as it was noted, or why there are none."""
    noted = Measured(
        drawn.noted_seal,
        drawn.noted_seal * math.exp(-Z * SEAL_KNOWN),
        drawn.noted_seal * math.exp(Z * SEAL_KNOWN),
    )
    names = [name for name in QUANTITIES[drawn.mode] if name.endswith("_without_seal")]
    try:
        made = cell_without_seal(analysis, noted)
    except CorrectionError as error:
        return dict.fromkeys(names, f"correction: {error}")
    return {f"{entry.name}_without_seal": entry for entry in made}


def fitted(analysis: Analysis) -> dict[str, Interval]:
    """Return what the fits hold, told or not."""
    for test in (test for part in analysis.of(MembraneTest) for test in part.tests):
        if test.fit is not None:
            return test.fit.intervals
    for curve in (curve for part in analysis.of(PassiveProperties) for curve in part.curves):
        return curve.charging.intervals
    return {}


def _why(estimate: Estimate | None) -> str:
    return "absent" if estimate is None else f"{estimate.status.value}: {estimate.reason}"


def _short(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")

"""Which quantities a spike has, and which of them are measured together."""

from __future__ import annotations

from collections.abc import Sequence

from loligo.errors import SelectionError, suggest

PER_SPIKE = (
    "threshold_time",
    "threshold_potential",
    "peak_time",
    "peak_potential",
    "amplitude",
    "amplitude_from_baseline",
    "half_width",
    "threshold_width",
    "rise_time",
    "fall_time",
    "upstroke",
    "downstroke",
    "upstroke_downstroke_ratio",
    "trough_time",
    "trough_potential",
    "fast_ahp",
    "medium_ahp",
    "slow_ahp",
    "adp",
)
"""Names of the columns of `spike_features`, each defined in the glossary under ``spike_`` + it."""

PEAK = frozenset({"peak_time", "peak_potential", "amplitude_from_baseline"})
"""What needs no threshold."""
FALL = frozenset({"downstroke", "upstroke_downstroke_ratio"})
WIDTHS = frozenset({"half_width", "threshold_width", "rise_time", "fall_time"})
TROUGH = frozenset({"trough_time", "trough_potential"})
AFTER = frozenset({"fast_ahp", "medium_ahp", "slow_ahp", "adp"})

LASTING = frozenset({"peak_time", "threshold_time", *TROUGH, "medium_ahp", "slow_ahp"})
"""What a coarse sampling shows too; the rest of a spike needs three samples in its width."""


def chosen(quantities: Sequence[str]) -> tuple[str, ...]:
    """Return quantities in the order of `PER_SPIKE`.

    Raises
    ------
    SelectionError
        One that is not in `PER_SPIKE`.
    """
    for name in quantities:
        if name not in PER_SPIKE:
            raise SelectionError(f"no quantity {name!r} of a spike; {suggest(name, PER_SPIKE)}")
    return tuple(name for name in PER_SPIKE if name in quantities)

"""What the recording says: estimates with intervals, each with its definition and status."""

from loligo.analysis.analyze import analyze
from loligo.analysis.baseline import holding_current, resting_potential
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.resistance import input_resistance, total_resistance

__all__ = [
    "Estimate",
    "Status",
    "analyze",
    "holding_current",
    "input_resistance",
    "resting_potential",
    "total_resistance",
]

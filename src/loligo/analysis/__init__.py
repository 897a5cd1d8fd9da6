"""What the recording says: estimates with intervals, each with its definition and status."""

from loligo.analysis.analyze import Part, analyze, checked_parts
from loligo.analysis.baseline import holding_current, resting_potential
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.resistance import input_resistance, total_resistance
from loligo.analysis.result import Analysis, Result

__all__ = [
    "Analysis",
    "Estimate",
    "Part",
    "Result",
    "Status",
    "analyze",
    "checked_parts",
    "holding_current",
    "input_resistance",
    "resting_potential",
    "total_resistance",
]

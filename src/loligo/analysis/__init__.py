"""What the recording says: estimates with intervals, each with its definition and status."""

from loligo.analysis.estimate import Estimate, Status

__all__ = ["Estimate", "Status"]

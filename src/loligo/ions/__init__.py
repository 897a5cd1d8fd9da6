"""Ions and solutions: what follows from concentrations alone. Pure functions on arrays."""

from loligo.ions.junction import henderson, henderson_potential
from loligo.ions.mobility import MOBILITIES, Mobility, mobility

__all__ = ["MOBILITIES", "Mobility", "henderson", "henderson_potential", "mobility"]

"""Figures: plain matplotlib `Figure` objects, never the state of pyplot.

Nothing here imports matplotlib until a figure is drawn.
"""

from loligo.plot.resistance import draw_resistance
from loligo.plot.sweeps import draw_sweeps

__all__ = ["draw_resistance", "draw_sweeps"]

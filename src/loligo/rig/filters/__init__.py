"""Low-pass filters between amplifier and digitizer, exactly: as poles, as states, in time."""

from loligo.rig.filters.filter import Bessel, Butterworth, Filter, OnePole, OutputFilter
from loligo.rig.filters.low_pass import LowPass
from loligo.rig.filters.state_space import StateSpace

__all__ = [
    "Bessel",
    "Butterworth",
    "Filter",
    "LowPass",
    "OnePole",
    "OutputFilter",
    "StateSpace",
]

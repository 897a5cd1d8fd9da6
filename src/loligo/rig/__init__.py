"""What stands between a cell and its recording: output filters, noise and the digitizer."""

from loligo.rig.digitizer import Digitized, Digitizer
from loligo.rig.filters import Bessel, Butterworth, OnePole
from loligo.rig.noise import Circuit, Hum, Noise

__all__ = [
    "Bessel",
    "Butterworth",
    "Circuit",
    "Digitized",
    "Digitizer",
    "Hum",
    "Noise",
    "OnePole",
]

"""What stands between a cell and its recording: electrode, amplifier, filter, noise, digitizer."""

from loligo.rig.closed import Closed, with_passive_cell
from loligo.rig.current_clamp import CurrentClamp
from loligo.rig.digitizer import Digitized, Digitizer
from loligo.rig.discontinuous import DiscontinuousCurrentClamp, DiscontinuousVoltageClamp
from loligo.rig.drift import Drift
from loligo.rig.dynamic_clamp import DynamicClamp
from loligo.rig.filters import Bessel, Butterworth, OnePole
from loligo.rig.limits import Limits
from loligo.rig.linear import LinearSystem
from loligo.rig.noise import Circuit, Hum, Noise
from loligo.rig.passive_cell import PassiveCell
from loligo.rig.pipette import Pipette
from loligo.rig.rig import Rig
from loligo.rig.two_electrode import TwoElectrodeClamp
from loligo.rig.voltage_clamp import VoltageClamp

__all__ = [
    "Bessel",
    "Butterworth",
    "Circuit",
    "Closed",
    "CurrentClamp",
    "Digitized",
    "Digitizer",
    "DiscontinuousCurrentClamp",
    "DiscontinuousVoltageClamp",
    "Drift",
    "DynamicClamp",
    "Hum",
    "Limits",
    "LinearSystem",
    "Noise",
    "OnePole",
    "PassiveCell",
    "Pipette",
    "Rig",
    "TwoElectrodeClamp",
    "VoltageClamp",
    "with_passive_cell",
]

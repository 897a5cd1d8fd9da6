"""Electrodes and amplifiers as physics: what stands between a cell and its recording."""

from loligo.rig.closed import Closed, with_passive_cell
from loligo.rig.current_clamp import CurrentClamp
from loligo.rig.linear import LinearSystem
from loligo.rig.pipette import Pipette
from loligo.rig.two_electrode import TwoElectrodeClamp
from loligo.rig.voltage_clamp import VoltageClamp

__all__ = [
    "Closed",
    "CurrentClamp",
    "LinearSystem",
    "Pipette",
    "TwoElectrodeClamp",
    "VoltageClamp",
    "with_passive_cell",
]

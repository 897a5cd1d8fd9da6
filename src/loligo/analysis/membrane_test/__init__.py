"""The membrane test: series and membrane resistance, capacitance, clamp speed.

A model of cell, series resistance and recording filter is fitted to the current after steps or
ramps of command, so that the filter biases nothing.
"""

from loligo.analysis.membrane_test.judge import measure_transient
from loligo.analysis.membrane_test.model import (
    Cell,
    Command,
    command_of_step,
    command_of_triangle,
)
from loligo.analysis.membrane_test.ramp import capacitance_by_ramp
from loligo.analysis.membrane_test.recording import EpochTest, MembraneTest, membrane_test

__all__ = [
    "Cell",
    "Command",
    "EpochTest",
    "MembraneTest",
    "capacitance_by_ramp",
    "command_of_step",
    "command_of_triangle",
    "measure_transient",
    "membrane_test",
]

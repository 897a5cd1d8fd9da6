"""The protocols everyone runs, as plain functions: each returns a `Protocol` and cites its source.

Every level and time can be given; the defaults are usual ones, to start from. Labels are those
that analysis looks for.
"""

from loligo.protocol.standard.current import (
    frequency_current,
    hyperpolarizing_steps,
    long_square,
    paired_shocks,
    rheobase_steps,
    short_square,
    strength_duration,
    zap,
)
from loligo.protocol.standard.herg import herg_sine_wave
from loligo.protocol.standard.membrane import pn_leak, test_pulse
from loligo.protocol.standard.voltage import (
    activation,
    current_voltage,
    inactivation,
    recovery,
    tail_currents,
    voltage_ramp,
)

__all__ = [
    "activation",
    "current_voltage",
    "frequency_current",
    "herg_sine_wave",
    "hyperpolarizing_steps",
    "inactivation",
    "long_square",
    "paired_shocks",
    "pn_leak",
    "recovery",
    "rheobase_steps",
    "short_square",
    "strength_duration",
    "tail_currents",
    "test_pulse",
    "voltage_ramp",
    "zap",
]

"""Currents of a family of voltage steps: peak and steady state, reversal, activation, inactivation.

Array functions (`fit_boltzmann`, `zero_crossing`, `find_peak`) know no `Recording`;
`current_voltage` finds its steps and says what stands against an estimate.
"""

from loligo.analysis.current_voltage.boltzmann import Boltzmann, fit_boltzmann
from loligo.analysis.current_voltage.peak import Noise, Peak, find_peak, noise_of
from loligo.analysis.current_voltage.recording import CurrentVoltage, current_voltage
from loligo.analysis.current_voltage.reversal import zero_crossing

__all__ = [
    "Boltzmann",
    "CurrentVoltage",
    "Noise",
    "Peak",
    "current_voltage",
    "find_peak",
    "fit_boltzmann",
    "noise_of",
    "zero_crossing",
]

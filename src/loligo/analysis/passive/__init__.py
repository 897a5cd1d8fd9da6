"""Passive properties in current clamp, from steps of current below threshold.

A model of membrane, sag, bridge and recording filter is fitted to the charging curve, so that
neither the electrode nor a sag biases the time constant and the capacitance.
"""

from loligo.analysis.passive.judge import charging_curve
from loligo.analysis.passive.recording import PassiveProperties, passive_properties

__all__ = ["PassiveProperties", "charging_curve", "passive_properties"]

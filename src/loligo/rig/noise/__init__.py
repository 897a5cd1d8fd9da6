"""Noise of electrode and amplifier: its spectra from physics, and traces that have them."""

from loligo.rig.noise.circuit import Circuit, SiteCircuit
from loligo.rig.noise.hum import Hum
from loligo.rig.noise.noise import Clamp, Noise
from loligo.rig.noise.power import variance
from loligo.rig.noise.synthesis import synthesize
from loligo.rig.noise.two_electrodes import TwoElectrodeCircuit

__all__ = [
    "Circuit",
    "Clamp",
    "Hum",
    "Noise",
    "SiteCircuit",
    "TwoElectrodeCircuit",
    "synthesize",
    "variance",
]

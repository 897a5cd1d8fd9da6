"""Figures: plain matplotlib `Figure` objects, never the state of pyplot.

Nothing here imports matplotlib until a figure is drawn.
"""

from loligo.plot.agreement import draw_agreement
from loligo.plot.convergence import draw_convergence
from loligo.plot.corrections import draw_corrections
from loligo.plot.current_voltage import draw_current_voltage
from loligo.plot.design import draw_design
from loligo.plot.filters import draw_filters
from loligo.plot.firing import draw_frequency_current, draw_raster
from loligo.plot.fit import draw_fit
from loligo.plot.impedance import draw_impedance
from loligo.plot.ions import draw_donnan, draw_ghk, draw_nernst
from loligo.plot.membrane_test import draw_membrane_test
from loligo.plot.membrane_test_drift import draw_over_sweeps
from loligo.plot.morphology import draw_morphology
from loligo.plot.noise_sources import draw_noise_sources
from loligo.plot.passive import draw_charging, draw_peak_and_steady
from loligo.plot.protocol import draw_protocol
from loligo.plot.quality import draw_drift, draw_noise
from loligo.plot.resistance import draw_resistance
from loligo.plot.rig_effects import draw_rig_effects
from loligo.plot.simulation import draw_simulation
from loligo.plot.solutions import draw_activity, draw_junction, draw_solution
from loligo.plot.spikes import draw_phase_plot, draw_spikes
from loligo.plot.sweeps import draw_sweeps

__all__ = [
    "draw_activity",
    "draw_agreement",
    "draw_charging",
    "draw_convergence",
    "draw_corrections",
    "draw_current_voltage",
    "draw_design",
    "draw_donnan",
    "draw_drift",
    "draw_filters",
    "draw_fit",
    "draw_frequency_current",
    "draw_ghk",
    "draw_impedance",
    "draw_junction",
    "draw_membrane_test",
    "draw_morphology",
    "draw_nernst",
    "draw_noise",
    "draw_noise_sources",
    "draw_over_sweeps",
    "draw_peak_and_steady",
    "draw_phase_plot",
    "draw_protocol",
    "draw_raster",
    "draw_resistance",
    "draw_rig_effects",
    "draw_simulation",
    "draw_solution",
    "draw_spikes",
    "draw_sweeps",
]

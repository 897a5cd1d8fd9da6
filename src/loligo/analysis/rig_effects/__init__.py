"""What the rig did to a recording, as far as the recording tells, and how bad it is."""

from loligo.analysis.rig_effects.bandwidth import clamp_corner, joined_corner
from loligo.analysis.rig_effects.grade import Grade, Graded
from loligo.analysis.rig_effects.recording import RigEffects, rig_effects
from loligo.analysis.rig_effects.voltage_error import Excursion, largest_excursion, settled

__all__ = [
    "Excursion",
    "Grade",
    "Graded",
    "RigEffects",
    "clamp_corner",
    "joined_corner",
    "largest_excursion",
    "rig_effects",
    "settled",
]

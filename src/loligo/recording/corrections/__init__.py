"""What the rig did, taken back: one correction a file, each from a recording to a recording.

Every correction is on record in `Recording.corrections`, is applied once only, keeps what was
recorded beside what it makes, and refuses where its assumptions do not hold.
`loligo.analysis.correct` finds the values and corrects in one call.
"""

from loligo.recording.corrections.apply import recorded_channel, uncorrected
from loligo.recording.corrections.bridge import bridge, rebalanced
from loligo.recording.corrections.by_model import (
    membrane_by_model,
    series_resistance_by_model,
)
from loligo.recording.corrections.filter_delay import filter_delay
from loligo.recording.corrections.junction_potential import junction_potential
from loligo.recording.corrections.leak import leak
from loligo.recording.corrections.leak_subtraction import copies_of, p_over_n
from loligo.recording.corrections.number import Measured
from loligo.recording.corrections.path import Path, bessel_delay, through
from loligo.recording.corrections.pipette_capacitance import pipette_capacitance, pipette_current
from loligo.recording.corrections.seal_leak import CellBehindSeal, seal_leak, without_seal
from loligo.recording.corrections.series_resistance import (
    ideal_current,
    membrane_potential,
    series_resistance,
)
from loligo.recording.corrections.template import pipette_template

__all__ = [
    "CellBehindSeal",
    "Measured",
    "Path",
    "bessel_delay",
    "bridge",
    "copies_of",
    "filter_delay",
    "ideal_current",
    "junction_potential",
    "leak",
    "membrane_by_model",
    "membrane_potential",
    "p_over_n",
    "pipette_capacitance",
    "pipette_current",
    "pipette_template",
    "rebalanced",
    "recorded_channel",
    "seal_leak",
    "series_resistance",
    "series_resistance_by_model",
    "through",
    "uncorrected",
    "without_seal",
]

"""Find what the rig did in a recording, and correct it, in one call.

The corrections themselves, which take the value from wherever it is known, are
`loligo.recording.corrections`.
"""

from loligo.analysis.correct.bridge import correct_bridge
from loligo.analysis.correct.current_voltage import SteadyLevel, steady_current_voltage
from loligo.analysis.correct.leak import LeakLine, correct_leak, leak_line
from loligo.analysis.correct.offer import Offer, offer
from loligo.analysis.correct.plan import Plan, carry_out
from loligo.analysis.correct.seal import cell_without_seal
from loligo.analysis.correct.series_resistance import correct_series_resistance

__all__ = [
    "LeakLine",
    "Offer",
    "Plan",
    "SteadyLevel",
    "carry_out",
    "cell_without_seal",
    "correct_bridge",
    "correct_leak",
    "correct_series_resistance",
    "leak_line",
    "offer",
    "steady_current_voltage",
]

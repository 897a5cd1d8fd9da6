"""Low-pass filters as mathematics: poles, partial fractions, states, exact responses.

Arrays only. The rig describes filters with it (`loligo.rig.filters`), the analysis accounts for
them; both have the same poles.
"""

from loligo.low_pass.fractions import LowPass, unit_low_pass
from loligo.low_pass.prototypes import Poles, bessel_poles, butterworth_poles
from loligo.low_pass.sampled import filtered
from loligo.low_pass.state_space import StateSpace, cascade
from loligo.low_pass.timing import Timing, unit_timing

__all__ = [
    "LowPass",
    "Poles",
    "StateSpace",
    "Timing",
    "bessel_poles",
    "butterworth_poles",
    "cascade",
    "filtered",
    "unit_low_pass",
    "unit_timing",
]

"""The numbers of the two-stage method of Alexander (1977), https://doi.org/10.1137/0714068.

With ``gamma = 1 - 1 / sqrt(2)`` it is of second order, L-stable and stiffly accurate, and both
stages have the same matrix. Schemes, trees and rigs take its steps.
"""

from __future__ import annotations

import math

GAMMA = 1.0 - 1.0 / math.sqrt(2.0)
AHEAD = (1.0 - GAMMA) / GAMMA
"""How much further than the first stage the second begins."""

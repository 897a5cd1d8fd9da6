"""What a generated kernel in double precision imports."""

from __future__ import annotations

import numpy as np

from loligo.engine.support.straight import lanes_loop

DTYPE = np.float64
real = float

__all__ = ["DTYPE", "lanes_loop", "real"]

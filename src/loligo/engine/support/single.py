"""What a generated kernel in single precision imports."""

from __future__ import annotations

import numpy as np

from loligo.engine.support.straight import lanes_loop

DTYPE = np.float32
real = np.float32

__all__ = ["DTYPE", "lanes_loop", "real"]

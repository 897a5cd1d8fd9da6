"""What a generated kernel in single precision imports."""

from __future__ import annotations

import numpy as np

from loligo.engine.support.straight import lanes_loop

real = np.float32

__all__ = ["lanes_loop", "real"]

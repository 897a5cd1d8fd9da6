"""What a generated kernel in single precision imports."""

from __future__ import annotations

import numpy as np

from loligo.engine.support.straight import few_lanes_loop, lanes_loop

real = np.float32

__all__ = ["few_lanes_loop", "lanes_loop", "real"]

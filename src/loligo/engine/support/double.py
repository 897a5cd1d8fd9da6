"""What a generated kernel in double precision imports."""

from __future__ import annotations

from loligo.engine.support.straight import few_lanes_loop, lanes_loop

real = float

__all__ = ["few_lanes_loop", "lanes_loop", "real"]

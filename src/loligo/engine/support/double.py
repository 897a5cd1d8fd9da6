"""What a generated kernel in double precision imports."""

from __future__ import annotations

from loligo.engine.support.straight import lanes_loop

real = float

__all__ = ["lanes_loop", "real"]

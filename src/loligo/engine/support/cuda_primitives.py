"""What both precisions share on a graphics card, or in numba's simulator of one."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_settings: Any = numba.config

if _settings.ENABLE_CUDASIM:
    from loligo.engine.support.cuda_simulated import (
        device,
        double_product,
        fma,
        kernel,
        single_product,
        sqrt_,
    )
else:
    from loligo.engine.support.cuda_hardware import (
        device,
        double_product,
        fma,
        kernel,
        single_product,
        sqrt_,
    )

__all__ = [
    "device",
    "double_product",
    "fma",
    "kernel",
    "max_",
    "min_",
    "moment",
    "single_product",
    "sqrt_",
]


@device
def max_(a: Any, b: Any) -> Any:
    """Return the larger, `b` where they do not compare."""
    return a if a > b else b


@device
def min_(a: Any, b: Any) -> Any:
    """Return the smaller, `b` where they do not compare."""
    return a if a < b else b


@device
def moment(start: Any, steps: Any, size: Any) -> Any:
    """Return the time ``start + steps * size`` [ms], in double precision and two roundings."""
    return start + double_product(np.float64(steps), size)

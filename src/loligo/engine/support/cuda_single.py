"""Single precision on a graphics card: to the last bit the numbers of `instructions`.

What `cuda_double` says of fused products holds here too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from loligo.engine.support.cuda_primitives import (
    device,
    fma,
    kernel,
    max_,
    min_,
    moment,
    single_product,
    sqrt_,
)
from loligo.engine.support.instructions import EXP_SINGLE

__all__ = [
    "DTYPE",
    "device",
    "exp_",
    "fma",
    "kernel",
    "log_",
    "max_",
    "min_",
    "moment",
    "mul_",
    "real",
    "sqrt_",
]

DTYPE = np.float32
real = np.float32
mul_ = single_product
_C = tuple(np.float32(c) for c in EXP_SINGLE)
_ONE, _TWO = np.float32(1.0), np.float32(2.0)
_LARGEST, _MAGIC = np.float32(87.0), np.float32(12582912.0)
_LOG2_E = np.float32(1.4426950408889634)
_HIGH, _LOW = np.float32(0.693145751953125), np.float32(1.4286068203094173e-06)
_L3, _L5, _L7, _L9 = (np.float32(2.0 / k) for k in (3, 5, 7, 9))


@device
def exp_(x: Any) -> Any:
    """Return the exponential; see `Instructions.exp`."""
    x = min_(_LARGEST, max_(-_LARGEST, x))
    t = fma(x, _LOG2_E, _MAGIC)
    k = t - _MAGIC
    r = fma(k, -_HIGH, x)
    r = fma(k, -_LOW, r)
    r2 = r * r
    low = fma(r2, fma(r, _C[1], _C[0]), r)
    high = fma(r2, _C[4], fma(r, _C[3], _C[2]))
    p = fma(r2 * r2, high, low)
    bits = np.int32((np.int64(np.float32(t).view(np.int32)) + 127) << 23)
    power = np.int32(bits).view(np.float32)
    return fma(p, power, power)


@device
def log_(x: Any) -> Any:
    """Return the natural logarithm, NaN below 0; see `Instructions.log`."""
    bits = np.int64(np.float32(x).view(np.int32))
    exponent = (bits - 0x3F3504F3) >> 23
    e = np.float32(exponent)
    m = np.int32(bits - (exponent << 23)).view(np.float32)
    s = (m - _ONE) / (m + _ONE)
    z = s * s
    p = fma(z, fma(z, fma(z, _L9, _L7), _L5), _L3)
    tail = fma(e, _LOW, s * z * p)
    result = fma(e, _HIGH, fma(s, _TWO, tail))
    if x > np.float32(0.0):
        return result if x < np.float32(np.inf) else x
    return np.float32(-np.inf) if x == np.float32(0.0) else np.float32(np.nan)

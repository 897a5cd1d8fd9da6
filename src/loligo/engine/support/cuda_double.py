"""Double precision on a graphics card: to the last bit the numbers of `instructions`.

Every sum, product, quotient and root is rounded once, by IEEE 754; products are kept from being
fused with sums. The products of `exp_` and `log_` that stand as ``*`` go into fused operations or
are exact, so that there is nothing to fuse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from loligo.engine.support.cuda_primitives import (
    device,
    double_product,
    fma,
    kernel,
    max_,
    min_,
    moment,
    sqrt_,
)
from loligo.engine.support.instructions import EXP_DOUBLE

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

DTYPE = np.float64
real = np.float64
mul_ = double_product
_C = EXP_DOUBLE
_MAGIC = 6755399441055744.0


@device
def exp_(x: Any) -> Any:
    """Return the exponential; see `Instructions.exp`."""
    x = min_(708.0, max_(-708.0, x))
    t = fma(x, 1.4426950408889634, _MAGIC)
    k = t - _MAGIC
    r = fma(k, -0.6931471805599453, x)
    r = fma(k, -2.3190468138462996e-17, r)
    r2 = r * r
    r4 = r2 * r2
    low = fma(r2, fma(r, _C[1], _C[0]), r)
    middle = fma(r2, fma(r, _C[5], _C[4]), fma(r, _C[3], _C[2]))
    high = fma(r2, fma(r, _C[9], _C[8]), fma(r, _C[7], _C[6]))
    p = fma(r4 * r4, high, fma(r4, middle, low))
    bits = (np.float64(t).view(np.int64) + 1023) << 52
    power = np.int64(bits).view(np.float64)
    return fma(p, power, power)


@device
def log_(x: Any) -> Any:
    """Return the natural logarithm, NaN below 0; see `Instructions.log`."""
    bits = np.float64(x).view(np.int64)
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    e = np.float64(exponent)
    m = np.int64(bits - (exponent << 52)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = fma(z, 2.0 / 19.0, 2.0 / 17.0)
    p = fma(z, p, 2.0 / 15.0)
    p = fma(z, p, 2.0 / 13.0)
    p = fma(z, p, 2.0 / 11.0)
    p = fma(z, p, 2.0 / 9.0)
    p = fma(z, p, 2.0 / 7.0)
    p = fma(z, p, 2.0 / 5.0)
    p = fma(z, p, 2.0 / 3.0)
    tail = fma(e, 1.9082149292705877e-10, s * z * p)
    result = fma(e, 0.6931471803691238, fma(s, 2.0, tail))
    if x > 0.0:
        return result if x < np.inf else x
    return -np.inf if x == 0.0 else np.nan

"""Double precision on a processor: fused multiply-add, and functions that vectorize.

Their arithmetic is fixed to the last bit, whatever vector width a compiler chooses: every rounding
is written down, and no flag lets the compiler reorder.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

FLAGS = {"nsz"}
"""Fast-math flags that cannot change a finite result: only the sign of zero is free."""

sqrt_ = math.sqrt
DTYPE = np.float64
real = float


@intrinsic
def fma(typingctx: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ARG001
    """Return ``a * b + c`` in one rounding."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@intrinsic
def max_(typingctx: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    """Return the larger, `b` where they do not compare."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        x, y = arguments
        return builder.select(builder.fcmp_ordered(">", x, y), x, y)

    return types.float64(types.float64, types.float64), generate


@intrinsic
def min_(typingctx: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    """Return the smaller, `b` where they do not compare."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        x, y = arguments
        return builder.select(builder.fcmp_ordered("<", x, y), x, y)

    return types.float64(types.float64, types.float64), generate


@njit(inline="always", fastmath=FLAGS, error_model="numpy")
def exp_(x: float) -> float:
    """Return the exponential within two units in the last place.

    ``2^k p(r)`` with ``x = k ln 2 + r``: adding 1.5 2^52 rounds to the nearest whole number, whose
    bits become the exponent; `p` is of degree 11, evaluated in pairs for a short chain. Arguments
    beyond +-708 count as +-708.
    """
    x = min_(708.0, max_(-708.0, x))
    t = fma(x, 1.4426950408889634, 6755399441055744.0)
    k = t - 6755399441055744.0
    r = fma(k, -0.6931471805599453, x)
    r = fma(k, -2.3190468138462996e-17, r)
    r2 = r * r
    r4 = r2 * r2
    p01 = r + 1.0
    p23 = fma(r, 0.16666666666666669, 0.5)
    p45 = fma(r, 0.008333333333330062, 0.04166666666662413)
    p67 = fma(r, 0.00019841269863053618, 0.0013888888917213717)
    p89 = fma(r, 2.7557268459997064e-06, 2.4801521295954376e-05)
    pab = fma(r, 2.510038549551032e-08, 2.7620088445409746e-07)
    low = fma(r2, p23, p01)
    middle = fma(r2, p67, p45)
    high = fma(r2, pab, p89)
    p = fma(r4, fma(r4, high, middle), low)
    bits = (np.float64(t).view(np.int64) + 1023) << 52
    return p * np.int64(bits).view(np.float64)


@njit(inline="always", fastmath=FLAGS, error_model="numpy")
def log_(x: float) -> float:
    """Return the natural logarithm, NaN where `x` is not above 0.

    ``e ln 2 + 2 atanh(s)`` with ``x = 2^e m`` and ``s = (m - 1) / (m + 1)``, m between 0.707 and
    1.414. Numbers below the smallest normal one are not resolved.
    """
    bits = np.float64(x).view(np.int64)
    shifted = bits - 0x3FE6A09E667F3BCD
    exponent = ((shifted >> 52) + 2048) | 0x4330000000000000
    e = np.int64(exponent).view(np.float64) - 4503599627372544.0
    m = np.int64(bits - ((shifted >> 52) << 52)).view(np.float64)
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
    return result if x > 0.0 else np.nan

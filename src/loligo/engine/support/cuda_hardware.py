"""What generated code asks of a graphics card: its compiler, and roundings that stay as written."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

cuda: Any = import_module("numba.cuda")
sqrt_: Any = math.sqrt


def device(function: Callable[..., Any]) -> Any:
    """Compile a function that kernels call."""
    return cuda.jit(device=True)(function)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel, and keep the machine code on disk."""
    return cuda.jit(cache=True)(function)


@device
def fma(a: Any, b: Any, c: Any) -> Any:
    """Return ``a * b + c`` in one rounding."""
    return cuda.fma(a, b, c)


@device
def double_product(a: Any, b: Any) -> Any:
    """Return ``a * b``, never fused with a sum, as a compiler for graphics cards otherwise does."""
    return cuda.libdevice.dmul_rn(a, b)


@device
def single_product(a: Any, b: Any) -> Any:
    """Return ``a * b``, never fused with a sum."""
    return cuda.libdevice.fmul_rn(a, b)

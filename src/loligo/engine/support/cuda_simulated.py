"""What `cuda_hardware` offers, in plain Python on NumPy numbers, for numba's CUDA simulator.

Only the fused multiply-add is compiled, for the processor, since it is one rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numba import njit
from numba.extending import intrinsic

cuda: Any = import_module("numba.cuda")
sqrt_: Any = np.sqrt


def device(function: Callable[..., Any]) -> Any:
    """Let a function divide by zero in silence, as a graphics card does."""
    return np.errstate(all="ignore")(function)


def kernel(function: Callable[..., Any]) -> Any:
    """Return a simulated kernel."""
    return cuda.jit(function)


def _fused(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return a(a, b, c), generate


_instruction: Any = intrinsic(_fused)


@njit(cache=True)
def _fma(a: Any, b: Any, c: Any) -> Any:
    return _instruction(a, b, c)


def fma(a: Any, b: Any, c: Any) -> Any:
    """Return ``a * b + c`` in one rounding."""
    kind = np.result_type(a, b, c).type
    return kind(_fma(kind(a), kind(b), kind(c)))


def double_product(a: Any, b: Any) -> Any:
    """Return ``a * b`` in double precision."""
    return np.float64(a) * np.float64(b)


def single_product(a: Any, b: Any) -> Any:
    """Return ``a * b`` in single precision."""
    return np.float32(a) * np.float32(b)

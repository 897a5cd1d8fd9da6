"""Functions of one number for what is drawn cell by cell, to the last bit those of the loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from loligo.engine.support.instructions import Instructions


def _function(name: str) -> Any:
    """Return a function of `Instructions` that numba code can call."""

    @intrinsic
    def function(typingctx: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return Instructions(builder, ir.DoubleType()).call(name, list(arguments))

        return types.float64(types.float64), generate

    return function


exp_: Callable[[float], float] = _function("exp_")
log_: Callable[[float], float] = _function("log_")

"""Straight-line functions of one cell, compiled directly, and called through their addresses.

What does not depend on the cell is compiled once for all; a new cell only brings a few functions of
plain arithmetic, whose addresses it gets.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from loligo.engine.support.instructions import Instructions
from loligo.engine.support.straight import Body

_DOUBLE = ir.DoubleType()
_unpacked: Any = cgutils.unpack_tuple


def signature(arrays: int, numbers: int) -> Any:
    """Return the type of a function of so many arrays of numbers, then so many numbers."""
    pointer: Any = types.CPointer  # its annotations are missing
    pointers = [pointer(types.float64)] * arrays
    return types.void(*pointers, *[types.float64] * numbers)


def straight(function: Callable[..., None]) -> Any:
    """Turn ``body(a, b, ..., x, y, ...)`` into ``emit((a, b, ...), (x, y, ...))`` for numba code.

    Parameters
    ----------
    function : callable
        Its text, which is never run, may assign arithmetic of names, numbers, elements ``a[3]``,
        ``a if b < c else d`` and the functions of `Instructions` to names and to elements.

    Returns
    -------
    callable
        Takes pointers to arrays of float64, then the numbers.
    """

    @intrinsic
    def emit(typingctx: Any, arrays: Any, numbers: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            places = _unpacked(builder, arguments[0])
            body = _Elements(function, Instructions(builder, _DOUBLE), places)
            body.run(_unpacked(builder, arguments[1]))
            return context.get_dummy_value()

        return types.void(arrays, numbers), generate

    return emit


class _Elements(Body):
    """The text of a function whose arrays are indexed by whole numbers."""

    def __init__(
        self, function: Callable[..., None], do: Instructions, places: list[ir.Value]
    ) -> None:
        super().__init__(function, do, {}, ir.Constant(ir.IntType(64), 0), len(places))
        assert isinstance(self.tree, ast.FunctionDef)
        names = [argument.arg for argument in self.tree.args.args]
        self.arrays = dict(zip(names, places, strict=False))

    def place(self, node: ast.expr) -> ir.Value:
        """Return the address of ``a[3]``."""
        assert isinstance(node, ast.Subscript)
        assert isinstance(node.value, ast.Name)
        assert isinstance(node.slice, ast.Constant)
        assert isinstance(node.slice.value, int)
        return self.do.address(self.arrays[node.value.id], self.lane, node.slice.value)


@intrinsic
def _call(typingctx: Any, address: Any, arrays: Any, numbers: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        make = context.make_array(signature.args[1].dtype)
        places = [make(context, builder, array).data for array in _unpacked(builder, arguments[1])]
        given = _unpacked(builder, arguments[2])
        kinds = [_DOUBLE.as_pointer()] * len(places) + [_DOUBLE] * len(given)
        kind = ir.FunctionType(ir.VoidType(), kinds)
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(function, [*places, *given])
        return context.get_dummy_value()

    return types.void(address, arrays, numbers), generate


call: Any = _call
"""Call the function at an address: ``call(address, (a, b, ...), (x, y, ...))``.

The arrays are one-dimensional and contiguous, of float64.
"""

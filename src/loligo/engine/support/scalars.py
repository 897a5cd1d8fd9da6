"""Straight-line functions of one cell, compiled directly like the loops of `straight`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import default_manager
from numba.extending import intrinsic

from loligo.engine.support.instructions import Instructions
from loligo.engine.support.straight import Body


def straight(function: Callable[..., None]) -> Any:
    """Turn ``body(a, b, ..., x, y, ...)`` into ``call((a, b, ...), (x, y, ...))`` for numba code.

    Parameters
    ----------
    function : callable
        Its text, which is never run, may assign arithmetic of names, numbers, elements ``a[3]``,
        ``a if b < c else d`` and the functions of `Instructions` to names and to elements.

    Returns
    -------
    callable
        Takes the arrays, one-dimensional, contiguous and of one type, then the numbers.
    """

    @intrinsic
    def call(typingctx: Any, arrays: Any, numbers: Any) -> Any:
        signature = types.void(arrays, numbers)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = signature.args[0].dtype
            make = context.make_array(kind)
            places = [
                make(context, builder, array).data
                for array in cgutils.unpack_tuple(builder, arguments[0])
            ]
            scalar = default_manager[kind.dtype].get_value_type()
            body = _Elements(function, Instructions(builder, scalar), places)
            body.run(cgutils.unpack_tuple(builder, arguments[1]))
            return context.get_dummy_value()

        return signature, generate

    return call


class _Elements(Body):
    """The text of a function whose arrays are indexed by whole numbers."""

    def __init__(
        self, function: Callable[..., None], do: Instructions, places: list[ir.Value]
    ) -> None:
        super().__init__(function, do, places[0], ir.Constant(ir.IntType(64), 0), len(places))
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

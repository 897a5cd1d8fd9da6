"""Straight-line loops compiled directly: what numba's front end takes seconds for takes none here.

The body of a generated loop is a few hundred assignments of plain arithmetic, already in the form
that LLVM wants. `lanes_loop` reads such a function's own text and emits one instruction for each
operation, inside a loop over the lanes; the function can then be called from numba code.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import partial
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel.registry import default_manager
from numba.extending import intrinsic

from loligo.engine.support.instructions import Instructions

_COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}

_WIDE = '"prefer-vector-width"="512"'
"""The compiler leaves half of a vector unit of 512 bits idle unless told; all of it takes a fifth
less time here."""


def lanes_loop(function: Callable[..., None], *, wide: bool = True) -> Any:
    """Turn ``body(s, j, *numbers)`` into ``loop(s, at, lanes, *numbers)`` for numba code.

    Parameters
    ----------
    function : callable
        Its text, which is never run, may assign arithmetic of names, numbers, ``s[row * N + j]``,
        ``a if b < c else d`` and the functions of `Instructions` to names and to
        ``s[row * N + j]``, with `N` a whole number of its module. ``w[row * N + j]`` is scratch: it
        begins at element 0 of `s`, wherever the rows do, and is none of them.
    wide : bool
        For many lanes: all of a wide vector unit, which takes longer to fill.

    Returns
    -------
    callable
        Runs the body for ``j`` from 0 to ``lanes - 1`` on what begins at element `at` of `s`; all
        numbers are of the type of `s`.
    """

    @intrinsic
    def loop(typingctx: Any, s: Any, at: Any, lanes: Any, numbers: Any) -> Any:
        signature = types.void(s, types.int64, types.int64, numbers)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            scalar = default_manager[signature.args[0].dtype].get_value_type()
            rows = {"s": builder.gep(array.data, [arguments[1]], inbounds=True), "w": array.data}
            given = cgutils.unpack_tuple(builder, arguments[3])
            if wide:  # llvmlite's own `add` knows a few names only
                set.add(builder.function.attributes, _WIDE)
            with cgutils.for_range(builder, arguments[2]) as step:
                body = Body(function, Instructions(builder, scalar), rows, step.index)
                body.run(given)
            return context.get_dummy_value()

        return signature, generate

    return loop


few_lanes_loop = partial(lanes_loop, wide=False)


class Body:
    """The text of a function, emitted for one lane; its first arguments are no numbers."""

    def __init__(
        self,
        function: Callable[..., None],
        instructions: Instructions,
        rows: dict[str, ir.Value],
        lane: ir.Value,
        skipped: int = 2,
    ) -> None:
        text = textwrap.dedent(inspect.getsource(function))
        self.tree = ast.parse(text).body[0]
        self.constants = function.__globals__
        self.do, self.rows, self.lane, self.skipped = instructions, rows, lane, skipped
        self.names: dict[str, ir.Value] = {}

    def run(self, given: list[ir.Value]) -> None:
        """Emit all statements, for given numbers."""
        assert isinstance(self.tree, ast.FunctionDef)
        arguments = [argument.arg for argument in self.tree.args.args][self.skipped :]
        self.names = dict(zip(arguments, given, strict=True))
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign):
                target, value = statement.targets[0], self.value(statement.value)
                if isinstance(target, ast.Name):
                    self.names[target.id] = value
                else:
                    self.apart(target, self.do.builder.store(value, self.place(target)))
            elif not isinstance(statement, ast.Expr | ast.Pass):
                raise TypeError(f"{ast.unparse(statement)!r} is no straight assignment")

    def value(self, node: ast.expr) -> ir.Value:  # noqa: PLR0911
        """Emit an expression."""
        if isinstance(node, ast.Name):
            return self.names[node.id]
        if isinstance(node, ast.Constant):
            return self.do.number(float(node.value))  # type: ignore[arg-type]
        if isinstance(node, ast.Subscript):
            return self.apart(node, self.do.builder.load(self.place(node)))
        if isinstance(node, ast.UnaryOp):
            return self.do.negative(self.value(node.operand))
        if isinstance(node, ast.BinOp):
            return self.do.operation(node.op, self.value(node.left), self.value(node.right))
        if isinstance(node, ast.IfExp):
            return self.choice(node)
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        if node.func.id == "real":
            return self.value(node.args[0])
        return self.do.call(node.func.id, [self.value(argument) for argument in node.args])

    def choice(self, node: ast.IfExp) -> ir.Value:
        """Return the value of ``a if b < c else d``."""
        test = node.test
        assert isinstance(test, ast.Compare)
        relation = _COMPARISONS[type(test.ops[0])]
        left, right = self.value(test.left), self.value(test.comparators[0])
        yes, no = self.value(node.body), self.value(node.orelse)
        return self.do.choice(relation, left, right, yes, no)

    def place(self, node: ast.expr) -> ir.Value:
        """Return the address of ``s[row * N + j]``."""
        assert isinstance(node, ast.Subscript)
        index = node.slice
        offset = 0
        if isinstance(index, ast.BinOp):
            product = index.left
            assert isinstance(product, ast.BinOp)
            assert isinstance(product.left, ast.Constant)
            assert isinstance(product.right, ast.Name)
            offset = int(product.left.value) * int(self.constants[product.right.id])  # type: ignore[arg-type]
        assert isinstance(node.value, ast.Name)
        return self.do.address(self.rows[node.value.id], self.lane, offset)

    def apart(self, node: ast.expr, access: ir.Instruction) -> ir.Instruction:
        """Say of a load or store that scratch and rows never overlap, where there are both."""
        assert isinstance(node, ast.Subscript)
        assert isinstance(node.value, ast.Name)
        module = self.do.builder.module
        domain = module.add_metadata(["rows and scratch"])
        scopes = {n: module.add_metadata([module.add_metadata([n, domain])]) for n in self.rows}
        for name, scope in scopes.items():
            access.set_metadata("alias.scope" if name == node.value.id else "noalias", scope)
        return access

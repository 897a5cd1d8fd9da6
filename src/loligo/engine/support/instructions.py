"""LLVM instructions of the arithmetic that kernels use, every rounding written down.

No fast-math flag is set anywhere: what is emitted is what is computed, in any vector width.
"""

from __future__ import annotations

import ast
import math

from llvmlite import ir

EXP_DOUBLE = (
    0.5,
    0.16666666666666669,
    0.04166666666662413,
    0.008333333333330062,
    0.0013888888917213717,
    0.00019841269863053618,
    2.4801521295954376e-05,
    2.7557268459997064e-06,
    2.7620088445409746e-07,
    2.510038549551032e-08,
)
"""Of the exponential's polynomial within half of ln 2 around 0, from the square on; the first two
are 1."""

EXP_SINGLE = (
    0.5,
    0.16666576989698775,
    0.041666554617204574,
    0.008363179052722578,
    0.0013926183587713494,
)
"""The same in single precision."""

_OPERATIONS = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}


class Instructions:
    """Emits arithmetic of one floating-point type.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
    scalar : llvmlite.ir.Type
        ``double`` or ``float``.
    """

    def __init__(self, builder: ir.IRBuilder, scalar: ir.Type) -> None:
        self.builder = builder
        self.scalar = scalar
        self.is_double = isinstance(scalar, ir.DoubleType)
        self.whole = ir.IntType(64 if self.is_double else 32)

    def number(self, value: float) -> ir.Value:
        """Return a constant."""
        return ir.Constant(self.scalar, value)

    def integer(self, value: int) -> ir.Value:
        """Return a whole constant as wide as a number."""
        return ir.Constant(self.whole, value)

    def address(self, rows: ir.Value, lane: ir.Value, offset: int) -> ir.Value:
        """Return the address of element ``lane + offset``."""
        index = self.builder.add(lane, ir.Constant(lane.type, offset), flags=["nsw"])
        return self.builder.gep(rows, [index], inbounds=True)

    def operation(self, operator: ast.operator, left: ir.Value, right: ir.Value) -> ir.Value:
        """Return a sum, difference, product or quotient."""
        value: ir.Value = getattr(self.builder, _OPERATIONS[type(operator)])(left, right)
        return value

    def negative(self, value: ir.Value) -> ir.Value:
        """Return minus a value."""
        return self.builder.fneg(value)

    def choice(
        self, relation: str, left: ir.Value, right: ir.Value, yes: ir.Value, no: ir.Value
    ) -> ir.Value:
        """Return `yes` where the relation holds, else `no`."""
        return self.builder.select(self.builder.fcmp_ordered(relation, left, right), yes, no)

    def call(self, name: str, arguments: list[ir.Value]) -> ir.Value:
        """Return the value of ``fma``, ``max_``, ``sqrt_`` and the like, by name."""
        method = getattr(self, {"abs": "absolute"}.get(name, name.rstrip("_")))
        value: ir.Value = method(*arguments)
        return value

    def fma(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """Return ``a * b + c`` in one rounding."""
        return self.builder.fma(a, b, c)

    def max(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """Return the larger, `b` where they do not compare."""
        return self.choice(">", a, b, a, b)

    def min(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """Return the smaller, `b` where they do not compare."""
        return self.choice("<", a, b, a, b)

    def _unary(self, name: str, x: ir.Value) -> ir.Value:
        function = self.builder.module.declare_intrinsic(name, [self.scalar])
        return self.builder.call(function, [x])

    def absolute(self, x: ir.Value) -> ir.Value:
        """Return the size."""
        return self._unary("llvm.fabs", x)

    def sqrt(self, x: ir.Value) -> ir.Value:
        """Return the square root."""
        return self._unary("llvm.sqrt", x)

    def exp(self, x: ir.Value) -> ir.Value:
        """Return the exponential within two units in the last place.

        ``2^k (1 + p(r))`` with ``x = k ln 2 + r``: adding 1.5 2^52 (2^23) rounds to the nearest
        whole number, whose bits become the exponent. `p` is evaluated in pairs, for a short chain;
        it is small beside 1, and so are its roundings. Arguments beyond +-708 (+-87) count as that.
        """
        b, number = self.builder, self.number
        largest, magic, low = (
            (708.0, 6755399441055744.0, 2.3190468138462996e-17)
            if self.is_double
            else (87.0, 12582912.0, 1.4286068203094173e-06)
        )
        high = 0.6931471805599453 if self.is_double else 0.693145751953125
        x = self.min(number(largest), self.max(number(-largest), x))
        t = self.fma(x, number(1.0 / math.log(2.0)), number(magic))
        k = b.fsub(t, number(magic))
        r = self.fma(k, number(-high), x)
        r = self.fma(k, number(-low), r)
        p = self._in_pairs(r, EXP_DOUBLE if self.is_double else EXP_SINGLE)
        bias, shift = (1023, 52) if self.is_double else (127, 23)
        bits = b.shl(b.add(b.bitcast(t, self.whole), self.integer(bias)), self.integer(shift))
        power = b.bitcast(bits, self.scalar)
        return self.fma(p, power, power)

    def _in_pairs(self, x: ir.Value, coefficients: tuple[float, ...]) -> ir.Value:
        """Return ``x + c[0] x^2 + c[1] x^3 + ...`` by Estrin's scheme."""
        terms = self._paired(x, [self.number(c) for c in coefficients])
        terms = [x, *terms]
        while len(terms) > 1:
            x = self.builder.fmul(x, x)
            terms = self._paired(x, terms)
        return terms[0]

    def _paired(self, x: ir.Value, terms: list[ir.Value]) -> list[ir.Value]:
        """Return half as many terms of a polynomial in the square of `x`."""
        return [
            self.fma(x, terms[i + 1], terms[i]) if i + 1 < len(terms) else terms[i]
            for i in range(0, len(terms), 2)
        ]

    def log(self, x: ir.Value) -> ir.Value:
        """Return the natural logarithm within two units in the last place, NaN below 0.

        ``e ln 2 + 2 atanh(s)`` with ``x = 2^e m`` and ``s = (m - 1) / (m + 1)``, m between 0.707
        and 1.414. Numbers below the smallest normal one are not resolved.
        """
        b, number, integer = self.builder, self.number, self.integer
        root, shift, offset, base, split = (
            (0x3FE6A09E667F3BCD, 52, 2048, 0x4330000000000000, 4503599627372544.0)
            if self.is_double
            else (0x3F3504F3, 23, 256, 0x4B000000, 8388864.0)
        )
        bits = b.bitcast(x, self.whole)
        exponent = b.ashr(b.sub(bits, integer(root)), integer(shift))
        e = b.bitcast(b.or_(b.add(exponent, integer(offset)), integer(base)), self.scalar)
        e = b.fsub(e, number(split))
        m = b.bitcast(b.sub(bits, b.shl(exponent, integer(shift))), self.scalar)
        s = b.fdiv(b.fsub(m, number(1.0)), b.fadd(m, number(1.0)))
        z = b.fmul(s, s)
        p = number(2.0 / (19.0 if self.is_double else 9.0))
        for k in (17, 15, 13, 11, 9, 7, 5, 3) if self.is_double else (7, 5, 3):
            p = self.fma(z, p, number(2.0 / k))
        high, low = (
            (0.6931471803691238, 1.9082149292705877e-10)
            if self.is_double
            else (0.693145751953125, 1.4286068203094173e-06)
        )
        tail = self.fma(e, number(low), b.fmul(b.fmul(s, z), p))
        result = self.fma(e, number(high), self.fma(s, number(2.0), tail))
        result = self.choice("<", x, number(math.inf), result, x)
        edge = self.choice("==", x, number(0.0), number(-math.inf), number(math.nan))
        return self.choice(">", x, number(0.0), result, edge)

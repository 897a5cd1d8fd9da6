"""Expressions of a cell as one plain Python function of floats, for tests without the engine."""

import math

from loligo.cell.expression.tree import Call, Compare, Number, Operation, Power, Symbol, Where


def _exp(x):
    return math.exp(x) if x < 709.0 else math.inf


def _linoid(x):
    if abs(x) < 1e-4:
        return 1.0 + x / 2.0 + x * x / 12.0
    return x / -math.expm1(-x) if x > -709.0 else 0.0


FUNCTIONS = {name: getattr(math, name) for name in ("expm1", "log", "log10", "sqrt", "tanh")} | {
    "exp": _exp,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "abs": abs,
    "min": min,
    "max": max,
    "linoid": _linoid,
    "sigmoid": lambda x: 1.0 / (1.0 + _exp(-x)),
}


class Source:
    """Assignments of expressions to names; `values` are put in as numbers."""

    def __init__(self, values):
        self.constants, self.locals, self.lines = dict(values), {}, []

    def name(self, symbol):
        if symbol in self.constants:
            return repr(float(self.constants[symbol]))
        return self.locals.setdefault(symbol, f"x{len(self.locals)}")

    def text(self, node):
        if isinstance(node, Number):
            return f"({node.value!r})"
        if isinstance(node, Symbol):
            return self.name(node.name)
        if isinstance(node, Operation):
            return f"({self.text(node.left)} {node.operator} {self.text(node.right)})"
        if isinstance(node, Power):
            exponent = int(node.exponent) if node.exponent.is_integer() else node.exponent
            return f"({self.text(node.base)} ** {exponent})"
        if isinstance(node, Compare):
            return f"{self.text(node.left)} {node.relation} {self.text(node.right)}"
        if isinstance(node, Where):
            yes, no = self.text(node.yes), self.text(node.no)
            return f"({yes} if {self.text(node.condition)} else {no})"
        assert isinstance(node, Call)
        return f"{node.function}({', '.join(self.text(part) for part in node.arguments)})"

    def assign(self, symbol, node):
        text = self.text(node)
        self.lines.append(f"{self.name(symbol)} = {text}")

    def function(self, arguments, results):
        """A function of named symbols that returns the results, given as text, in a tuple."""
        arguments = ", ".join(self.name(argument) for argument in arguments)
        body = "\n ".join([*self.lines, f"return ({' '.join(f'{text},' for text in results)})"])
        scope = dict(FUNCTIONS)
        exec(f"def f({arguments}):\n {body}", scope)
        return scope["f"]

"""Blocks and declarations of an NMODL file."""

from __future__ import annotations

from collections.abc import Callable

from loligo.cell.interchange.nmodl.cursor import Cursor
from loligo.cell.interchange.nmodl.parse_statement import statements
from loligo.cell.interchange.nmodl.source import Source
from loligo.cell.interchange.nmodl.syntax import Block, File, Ion, Variable
from loligo.cell.interchange.nmodl.unit_constants import unit_constant

_IGNORED = ("UNITSON", "UNITSOFF")


def parse_file(source: Source) -> File:
    """Return what a file says.

    Raises
    ------
    ModelError
        It is not NMODL, or has a block that is refused; with line and text.
    """
    return _Parser(source).file()


class _Parser(Cursor):
    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.found = File()

    def file(self) -> File:
        blocks: dict[str, Callable[[], None]] = {
            "NEURON": self.neuron,
            "UNITS": self.units,
            "PARAMETER": lambda: self.variables(self.found.parameters, constant=True),
            "CONSTANT": lambda: self.variables(self.found.constants, constant=True),
            "ASSIGNED": lambda: self.variables(self.found.assigned),
            "STATE": lambda: self.variables(self.found.states),
            "INDEPENDENT": lambda: self.variables({}),
            "INITIAL": self.initial,
            "BREAKPOINT": self.breakpoint,
            "DERIVATIVE": lambda: self.block(self.found.derivatives),
            "KINETIC": lambda: self.block(self.found.kinetics),
            "PROCEDURE": lambda: self.block(self.found.procedures),
            "FUNCTION": lambda: self.block(self.found.functions),
        }
        while self.token.kind != "end":
            if self.token.kind == "title":
                self.found.title = self.take().text
            elif self.taken(*_IGNORED):
                continue
            elif self.at("LOCAL"):
                raise self.error("LOCAL outside of blocks; declare it ASSIGNED")
            elif self.token.text in blocks:
                blocks[self.take().text]()
            else:
                raise self.unexpected("a block such as PARAMETER or BREAKPOINT")
        return self.found

    def neuron(self) -> None:
        found = self.found
        for _ in self.inside():
            line = self.line
            if self.taken("SUFFIX"):
                found.suffix = self.name()
            elif self.taken("USEION"):
                found.ions.append(self.ion(line))
            elif self.taken("NONSPECIFIC_CURRENT"):
                found.nonspecific |= dict.fromkeys(self.names(), line)
            elif self.taken("RANGE", "GLOBAL"):
                self.names()
            elif not self.taken("THREADSAFE", *_IGNORED):
                raise self.unexpected("SUFFIX, USEION, NONSPECIFIC_CURRENT, RANGE or GLOBAL")

    def ion(self, line: int) -> Ion:
        name = self.name()
        reads: tuple[str, ...] = ()
        writes: tuple[str, ...] = ()
        valence = None
        while self.at("READ", "WRITE", "VALENCE"):
            word = self.take().text
            if word == "READ":
                reads += self.names()
            elif word == "WRITE":
                writes += self.names()
            else:
                valence = int(self.number())
        allowed = (f"e{name}", f"i{name}", f"{name}i", f"{name}o")
        for variable in (*reads, *writes):
            if variable not in allowed:
                hint = ", ".join(allowed)
                raise self.error(f"{variable} is no variable of the ion {name}: {hint}", line)
        return Ion(name, reads, writes, valence, line)

    def units(self) -> None:
        for _ in self.inside():
            line = self.line
            if self.at("("):
                self.unit()
                self.expect("=")
                self.unit()
                continue
            name = self.name("a unit or a constant")
            self.expect("=")
            if self.at("("):
                of, unit = self.unit(), self.unit()
                value = unit_constant(of, unit)
                if value is None:
                    known = "(faraday) (coulomb), (k-mole) (joule/degC) or (pi) (1)"
                    raise self.error(f"the constant ({of}) ({unit}) is not known; {known}", line)
            else:
                value, unit = self.number(), self.unit()
            self.found.constants[name] = Variable(name, value, unit, line)

    def variables(self, table: dict[str, Variable], *, constant: bool = False) -> None:
        for _ in self.inside():
            if self.taken(*_IGNORED):
                continue
            line, name, value = self.line, self.name(), None
            if self.taken("="):
                value = self.number()
            elif constant and not self.at("("):
                value = None
            if self.taken("FROM"):
                self.number()
                self.expect("TO")
                self.number()
            if self.taken("START"):
                value = self.number()
            if self.taken("WITH"):
                self.number()
            unit = self.unit()
            self.limits()
            if name in table:
                raise self.error(f"{name} is declared twice", line)
            table[name] = Variable(name, value, unit, line)

    def limits(self) -> None:
        if self.taken("<"):
            self.number()
            if self.taken(","):
                self.number()
            self.expect(">")

    def initial(self) -> None:
        if self.found.initial is not None:
            raise self.error("a second INITIAL")
        line = self.line
        self.found.initial = Block("INITIAL", (), statements(self), line)

    def breakpoint(self) -> None:
        if self.found.breakpoint is not None:
            raise self.error("a second BREAKPOINT")
        line = self.line
        self.found.breakpoint = Block("BREAKPOINT", (), statements(self), line)

    def block(self, table: dict[str, Block]) -> None:
        line, name = self.line, self.name()
        arguments: list[str] = []
        if self.taken("("):
            while not self.taken(")"):
                if arguments:
                    self.expect(",")
                arguments.append(self.name("an argument"))
                self.unit()
            self.unit()
        if self.taken("STEADYSTATE", "SOLVEFOR"):
            raise self.error("SOLVEFOR is refused: name the states in the block only", line)
        tables = (
            self.found.derivatives,
            self.found.kinetics,
            self.found.procedures,
            self.found.functions,
        )
        if any(name in known for known in tables):
            raise self.error(f"{name} is there already", line)
        table[name] = Block(name, tuple(arguments), statements(self), line)

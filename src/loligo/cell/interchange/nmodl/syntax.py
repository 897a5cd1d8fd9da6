"""What an NMODL file says, as plain values: expressions, statements, blocks, declarations."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    """A number; its unit is dropped, as NEURON does."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x`` or ``!x``."""

    operator: str
    operand: Node
    line: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions and one of ``+ - * / ^ < <= > >= == != && ||``."""

    operator: str
    left: Node
    right: Node
    line: int


@dataclass(frozen=True, slots=True)
class Apply:
    """A function or procedure with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    line: int


Node = Literal | Name | Unary | Binary | Apply


@dataclass(frozen=True, slots=True)
class Assign:
    """``target = value``; of a derivative the target ends in ``'``."""

    target: str
    value: Node
    line: int


@dataclass(frozen=True, slots=True)
class If:
    """``IF (condition) { yes } ELSE { no }``."""

    condition: Node
    yes: tuple[Statement, ...]
    no: tuple[Statement, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Do:
    """A call of a procedure."""

    call: Apply
    line: int


@dataclass(frozen=True, slots=True)
class Local:
    """``LOCAL a, b``."""

    names: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Solve:
    """``SOLVE block METHOD method``, or ``STEADYSTATE method``."""

    block: str
    method: str
    steady: bool
    line: int


@dataclass(frozen=True, slots=True)
class React:
    """``~ source <-> target (forward, backward)``."""

    source: str
    target: str
    forward: Node
    backward: Node | None
    line: int


@dataclass(frozen=True, slots=True)
class Conserve:
    """``CONSERVE a + b = total``."""

    states: tuple[str, ...]
    total: Node
    line: int


Statement = Assign | If | Do | Local | Solve | React | Conserve


@dataclass(frozen=True, slots=True)
class Block:
    """Statements with a name and, of a procedure or function, arguments."""

    name: str
    arguments: tuple[str, ...]
    body: tuple[Statement, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared name, with its value where one is given."""

    name: str
    value: float | None
    unit: str
    line: int


@dataclass(frozen=True, slots=True)
class Ion:
    """``USEION name READ ... WRITE ... VALENCE ...``."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    valence: int | None
    line: int


@dataclass
class File:
    """All of a file, as it is gathered."""

    title: str = ""
    suffix: str = ""
    ions: list[Ion] = field(default_factory=list)
    nonspecific: dict[str, int] = field(default_factory=dict)
    parameters: dict[str, Variable] = field(default_factory=dict)
    constants: dict[str, Variable] = field(default_factory=dict)
    assigned: dict[str, Variable] = field(default_factory=dict)
    states: dict[str, Variable] = field(default_factory=dict)
    derivatives: dict[str, Block] = field(default_factory=dict)
    kinetics: dict[str, Block] = field(default_factory=dict)
    procedures: dict[str, Block] = field(default_factory=dict)
    functions: dict[str, Block] = field(default_factory=dict)
    initial: Block | None = None
    breakpoint: Block | None = None

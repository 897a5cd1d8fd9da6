"""The intermediate representation: one step of a cell as assignments, ready to be printed.

Everything is branch-free arithmetic on named values. A target (lanes of a processor, a graphics
card, plain NumPy) prints the same assignments in its own dialect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from loligo.cell.expression import Expression
from loligo.cell.lowered import Equations
from loligo.engine import multistep
from loligo.engine.grid import Opening
from loligo.engine.wiring import Wiring

Clamp = Literal["current", "voltage", "conductance"]
Rule = Literal["trapezoidal", "exact"]
Assignment = tuple[str, Expression]

SCALARS = ("h_gate", "h", "h_record", "wave", "wave_next", "wave_sample", "t", "threshold")
"""Numbers that all cells share: the gates' step, the potential's step, the gates' step to the time
of a sample [ms], the shape of the command (see `grid`), the time [ms], and the potential whose
upward crossing is a spike [mV]."""

LEVEL, SCALE = "drive.level", "drive.scale"
"""The command of each cell is ``level + scale * wave``."""


RIG_OPENING = Opening(duration=0.1, finer=8)
"""Shorter steps after edges, which amplifiers answer within microseconds."""
RIG_OPENING_LOOKING_BACK = Opening(duration=0.1, finer=16)
"""The same where the steps after them are of third order."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is built into the equations of a run.

    Attributes
    ----------
    clamp : {"current", "voltage", "conductance"}
        What the command is. Under an ideal voltage clamp the potential is the command.
    through_resistance : bool
        The voltage command acts through a series resistance, so that the potential is free.
    rule : {"trapezoidal", "exact"}
        How gates step; exact at constant rates, or by the bounded trapezoidal rule.
    record : tuple of str
        Names of what is sampled.
    features : tuple of str
        Names of running features.
    free : frozenset of str
        Rate parameters that are not written into the code, since they differ between cells.
    unity : frozenset of str
        States whose temperature factor is 1 for all cells.
    stochastic : tuple of str
        Channels whose schemes run channel by channel.
    noise : bool
        Whether a random current is injected.
    wiring : Wiring or None
        The electrode and amplifier that the command acts through, so that the potential is free.
    looks_back : bool
        Whether steps are corrected by those before, see `multistep`.
    """

    clamp: Clamp = "current"
    through_resistance: bool = False
    rule: Rule = "trapezoidal"
    record: tuple[str, ...] = ("v",)
    features: tuple[str, ...] = ()
    free: frozenset[str] = frozenset()
    unity: frozenset[str] = frozenset()
    stochastic: tuple[str, ...] = ()
    noise: bool = False
    wiring: Wiring | None = None
    looks_back: bool = False

    @property
    def holds_potential(self) -> bool:
        """Whether the potential is the command itself."""
        return self.clamp == "voltage" and not self.through_resistance and self.wiring is None

    @property
    def opening(self) -> Opening | None:
        """Shorter steps after edges, where a rig is."""
        if self.wiring is None:
            return None
        return RIG_OPENING_LOOKING_BACK if self.looks_back else RIG_OPENING

    def past(self, equations: Equations) -> tuple[str, ...]:
        """Return the rows of what steps look back at; none where they do not."""
        if not self.looks_back:
            return ()
        gates = (gate.state for gate in equations.relaxations)
        states = ("v", *(self.wiring.states if self.wiring else ()), *gates)
        return tuple(row for state in states for row in multistep.rows(state))


@dataclass(frozen=True, slots=True)
class Exchange:
    """Channels that move at random between two states.

    Attributes
    ----------
    states : (str, str)
        They hold whole numbers of channels.
    chances : (str, str)
        Rows of the probabilities to go from the first to the second and back.
    draw : int
        Which random number of a step it is, see `support.random.uniforms`; that of the way back is
        `chances.BACK_DRAWS` later.
    """

    states: tuple[str, str]
    chances: tuple[str, str]
    draw: int


@dataclass(frozen=True, slots=True)
class Chances:
    """What happens at random in each step, each of two halves: there, and in reverse back again.

    Attributes
    ----------
    lines : tuple of (name, Expression)
        Assignments of probabilities, as in a step.
    rows : dict of str to Expression
        What the draws need, with the name or number that holds it.
    exchanges : tuple of Exchange
        In the order in which they happen in the first half.
    noise : (str, str, str) or None
        The state that is a random current, and the rows of its decay over half a step and of the
        spread of what is new.
    """

    lines: tuple[Assignment, ...] = ()
    rows: dict[str, Expression] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    noise: tuple[str, str, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, eq=False)
class System:
    """One step of a cell, and one sample of it.

    Attributes
    ----------
    equations : Equations
        What it was made from.
    options : Options
    states : tuple of str
        What changes, ``v`` first: one row of numbers per cell for each.
    constants : tuple of (name, Expression)
        What does not change during a run, from parameters; a row each.
    step : tuple of (name, Expression)
        The assignments of one step; each name is assigned once.
    updates : dict of str to Expression
        The name (or number) that holds each state's value after the step.
    sample : tuple of (name, Expression)
        The assignments of one sample.
    recorded : tuple of (str, Expression)
        What is sampled, with the name or number that holds it.
    chances : Chances
        What happens at random in each step; false where nothing does.
    later : tuple of (name, Expression)
        The assignments of a step that looks back at those before; empty where none does.
    later_updates : dict of str to Expression
        As `updates`, of such a step.
    """

    equations: Equations
    options: Options
    states: tuple[str, ...]
    constants: tuple[Assignment, ...]
    step: tuple[Assignment, ...]
    updates: dict[str, Expression]
    sample: tuple[Assignment, ...]
    recorded: tuple[Assignment, ...]
    chances: Chances = field(default_factory=Chances)
    later: tuple[Assignment, ...] = ()
    later_updates: dict[str, Expression] = field(default_factory=dict)

"""How an electrode and amplifier are wired: which terms their equations have, not how large.

The wiring is built into the equations of a run; the weights are numbers of each cell, so that cells
of one batch may have rigs with other values, as long as they are wired alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from loligo.cell.expression import Expression, Number, Symbol
from loligo.cell.lowered import Parameter
from loligo.errors import ModelError
from loligo.protocol import Protocol
from loligo.rig.linear import COMMAND, MEMBRANE, ONE, Bound, LinearSystem, Rows

Array = NDArray[np.float64]

PREFIX = "rig."
"""Of the names of states and outputs."""
Rigs: TypeAlias = LinearSystem | Sequence[LinearSystem] | Sequence[Sequence[LinearSystem]]
"""One for all cells, one for each, or for each cell one for each sweep."""
RigsAtSites: TypeAlias = Rigs | Mapping[str, Rigs]
"""By site too, where a cell has a shape."""

_COMMANDS = {"mV": {"voltage"}, "pA": {"none", "current", "current_density"}}
"""Which protocols a rig takes, by the unit of its command."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sum of a rig's equations: its name and the terms that have a weight.

    Attributes
    ----------
    name : str
    terms : tuple of str
    """

    name: str
    terms: tuple[str, ...]

    def weight(self, term: str) -> Expression:
        """Return the symbol of a weight, or 0."""
        return Symbol(f"{self.name}.of.{term}") if term in self.terms else Number(0.0)


@dataclass(frozen=True, slots=True)
class Bounded:
    """What keeps the slope of a state; see `loligo.rig.linear.Bound`.

    Attributes
    ----------
    over, under : Row
    shares : Row
        Its terms are the states whose slopes have a share.
    """

    over: Row
    under: Row
    shares: Row

    @property
    def rows(self) -> tuple[Row, ...]:
        """All three."""
        return self.over, self.under, self.shares


@dataclass(frozen=True, slots=True)
class Wiring:
    """The equations of a rig without their numbers.

    Attributes
    ----------
    slopes : tuple of Row
        One for each state, which has the row's name.
    current : Row
        Into the cell.
    outputs : tuple of Row
    bounded : Bounded, optional
        Of what saturates.
    """

    slopes: tuple[Row, ...]
    current: Row
    outputs: tuple[Row, ...]
    bounded: Bounded | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states."""
        return tuple(row.name for row in self.slopes)

    @property
    def weights(self) -> frozenset[str]:
        """Names of all weights."""
        rows = (*self.slopes, self.current, *self.outputs)
        rows += self.bounded.rows if self.bounded else ()
        return frozenset(f"{row.name}.of.{term}" for row in rows for term in row.terms)

    def output(self, name: str) -> Row | None:
        """Return the row of an output, or of a state as it is; None where there is neither."""
        for row in self.outputs:
            if row.name == name:
                return row
        return Row(name, (name,)) if name in self.states else None


@dataclass(frozen=True, eq=False)
class Wired:
    """A rig at each cell of a batch.

    Attributes
    ----------
    wiring : Wiring
    weights : dict of str to ndarray, shape () or (cell,), or (cell, sweep)
    parameters : tuple of Parameter
        The weights as parameters.
    units : dict of str to str
        Of states and outputs.
    command : str
        Unit of the command.
    """

    wiring: Wiring
    weights: dict[str, Array]
    parameters: tuple[Parameter, ...]
    units: dict[str, str]
    command: str

    @property
    def is_by_sweep(self) -> bool:
        """Whether a cell has a rig for each sweep."""
        return any(weight.ndim == 2 for weight in self.weights.values())


def rigs_alone(rig: RigsAtSites | None) -> Rigs | None:
    """Return the rigs of cells that have no sites.

    Raises
    ------
    ModelError
        Rigs by site.
    """
    if isinstance(rig, Mapping):
        raise ModelError(
            f"rig: the cell has no shape, and no site {next(iter(rig), '')!r}; give the rig alone"
        )
    return rig


def wired(rigs: Rigs) -> Wired:
    """Return the wiring of one rig for all cells, of one for each, or of one for each sweep too.

    Raises
    ------
    ModelError
        Rigs of one batch that do not have the same states and outputs.
    """
    many, shape = _flat(rigs)
    first = many[0]
    for number, rig in enumerate(many):
        if wired_alike(rig) != wired_alike(first):
            raise ModelError(
                f"rig {number} has the states {', '.join(rig.states)}, rig 0 {first.states}; rigs "
                "of one batch must use the same controls: give one that is off a value that does "
                "nothing, or simulate them apart"
            )
    states = tuple(PREFIX + name for name in first.states)
    slopes, weights = _rows(states, states, [rig.slopes for rig in many])
    current, more = _rows(("rig.current",), states, [rig.current for rig in many])
    names = tuple(PREFIX + name for name in first.outputs)
    outputs, others = _rows(names, states, [rig.output for rig in many])
    bounded, limits = _bounded(states, [rig.bound for rig in many])
    weights |= more | others | limits
    weights = {name: value.reshape(shape) for name, value in weights.items()}
    return Wired(
        wiring=Wiring(slopes, current[0], outputs, bounded),
        weights=weights,
        parameters=tuple(Parameter(name, 0.0, "", "constant") for name in weights),
        units={PREFIX + name: unit for name, unit in first.units.items() if name != COMMAND},
        command=first.units[COMMAND],
    )


def wired_alike(rig: LinearSystem) -> tuple[object, ...]:
    """Return what rigs of one batch have in common."""
    return rig.states, rig.outputs, None if rig.bound is None else rig.bound.state


def free(rigs: Rigs) -> Rigs:
    """Return rigs in which nothing saturates."""
    if isinstance(rigs, LinearSystem):
        return rigs.free
    each = [rig.free if isinstance(rig, LinearSystem) else [r.free for r in rig] for rig in rigs]
    return cast("Rigs", each)


def _bounded(
    states: tuple[str, ...], bounds: Sequence[Bound | None]
) -> tuple[Bounded | None, dict[str, Array]]:
    """Return what keeps slopes, and its weights."""
    given = [bound for bound in bounds if bound is not None]
    if not given:
        return None, {}
    over, weights = _rows(("rig.over",), states, [bound.over for bound in given])
    under, more = _rows(("rig.under",), states, [bound.under for bound in given])
    none = np.zeros(1)
    shares, others = _rows(
        ("rig.share",), states, [Rows(bound.shares[None], none, none, none) for bound in given]
    )
    return Bounded(over[0], under[0], shares[0]), weights | more | others


def _flat(rigs: Rigs) -> tuple[list[LinearSystem], tuple[int, ...]]:
    """Return rigs one after another, and the shape they come in."""
    if isinstance(rigs, LinearSystem):
        return [rigs], ()
    rows = [[each] if isinstance(each, LinearSystem) else list(each) for each in rigs]
    many = [rig for row in rows for rig in row]
    if not many:
        raise ModelError("rig is empty; give one rig, or one for each cell")
    if all(isinstance(each, LinearSystem) for each in rigs):
        return many, (len(many),)
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ModelError("rig: give each cell as many rigs, one for each sweep")
    return many, (len(rows), lengths.pop())


def mounted_on(
    protocol: Protocol,
    rigs: Rigs,
    series_resistance: object,
    method: str,
) -> Wired:
    """Return the wiring of rigs that a protocol acts through.

    Raises
    ------
    ModelError
        The protocol commands what the rigs do not take, or an impulse; a series resistance besides
        that of the rigs; error control.
    """
    found = wired(rigs)
    if series_resistance is not None:
        raise ModelError("series_resistance: the rig's pipette has one; leave it out")
    if method == "error-controlled":
        raise ModelError(
            f'method = {method!r}: rigs are solved by steps of equal length ("staggered" or '
            '"multistep"); lower dt instead'
        )
    if method == "multistep" and found.wiring.bounded is not None:
        raise ModelError(
            'method="multistep" looks back at smooth motion, which a limit inside a feedback loop '
            "ends; leave the method out, or the limit"
        )
    for weight in found.weights.values():
        if weight.ndim == 2 and weight.shape[1] != protocol.n_sweeps:
            raise ModelError(
                f"rig: {weight.shape[1]} for each cell; one for each sweep is needed, and the "
                f"protocol {protocol.name!r} has {protocol.n_sweeps}"
            )
    if protocol.dimension not in _COMMANDS[found.command]:
        raise ModelError(
            f"the protocol {protocol.name!r} commands a {protocol.dimension.replace('_', ' ')}, "
            f"the rig takes a command in {found.command}"
        )
    for sweep in range(protocol.n_sweeps):
        for segment in protocol.segments(sweep):
            if segment.charge:
                raise ModelError(
                    f"the protocol {protocol.name!r} has an impulse at {segment.start:g} ms, which "
                    "no amplifier can follow; command a short step"
                )
    return found


def _rows(
    names: tuple[str, ...], states: tuple[str, ...], given: list[Rows]
) -> tuple[tuple[Row, ...], dict[str, Array]]:
    """Return rows with the terms that any of the given has, and the weights, shape (cell,)."""
    found: list[Row] = []
    weights: dict[str, Array] = {}
    for index, name in enumerate(names):
        columns = {
            state: np.array([rows.states[index, place] for rows in given])
            for place, state in enumerate(states)
        }
        columns[MEMBRANE] = np.array([rows.membrane[index] for rows in given])
        columns[COMMAND] = np.array([rows.command[index] for rows in given])
        columns[ONE] = np.array([rows.one[index] for rows in given])
        row = Row(name, tuple(term for term, values in columns.items() if values.any()))
        weights |= {f"{name}.of.{term}": columns[term] for term in row.terms}
        found.append(row)
    return tuple(found), weights

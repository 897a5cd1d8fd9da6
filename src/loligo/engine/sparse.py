"""Small sparse linear systems solved by assignments: elimination without what is zero.

The order is chosen once, from where the entries are (that of Markowitz, least fill first); pivots
stay on the diagonal, which suits ``1 - h A`` of systems that die out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from loligo.cell.expression import Expression, Number
from loligo.engine.scope import Statements

Entries = dict[tuple[str, str], Expression]
_NONE = Number(0.0)


@dataclass(frozen=True, eq=False)
class Factored:
    """A matrix taken apart: in which order, by which multiples, over which pivots.

    Attributes
    ----------
    order : tuple of str
    multiples : dict of (row, pivot) to Expression
        What of a pivot's row was taken from each later row.
    entries : dict of (row, column) to Expression
        What is left right of the diagonal.
    inverses : dict of str to Expression
        One over each pivot.
    """

    order: tuple[str, ...]
    multiples: Entries
    entries: Entries
    inverses: dict[str, Expression]

    def solved(
        self, statements: Statements, right: Mapping[str, Expression], hint: str
    ) -> dict[str, Expression]:
        """Add the solution for a right side; return the symbol of each unknown."""
        sides = dict(right)
        for place, pivot in enumerate(self.order):
            sides[pivot] = statements.assign(f"{pivot}.{hint}.right", sides[pivot])
            for row in self.order[place + 1 :]:
                if (row, pivot) in self.multiples:
                    sides[row] = sides[row] - self.multiples[row, pivot] * sides[pivot]
        found: dict[str, Expression] = {}
        for place in range(len(self.order) - 1, -1, -1):
            row = self.order[place]
            rest = sides[row]
            for column in self.order[place + 1 :]:
                if (row, column) in self.entries:
                    rest = rest - self.entries[row, column] * found[column]
            found[row] = statements.assign(f"{row}.{hint}", rest * self.inverses[row])
        return found


def factored(
    statements: Statements, unknowns: Sequence[str], entries: Entries, last: str
) -> Factored:
    """Add the elimination of a matrix.

    Parameters
    ----------
    statements : Statements
    unknowns : sequence of str
        Names of rows and columns.
    entries : dict of (row, column) to Expression
        What is not zero; the diagonal is there.
    last : str
        The unknown that is eliminated last.
    """
    left = dict(entries)
    waiting = list(unknowns)
    order: list[str] = []
    multiples: Entries = {}
    inverses: dict[str, Expression] = {}
    while waiting:
        pivot = min((n for n in waiting if n != last), key=_cost(left, waiting), default=last)
        waiting.remove(pivot)
        order.append(pivot)
        inverses[pivot] = statements.assign(f"{pivot}.inverse", 1.0 / left[pivot, pivot])
        columns = [name for name in waiting if (pivot, name) in left]
        for row in waiting:
            if (row, pivot) not in left:
                continue
            share = statements.assign(f"{row}.by.{pivot}", left[row, pivot] * inverses[pivot])
            multiples[row, pivot] = share
            for column in columns:
                change = left.get((row, column), _NONE) - share * left[pivot, column]
                left[row, column] = statements.assign(f"{row}.{column}", change)
    return Factored(tuple(order), multiples, left, inverses)


def _cost(left: Entries, waiting: list[str]) -> Callable[[str], int]:
    def cost(name: str) -> int:
        rows = sum((other, name) in left for other in waiting) - 1
        columns = sum((name, other) in left for other in waiting) - 1
        return rows * columns

    return cost

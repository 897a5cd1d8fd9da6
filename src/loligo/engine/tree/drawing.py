"""Source of what happens at random in compartments: probabilities by slab, then the draws.

As in cells without a shape (see `loligo.engine.drawing`), half of the draws come before a sample
and half after it; each compartment draws on its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from loligo.engine.chances import BACK_DRAWS, LARGEST_MOVE, LARGEST_ROW
from loligo.engine.tree.assemble import TreeSystem

IMPORT = "from loligo.engine.support import channels\n"

_SLABS = """\
            for group in range(groups.shape[0]):
                kind = groups[group, 2]
                for i in range(groups[group, 1]):
                    at = BEGIN + (groups[group, 0] + i) * SLAB
                    lane = (groups[group, 0] + i) * WIDTH
"""

_NOTHING = dict.fromkeys(("draw_tables", "draw_arguments", "draw_before", "draw_after"), "")


def drawn(
    trees: Sequence[TreeSystem],
    rows: Sequence[dict[str, int]],
    numbers: str,
    loops: str,
) -> dict[str, str]:
    """Return what is put into the text of a kernel; nothing where nothing is random.

    Parameters
    ----------
    trees : sequence of TreeSystem
        One for each kind of membrane.
    rows : sequence of dict of str to int
    numbers : str
        Text that makes the numbers which loops are given.
    loops : str
        Text of the calls that make a slab's probabilities.
    """
    if not any(tree.system.chances for tree in trees):
        return _NOTHING
    tables = ["\n# Rows of two states and of the probabilities to go there and back; the draw.\n"]
    for kind, (tree, places) in enumerate(zip(trees, rows, strict=True)):
        moves = tree.system.chances.exchanges
        lines = [
            f"    ({', '.join(str(places[n]) for n in (*m.states, *m.chances))}, {m.draw}),  "
            f"# {m.states[0]} <-> {m.states[1]}\n"
            for m in moves
        ]
        tables += [f"EXCHANGES_{kind} = (\n", *lines, ")\n"] if moves else []
    return {
        "draw_tables": "".join(tables),
        "draw_arguments": ", seed, draw_cell, draw_sweep, first_steps",
        "draw_before": (
            f"            h_record = 0.0\n{numbers}\n            wrong = 0\n{_SLABS}"
            f"{loops}\n                    if k > 0:\n{_halves(trees, rows, (0,), 24)}"
        ),
        "draw_after": (
            f"{_SLABS}                    if k == 0:\n{_halves(trees, rows, (0,), 24)}"
            f"{_halves(trees, rows, (1,), 20)}"
            "            if wrong > 0:\n                cursor[1] = k\n                return 3\n"
        ),
    }


def _halves(
    trees: Sequence[TreeSystem],
    rows: Sequence[dict[str, int]],
    halves: tuple[int, ...],
    indent: int,
) -> str:
    """Return the draws of a slab in its kind."""
    lines = []
    space = " " * indent
    for kind, (tree, places) in enumerate(zip(trees, rows, strict=True)):
        if not tree.system.chances:
            continue
        largest = places.get(LARGEST_ROW, -1)
        lines += [f"{space}if kind == {kind}:"]
        lines += [
            f"{space}    wrong += channels.move(\n{space}        s, at, WIDTH, EXCHANGES_{kind}, "
            f"{largest}, {LARGEST_MOVE}, {BACK_DRAWS}, draw_cell, draw_sweep,\n{space}        "
            f"lane, seed, first_steps[part] + k, {half},\n{space}    )"
            for half in halves
        ]
    return "\n".join([*lines, ""])

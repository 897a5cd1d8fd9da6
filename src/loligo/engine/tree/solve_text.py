"""The solve's part of a kernel's driver, as text."""

from __future__ import annotations

import textwrap

from loligo.engine.multistep import BEGINNING, GATES, HALF, LEAD
from loligo.engine.multistep import rows as past_rows
from loligo.engine.tree.assemble import NEW
from loligo.engine.tree.driver import (
    BENDS,
    ELIMINATE,
    HELD,
    OPENS,
    REDUCE,
    RIGS,
    SECOND,
    SUBSTITUTE,
)
from loligo.engine.tree.elimination import WORK
from loligo.engine.two_stage import GAMMA

_FIRST = HELD.format(command=f"(held_now[j] + {GAMMA!r} * (held_then[j] - held_now[j]))")
_SECOND = HELD.format(command="held_then[j]")


def solve_text(rows: dict[str, int], *, linear: bool, rigs: bool) -> dict[str, str]:
    """Return the pieces of `driver.DRIVER` that solve; of a matrix that stays, pivots are kept."""
    numbers = {name.split(".")[1]: rows[name] for name in WORK} | {"new": rows[NEW]}
    looks_back = past_rows("v")[0] in rows

    def reduce(held: str, indent: int = 0) -> str:
        return textwrap.indent(REDUCE.format(**numbers, held=held), " " * indent)

    first = _looking_back(rows) if looks_back else _FIRST
    eliminate, otherwise = ELIMINATE.format(name="forward"), ""
    if linear:
        again = textwrap.indent(ELIMINATE.format(name="again"), "    ")
        fresh = textwrap.indent(eliminate, "    ")
        space = " " * 24
        eliminate = f"{space}if fresh:\n{fresh}\n{space}else:\n{again}"
        otherwise = " " * 16 + "else:\n" + reduce(first, 4)
    substitute = SUBSTITUTE.format(**numbers)
    mounted = {n: t.format(v=rows["v"], **numbers) if rigs else "" for n, t in RIGS.items()}
    second = "\n".join([SECOND.format(**mounted), reduce(_SECOND), substitute])
    opens = bends = ""
    if looks_back:
        bends = BENDS.format(kept=rows[past_rows("v")[1]])
        opens = OPENS.format(
            beginning=BEGINNING,
            gamma=GAMMA,
            theta=HALF,
            **{name: ", ".join(map(repr, numbers)) for name, numbers in GATES.items()},
        )
        second = " " * 16 + "if past == 0.0:\n" + textwrap.indent(second, "    ")
    return {
        **mounted,
        **{name: str(row) for name, row in numbers.items()},
        "gamma": repr(GAMMA),
        "held": first,
        "eliminate": eliminate,
        "otherwise": otherwise,
        "opens": opens,
        "bends": bends,
        "second": second,
        "substitute": substitute,
        "always_fresh": "varies" if linear else "True",
    }


def _looking_back(rows: dict[str, int]) -> str:
    """Return a held potential as the first solve takes it: of steps that look back, their x."""
    end = HELD.format(command="held_then[j]")
    v, kept = (f"s[at + {rows[row]} * WIDTH]" for row in ("v", past_rows("v")[1]))
    middle = f"{v} + {HALF!r} * ({end} - {v}) + {LEAD - 1.0!r} * {kept}"
    return f"({middle} if past > 0.0 else {_FIRST})"

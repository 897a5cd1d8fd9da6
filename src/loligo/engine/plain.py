"""Source of the twin: a step and a sample as plain NumPy, an array over runs for each name.

The assignments are those that every target prints; nothing is fused, split or laid out here, so
that a reader sees what a step is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from loligo.cell.expression import Expression, Operation, Where, symbols
from loligo.engine import multistep
from loligo.engine.printing import Printer, identifiers
from loligo.engine.system import LEVEL, SCALARS, SCALE, Assignment, System

_HEAD = '''"""{name}: {clamp} clamp, {rule} rule, in plain NumPy.

``s`` holds an array over runs for each state and constant:
{kept}
"""

import numpy as np

from loligo.engine.support.plain import exp_, log_, max_, min_, sqrt_


'''


class _PlainPrinter(Printer):
    """Products and sums as they stand, and choices between arrays."""

    def fused(self, node: Operation) -> str:
        return ""

    def where(self, node: Where) -> str:
        return f"np.where({self(node.condition)}, {self(node.yes)}, {self(node.no)})"


def source(system: System) -> str:
    """Return the source of a system's step and sample.

    Parameters
    ----------
    system : System

    Returns
    -------
    str
        A module with ``step``, which returns the new states by name, ``later``, the same where a
        step looks back at those before, and ``sample``, which returns what is recorded, in order.
    """
    constants = [name for name, _ in system.constants]
    kept = [*system.states, *constants, LEVEL, SCALE]
    lines = [name for name, _ in (*system.step, *system.later, *system.sample)]
    names = list(dict.fromkeys([*kept, *lines]))
    more = multistep.OPENING if system.later else ()
    printer = _PlainPrinter(identifiers(["s", "np", *SCALARS, *more, *names]))
    head = _HEAD.format(
        name=system.equations.name,
        clamp=system.options.clamp,
        rule=system.options.rule,
        kept=textwrap.fill(", ".join(kept), 96, initial_indent="    ", subsequent_indent="    "),
    )
    given = ", ".join(("s, h_gate, h, wave, wave_next, t, threshold", *more))
    step = _step(f"step({given})", system.step, system.updates, kept, printer)
    if system.later:
        step += [
            "",
            "",
            *_step(f"later({given})", system.later, system.later_updates, kept, printer),
        ]
    sample = [
        "def sample(s, h_record, wave, wave_sample, t, threshold):",
        '    """Return what is recorded of all runs."""',
        *_body(system.sample, [e for _, e in system.recorded], kept, printer),
        f"    return [{', '.join(printer(value) for _, value in system.recorded)}]",
    ]
    return head + "\n".join([*step, "", "", *sample, ""])


def _step(
    head: str,
    lines: tuple[Assignment, ...],
    updates: dict[str, Expression],
    kept: list[str],
    printer: Printer,
) -> list[str]:
    """Return the text of a step."""
    return [
        f"def {head}:",
        '    """Take one step of all runs; return their new states."""',
        *_body(lines, updates.values(), kept, printer),
        "    return {",
        *(f'        "{state}": {printer(value)},' for state, value in updates.items()),
        "    }",
    ]


def _body(
    lines: tuple[Assignment, ...], results: Iterable[Expression], kept: list[str], printer: Printer
) -> list[str]:
    """Return the reading of what is needed, and the assignments."""
    used = {n for e in (*(e for _, e in lines), *results) for n in symbols(e)}
    return [
        *(f'    {printer.names[name]} = s["{name}"]' for name in kept if name in used),
        *(f"    {printer.names[name]} = {printer(value)}" for name, value in lines),
    ]

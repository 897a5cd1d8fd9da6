"""A cell as a table to read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from loligo.cell.quantity import write_quantity

if TYPE_CHECKING:
    from loligo.cell.cell import Cell
    from loligo.cell.channel import Channel
    from loligo.cell.membrane import Membrane


def cell_text(cell: Cell) -> str:
    """Return a cell as text: its membrane, and a line for each channel, pool and name."""
    area = [] if cell.area is None else [write_quantity(cell.area, "um2")]
    membrane = [
        *area,
        str(cell.capacitance),
        write_quantity(cell.temperature, "degC"),
        f"starts at {write_quantity(cell.initial_potential, 'mV')}",
    ]
    source = f" ({cell.source})" if cell.source else ""
    rows = [("channel", "strength", "driven by", "opened by")]
    rows += [(key, *_channel(channel)) for key, channel in cell.channel.items()]
    lines = [f"{cell.name}{source}", ", ".join(membrane), *_table(rows)]
    for name, pool in cell.pool.items():
        shell = "" if pool.currents is None else f", filled by {', '.join(pool.currents)}"
        lines.append(f"pool {name}: from {pool.initial}{shell}")
    lines += spaces_text(cell)
    lines += [f"{name} = {value}" for name, value in {**cell.constants, **cell.let}.items()]
    return "\n".join(lines)


def spaces_text(cell: Cell | Membrane) -> Iterator[str]:
    """Yield a line for each transporter, and for what is inside and outside."""
    for name, transporter in cell.transporter.items():
        moves = ", ".join(f"{n:+d} {ion}" for ion, n in transporter.moves.items())
        yield f"transporter {name}: {transporter.strength}, a cycle moves out {moves}"
    for side, space in (("inside", cell.inside), ("outside", cell.outside)):
        if space is not None:
            ions = ", ".join(f"{ion} {write_quantity(c, 'mM')}" for ion, c in space.ions.items())
            yield f"{side}: {ions}{_deep(space.depth)}"


def _deep(depth: float | None) -> str:
    if depth is None:
        return ""
    return f", {write_quantity(depth, 'um')} deep" if math.isfinite(depth) else ", the whole"


def _channel(channel: Channel) -> tuple[str, str, str]:
    if channel.scheme is not None:
        opening = f"scheme of {len(channel.scheme.states)} states"
    elif channel.gating is not None:
        opening = channel.gating
    else:
        opening = " ".join(
            name if gate.power == 1 else f"{name}^{gate.power}"
            for name, gate in channel.gate.items()
        )
    if channel.law == "ohmic":
        reversal = channel.reversal
        drive = write_quantity(reversal, "mV") if isinstance(reversal, float) else str(reversal)
        return str(channel.conductance), drive, opening
    if channel.law == "ghk":
        assert channel.permeability is not None
        strength = write_quantity(channel.permeability, "cm/s")
        return strength, f"{channel.inside} | {channel.outside}", opening
    return "", str(channel.current), opening


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()

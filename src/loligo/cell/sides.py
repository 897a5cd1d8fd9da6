"""What the two sides of a membrane are called in expressions, and whether they fit together."""

from __future__ import annotations

from collections.abc import Iterator

from loligo.cell.cell import Cell
from loligo.cell.solutions import named_ion
from loligo.cell.space import Inside, instant, ion_of, level_name, shelled_ions
from loligo.errors import LoligoError, suggest
from loligo.ions.mobility import MOBILITIES

WATER = "inside.volume"
"""The state that is the volume inside, relative to that at the start."""


def levels_of(inside: Inside) -> dict[str, str]:
    """Return the ion of each free concentration inside, by its name."""
    found = {f"{ion}_in": ion for ion in inside.ions}
    for ion in shelled_ions(inside):
        assert inside.shells is not None
        found |= {level_name(ion, k + 1): ion for k in range(inside.shells.count)}
    return found


def names_of(cell: Cell) -> dict[str, tuple[str, str]]:
    """Return the symbol, and the place in the description, of each name that expressions get."""
    if cell.inside is None or cell.outside is None:
        return {}
    far = "outside.ions.{}" if cell.outside.depth is None else "{}_out"
    found = {name: (name, f"inside.ions.{ion}") for name, ion in levels_of(cell.inside).items()}
    found |= {f"{ion}_out": (far.format(ion), f"outside.ions.{ion}") for ion in cell.outside.ions}
    found |= {
        f"J_{key}": (f"transporter.{key}.cycles", f"transporter.{key}") for key in cell.transporter
    }
    if cell.inside.water is not None:
        found["water_in"] = WATER, "inside.water"
    return found


def units_of(cell: Cell) -> tuple[tuple[str, str], ...]:
    """Return the units of the ions and cycles of a cell, by the names that are recorded."""
    if cell.inside is None:
        return ()
    levels = (*levels_of(cell.inside), *(f"{ion}_out" for ion in cell.inside.ions))
    cycles = (f"transporter.{key}.cycles" for key in cell.transporter)
    amounts = [f"{side}.{ion}" for ion in cell.inside.ions for side in ("inside", "outside")]
    bound = [f"inside.bound.{name}" for name, x in cell.inside.buffer.items() if x.off_rate]
    if cell.inside.shells is not None:
        numbers, ions = range(1, cell.inside.shells.count + 1), shelled_ions(cell.inside)
        bound += [f"{name}.{k}" for name in bound for k in numbers]
        amounts += [f"inside.{ion}.{k}" for ion in ions for k in numbers]
    return (
        *((name, "mM") for name in (*levels, *amounts, *bound)),
        *((name, "uA/cm2") for name in cycles),
    )


def misfits(cell: Cell) -> Iterator[tuple[str, str]]:
    """Find what does not fit between ions inside and outside, and what moves them."""
    if (cell.inside is None) != (cell.outside is None):
        here, other = ("outside", "inside") if cell.inside is None else ("inside", "outside")
        yield here, f"needs the other side of the membrane too: give {other}"
        return
    if cell.inside is None or cell.outside is None:
        for key in cell.transporter:
            yield f"transporter.{key}", "moves ions; give the cell inside and outside"
        return
    if cell.area is None:
        yield "inside", "needs currents per area, but the cell has no area: give it one"
    yield from _ions(cell)
    ions = cell.inside.ions
    for key, channel in cell.channel.items():
        place = f"channel.{key}.ion"
        try:
            ion = named_ion(channel.ion, place) if channel.ion else ""
        except LoligoError as error:
            yield place, str(error).replace(f"{place} =", "is", 1)
            continue
        if ion not in ions:
            told = f"is {ion!r}, which is not inside" if ion else "is missing: what carries it"
            yield place, f"{told}; allowed: {', '.join(ions)}"
    for key, transporter in cell.transporter.items():
        for ion in transporter.moves:
            if ion not in ions:
                yield f"transporter.{key}.moves", f"unknown ion {ion!r}; {suggest(ion, ions)}"


def _ions(cell: Cell) -> Iterator[tuple[str, str]]:
    assert cell.inside is not None
    assert cell.outside is not None
    for side, other in (("inside", cell.outside.ions), ("outside", cell.inside.ions)):
        for ion in getattr(cell, side).ions:
            if ion not in MOBILITIES:
                yield f"{side}.ions.{ion}", f"is not known; {suggest(ion, MOBILITIES)}"
            elif ion not in other:
                yield f"{side}.ions.{ion}", "has no concentration on the other side"
    yield from _bound(cell.inside)
    yield from _in_shells(cell.inside)
    carrier = cell.inside.carrier
    if carrier and carrier not in cell.inside.ions:
        yield "inside.carrier", f"unknown ion {carrier!r}; {suggest(carrier, cell.inside.ions)}"
    if cell.inside.water is not None:
        for side in ("inside", "outside"):
            if getattr(cell, side).impermeant is None:
                yield f"{side}.impermeant", "is missing; water follows all that is dissolved"


def _bound(inside: Inside) -> Iterator[tuple[str, str]]:
    for name, buffer in inside.buffer.items():
        place, ion = f"inside.buffer.{name}", ion_of(inside, name)
        if ion not in inside.ions:
            hint = suggest(ion, inside.ions)
            told = f"unknown ion {ion!r}" if buffer.ion else "unknown ion; name it: ion = 'Ca'"
            yield place, f"{told}; {hint}"
        elif buffer.off_rate is None and instant(inside, ion) != name:
            other = instant(inside, ion)
            yield place, f"binds {ion} at once as {other!r} does; give one of them an off_rate"
        if buffer.diffusion and ion not in shelled_ions(inside):
            yield f"{place}.diffusion", f"goes nowhere: {ion} is in no shells"


def _in_shells(inside: Inside) -> Iterator[tuple[str, str]]:
    for ion in shelled_ions(inside):
        place = f"inside.shells.diffusion.{ion}"
        if ion not in inside.ions:
            yield place, f"unknown ion; {suggest(ion, inside.ions)}"
        elif ion == inside.carrier:
            yield place, "is the carrier, which follows from the charges of the others"
    if inside.shells is not None and not inside.shells.diffusion:
        yield "inside.shells.diffusion", "names no ion"
    if inside.shells is not None and inside.water is not None:
        yield "inside.shells", "have volumes that stay; leave out the water, or the shells"

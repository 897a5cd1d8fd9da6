"""A pair of solutions in place of fixed reversal potentials.

What a cell says of its solutions becomes constants (``K_in``, ``K_out`` in mM) and reversals that
follow from them (``nernst(1, K_out, K_in)``), so that one concentration changes all that depends on
it, at any temperature, in every engine and file format that has constants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loligo.cell.quantity import write_quantity
from loligo.errors import LoligoError, ModelError, SelectionError, suggest
from loligo.ions.mobility import MOBILITIES
from loligo.ions.sides import free_ions

SIDES = ("inside", "outside")
_ENDS = {"inside": "in", "outside": "out"}


def resolved(data: Any) -> Any:
    """Return what a description is made from, its ``solutions`` put into channels and constants.

    Raises
    ------
    ModelError
        They are not a pair, or see `dissolved`.
    """
    if not isinstance(data, Mapping) or "solutions" not in data:
        return data
    rest = {key: value for key, value in data.items() if key != "solutions"}
    sides = data["solutions"]
    if not isinstance(sides, Mapping) or set(sides) != set(SIDES):
        told = f"is {sides!r}; allowed: a table with inside and outside"
        raise ModelError(told, [("solutions", told)])
    try:
        return dissolved(rest, sides["inside"], sides["outside"], replace=False)
    except LoligoError as error:
        raise ModelError(str(error), [("solutions", str(error))]) from None


def dissolved(
    written: Mapping[str, Any], inside: Any, outside: Any, *, replace: bool
) -> dict[str, Any]:
    """Return what a file says of a cell, with solutions for reversals.

    Parameters
    ----------
    written : mapping
        As a file says it.
    inside, outside : str, Solution or mapping
        A standard solution's name, a file, a list of ions, a solution or a table of ions.
    replace : bool
        Take the place of reversals and concentrations that are numbers; else they are refused.

    Returns
    -------
    dict
        With constants, and with the laws of each channel that names an ion and has none.

    Raises
    ------
    ModelError
        No channel names an ion that the solutions decide on; an ion that a side does not have; a
        channel with a number of its own, or a constant of the same name.
    SelectionError
        A solution, or the ion of a channel, that is not known.
    """
    sides = {"inside": free_ions(inside, "inside"), "outside": free_ions(outside, "outside")}
    result = dict(written)
    channels = {key: _plain(channel) for key, channel in dict(written.get("channel", {})).items()}
    constants = dict(written.get("constants", {}))
    used: set[str] = set()
    for key, channel in channels.items():
        laws = _laws(key, channel, replace=replace)
        if not laws:
            continue
        ion = named_ion(str(channel["ion"]), f"channel.{key}.ion")
        for side in SIDES:
            if not sides[side].get(ion):
                raise ModelError(
                    f"channel.{key} carries {ion}, which the solution {side} does not hold free; "
                    "give the channel a reversal, or the solution the ion"
                )
        channels[key] = {**channel, **{name: _text(name, ion) for name in laws}}
        used.add(ion)
    if not used:
        raise ModelError(
            "no channel takes its reversal from the solutions; name the ion of a channel "
            "(ion = 'K') and leave out its reversal"
        )
    for ion in sorted(used):
        for side in SIDES:
            name, text = f"{ion}_{_ENDS[side]}", write_quantity(sides[side][ion], "mM")
            if not replace and name in constants:
                raise ModelError(f"constants.{name}: the solution {side} gives it; leave it out")
            constants[name] = text
    return {**result, "channel": channels, "constants": constants}


def completed(key: str, channel: Any) -> dict[str, Any]:
    """Return a channel with the laws that follow from its ion, where it has none of its own.

    Raises
    ------
    SelectionError
        Its ion is not known.
    """
    said = _plain(channel)
    wanted = ("valence", "inside", "outside") if "permeability" in said else ("reversal",)
    if not said.get("ion") or "current" in said or any(name in said for name in wanted):
        return said
    ion = named_ion(str(said["ion"]), f"channel.{key}.ion")
    return {**said, **{name: _text(name, ion) for name in wanted}}


def named_ion(text: str, place: str) -> str:
    """Return the symbol of a channel's ion, ``"K"`` for ``"k"``.

    Raises
    ------
    SelectionError
        There is none.
    """
    if text in MOBILITIES:
        return text
    for name in MOBILITIES:
        if name.lower() == text.lower():
            return name
    raise SelectionError(f"{place} = {text!r}; {suggest(text, MOBILITIES)}")


def takes(key: str, channel: Mapping[str, Any], *, replace: bool) -> bool:
    """Tell whether solutions decide on a channel's reversal or concentrations.

    Raises
    ------
    ModelError
        It names its ion, but has a number of its own, which they are not to replace.
    """
    return bool(_laws(key, channel, replace=replace))


def _plain(channel: Any) -> dict[str, Any]:
    return dict(channel if isinstance(channel, Mapping) else channel.written())


def _laws(key: str, channel: Mapping[str, Any], *, replace: bool) -> tuple[str, ...]:
    """Return which laws of a channel the solutions give; none where it has its own."""
    if not channel.get("ion") or "current" in channel:
        return ()
    wanted = ("valence", "inside", "outside") if "permeability" in channel else ("reversal",)
    own = [name for name in wanted if name in channel]
    if not own:
        return wanted
    deciding = [name for name in own if name != "valence"]
    if not all(_is_number(channel[name]) or _is_ours(channel, name) for name in deciding):
        return ()
    if not replace:
        raise ModelError(
            f"channel.{key}: the solutions give its {' and '.join(deciding or own)}; leave it out, "
            "or leave out the ion"
        )
    return wanted


def _is_number(value: Any) -> bool:
    text = str(value).strip()
    return text[:1] in "+-.0123456789" and not any(mark in text for mark in "()*/")


def _is_ours(channel: Mapping[str, Any], name: str) -> bool:
    ion = named_ion(str(channel["ion"]), "ion")
    return str(channel[name]).replace(" ", "") == str(_text(name, ion)).replace(" ", "")


def _text(name: str, ion: str) -> Any:
    valence = MOBILITIES[ion].valence
    laws = {
        "reversal": f"nernst({valence}, {ion}_out, {ion}_in)",
        "valence": valence,
        "inside": f"{ion}_in",
        "outside": f"{ion}_out",
    }
    return laws[name]

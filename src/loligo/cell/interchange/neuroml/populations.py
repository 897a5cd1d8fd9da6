"""Numbers of channels to densities: ``channelPopulation``, once the area of its segment is known.

NeuroML lets each channel of a population conduct what its ``ionChannel`` says one does. How those
of a group of several segments would be shared among them it does not say; such a group is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from loligo.cell.interchange.neuroml.biophysics import POPULATION, Biophysics, Density
from loligo.cell.interchange.neuroml.ion_channel import IonChannel
from loligo.cell.interchange.neuroml.markup import Element

_MS_PER_CM2 = 100.0
"""1 nS/um2 [mS/cm2]."""


def with_densities(
    said: Biophysics,
    channels: Mapping[str, IonChannel],
    groups: Mapping[str, tuple[int, ...]],
    areas: Mapping[int, float],
    element: Element,
) -> Biophysics:
    """Return biophysics in which every population is a density.

    Parameters
    ----------
    said : Biophysics
        Its channels are among `channels`.
    channels : mapping of str to IonChannel
    groups : mapping of str to tuple of int
        The segments of each group.
    areas : mapping of int to float
        The membrane of each segment [um2].
    element : Element
        The cell, for messages.

    Raises
    ------
    ModelError
        With the line: more or less than one segment, a channel that does not say what one conducts.
    """
    everywhere = {"all": tuple(areas), **groups, **{str(key): (key,) for key in areas}}

    def density(item: Density) -> Density:
        if item.kind != POPULATION:
            return item
        members = everywhere.get(item.group, ())
        if len(members) != 1:
            element.refuse(
                f"line {item.line}: {item.group!r} has {len(members)} segments; a "
                f"<{POPULATION}> is read in one: name a segment, or write a <channelDensity>"
            )
        single = channels[item.channel].single_channel_conductance
        if single is None:
            element.refuse(
                f"line {item.line}: a <{POPULATION}> needs the conductance of one channel; write "
                f"it as the attribute 'conductance' of the ionChannel {item.channel!r}"
            )
        amount = _MS_PER_CM2 * item.amount * single / areas[members[0]]
        return replace(item, kind="channelDensity", amount=amount)

    return replace(said, densities=tuple(density(item) for item in said.densities))

"""The ions of a neuron: solutions for all its regions, and what spreads along its branches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from loligo.cell.membrane import Membrane
from loligo.cell.solutions import dissolved, takes
from loligo.cell.space import shelled_ions
from loligo.errors import ModelError, suggest
from loligo.units import quantity

if TYPE_CHECKING:
    from loligo.cell.neuron import Neuron


def bathed(neuron: Neuron, inside: Any, outside: Any) -> dict[str, Membrane]:
    """Return the membrane of each region with reversals that follow from two solutions.

    Raises
    ------
    ModelError
        No channel of any region takes its reversal from them; or see `solutions.dissolved`.
    """
    found, used = {}, False
    for region, membrane in neuron.membrane:
        said = membrane.written()
        mine = membrane.inside is None and any(
            takes(key, channel, replace=True) for key, channel in said.get("channel", {}).items()
        )
        found[region] = (
            Membrane(**dissolved(said, inside, outside, replace=True)) if mine else membrane
        )
        used |= mine
    if not used:
        raise ModelError(
            "no channel of any region takes its reversal from the solutions; name the ion of a "
            "channel (ion = 'K')"
        )
    return found


def coefficients(given: Mapping[str, Any] | None) -> tuple[tuple[str, float], ...]:
    """Return the diffusion coefficient of each ion [um2/ms].

    Raises
    ------
    ModelError
        One below 0.
    """
    found = {}
    for ion, value in (given or {}).items():
        found[ion] = quantity(value, "diffusion", name=f"diffusion.{ion}")
        if not 0.0 <= found[ion] < float("inf"):
            raise ModelError(f"diffusion.{ion} = {value} must be at least 0 um2/ms, and finite")
    return tuple(found.items())


def check_diffusion(neuron: Neuron) -> None:
    """Refuse the diffusion of what does not fill all of a neuron.

    Raises
    ------
    ModelError
        An ion that is no state of a region, is the carrier there, or fills a layer only.
    """
    for ion, _ in neuron.diffusion:
        for region, membrane in neuron.membrane:
            place = f"diffusion.{ion}"
            if membrane.inside is None:
                raise ModelError(f"{place}: the region {region!r} has no ions inside as states")
            if ion not in membrane.inside.ions:
                hint = suggest(ion, membrane.inside.ions)
                raise ModelError(f"{place}: it is not inside the region {region!r}; {hint}")
            if membrane.inside.carrier == ion:
                raise ModelError(
                    f"{place}: it is the carrier in {region!r}, which brings the charge of axial "
                    "currents and makes up for what other ions bring; leave it out"
                )
            if ion in shelled_ions(membrane.inside):
                raise ModelError(
                    f"{place}: inside {region!r} it is in shells, each compartment having its "
                    "own; leave out one of both"
                )
            if not membrane.fills:
                raise ModelError(
                    f"{place}: inside {region!r} it is in a layer, {membrane.inside.depth:g} um "
                    "deep; ions spread along a neuron where depth = 'whole'"
                )

"""The seal: what is known of it, and what the cell is without its leak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loligo.analysis.correct.seal import cell_without_seal
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout
from loligo.analysis.quality.loss import seal_estimate
from loligo.analysis.quality.said import Refusal, estimate, exactly
from loligo.errors import CorrectionError, UnitError
from loligo.units import quantity

SHARE = "resistance at rest over that of the seal as the file states it"
_NAMES = {
    "membrane_resistance": "cell_resistance",
    "membrane_time_constant": "cell_time_constant",
    "resting_potential": "cell_resting_potential",
}


def stated_seal(layout: Layout) -> Estimate | None:
    """Return the seal as the file states it, ``None`` where it does not (or not as a quantity)."""
    electrode = layout.response.electrode
    for entry in layout.recording.electrodes:
        if entry.name == electrode and entry.seal:
            try:
                value = quantity(entry.seal, "resistance", name="seal")
            except UnitError:
                return None
            if not value > 0:
                return None
            note = "as the file states it; nobody measures it after break-in"
            return estimate(layout, "seal_resistance", exactly(value), "stated by the file", note)
    return None


def known_seal(layout: Layout, measured: Sequence[Estimate]) -> Estimate:
    """Return the seal as stated, or else the bound that the measured resistance sets."""
    said = stated_seal(layout)
    if said is not None:
        return said
    found = next((e for e in measured if e.name == "seal_resistance"), None)
    return found if found is not None else seal_estimate(layout, measured)


def behind_seal(
    layout: Layout, measured: Sequence[Estimate], seal: Estimate
) -> tuple[Estimate, ...]:
    """Return the seal's share of the conductance at rest, and the cell without it.

    Parameters
    ----------
    layout : Layout
    measured : sequence of Estimate
        Of the response.
    seal : Estimate
        From `known_seal`.
    """
    names = ("seal_share", *_NAMES.values())
    if not seal.is_ok:
        why = "the file does not state the seal's resistance, and a recording only bounds it"
        found = Refusal(Status.UNRESOLVED, f"{why} ({seal.reason})")
        return (estimate(layout, names[0], found, SHARE),)
    try:
        cell = cell_without_seal(_balanced(measured), seal)
    except CorrectionError as error:
        found = Refusal(Status.UNRESOLVED, str(error))
        return (estimate(layout, names[0], found, SHARE),)
    assert seal.value is not None
    resistance = cell[0]
    ends = []
    for end in (resistance.value, resistance.low, resistance.high):
        assert end is not None
        ends.append(end / (end + seal.value))  # R / R_seal with R of both in parallel
    value, low, high = ends
    share = Estimate(
        "seal_share", value, low, high, Status.OK, seal.reason, layout.response.name,
        epoch=resistance.epoch, definition=SHARE,
    )  # fmt: skip
    return (share, *(replace(e, name=_NAMES[e.name]) for e in cell))


def _balanced(measured: Sequence[Estimate]) -> list[Estimate]:
    """Return estimates without an input resistance that holds what the bridge left."""
    known = any(e.name == "membrane_resistance" and e.is_ok for e in measured)
    return [e for e in measured if known or e.name != "input_resistance"]

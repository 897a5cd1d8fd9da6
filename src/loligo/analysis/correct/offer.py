"""What of a rig's effects can be taken back without asking for anything: the corrected copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loligo.analysis.correct.bridge import correct_bridge
from loligo.analysis.correct.choice import chosen
from loligo.analysis.correct.series_resistance import correct_series_resistance
from loligo.analysis.membrane_test import MembraneTest, membrane_test
from loligo.analysis.passive import PassiveProperties, passive_properties
from loligo.analysis.result import Result
from loligo.errors import CorrectionError, SelectionError
from loligo.recording import ClampMode, Correction, Recording
from loligo.units import format_quantity

SMOOTHED = 5.0
"""The capacitive current is subtracted below the recording's corner by this; noise above it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be corrected of one response.

    Attributes
    ----------
    channel : str
    correction : Correction or None
        As it is on record in the copy; ``None`` where none can be made.
    options : str
        Of ``loligo correct``, which make it alone; ``""`` where none can be made.
    reason : str
        Why none can be made, or what stays although it is.
    """

    channel: str
    correction: Correction | None
    options: str
    reason: str = ""


def offer(
    recording: Recording, results: Sequence[Result] | None = None
) -> tuple[Recording | None, tuple[Offer, ...]]:
    """Correct every response as far as its own steps tell how.

    Parameters
    ----------
    recording : Recording
    results : sequence of Result, optional
        Of its analysis, of which the membrane tests and passive properties are used; without it
        they are made here.

    Returns
    -------
    tuple of Recording or None, and tuple of Offer
        The copy, which keeps what was recorded, ``None`` where nothing can be corrected; and what
        was done or not, a response each.
    """
    made, offers = recording, []
    for result in _measured(recording) if results is None else results:
        if not isinstance(result, PassiveProperties | MembraneTest):
            continue
        before = made.corrections
        try:
            if isinstance(result, PassiveProperties):
                made, options, stays = _bridge(made, result)
            else:
                made, options, stays = _series(made, result)
        except (CorrectionError, SelectionError) as error:
            offers.append(Offer(result.channel, None, "", str(error)))
            continue
        new = next(c for c in made.corrections if c not in before)
        offers.append(Offer(result.channel, new, options, stays))
    return (made if made is not recording else None), tuple(offers)


def _measured(recording: Recording) -> list[Result]:
    """Return what tells corrections of each response."""
    found: list[Result] = []
    for response in recording.responses:
        if response.clamp_mode is ClampMode.VOLTAGE_CLAMP:
            found.append(membrane_test(recording, response))
        elif response.clamp_mode is ClampMode.CURRENT_CLAMP:
            found.append(passive_properties(recording, response))
    return found


def _bridge(recording: Recording, result: PassiveProperties) -> tuple[Recording, str, str]:
    made = correct_bridge(recording, result.channel, found=result)
    return made, "--bridge auto", "spikes keep the shape that pipette and filter gave them"


def _series(recording: Recording, result: MembraneTest) -> tuple[Recording, str, str]:
    epoch = chosen(result.estimates, "series_resistance", None).epoch
    fit = next((t.fit for t in result.tests if t.label == epoch and t.fit), None)
    if fit is None:
        raise CorrectionError("series resistance: no transient was fitted")
    bandwidth = format_quantity(fit.corner / SMOOTHED, "kHz", 2)
    made = correct_series_resistance(recording, result.channel, bandwidth=bandwidth, found=result)
    return (
        made,
        f"--series-resistance auto --bandwidth '{bandwidth}'",
        "capacitive current is taken off; where the current is of one reversal potential, "
        "--reversal also scales it. That gates saw another potential than the command stays",
    )

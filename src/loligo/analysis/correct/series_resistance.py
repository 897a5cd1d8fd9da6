"""Series resistance, corrected with what the recording's own membrane test shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loligo.analysis.correct.choice import chosen
from loligo.analysis.membrane_test import MembraneTest, membrane_test
from loligo.recording import Channel, Recording
from loligo.recording.corrections import series_resistance


def correct_series_resistance(
    recording: Recording,
    response: Channel | str | None = None,
    *,
    reversal: Any = None,
    bandwidth: Any = None,
    epoch: str | None = None,
    sweeps: Iterable[int] | None = None,
    found: MembraneTest | None = None,
) -> Recording:
    """Find series resistance and capacitance from a membrane test, and correct the current.

    Parameters
    ----------
    recording : Recording
        In voltage clamp, with small steps.
    response : Channel or str, optional
        Needed where there are several.
    reversal, bandwidth : quantity, optional
        See `loligo.recording.corrections.series_resistance`.
    epoch : str, optional
        Label of the epoch that tells; the first with an estimate by default.
    sweeps : iterable of int, optional
        Those to correct; all by default.
    found : MembraneTest, optional
        Of the response, where it is made already.

    Returns
    -------
    Recording
        The resistance is what the amplifier left, as it was measured from the recorded current;
        delay and filter are those of the fit.

    Raises
    ------
    CorrectionError
        They could not be estimated (the message has the reason), or cannot be corrected.
    """
    found = membrane_test(recording, response) if found is None else found
    resistance = chosen(found.estimates, "series_resistance", epoch)
    capacitance = chosen(found.estimates, "capacitance", resistance.epoch)
    fit = next((t.fit for t in found.tests if t.label == resistance.epoch and t.fit), None)
    corner = None if fit is None else f"{fit.corner!r} kHz"
    delay = "0 ms" if fit is None else f"{fit.delay + fit.lag!r} ms"
    return series_resistance(
        recording,
        resistance,
        correction=0.0,
        capacitance=capacitance,
        reversal=reversal,
        bandwidth=bandwidth,
        filter_frequency=corner,
        delay=delay,
        response=found.channel,
        sweeps=sweeps,
    )

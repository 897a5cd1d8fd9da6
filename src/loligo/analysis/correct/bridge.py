"""The bridge, balanced anew with the error that the charging curves show."""

from __future__ import annotations

import math
from collections.abc import Iterable

from loligo.analysis.correct.choice import chosen
from loligo.analysis.passive import PassiveProperties, passive_properties
from loligo.errors import CorrectionError
from loligo.recording import Channel, Recording
from loligo.recording.corrections import bridge


def correct_bridge(
    recording: Recording,
    response: Channel | str | None = None,
    *,
    epoch: str | None = None,
    sweeps: Iterable[int] | None = None,
    found: PassiveProperties | None = None,
) -> Recording:
    """Find the bridge error from the fast step at the edges of the command, and correct it.

    Parameters
    ----------
    recording : Recording
        In current clamp, with steps below threshold.
    response : Channel or str, optional
        Needed where there are several.
    epoch : str, optional
        Label of the epoch whose steps tell; the first with an estimate by default.
    sweeps : iterable of int, optional
        Those to correct; all by default.
    found : PassiveProperties, optional
        Of the response, where they are measured already.

    Returns
    -------
    Recording
        See `loligo.recording.corrections.bridge`; delay and filter are those of the fit.

    Raises
    ------
    CorrectionError
        The error could not be estimated (the message has the reason), cannot be told from zero,
        or cannot be corrected.
    """
    found = passive_properties(recording, response) if found is None else found
    estimate = chosen(found.estimates, "bridge_error", epoch)
    low, high, shown = estimate.low, estimate.high, estimate.displayed()
    if low is not None and high is not None and low <= 0 <= high:
        raise CorrectionError(
            f"bridge error: {shown[0]:.3g} {shown[3]} ({shown[1]:.3g} to {shown[2]:.3g}) cannot be "
            "told from zero: there is nothing to correct; give a value to correct none the less"
        )
    curve = next(entry for entry in found.curves if entry.epoch == estimate.epoch)
    fit = curve.charging.fit
    delay, corner = 0.0, None
    if fit is not None and fit.form.filtered:
        delay, corner = float(fit.theta[-2]), math.exp(fit.theta[-1])
    return bridge(
        recording,
        estimate,
        response=found.channel,
        sweeps=sweeps,
        filter_frequency=None if corner is None else f"{corner!r} kHz",
        delay=f"{delay!r} ms",
    )

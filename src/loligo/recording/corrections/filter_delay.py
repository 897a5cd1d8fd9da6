"""The delay of the output filter: the response's times moved back by it, samples untouched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from loligo.errors import CorrectionError
from loligo.recording.channel import Channel, ClampMode
from loligo.recording.corrections.apply import apply, record
from loligo.recording.corrections.check import target
from loligo.recording.corrections.number import Measured
from loligo.recording.corrections.path import bessel_delay, path_of
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace
from loligo.units import format_quantity

NAME = "filter_delay"


def filter_delay(
    recording: Recording,
    *,
    filter_frequency: Any = None,
    poles: int = 4,
    response: Channel | str | None = None,
) -> Recording:
    """Move the times of a response back by the delay of its output filter.

    Parameters
    ----------
    recording : Recording
    filter_frequency : quantity, optional
        Corner (-3 dB) of a Bessel low-pass, in place of the file's.
    poles : int
        Its number of poles.
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    Recording
        The response's `Trace.start` is earlier by the delay at low frequency, whole samples or
        not. Nothing is interpolated: the samples are those recorded, at the times at which what
        they show happened.

    Raises
    ------
    CorrectionError
        The corner is not known, or differs between sweeps; corrected already.
    """
    found = target(recording, response, None, tuple(ClampMode), NAME, needs_command=False)
    corners = {path_of(found, index, filter_frequency).filter_frequency for index in found.sweeps}
    if len(corners) > 1:
        shown = ", ".join("unknown" if c is None else format_quantity(c, "kHz") for c in corners)
        raise CorrectionError(
            f"filter delay: the corner differs between sweeps ({shown}); select sweeps of one"
        )
    (corner,) = corners
    if corner is None:
        raise CorrectionError(
            "filter delay: the file does not state the output filter; pass filter_frequency="
        )
    delay = bessel_delay(corner, poles)
    stated = "stated in the file" if filter_frequency is None else "given"
    shown = format_quantity(corner, "kHz", 3)
    source = f"{poles}-pole Bessel low-pass of {shown} ({stated})"
    number = Measured(delay, source=source)
    words = "the response's times are earlier by the filter's delay at low frequency; no sample is"
    words += " interpolated"

    def change(_: int, trace: Trace) -> Trace:
        return replace(trace, start=trace.start - delay)

    made = record(found, NAME, number, words, {"filter_frequency": corner})
    return apply(recording, made, change)

"""The sine-wave protocol that characterizes hERG channels in eight seconds."""

from __future__ import annotations

import math

from loligo.protocol.levels import Hold, Step
from loligo.protocol.oscillations import Sine, Tone
from loligo.protocol.protocol import Protocol
from loligo.protocol.series import Series

_TONES = ((54.0, 0.007), (26.0, 0.037), (10.0, 0.19))
"""Amplitude [mV] and angular frequency [rad/ms] of each sine."""

_BEGIN, _ORIGIN = 3000.0, 2500.0
"""When the sines begin, and when each would have had phase 0 [ms]."""


def herg_sine_wave() -> Protocol:
    """Return the protocol of steps and summed sines of Beattie et al. 2018.

    Returns
    -------
    Protocol
        One sweep of 8 s.

    Notes
    -----
    Between 3 and 6.5 s the command is -30 mV + 54 sin(0.007 s) + 26 sin(0.037 s) + 10 sin(0.19 s)
    [mV], ``s`` being the time after 2500 ms [ms]. Before it come steps to -120 mV (leak), to 40 mV
    (activation) and to -120 mV; after it, one to -120 mV.

    References
    ----------
    Beattie et al. 2018 J Physiol 596:1813, https://doi.org/10.1113/JP275733
    """
    tones = [
        Tone(
            Series((amplitude,), "voltage"),
            Series((turn / (2 * math.pi),), "frequency"),
            Series((turn * (_BEGIN - _ORIGIN) / (2 * math.pi),), "fraction"),
        )
        for amplitude, turn in _TONES
    ]
    first, *rest = tones
    return Protocol(
        "hERG sine wave",
        [
            Hold("250 ms", "baseline"),
            Step("-120 mV", "50 ms", "leak"),
            Hold("200 ms"),
            Step("40 mV", "1 s", "activation"),
            Step("-120 mV", "500 ms", "tail"),
            Hold("1 s"),
            Sine(
                first.amplitude,
                first.frequency,
                "3.5 s",
                "sines",
                phase=first.phase,
                about="-30 mV",
                also=rest,
            ),
            Step("-120 mV", "500 ms", "closing"),
            Hold("1 s"),
        ],
        holding="-80 mV",
        source="Beattie et al. 2018, https://doi.org/10.1113/JP275733",
    )

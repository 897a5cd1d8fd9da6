"""Protocols: what is commanded in every sweep, and the standard ones of the field.

One frozen value, `Protocol`, with three views: Python objects, a TOML file of sentences, and the
printed table of epochs. The engine sees its segments only.
"""

from loligo.protocol.epoch import Epoch
from loligo.protocol.leak import LeakPulses
from loligo.protocol.levels import Hold, Pulses, Ramp, Shock, Step
from loligo.protocol.oscillations import Sine, Tone, Zap
from loligo.protocol.protocol import Protocol
from loligo.protocol.sampled import Noise, Wave
from loligo.protocol.segment import Segment
from loligo.protocol.series import Series, above_holding, series
from loligo.protocol.shapes import Chirp, Linear, Samples, Shape, Sinusoid
from loligo.protocol.text import json_schema
from loligo.protocol.verbs import VERBS, parse_epoch
from loligo.protocol.waveform import Waveform, waveform
from loligo.protocol.window import Window

__all__ = [
    "VERBS",
    "Chirp",
    "Epoch",
    "Hold",
    "LeakPulses",
    "Linear",
    "Noise",
    "Protocol",
    "Pulses",
    "Ramp",
    "Samples",
    "Segment",
    "Series",
    "Shape",
    "Shock",
    "Sine",
    "Sinusoid",
    "Step",
    "Tone",
    "Wave",
    "Waveform",
    "Window",
    "Zap",
    "above_holding",
    "json_schema",
    "parse_epoch",
    "series",
    "waveform",
]

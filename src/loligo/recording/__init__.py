"""What was recorded: `Recording`, the readers that make one from a file, and the NWB writer."""

from loligo.recording.channel import Channel, ClampMode, Electrode, Role
from loligo.recording.io.arrays import from_arrays
from loligo.recording.io.nwb_write import write_nwb
from loligo.recording.io.registry import read
from loligo.recording.provenance import (
    Basis,
    Correction,
    Finding,
    Provenance,
    Subject,
    Truth,
)
from loligo.recording.recording import Recording
from loligo.recording.rig_state import RigState
from loligo.recording.sweep import Epoch, EpochKind, Sweep, Tag, Trace

__all__ = [
    "Basis",
    "Channel",
    "ClampMode",
    "Correction",
    "Electrode",
    "Epoch",
    "EpochKind",
    "Finding",
    "Provenance",
    "Recording",
    "RigState",
    "Role",
    "Subject",
    "Sweep",
    "Tag",
    "Trace",
    "Truth",
    "from_arrays",
    "read",
    "write_nwb",
]

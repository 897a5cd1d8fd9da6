"""What was recorded: `Recording`, the readers that make one from a file, and the NWB writer."""

from loligo.recording.channel import Channel, ClampMode, Electrode, Role
from loligo.recording.compare import compare
from loligo.recording.epochs import detect_epochs
from loligo.recording.io.arrays import from_arrays
from loligo.recording.io.nwb import missing_metadata, write_nwb
from loligo.recording.io.registry import read
from loligo.recording.provenance import (
    Basis,
    Correction,
    Finding,
    Provenance,
    Subject,
    TrueTrace,
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
    "TrueTrace",
    "Truth",
    "compare",
    "detect_epochs",
    "from_arrays",
    "missing_metadata",
    "read",
    "write_nwb",
]

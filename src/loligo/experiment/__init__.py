"""Where the forward halves meet: a cell, a rig and a protocol become a recording."""

from loligo.experiment.file import Experiment, read_experiment
from loligo.experiment.record import record

__all__ = ["Experiment", "read_experiment", "record"]

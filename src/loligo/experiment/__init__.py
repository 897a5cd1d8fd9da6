"""Where the forward halves meet: a cell, a rig and a protocol become a recording."""

from loligo.experiment.record import record

__all__ = ["record"]

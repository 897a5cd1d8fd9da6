"""Which channel is the response, which the command: decided from evidence, and said.

Readers hand over what their format states about inputs (digitized channels) and outputs (command
waveforms of the protocol), and where that is not enough, a look at the samples. Where all of it
does not determine the roles, the file is refused with the option that settles it; nothing is
guessed.
"""

from loligo.recording.io.roles.assign import assign_roles
from loligo.recording.io.roles.facts import Assignment, Evidence, Input, Output, known_unit

__all__ = ["Assignment", "Evidence", "Input", "Output", "assign_roles", "known_unit"]

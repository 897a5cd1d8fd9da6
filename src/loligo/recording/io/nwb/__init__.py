"""NWB files of intracellular recordings: one reader, one writer, one table of fields for both.

The reader goes through h5py: it costs a tenth of the time of building the whole object tree, sees
what the file really states (a wrong unit, for one), and can leave out one damaged series. The
writer goes through pynwb, whose validation is the referee of the result.
"""

from loligo.recording.io.nwb.dandi import missing_metadata
from loligo.recording.io.nwb.write import write_nwb

__all__ = ["missing_metadata", "write_nwb"]

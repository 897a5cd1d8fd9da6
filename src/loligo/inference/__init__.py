"""From a recording back to the cell and the rig: the forward model fitted to what was recorded."""

from loligo.inference.fit import fit
from loligo.inference.free import Free
from loligo.inference.result import Fit, FitStatus, Fitted
from loligo.inference.start import start_from

__all__ = ["Fit", "FitStatus", "Fitted", "Free", "fit", "start_from"]

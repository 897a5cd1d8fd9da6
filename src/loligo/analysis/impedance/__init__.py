"""Impedance over frequency from a chirp or any command of many frequencies.

The curve comes from local polynomials over frequency, what is read off it (the limit at low
frequency, resonance, cutoff) from a smooth fit in time that leaks nothing.
"""

from loligo.analysis.impedance.local import FrequencyResponse, frequency_response
from loligo.analysis.impedance.quantities import quantities
from loligo.analysis.impedance.rational import RationalFit, fit_rational
from loligo.analysis.impedance.recording import Impedance, impedance, impedance_of
from loligo.analysis.impedance.spectra import Spectra, spectra

__all__ = [
    "FrequencyResponse",
    "Impedance",
    "RationalFit",
    "Spectra",
    "fit_rational",
    "frequency_response",
    "impedance",
    "impedance_of",
    "quantities",
    "spectra",
]

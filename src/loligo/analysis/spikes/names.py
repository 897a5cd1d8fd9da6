"""Our names of spike features beside those of eFEL and ipfx, and where the definitions differ.

Only what is numerically the same is called the same. Differences are said in a sentence; those to
eFEL were checked against eFEL 5.7 at its own sampling (no interpolation), those to ipfx read from
its documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from loligo.errors import SelectionError, suggest

PACKAGES = ("efel", "ipfx")


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What another package calls the quantity that comes nearest to one of ours.

    Attributes
    ----------
    name : str
        Ours, in the glossary.
    package : str
        One of `PACKAGES`.
    other : str
        Theirs.
    is_same : bool
        Whether the numbers are equal, but for rounding.
    difference : str
        What is different, ``""`` where nothing is.
    factor : float
        Our value in the internal unit times this is theirs.
    """

    name: str
    package: str
    other: str
    is_same: bool
    difference: str = ""
    factor: float = 1.0


_SAMPLE = "theirs is at a sample, ours between samples: less than one sample apart"
_TROUGH = "theirs is looked for in another stretch after the peak"

COUNTERPARTS = (
    Counterpart(
        "spike_count",
        "efel",
        "spike_count",
        False,
        "theirs (Spikecount in older versions) counts crossings of a fixed potential (Threshold), "
        "ours needs none; equal on clean recordings of spikes that cross it",
    ),
    Counterpart("spike_peak_time", "efel", "peak_time", False, _SAMPLE),
    Counterpart("spike_peak_potential", "efel", "peak_voltage", False, _SAMPLE),
    Counterpart("spike_threshold_time", "efel", "AP_begin_time", False, _SAMPLE),
    Counterpart("spike_threshold_potential", "efel", "AP_begin_voltage", False, _SAMPLE),
    Counterpart("spike_amplitude", "efel", "AP_amplitude", False, _SAMPLE),
    Counterpart(
        "spike_amplitude_from_baseline",
        "efel",
        "AP_amplitude_from_voltagebase",
        False,
        "their baseline is the mean of the last tenth before the stimulus, ours the median of all "
        "of it",
    ),
    Counterpart(
        "spike_half_width",
        "efel",
        "AP_duration_half_width",
        False,
        "theirs is a whole number of samples",
    ),
    Counterpart(
        "spike_rise_time", "efel", "AP_rise_time", False, "theirs is from threshold to peak"
    ),
    Counterpart(
        "spike_fall_time", "efel", "AP_fall_time", False, "theirs is from peak to threshold"
    ),
    Counterpart("spike_upstroke", "efel", "AP_peak_upstroke", True),
    Counterpart("spike_downstroke", "efel", "AP_peak_downstroke", True),
    Counterpart("spike_trough_potential", "efel", "min_AHP_values", False, _TROUGH),
    Counterpart("first_spike_latency", "efel", "time_to_first_spike", False, _SAMPLE),
    Counterpart(
        "mean_frequency",
        "efel",
        "mean_frequency",
        False,
        "theirs divides by the time to the last spike, ours by the length of the stimulus",
        1e3,
    ),
    Counterpart(
        "interspike_interval_variation",
        "efel",
        "ISI_CV",
        False,
        "theirs leaves out the first interval unless ignore_first_ISI is off; then " + _SAMPLE,
    ),
    Counterpart(
        "adaptation_index",
        "efel",
        "adaptation_index2",
        False,
        "theirs leaves out the first spike; ours uses every interval",
    ),
    Counterpart("spike_peak_potential", "ipfx", "peak_v", False, _SAMPLE),
    Counterpart(
        "spike_threshold_potential",
        "ipfx",
        "threshold_v",
        False,
        "theirs is at 5 % of the mean steepest rise of all spikes, after a 10 kHz filter",
    ),
    Counterpart(
        "spike_half_width",
        "ipfx",
        "width",
        False,
        "theirs is at half of trough to peak, in whole samples",
        1e-3,
    ),
    Counterpart("spike_upstroke", "ipfx", "upstroke", False, "theirs is after a 10 kHz filter"),
    Counterpart("spike_downstroke", "ipfx", "downstroke", False, "theirs is after a 10 kHz filter"),
    Counterpart(
        "spike_upstroke_downstroke_ratio",
        "ipfx",
        "upstroke_downstroke_ratio",
        False,
        "theirs is after a 10 kHz filter",
    ),
    Counterpart("spike_trough_potential", "ipfx", "trough_v", False, _TROUGH),
    Counterpart(
        "first_spike_latency",
        "ipfx",
        "latency",
        False,
        "theirs ends at the threshold of the first spike, ours at its peak",
        1e-3,
    ),
    Counterpart("mean_frequency", "ipfx", "avg_rate", True, factor=1e3),
    Counterpart(
        "adaptation_index",
        "ipfx",
        "adapt",
        False,
        "the same formula over intervals between thresholds, ours between peaks",
    ),
    Counterpart(
        "interspike_interval_variation",
        "ipfx",
        "isi_cv",
        False,
        "theirs takes the standard deviation of the population, between thresholds",
    ),
    Counterpart(
        "mean_interspike_interval",
        "ipfx",
        "mean_isi",
        False,
        "theirs is between thresholds, ours between peaks",
        1e-3,
    ),
)
"""Every counterpart known, by package."""


def counterparts(package: str) -> dict[str, Counterpart]:
    """Return the counterparts in a package, by our name.

    Raises
    ------
    SelectionError
        The package is not one of `PACKAGES`.
    """
    if package not in PACKAGES:
        raise SelectionError(f"no names of {package!r}; {suggest(package, PACKAGES)}")
    return {entry.name: entry for entry in COUNTERPARTS if entry.package == package}

"""How long, how often, how much was recorded."""

from loligo.terms.entry import Term

TERMS = (
    Term("sampling_rate", "f_s", "frequency", "kHz", "Samples per unit time."),
    Term("duration", "T", "time", "s", "Length of a sweep or recording."),
    Term("sweep_duration", "T_sweep", "time", "ms", "Length of a sweep."),
    Term("sweep_count", "n_sweeps", "count", "", "Number of sweeps."),
    Term("channel_count", "n_channels", "count", "", "Number of channels."),
)

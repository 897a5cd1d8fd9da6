"""Action potentials: found, measured, counted; of arrays first, then of a `Recording`."""

from loligo.analysis.spikes.columns import (
    SPIKE_COLUMNS,
    STIMULUS_COLUMNS,
    SWEEP_COLUMNS,
)
from loligo.analysis.spikes.curve import frequency_current
from loligo.analysis.spikes.detect import SpikeTimes, detect_spikes, detect_spikes_each
from loligo.analysis.spikes.features import SpikeFeatures, spike_features, spike_features_each
from loligo.analysis.spikes.names import counterparts
from loligo.analysis.spikes.options import DetectionOptions, FeatureOptions
from loligo.analysis.spikes.sweep import SpikeOptions, SweepSpikes
from loligo.analysis.spikes.table import SpikeTable, spikes
from loligo.analysis.spikes.trains import BurstOptions, Train, train

__all__ = [
    "SPIKE_COLUMNS",
    "STIMULUS_COLUMNS",
    "SWEEP_COLUMNS",
    "BurstOptions",
    "DetectionOptions",
    "FeatureOptions",
    "SpikeFeatures",
    "SpikeOptions",
    "SpikeTable",
    "SpikeTimes",
    "SweepSpikes",
    "Train",
    "counterparts",
    "detect_spikes",
    "detect_spikes_each",
    "frequency_current",
    "spike_features",
    "spike_features_each",
    "spikes",
    "train",
]

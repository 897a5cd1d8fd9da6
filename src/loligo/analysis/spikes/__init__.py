"""Action potentials: found, measured, counted; of arrays first, then of a `Recording`."""

from loligo.analysis.spikes.curve import frequency_current
from loligo.analysis.spikes.detect import SpikeTimes, detect_spikes, detect_spikes_each
from loligo.analysis.spikes.features import SpikeFeatures, spike_features, spike_features_each
from loligo.analysis.spikes.options import DetectionOptions, FeatureOptions
from loligo.analysis.spikes.table import SpikeOptions, SpikeTable, spikes
from loligo.analysis.spikes.trains import BurstOptions, Train, train

__all__ = [
    "BurstOptions",
    "DetectionOptions",
    "FeatureOptions",
    "SpikeFeatures",
    "SpikeOptions",
    "SpikeTable",
    "SpikeTimes",
    "Train",
    "detect_spikes",
    "detect_spikes_each",
    "frequency_current",
    "spike_features",
    "spike_features_each",
    "spikes",
    "train",
]

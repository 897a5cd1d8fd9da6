"""The columns of the spike tables: names of the glossary, and labels that say what a row is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loligo.analysis.spikes.quantities import PER_SPIKE

Row = Mapping[str, Any]

LABELS = ("channel", "sweep", "spike", "epoch", "status", "reason")
"""Columns that say what a row is of; without a unit, and not in the glossary."""

SPIKE_COLUMNS = (
    "channel",
    "sweep",
    "spike",
    "epoch",
    *(f"spike_{name}" for name in PER_SPIKE),
    "status",
)
"""Columns of `SpikeTable.spike_rows`, in order."""

TRAIN_COLUMNS = (
    "spike_count",
    "first_spike_latency",
    "mean_frequency",
    "initial_frequency",
    "mean_interspike_interval",
    "interspike_interval_variation",
    "adaptation_index",
    "burst_count",
)
"""What a train is described by."""

STIMULUS_COLUMNS = (
    "channel",
    "sweep",
    "epoch",
    "stimulus_start",
    "stimulus_stop",
    "command_current",
    *TRAIN_COLUMNS,
)
"""Columns of `SpikeTable.stimulus_rows`, in order."""

SWEEP_COLUMNS = (
    "channel",
    "sweep",
    "spike_count",
    "spike_count_in_stimulus",
    "spike_count_outside_stimulus",
    "rejected_count",
    "status",
    "reason",
)
"""Columns of `SpikeTable.sweep_rows`, in order."""

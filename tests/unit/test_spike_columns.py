"""Columns of the spike tables: names of the glossary, beside those of other packages."""

from loligo.analysis.spikes import (
    SPIKE_COLUMNS,
    STIMULUS_COLUMNS,
    SWEEP_COLUMNS,
)
from loligo.analysis.spikes.columns import LABELS
from loligo.analysis.spikes.names import COUNTERPARTS
from loligo.terms import TERMS

ALL = {*SPIKE_COLUMNS, *STIMULUS_COLUMNS, *SWEEP_COLUMNS}


def test_every_column_is_a_label_or_in_the_glossary():
    assert {name for name in ALL if name not in TERMS} == set(LABELS)
    assert {entry.name for entry in COUNTERPARTS} <= set(TERMS)


def test_a_difference_is_said_wherever_the_numbers_differ():
    for entry in COUNTERPARTS:
        assert bool(entry.difference) != entry.is_same, entry

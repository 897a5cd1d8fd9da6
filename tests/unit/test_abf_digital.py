"""Digital outputs of ABF protocols, as levels and as trains."""

import numpy as np
import pytest

from loligo.recording import EpochKind
from loligo.recording.io.abf.digital import line_epochs, line_values, lines_used
from loligo.recording.io.abf.header import Digital, DigitalEntry
from loligo.recording.io.abf.waveform import Piece

PIECES = (
    Piece("pre", EpochKind.HOLD, 0, 10, -70.0, -70.0),
    Piece("A", EpochKind.STEP, 10, 30, -70.0, -70.0),
    Piece("B", EpochKind.STEP, 30, 50, -70.0, -60.0, 10, 3),
    Piece("post", EpochKind.HOLD, 50, 60, -70.0, -70.0),
)


def digital(*entries, holding=0, keeps=False, active_high=True):
    return Digital(0, entries, holding, keeps, active_high)


def high(setup, line):
    return np.flatnonzero(line_values(setup, line, PIECES, 0, 60)).tolist()


def test_a_line_is_high_in_its_epoch():
    setup = digital(DigitalEntry(0, 0b10000, 0), DigitalEntry(1, 0b1, 0))
    assert lines_used(setup) == (0, 4)
    assert high(setup, 4) == list(range(10, 30))
    assert high(setup, 0) == list(range(30, 50))
    (epoch,) = line_epochs(setup, 4, PIECES, 20.0, "digital 4")
    assert (epoch.label, epoch.start, epoch.stop, epoch.level) == ("A", 0.5, 1.5, 1.0)


@pytest.mark.parametrize("active_high", [True, False])
def test_a_train_follows_the_epochs_period_and_width(active_high):
    setup = digital(DigitalEntry(1, 0, 0b1), active_high=active_high)
    pulses = {30, 31, 32, 40, 41, 42}
    expected = pulses if active_high else set(range(30, 50)) - pulses
    assert set(high(setup, 0)) == expected
    (epoch,) = line_epochs(setup, 0, PIECES, 20.0, "digital 0")
    assert (epoch.kind, epoch.pulse_period, epoch.pulse_width) == (EpochKind.PULSES, 0.5, 0.15)


def test_holding_and_last_levels():
    entry = DigitalEntry(1, 0b1, 0)
    assert high(digital(entry, keeps=True), 0) == list(range(30, 60))
    held = digital(DigitalEntry(0, 0, 0), entry, holding=0b1)
    assert high(held, 0) == [*range(10), *range(30, 60)]

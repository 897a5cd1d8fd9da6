"""`Recording`: choosing, labelled arrays, laziness, corrections."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from loligo import from_arrays
from loligo.errors import SelectionError
from loligo.recording import (
    Basis,
    Channel,
    ClampMode,
    Correction,
    Epoch,
    EpochKind,
    Provenance,
    Recording,
    Role,
    Sweep,
    Tag,
    Trace,
)


class Counting:
    """Samples that count how many were loaded."""

    def __init__(self, length):
        self.shape = (length,)
        self.dtype = np.dtype(np.int16)
        self.loaded = []

    def __getitem__(self, key):
        chosen = np.arange(self.shape[0], dtype=np.int16)[key]
        self.loaded.append(len(chosen))
        return chosen


@pytest.fixture
def recording():
    return from_arrays(
        [np.arange(10.0), np.arange(6.0), np.arange(10.0)],
        unit="mV",
        sampling_rate="2 kHz",
        command=[np.zeros(10), np.ones(6), np.ones(10)],
        command_unit="pA",
    )


@pytest.fixture
def lazy():
    samples = Counting(1000)
    channel = Channel("V", Role.RESPONSE, "mV", ClampMode.CURRENT_CLAMP, "e")
    sweep = Sweep(0, 0.0, {"V": Trace(samples, 10.0, gain=0.5, offset=1.0)})
    return Recording((channel,), (sweep,), Provenance("test")), samples


def test_it_is_frozen(recording):
    with pytest.raises(FrozenInstanceError):
        recording.sweeps = ()
    with pytest.raises(FrozenInstanceError):
        recording.sweeps[0].start = 5.0
    with pytest.raises(ValueError, match="read-only"):
        recording.trace(0, "response").samples[0] = 1


def test_selection_errors_say_what_there_is(recording):
    with pytest.raises(SelectionError, match="no channel 'respons'; did you mean 'response'"):
        recording.channel("respons")
    with pytest.raises(SelectionError, match="no sweep 3; there are 3, counted from 0"):
        recording.sweep(3)
    with pytest.raises(SelectionError, match="no sweep -1"):
        recording.sweep(-1)
    with pytest.raises(SelectionError, match="has no channel 'x'"):
        recording.trace(0, "x")


def test_one_response_or_a_choice(recording):
    assert recording.response.name == "response"
    two = replace(
        recording,
        channels=tuple(replace(channel, role=Role.RESPONSE) for channel in recording.channels),
    )
    with pytest.raises(SelectionError, match=r"2 response channels.*'response', 'command'"):
        _ = two.response
    assert two.command(two.responses[0]) is None


def test_undeclared_and_double_channels_are_refused(recording):
    with pytest.raises(SelectionError, match="undeclared channels"):
        replace(recording, channels=recording.channels[:1])
    with pytest.raises(SelectionError, match="unique"):
        replace(recording, channels=recording.channels * 2)


def test_epochs_by_label():
    first = Epoch("A", EpochKind.STEP, 0.0, 5.0, "c1", 1.0)
    sweep = Sweep(4, 0.0, {}, (first, replace(first, channel="c2"), replace(first, label="B")))
    assert sweep.epoch("B").duration == 5.0
    assert sweep.epoch("A", "c2").channel == "c2"
    with pytest.raises(SelectionError, match=r"several epochs.*\['c1', 'c2'\]"):
        sweep.epoch("A")
    with pytest.raises(SelectionError, match="no epoch labelled 'C'"):
        sweep.epoch("C")


def test_windows_are_half_open(recording):
    trace = recording.trace(0, "response")
    np.testing.assert_array_equal(trace.window(1.0, 2.0), [2.0, 3.0])
    assert trace.window(-5.0, 100.0).size == 10
    assert trace.window(3.0, 1.0).size == 0
    assert trace.index(0.3) == 1
    # 0.1 + 0.2 is above 0.3 in floating point, yet not one sample later
    fine = replace(trace, sampling_rate=10.0)
    assert fine.index(0.1 + 0.2) == 3


def test_nothing_is_loaded_until_asked_for(lazy):
    recording, samples = lazy
    repr(recording)
    recording._repr_html_()
    dataset = recording.dataset(0)
    assert samples.loaded == []
    assert dataset["V"].dtype == np.float64
    part = dataset["V"][100:104].values
    np.testing.assert_array_equal(part, np.arange(100, 104) * 0.5 + 1.0)
    assert samples.loaded == [4]


@pytest.mark.parametrize(
    "key",
    [
        slice(None),
        slice(2, 9),
        slice(2, 900, 7),
        slice(None, None, -1),
        slice(900, 3, -7),
        slice(-5, None),
        slice(5, 5),
        slice(3, 900, 1000),
        0,
        -1,
        999,
        [3, 1, 500],
    ],
    ids=str,
)
def test_lazy_indexing_is_numpy_indexing(lazy, key):
    recording, _ = lazy
    expected = (np.arange(1000) * 0.5 + 1.0)[key]
    np.testing.assert_array_equal(recording.dataset(0)["V"][key].values, expected)


def test_a_dataset_is_labelled(recording):
    dataset = recording.dataset(1)
    assert dataset["response"].attrs["units"] == "mV"
    assert dataset["response"].attrs["role"] == "response"
    np.testing.assert_array_equal(dataset["time"], np.arange(6) / 2)
    assert dataset["time"].attrs["units"] == "ms"
    assert dataset.attrs["start"] == 5.0


def test_channels_sampled_differently_have_their_own_time(recording):
    trace = recording.trace(0, "command")
    traces = recording.sweeps[0].traces | {"command": replace(trace, start=0.1)}
    other = replace(recording, sweeps=(replace(recording.sweeps[0], traces=traces),))
    dataset = other.dataset(0)
    assert dataset["command"].dims == ("time_command",)
    np.testing.assert_allclose(dataset["time_command"], 0.1 + np.arange(10) / 2)


def test_stacking_unequal_sweeps_is_asked_for(recording):
    with pytest.raises(SelectionError, match=r"\[6, 10\] samples.*pad=True"):
        recording.stack("response")
    padded = recording.stack("response", pad=True)
    assert padded.shape == (3, 10)
    assert np.isnan(padded.values[1, 6:]).all()
    assert not np.isnan(padded.values[[0, 2]]).any()
    equal = recording.stack("response", [2, 0])
    assert list(equal["sweep"].values) == [2, 0]
    assert equal.attrs["units"] == "mV"


def test_stacking_what_is_not_there(recording):
    with pytest.raises(SelectionError, match="no sweep 7"):
        recording.stack("response", [7])
    with pytest.raises(SelectionError, match="no sweep has"):
        recording.stack("response", [])
    trace = recording.trace(0, "response")
    traces = recording.sweeps[0].traces | {"response": replace(trace, sampling_rate=4.0)}
    mixed = replace(
        recording, sweeps=(replace(recording.sweeps[0], traces=traces), recording.sweeps[2])
    )
    with pytest.raises(SelectionError, match="sampled differently"):
        mixed.stack("response")


def test_select_keeps_order_and_moves_tags(recording):
    tagged = replace(recording, tags=(Tag(1.0, "drug", 2), Tag(2.0, "wash", 1), Tag(3.0, "end")))
    chosen = tagged.select([2, 0])
    assert [sweep.number for sweep in chosen] == [2, 0]
    assert [tag.sweep for tag in chosen.tags] == [0, None, None]
    assert "selected sweeps 2, 0 of 3" in chosen.provenance.history
    assert tagged.provenance.history == ()
    with pytest.raises(SelectionError, match="no sweep 9"):
        recording.select([9])


def test_a_correction_cannot_be_applied_twice(recording):
    def junction(applied):
        return Correction("liquid_junction_potential", "response", 14.0, applied, "V - LJP")

    stated = recording.corrected(junction(False))
    applied = stated.corrected(junction(True))
    assert applied.corrections == (junction(True),)
    with pytest.raises(SelectionError, match="already applied"):
        applied.corrected(junction(True))
    with pytest.raises(SelectionError, match="already applied"):
        applied.corrected(junction(False))
    with pytest.raises(SelectionError, match="no channel"):
        recording.corrected(replace(junction(True), channel="x"))
    assert recording.corrections == ()


def test_durations_and_findings(recording):
    assert recording.duration == pytest.approx(13.0)
    assert recording.finding("response").basis is Basis.GIVEN
    assert recording.finding("weather").basis is Basis.UNKNOWN
    assert len(recording) == len(list(recording)) == 3


def test_a_path_in_place_of_a_recording_is_said(tmp_path):
    import loligo

    for function in (loligo.analyze, lambda path: loligo.write_nwb(path, tmp_path / "a.nwb")):
        with pytest.raises(TypeError, match=r"takes a Recording, not 'cell\.abf'; read the file"):
            function("cell.abf")

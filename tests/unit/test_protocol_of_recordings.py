"""The protocol of a recording, rebuilt from its epochs; and its epochs, from a protocol."""

from dataclasses import replace

import numpy as np
import pytest

from loligo.errors import ModelError, SelectionError
from loligo.protocol import Hold, Protocol, Pulses, Ramp, Series, Sine, Step, Wave
from loligo.recording import (
    Channel,
    ClampMode,
    Epoch,
    EpochKind,
    Provenance,
    Recording,
    Role,
    Sweep,
    Trace,
    compare,
)
from loligo.recording.io.abf.waveform import Piece, as_epoch, render
from loligo.recording.protocol import epochs_from, protocol_of

RATE = 10.0
COMMAND = Channel("V", Role.COMMAND, "mV", ClampMode.VOLTAGE_CLAMP, "e")
RESPONSE = Channel("I", Role.RESPONSE, "pA", ClampMode.VOLTAGE_CLAMP, "e")


def recording(sweeps, values=None, starts=None):
    """Sweeps of epochs; the command's samples are 0 where none are given."""
    made = []
    for index, epochs in enumerate(sweeps):
        count = round(max((e.stop for e in epochs), default=1.0) * RATE)
        command = np.zeros(count) if values is None else values[index]
        traces = {"I": Trace(np.zeros(count), RATE), "V": Trace(command, RATE)}
        start = 1000.0 * index if starts is None else starts[index]
        made.append(Sweep(index, start, traces, tuple(epochs)))
    source = Provenance("file.abf", protocol="the name")
    return Recording((RESPONSE, COMMAND), tuple(made), source)


def hold(label, start, stop, level=-70.0, **more):
    return Epoch(label, EpochKind.HOLD, start, stop, "V", level, **more)


def step(label, start, stop, level, **more):
    return Epoch(label, EpochKind.STEP, start, stop, "V", level, **more)


def played(*pieces):
    """A recording of what an ABF protocol of such pieces plays, in every sweep."""
    length = pieces[0][-1].stop
    epochs = [[as_epoch(p, RATE, 1.0, "V") for p in sweep] for sweep in pieces]
    return recording(epochs, [render(sweep, 0, length) for sweep in pieces])


def sampled(protocol, rec):
    return [protocol.command(s, rec.trace(s, "V").times()) for s in range(protocol.n_sweeps)]


def test_levels_that_vary_become_series():
    rec = recording(
        [
            [hold("pre", 0, 5), step("A", 5, 15, level), hold("post", 15, 20)]
            for level in (-60, -50, -40)
        ]
    )
    protocol = protocol_of(rec)
    assert protocol == Protocol(
        "the name",
        [
            Hold("5 ms", "pre"),
            Step("-60..-40 mV by 10 mV", "10 ms", "A"),
            Hold("5 ms", "post"),
        ],
        holding="-70 mV",
        sweep_interval="1 s",
        source="epochs of 'V' in file.abf, as the file states them",
    )
    assert protocol_of(rec, "V") == protocol_of(rec, COMMAND) == protocol


def test_irregular_values_are_listed_and_durations_too():
    rows = [(-60.5, 10), (-50, 12), (-45, 30)]
    rec = recording([[hold("pre", 0, 5), step("A", 5, 5 + last, level)] for level, last in rows])
    protocol = protocol_of(rec)
    assert str(protocol.epochs[1]) == "step -60.5, -50, -45 mV for 10, 12, 30 ms as A"


def test_an_epoch_that_a_sweep_lacks_lasts_0_ms_in_it():
    rec = recording(
        [
            [hold("pre", 0, 5), step("B", 5, 10, -20)],
            [hold("pre", 0, 5), step("A", 5, 7, 0), step("B", 7, 12, -20)],
        ]
    )
    protocol = protocol_of(rec)
    assert [str(e) for e in protocol.epochs[1:]] == [
        "step 0 mV for 0, 2 ms as A",
        "step -20 mV for 5 ms as B",
    ]
    assert [protocol.duration(s) for s in (0, 1)] == [10, 12]


def test_a_level_before_that_varies_is_the_holding_level():
    rec = recording(
        [
            [hold("pre", 0, 5, level), step("A", 5, 9, 0), hold("post", 9, 10, level)]
            for level in (-70.0, -60.0)
        ]
    )
    protocol = protocol_of(rec)
    assert protocol.holding == Series((-70.0, -60.0), "voltage")
    assert isinstance(protocol.epochs[2], Hold)
    other = protocol_of(recording([[hold("pre", 0, 5), hold("post", 5, 9, -60.0)]]))
    assert isinstance(other.epochs[1], Step)  # a hold at another level


def test_sweeps_alike_are_counted():
    protocol = protocol_of(recording([[hold("pre", 0, 5)]] * 4))
    assert protocol.n_sweeps == 4
    assert protocol_of(recording([[hold("pre", 0, 5)]])).sweep_interval is None


def test_times_from_sweep_to_sweep():
    alike = [[hold("pre", 0, 5)]] * 3
    assert protocol_of(recording(alike, starts=[0, 7, 14])).sweep_interval.values == (7.0,)
    assert protocol_of(recording(alike, starts=[0, 7, 15])).sweep_interval is None
    assert protocol_of(recording(alike, starts=[0, 0, 0])).sweep_interval is None


def test_detected_epochs_say_so():
    rec = recording(
        [[hold("pre", 0, 5, -70.01, source="detected"), hold("post", 5, 9, -70, source="detected")]]
    )
    protocol = protocol_of(rec)
    assert protocol.source == "epochs of 'V' in file.abf, found in its samples"
    assert [type(e) for e in protocol.epochs] == [Hold, Hold]


def test_ramps_pulses_and_biphasic_pulses_play_the_same_samples():
    kinds = (EpochKind.PULSES, EpochKind.BIPHASIC)
    for kind in kinds:
        for length in (100, 90, 85, 83, 80):
            rec = played(
                [
                    Piece("pre", EpochKind.HOLD, 0, 20, -70, -70),
                    Piece("A", EpochKind.STEP, 20, 40, -70, -60),
                    Piece("B", kind, 40, 40 + length, -60, -20, 30, 10),
                    Piece("post", EpochKind.HOLD, 40 + length, 200, -70, -70),
                ]
            )
            protocol = protocol_of(rec)
            train = protocol.epochs[2]
            assert isinstance(train, Pulses)
            assert train.biphasic is (kind is EpochKind.BIPHASIC)
            assert np.array_equal(sampled(protocol, rec)[0], rec.trace(0, "V").values())


def test_a_ramp_is_sampled_in_the_middle_of_each_sample():
    """The program that plays it holds each sample at the ramp's mean over it."""
    rec = played(
        [
            Piece("pre", EpochKind.HOLD, 0, 20, -70, -70),
            Piece("A", EpochKind.RAMP, 20, 70, -70, -20),
        ]
    )
    protocol = protocol_of(rec)
    ramp = protocol.epochs[1]
    assert ramp == Ramp("-20 mV", "5 ms", "A", start="-70 mV")
    times = rec.trace(0, "V").times()
    values = rec.trace(0, "V").values()
    assert protocol.command(0, times + 0.05) == pytest.approx(values, abs=1e-12)
    segment = protocol.segments(0)[1]
    assert segment.mean(times[20:], times[20:] + 0.1) == pytest.approx(values[20:], abs=1e-12)


@pytest.mark.parametrize("width", [0, 7, 10, 30])
@pytest.mark.parametrize("length", [90, 100, 29])
def test_triangles_become_ramps(width, length):
    rec = played(
        [
            Piece("pre", EpochKind.HOLD, 0, 20, -70, -70),
            Piece("T", EpochKind.TRIANGLES, 20, 20 + length, -70, -20, 30, width),
            Piece("post", EpochKind.HOLD, 20 + length, 150, -70, -70),
        ]
    )
    protocol = protocol_of(rec)
    assert sampled(protocol, rec)[0] == pytest.approx(rec.trace(0, "V").values(), abs=1e-10)
    if length == 90 and width == 10:
        assert str(protocol.epochs[1]) == "ramp from -70 mV to -20 mV for 1 ms as T up 1"
        assert len(protocol.epochs) == 8


@pytest.mark.parametrize("length", [90, 100])
def test_a_train_of_cosines_is_a_sine(length):
    rec = played(
        [
            Piece("pre", EpochKind.HOLD, 0, 20, -70, -70),
            Piece("C", EpochKind.COSINE, 20, 20 + length, -70, -20, 30, 10),
            Piece("post", EpochKind.HOLD, 20 + length, 150, -70, -70),
        ]
    )
    protocol = protocol_of(rec)
    assert isinstance(protocol.epochs[1], Sine)
    assert sampled(protocol, rec)[0] == pytest.approx(rec.trace(0, "V").values(), abs=1e-10)


def test_sweeps_in_which_a_train_is_idle():
    """Outputs that alternate hold where the other output pulses."""
    pulses = Piece("B", EpochKind.PULSES, 20, 110, -70, -20, 30, 10)
    idle = Piece("B", EpochKind.HOLD, 20, 110, -70, -70)
    pre = Piece("pre", EpochKind.HOLD, 0, 20, -70, -70)
    rec = played([pre, pulses], [pre, idle], [pre, pulses])
    protocol = protocol_of(rec)
    for command, index in zip(sampled(protocol, rec), range(3), strict=True):
        assert np.array_equal(command, rec.trace(index, "V").values())


@pytest.mark.parametrize(
    "pieces",
    [
        [Piece("B", EpochKind.PULSES, 20, 110, -70, -20, 30, 0)],  # no width
        [Piece("B", EpochKind.PULSES, 20, 25, -70, -20, 30, 10)],  # no room for one
        [Piece("B", EpochKind.COSINE, 20, 45, -70, -20, 30, 10)],  # no whole period
        [Piece("B", EpochKind.TRIANGLES, 20, 2020, -70, -20, 4, 2)],  # very many
    ],
)
def test_trains_that_are_none(pieces):
    rec = played([Piece("pre", EpochKind.HOLD, 0, 20, -70, -70), *pieces])
    protocol = protocol_of(rec)
    assert np.array_equal(sampled(protocol, rec)[0], rec.trace(0, "V").values())


def test_waveforms_are_samples():
    values = [np.arange(50.0), np.arange(50.0), np.arange(50.0)]
    epochs = [Epoch("W", EpochKind.WAVEFORM, 0, 4, "V"), hold("post", 4, 5, 0.0)]
    protocol = protocol_of(recording([epochs] * 3, values))
    wave = protocol.epochs[0]
    assert isinstance(wave, Wave)
    assert wave.waveform.array().tolist() == list(range(40))
    assert len(wave.waveform.samples) == 1
    assert protocol.n_sweeps == 3
    values[1] = values[1] + 1
    rec = recording([epochs] * 3, values)
    other = protocol_of(rec)
    assert [w.waveform.array(1)[0] for w in other.epochs[:1]] == [1.0]
    for sweep, command in enumerate(sampled(other, rec)):
        assert np.array_equal(command[:40], values[sweep][:40])


@pytest.mark.parametrize(
    ("sweeps", "told"),
    [
        ([[]], "sweep 0 has no epochs of 'V'"),
        ([[hold("A", 1, 5)]], "says nothing of 0 to 1 ms, before epoch 'A'"),
        ([[hold("A", 0, 5), step("B", 6, 7, 0)]], "says nothing of 5 to 6 ms"),
        ([[hold("A", 0, 5), step("B", 4, 7, 0)]], "says two things of 4 to 5 ms"),
        (
            [[hold("A", 0, 5), step("B", 5, 7, 0)], [hold("C", 0, 5)]],
            "sweep 1 has the epochs C, which are not those of the longest sweep, A, B",
        ),
        (
            [
                [hold("A", 0, 5), Epoch("W", EpochKind.WAVEFORM, 5, 6, "V")],
                [hold("A", 0, 5)],
            ],
            "follows samples, but not in all sweeps",
        ),
    ],
)
def test_what_is_refused(sweeps, told):
    with pytest.raises(ModelError, match=told):
        protocol_of(recording(sweeps))


def test_channels_that_are_refused():
    rec = recording([[hold("A", 0, 5)]])
    with pytest.raises(ModelError, match="is in mmHg; a protocol commands"):
        protocol_of(replace(rec, channels=(RESPONSE, replace(COMMAND, unit="mmHg"))))
    with pytest.raises(ModelError, match="is in no unit"):
        protocol_of(replace(rec, channels=(RESPONSE, replace(COMMAND, unit=""))), "V")
    with pytest.raises(
        SelectionError, match="no response has a command channel; commands are none"
    ):
        protocol_of(replace(rec, channels=(RESPONSE, replace(COMMAND, role=Role.MONITOR))))
    two = (RESPONSE, COMMAND, replace(RESPONSE, name="I2", electrode="f"))
    assert protocol_of(replace(rec, channels=two)).dimension == "voltage"
    second = replace(COMMAND, name="V2", electrode="f")
    with pytest.raises(SelectionError, match="name one command channel of 'V', 'V2'"):
        protocol_of(replace(rec, channels=(*two, second)))
    with pytest.raises(ModelError, match="no sweep has"):
        protocol_of(replace(rec, sweeps=()))
    nan = recording([[Epoch("W", EpochKind.WAVEFORM, 0, 5, "V")]], [np.full(50, np.nan)])
    with pytest.raises(ModelError, match="finite"):
        protocol_of(nan)


def test_epochs_of_a_protocol_give_it_back():
    epochs = [
        "hold for 5 ms as baseline",
        "step -60..-40 mV by 10 mV for 10 ms as test",
        "ramp from -40 mV to -70 mV for 10 ms as down",
        "pulses -20 mV of 1 ms every 3 ms for 9 ms as train",
        "pulses -20 mV of 1 ms every 3 ms for 9 ms biphasic",
        "hold for 5 ms",
    ]
    protocol = Protocol("the name", epochs, holding="-70 mV", sweep_interval="1 s")
    times = np.arange(480) / RATE
    rec = recording(
        [epochs_from(protocol, s, "V") for s in range(3)],
        [protocol.command(s, times) for s in range(3)],
    )
    again = protocol_of(rec)
    relabelled = [*epochs[:4], f"{epochs[4]} as epoch 5", f"{epochs[5]} as epoch 6"]
    assert again == protocol.replace(epochs=relabelled, source=again.source)


def test_epochs_of_what_recordings_have_no_word_for():
    protocol = Protocol(
        "x",
        ["shock 3 fC as kick", "zap 5 pA from 1 Hz to 9 Hz for 50 ms as zap", "hold for 5 ms"],
        holding="0 pA",
        leak="P/2",
    )
    zap, rest = epochs_from(protocol, 2, "I")
    assert (zap.label, zap.kind, zap.start, zap.stop, zap.level) == (
        "zap",
        EpochKind.WAVEFORM,
        0.0,
        50.0,
        None,
    )
    assert (rest.label, rest.kind, rest.level) == ("epoch 3", EpochKind.HOLD, 0.0)


def test_epochs_of_leak_pulses_are_those_of_the_copies():
    protocol = Protocol(
        "x",
        ["pulses 0 mV of 1 ms every 2 ms for 6 ms from -60 mV as train", "hold for 4 ms"],
        holding="-80 mV",
        leak="P/-4 from -100 mV",
    )
    train, rest = epochs_from(protocol, 0)
    assert (train.level, train.start_level) == (-120.0, -105.0)
    assert rest.level == -100.0
    assert epochs_from(protocol, 4)[0].start_level == -60.0


def test_a_recording_may_keep_its_protocol():
    protocol = Protocol("kept", ["shock 3 fC", "hold for 5 ms"], holding="0 pA", sweeps=2)
    bare = recording([[hold("pre", 0, 5)]] * 2)
    rec = replace(bare, protocols={"V": protocol})
    assert protocol_of(rec) is protocol
    assert compare(rec, bare) == (f"protocols['V']: {protocol!r}, None",)
    assert rec.select([1]).protocols == {}
    assert protocol_of(rec.select([1])).source.startswith("epochs of 'V'")
    with pytest.raises(SelectionError, match="has 2 sweeps, it 1"):
        replace(rec, sweeps=rec.sweeps[:1])
    with pytest.raises(SelectionError, match="no channel"):
        replace(rec, protocols={"X": protocol})

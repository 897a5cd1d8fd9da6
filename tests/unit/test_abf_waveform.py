"""Command waveforms of ABF protocols against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from loligo.recording.io.abf.header import (
    AbfHeader,
    DacOutput,
    DataBlock,
    EpochEntry,
    UserList,
)
from loligo.recording.io.abf.user_list import UnknownWaveformError, replacements
from loligo.recording.io.abf.waveform import epoch_label, pieces, render

HEADER = AbfHeader(
    version=(2, 6, 0, 0),
    mode=5,
    inputs=(),
    outputs=(),
    data=DataBlock(512, 0, np.dtype("<i2")),
    interval=0.1,
    clock=0.1,
    sweep_count=4,
    sweep_length=640,
    sweep_interval=0.0,
    holding_length=10,
    timetable=None,
    tags=(),
    user_lists=(),
    digital=None,
    alternates=False,
    start_time=None,
    start_text="",
)


def epoch(number, kind, level, duration, *, steps=(0.0, 0), period=0, width=0):
    return EpochEntry(number, kind, level, steps[0], duration, steps[1], period, width)


def output(*epochs, number=0, holding=-70.0, keeps=False, **more):
    return DacOutput(number, "Cmd 0", "mV", True, 1, holding, keeps, epochs, **more)


def waveform(header, dac, sweep=0):
    made = pieces(header, dac, replacements(header, dac), sweep, 640)
    return render(made, 0, 640)


def test_a_step_lies_between_holding_stretches():
    values = waveform(HEADER, output(epoch(0, 1, -80.0, 100)))
    assert set(values[:10]) == set(values[110:]) == {-70.0}
    assert set(values[10:110]) == {-80.0}


def test_increments_of_level_and_duration():
    dac = output(epoch(0, 1, -80.0, 100, steps=(5.0, 20)))
    values = waveform(HEADER, dac, sweep=3)
    assert np.flatnonzero(values == -65.0).tolist() == list(range(10, 170))


def test_a_ramp_rises_evenly_through_the_middle_of_each_sample():
    values = waveform(HEADER, output(epoch(0, 2, -50.0, 100)))[10:110]
    assert np.diff(values) == pytest.approx(0.2)
    assert values.mean() == pytest.approx(-60.0)
    assert values[0] == pytest.approx(-69.9)


def test_pulses_return_to_the_level_before():
    values = waveform(HEADER, output(epoch(0, 3, -20.0, 105, period=20, width=5)))[10:115]
    high = np.flatnonzero(values == -20.0)
    expected = [20 * i + k for i in range(6) for k in range(5)]
    assert high.tolist() == expected  # the last, partial period still holds a whole pulse
    short = waveform(HEADER, output(epoch(0, 3, -20.0, 103, period=20, width=5)))[10:113]
    assert np.flatnonzero(short == -20.0).tolist() == expected[:25]


def test_biphasic_pulses_have_no_net_charge():
    values = waveform(HEADER, output(epoch(0, 7, -50.0, 100, period=20, width=10)))[10:110]
    assert values.mean() == pytest.approx(-70.0)
    assert (values.max(), values.min()) == (-50.0, -90.0)
    assert values[:5].tolist() == [-50.0] * 5


def test_triangles_and_cosines_touch_both_levels():
    for kind in (4, 5):
        values = waveform(HEADER, output(epoch(0, kind, -50.0, 100, period=20, width=10)))[10:110]
        assert (values.min(), values.max()) == (-70.0, -50.0)
        assert values.mean() == pytest.approx(-60.0)
        np.testing.assert_allclose(values[:20], values[40:60], atol=1e-12)


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5, 6, 7])
def test_a_slice_equals_that_part_of_the_whole(kind):
    dac = output(epoch(0, 1, -80.0, 33), epoch(1, kind, -50.0, 107, period=20, width=6))
    made = pieces(HEADER, dac, {}, 0, 640)
    whole = render(made, 0, 640)
    for start, stop in ((0, 5), (5, 60), (44, 45), (60, 160), (145, 640), (600, 600)):
        assert render(made, start, stop).tolist() == whole[start:stop].tolist()


def test_the_last_level_is_kept_between_sweeps():
    dac = output(epoch(0, 1, -80.0, 100, steps=(5.0, 0)), keeps=True)
    first, second = waveform(HEADER, dac, 0), waveform(HEADER, dac, 1)
    assert (first[0], first[-1]) == (-70.0, -80.0)
    assert (second[0], second[-1]) == (-80.0, -75.0)


def test_alternating_outputs_rest_in_turn():
    header = replace(HEADER, alternates=True)
    for number in (0, 1):
        dac = output(epoch(0, 1, -80.0, 100), number=number)
        played = [waveform(header, dac, sweep).min() == -80.0 for sweep in range(4)]
        assert played == [sweep % 2 == number for sweep in range(4)]


def test_a_conditioning_train_leaves_its_level():
    dac = output(epoch(0, 1, -80.0, 100), level_after_train=-90.0)
    values = waveform(HEADER, dac)
    assert (values[0], values[-1]) == (-90.0, -70.0)


def test_epochs_off_or_without_duration_are_skipped():
    dac = output(epoch(0, 0, 5.0, 50), epoch(1, 1, 7.0, 0), epoch(2, 2, -50.0, 100))
    made = pieces(HEADER, dac, {}, 0, 640)
    assert [piece.label for piece in made] == ["pre", "C", "post"]
    assert made[1].before == -70.0


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (epoch(0, 1, 0.0, 700), "last 710 samples"),
        (epoch(0, 9, 0.0, 100), "unknown type 9"),
        (epoch(-3, 1, 0.0, 100), "number -3"),
        (epoch(30_000, 1, 0.0, 100), "number 30000"),
        (epoch(0, 3, 0.0, 100, period=0, width=5), "every 0 samples"),
        (epoch(0, 4, 0.0, 100, period=10, width=50), "50 samples every 10"),
    ],
)
def test_what_cannot_be_is_refused(bad, told):
    with pytest.raises(UnknownWaveformError, match=told):
        pieces(HEADER, output(bad), {}, 0, 640)


# User lists: the numbering of parameters by version ---------------------------------------------

TABLE = output(
    *(epoch(i, 1, -70.0 - i, 20 + i) for i in range(3)),
    epoch(3, 3, -20.0, 100, period=20, width=5),
)


def with_list(parameter, text="1, 2, 3", *, version=(2, 6, 0, 0), repeats=False, owner=0):
    entry = UserList(owner, parameter, repeats, text)
    return replace(HEADER, version=version, user_lists=(entry,))


@pytest.mark.parametrize(
    ("version", "parameter", "meaning"),
    [
        ((2, 0, 0, 0), 21, (0, "level")),
        ((2, 0, 0, 0), 33, (2, "duration")),
        ((1, 8, 3, 0), 44, (3, "period")),
        ((2, 6, 0, 0), 54, (3, "width")),
        ((2, 9, 0, 0), 62, (1, "level")),
        ((2, 9, 0, 0), 113, (2, "duration")),
        ((2, 9, 0, 0), 164, (3, "period")),
        ((2, 9, 0, 0), 214, (3, "width")),
        ((2, 8, 0, 0), 63, (2, "level")),
        ((2, 8, 0, 0), 31, (0, "duration")),
    ],
)
def test_a_number_means_a_parameter_of_an_epoch(version, parameter, meaning):
    found = replacements(with_list(parameter, version=version), TABLE)
    assert list(found) == [meaning]
    assert found[meaning].values == (1.0, 2.0, 3.0)


def test_a_list_ends_with_its_last_value_or_begins_again():
    ends = replacements(with_list(22), TABLE)[1, "level"]
    assert [ends.value(i) for i in range(5)] == [1, 2, 3, 3, 3]
    repeats = replacements(with_list(22, repeats=True), TABLE)[1, "level"]
    assert [repeats.value(i) for i in range(5)] == [1, 2, 3, 1, 2]


def test_lists_of_other_outputs_and_of_timing_change_nothing():
    assert replacements(with_list(22, owner=1), TABLE) == {}
    assert replacements(with_list(7), TABLE) == {}


@pytest.mark.parametrize(
    ("parameter", "text", "told"),
    [
        (8, "1, 2", "holding level of the inactive output"),
        (30, "1, 2", "no parameter of its epochs"),
        (500, "1, 2", "no parameter of its epochs"),
        (22, "", "reads ''"),
        (22, "1, two", "reads '1, two'"),
        (32, "10.5", "reads '10.5'"),
        (22, "nan", "reads 'nan'"),
        (22, "1e300", "reads '1e300'"),
    ],
)
def test_a_list_that_cannot_be_understood_is_refused(parameter, text, told):
    with pytest.raises(UnknownWaveformError, match=told):
        replacements(with_list(parameter, text), TABLE)


def test_epoch_labels():
    labels = [epoch_label(i) for i in (0, 9, 25, 26, 49)]
    assert labels == ["A", "J", "Z", "AA", "AX"]

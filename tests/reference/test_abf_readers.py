"""ABF files against pyABF, Axon's ABFFIO.DLL and what is known of each recording."""

import json
import warnings
from datetime import datetime

import numpy as np
import pytest

import loligo
from loligo.errors import SelectionError, UndeterminedError
from loligo.recording import Basis, ClampMode, EpochKind, Role

SETTLED = {
    "180329_ts_0005-badUnits.abf": {"unit": "0.05 mV"},
    "sine sweep magnitude 20.abf": {"unit": "pA"},
}
FACTORS = {"nA": 1000.0}  # file unit to internal unit; all others are internal already
NAMES = (
    [f"171116sh_00{n}.abf" for n in (11, 12, 13, 14, 16, 17, 18, 19, 20)]
    + ["17o05024_vc_steps.abf", "17o05026_vc_stim.abf", "17o05027_ic_ramp.abf"]
    + ["17o05028_ic_steps.abf", "180329_ts_0005-badUnits.abf", "180330_ts_0032-okUnits.abf"]
    + ["18425108.abf", "18711001.abf", "18808025.abf", "190619B_0003.abf"]
    + ["2018_11_16_sh_0006.abf", "2019_07_24_0055_fsi.abf", "2020_03_02_0000.abf"]
    + ["2020_06_16_0000.abf", "20303005.abf", "96711008.abf", "DM1_0002.abf"]
    + ["File_axon_2.abf", "File_axon_5.abf", "f1.abf", "invalidDate-abf2.abf"]
    + ["model_vc_ramp.abf", "model_vc_step.abf", "multichannelAbf1WithTags.abf"]
    + ["sine sweep magnitude 20.abf", "user-list-durations.abf"]
)
WRONG_IN_PYABF = {
    "2020_03_02_0000.abf": "pyABF ignores the list of levels from sweep 5 on",
    "171116sh_0017.abf": "pyABF plays a file to the end; the last 64th is held, as the cell shows",
    "user-list-durations.abf": "pyABF keeps one duration where a list gives one for each sweep",
}
NOT_PLAYED = {
    "171116sh_0017.abf": "the command came from a file; pyABF lists the unused epoch table",
    "18425108.abf": "pyABF lists the table of the output that was off",
    "2020_06_16_0000.abf": "triggered sweeps play no epochs",
    "File_axon_2.abf": "gap-free",
    "multichannelAbf1WithTags.abf": "the table is empty; the recorded copy shows a step",
    "sine sweep magnitude 20.abf": "it is a stimulus file, made by analysis",
}
SILENT = {"2020_06_16_0000.abf", "File_axon_2.abf", "multichannelAbf1WithTags.abf"}
NOT_BY_AXON = {
    "180329_ts_0005-badUnits.abf",
    "180330_ts_0032-okUnits.abf",
    "20303005.abf",
    "96711008.abf",
}


def read(recordings, name, **options):
    return loligo.read(recordings / "abf" / name, **{**SETTLED.get(name, {}), **options})


@pytest.fixture(scope="module")
def reference(recordings):
    files = json.loads((recordings / "reference/readers.json").read_text())["files"]
    return {name.removeprefix("abf/"): entry for name, entry in files.items()}


def test_every_file_is_listed_here(recordings):
    assert sorted(NAMES) == sorted(path.name for path in (recordings / "abf").glob("*.abf"))


@pytest.mark.parametrize("name", NAMES)
def test_samples_equal_those_of_pyabf(recordings, reference, name):
    recording, entry = read(recordings, name), reference[name]
    assert len(recording) == entry["n_sweeps"]
    for channel, unit, rows in zip(
        entry["adc_names"], entry["adc_units"], entry["channels"], strict=True
    ):
        scale = 0.05 if name == "180329_ts_0005-badUnits.abf" else FACTORS.get(unit, 1.0)
        stated = unit if unit != "?" else ""
        assert recording.channel(channel).file_unit == stated
        for row in rows:
            trace = recording.trace(row["sweep"], channel)
            values = trace.values()
            assert trace.sampling_rate == pytest.approx(entry["rate_Hz"] / 1000, rel=1e-9)
            assert len(values) == row["n"]
            found = [values[0], values[-1], values.mean(), values.std(), values.min(), values.max()]
            known = [row[key] for key in ("first", "last", "mean", "std", "min", "max")]
            size = max(map(abs, known)) * scale  # pyABF sums in float32
            np.testing.assert_allclose(found, np.multiply(known, scale), rtol=0, atol=2e-6 * size)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_BY_AXON])
def test_first_values_equal_those_of_axons_own_library(recordings, reference, name):
    entry = reference[name]
    recording = read(recordings, name)
    first = [
        recording.trace(0, channel).values(0, 1)[0] / FACTORS.get(unit, 1.0)
        for channel, unit in zip(entry["adc_names"], entry["adc_units"], strict=True)
    ]
    np.testing.assert_allclose(first, entry["pyabf_firstvalue_ABFFIO"], atol=6e-6, rtol=1e-6)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WRONG_IN_PYABF])
def test_commands_equal_those_of_pyabf(recordings, name):
    import pyabf

    recording = read(recordings, name)
    abf = pyabf.ABF(recordings / "abf" / name)
    compared = 0
    for channel in recording.channels:
        if channel.name not in abf.dacNames or "output of the protocol" not in channel.evidence:
            continue
        output = abf.dacNames.index(channel.name)
        scale = FACTORS.get(abf.dacUnits[output], 1.0)
        for sweep in range(len(recording)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                abf.setSweep(sweep, output)
                theirs = abf.sweepC * scale
            ours = recording.trace(sweep, channel).values()
            # in ramps a sample is the ramp's mean over it; pyABF's reaches the end level exactly
            steps = [
                abs(e.level - e.start_level) / (e.duration * abf.dataRate / 1000)
                for e in recording.sweep(sweep).epochs
                if e.channel == channel.name and e.kind is EpochKind.RAMP
            ]
            tolerance = 0.5 * max(steps, default=0.0) + 1e-4  # increments are float32
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)
            compared += 1
    played = len(recording) if name not in SILENT else 0
    assert compared >= played
    assert (compared == 0) == (played == 0)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {*WRONG_IN_PYABF, *NOT_PLAYED}])
def test_epochs_equal_those_of_pyabf(recordings, reference, name):
    recording = read(recordings, name)
    command = recording.command(recording.response)
    rate = recording.trace(0, command).sampling_rate
    scale = FACTORS.get(command.file_unit, 1.0)
    found = [
        (round(e.start * rate), round(e.stop * rate), e.level / scale)
        for e in recording.sweeps[0].epochs
        if e.channel == command.name
    ]
    listed = [row[:3] for row in reference[name]["epochs_sweep0"] if row[1] > row[0]]
    np.testing.assert_allclose(found, listed, rtol=1e-6, atol=1e-6)


def test_a_list_of_levels_replaces_the_increment(recordings):
    known = json.loads((recordings / "reference/other.json").read_text())["user_list_level"]
    recording = read(recordings, "2020_03_02_0000.abf")
    command = recording.command(recording.response)
    for point in known["abf/2020_03_02_0000.abf"]["points"]:
        epoch = recording.sweep(point["sweep"]).epoch("B")
        assert epoch.level == point["user_list_pA"]
        middle = (epoch.start + epoch.stop) / 2
        played = recording.trace(point["sweep"], command).window(middle, middle + 1)
        assert played[0] == epoch.level
        assert point["I_measured_pA"] == pytest.approx(epoch.level, rel=0.01, abs=1.0)


def test_a_list_of_durations_moves_the_epochs(recordings):
    known = json.loads((recordings / "reference/other.json").read_text())["user_list_duration"]
    jumps = known["abf/user-list-durations.abf"]["measured_jumps_samples"]
    recording = read(recordings, "user-list-durations.abf")
    for sweep, positions in enumerate(jumps):
        command = recording.trace(sweep, "Cmd 0").values()
        copy = recording.trace(sweep, "AO #0").values()
        found = np.flatnonzero(np.abs(np.diff(command)) > 2.0)
        # the last jump, from 0 to -35 mV, and those before it
        assert found.tolist() == positions
        # the copy is stored with 5 decimals' worth of float32
        np.testing.assert_allclose(command, copy, atol=1e-4)
        epochs = recording.sweep(sweep)
        assert epochs.epoch("E").duration * 2.0 == (4000, 6000, 6000)[sweep]


def test_a_copy_that_agrees_backs_the_protocol(recordings):
    for name, copy, output in (
        ("96711008.abf", "AO #0", "Command 1"),
        ("user-list-durations.abf", "AO #0", "Cmd 0"),
    ):
        recording = read(recordings, name)
        command = recording.command(recording.response)
        assert command.name == output
        assert copy in command.evidence
        assert recording.channel(copy).role is Role.COMMAND
        described = {epoch.channel for epoch in recording.sweeps[0].epochs}
        assert output in described
        assert copy not in described


def test_a_copy_that_disagrees_wins(recordings):
    recording = read(recordings, "multichannelAbf1WithTags.abf")
    assert recording.command(recording.response).name == "AO #0"
    assert "Cmd 0" not in [channel.name for channel in recording.channels]
    assert "differs" in recording.finding("waveform of Cmd 0").evidence
    before, step = recording.sweeps[5].epochs
    assert (before.source, step.source) == ("detected", "detected")
    assert before.level == pytest.approx(-50, abs=0.1)
    assert step.level == pytest.approx(-60, abs=0.1)
    assert step.start == pytest.approx(625 / 20)


def test_the_stimulus_file_is_the_command(recordings):
    recording = read(recordings, "171116sh_0017.abf")
    command = recording.command(recording.response)
    stimulus = read(recordings, "sine sweep magnitude 20.abf").trace(0, "IN 0").values()
    played = stimulus.size - stimulus.size // 64
    for sweep in range(3):
        values = recording.trace(sweep, command).values()
        np.testing.assert_array_equal(values[:played], stimulus[:played])
        assert not values[played:].any()
    assert stimulus.max() == pytest.approx(20, abs=0.01)


def test_the_cell_does_not_see_the_last_64th_of_a_stimulus_file(recordings):
    """The potential follows the file up to there, without delay, and then rests."""
    recording = read(recordings, "171116sh_0017.abf")
    stimulus = read(recordings, "sine sweep magnitude 20.abf").trace(0, "IN 0").values()
    potential = np.mean([recording.trace(i, "IN 0").values() for i in range(3)], axis=0)
    last = stimulus.size // 64
    played = stimulus.size - last

    def gain(start):
        """Return the response at the chirp's frequency there, by the current of the file."""
        piece, window = slice(start, start + last), np.hanning(last)
        given, seen = (
            np.fft.rfft((values[piece] - values[piece].mean()) * window)
            for values in (stimulus, potential)
        )
        strongest = np.argmax(abs(given))
        return abs(seen[strongest] / given[strongest])

    before = [gain(played - n * last) for n in range(1, 9)]
    assert min(before) > 0.01  # GOhm
    assert gain(played) < 0.2 * min(before)


def test_a_missing_stimulus_file_leaves_the_command_unknown(recordings, tmp_path, capsys):
    lonely = tmp_path / "171116sh_0017.abf"
    lonely.write_bytes((recordings / "abf/171116sh_0017.abf").read_bytes())
    recording = loligo.read(lonely)
    finding = recording.finding("command")
    assert recording.command(recording.response) is None
    assert finding.basis is Basis.UNKNOWN
    assert "sine sweep magnitude 20.abf" in finding.evidence
    assert "command=" in finding.evidence
    assert recording.response.clamp_mode is ClampMode.CURRENT_CLAMP
    assert capsys.readouterr().out == ""
    settled = loligo.read(lonely, command=recordings / "abf/sine sweep magnitude 20.abf")
    command = settled.command(settled.response)
    beside = read(recordings, "171116sh_0017.abf")
    np.testing.assert_array_equal(
        settled.trace(0, command).values(), beside.trace(0, "Cmd 0").values()
    )


def test_a_ramp_goes_on_from_sweep_to_sweep(recordings):
    recording = read(recordings, "171116sh_0016.abf")
    for sweep in range(1, 11):
        before = recording.sweep(sweep - 1).epoch("post").level
        assert recording.sweep(sweep).epoch("pre").level == before == 10.0 * (sweep - 1)
        ramp = recording.sweep(sweep).epoch("A")
        assert (ramp.kind, ramp.start_level, ramp.level) == (EpochKind.RAMP, before, 10.0 * sweep)


def test_a_first_sweep_starts_at_the_holding_level(recordings):
    recording = read(recordings, "DM1_0002.abf")
    levels = [sweep.epoch("pre", "Cmd 0").level for sweep in recording]
    assert levels == [0.0] + [-80.0] * 6
    assert recording.channel("P_com").role is Role.AUXILIARY
    pressures = [sweep.epoch("C", "P_com").level for sweep in recording]
    assert pressures == [0.0, -10.0, -20.0, -30.0, -40.0, -50.0, -60.0]


def test_a_ramp_starts_at_the_previous_level(recordings):
    recording = read(recordings, "171116sh_0013.abf")
    ramps = [sweep.epoch("A") for sweep in recording]
    assert [ramp.level for ramp in ramps] == [-110.0 + 5 * i for i in range(13)]
    assert [ramp.start_level for ramp in ramps] == [-70.0] + [-110.0 + 5 * i for i in range(12)]


def test_a_digital_output_marks_the_light(recordings):
    recording = read(recordings, "17o05026_vc_stim.abf")
    assert recording.channel("digital 4").role is Role.AUXILIARY
    light = recording.sweep(3).epoch("C", "digital 4")
    assert (light.start, light.duration) == (pytest.approx(1156.25), pytest.approx(1.0))
    values = recording.trace(3, "digital 4").values()
    assert np.flatnonzero(values).tolist() == list(range(23125, 23145))
    pulse = recording.sweep(0).epoch("A", "Cmd 0")
    assert (pulse.start, pulse.level) == (pytest.approx(156.25), -60.0)


def test_a_digital_output_marks_the_laser(recordings):
    recording = read(recordings, "18425108.abf")
    values = recording.trace(0, "digital 0").values()
    # 1/64 of the sweep, then epochs A to C of the output that was on, then 1 ms
    start = 250_000 // 64 + 2344 + 6250 + 7500
    assert np.flatnonzero(values).tolist() == list(range(start, start + 25))


def test_sweeps_of_unequal_length_have_their_own_start(recordings):
    recording = read(recordings, "2020_06_16_0000.abf")
    assert [len(sweep.traces["IN 0"]) for sweep in recording] == [3540, 70040, 16040]
    starts = [sweep.start for sweep in recording]
    assert starts == pytest.approx([1447.9, 4497.9, 14747.9])
    assert recording.command(recording.response) is None


def test_a_tag_falls_in_its_sweep(recordings):
    recording = read(recordings, "2018_11_16_sh_0006.abf")
    (tag,) = recording.tags
    assert tag.text == "+drug at 3min"
    assert tag.time == pytest.approx(180_377.6)
    assert tag.sweep == 36
    assert recording.sweeps[36].start == pytest.approx(180_000.0)


@pytest.mark.parametrize("name", ["multichannelAbf1WithTags.abf", "File_axon_2.abf"])
def test_tags_of_version_1(recordings, reference, name):
    recording = read(recordings, name)
    texts = [tag.text.encode("ascii", "ignore").decode() for tag in recording.tags]
    assert texts == reference[name]["tags"]
    times = [tag.time / 1000 for tag in recording.tags]
    assert times == pytest.approx(reference[name]["tag_times_s"], abs=1e-3)


def test_an_impossible_date_is_said(recordings):
    recording = read(recordings, "invalidDate-abf2.abf")
    assert recording.start_time is None
    assert recording.finding("start_time").basis is Basis.UNKNOWN
    assert "4294967295" in recording.finding("start_time").evidence


@pytest.mark.parametrize("name", [name for name in NAMES if name != "invalidDate-abf2.abf"])
def test_start_times(recordings, reference, name):
    found = read(recordings, name).start_time
    assert abs((found - datetime.fromisoformat(reference[name]["recorded"])).total_seconds()) < 1e-2


def test_units_that_contradict_are_refused(recordings):
    with pytest.raises(UndeterminedError, match=r"Cmd 0 in pA.*unit="):
        loligo.read(recordings / "abf/180329_ts_0005-badUnits.abf")
    bad = read(recordings, "180329_ts_0005-badUnits.abf")
    good = read(recordings, "180330_ts_0032-okUnits.abf")
    assert bad.response.unit == good.response.unit == "mV"
    assert bad.trace(0, "IN 0").resolution == pytest.approx(good.trace(0, "IN 0").resolution)


def test_a_missing_unit_is_refused(recordings):
    with pytest.raises(UndeterminedError, match=r"no unit.*unit="):
        loligo.read(recordings / "abf/sine sweep magnitude 20.abf")
    given = loligo.read(recordings / "abf/sine sweep magnitude 20.abf", unit="mV")
    assert given.response.clamp_mode is ClampMode.CURRENT_CLAMP


def test_the_voltage_is_found_behind_the_current(recordings):
    recording = read(recordings, "18425108.abf")
    assert recording.response.name == "10_Vm"
    assert recording.channel("Imemb").role is Role.MONITOR
    command = recording.command(recording.response)
    assert (command.name, command.unit) == ("ME1", "pA")
    values = recording.trace(0, command).values()
    pulses = np.flatnonzero(np.diff((values == 2500.0).astype(int)) == 1)
    assert len(pulses) == 20
    assert np.diff(pulses).tolist() == [250] * 19


def test_the_input_that_follows_the_command_is_the_response(recordings):
    for name, response, other in (
        ("f1.abf", "CH1", "CH2"),
        ("190619B_0003.abf", "IN 0", "IN 2"),
    ):
        recording = read(recordings, name)
        assert recording.response.name == response
        assert f"{other} does not" in recording.finding("response").evidence
        assert recording.channel(other).role is Role.AUXILIARY


def test_inputs_beyond_any_command_are_no_monitors(recordings):
    recording = read(recordings, "f1.abf")
    for name in ("IN 2", "IN 3"):
        assert recording.channel(name).role is Role.AUXILIARY
        assert "no command reaches" in recording.channel(name).evidence


def test_a_mode_is_taken_only_from_instruments_that_tell_it(recordings):
    recording = read(recordings, "2020_03_02_0000.abf")  # an Axopatch 200B, "mode 0"
    assert recording.response.clamp_mode is ClampMode.CURRENT_CLAMP
    assert recording.channel("I_Com").role is Role.MONITOR


def test_what_was_telegraphed_is_the_rig_state(recordings):
    state = read(recordings, "171116sh_0011.abf").trace(0, "IN 0").rig_state
    assert state.known() == {"amplifier_gain": 5.0, "filter_frequency": 2.0}
    dialled = read(recordings, "user-list-durations.abf").trace(0, "IN 0").rig_state
    assert dialled.whole_cell_capacitance_compensation == pytest.approx(11.603, abs=1e-3)
    recording = read(recordings, "171116sh_0018.abf")
    assert "bridge_balance" in recording.unknown_rig_fields(recording.response)


def test_options_that_do_not_fit_are_refused(recordings):
    path = recordings / "abf/171116sh_0011.abf"
    with pytest.raises(SelectionError, match="neither a channel nor a file"):
        loligo.read(path, command="nothing.abf")
    with pytest.raises(SelectionError, match="contradicts the header"):
        loligo.read(path, sampling_rate="10 kHz")
    assert loligo.read(path, sampling_rate="20 kHz").response.name == "IN 0"

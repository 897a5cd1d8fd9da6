"""Real Igor, HEKA, AxoGraph, MATLAB, HDF5 and text files against numbers from other readers.

Values: reference/readers.json beside the recordings (igor2, myokit, neo, scipy, h5py), and what
the README there says of each file.
"""

import json
from importlib.util import find_spec

import numpy as np
import pytest

import loligo
from loligo.errors import ReadError, UndeterminedError
from loligo.recording.io.hdf5_table import read_file
from loligo.recording.io.options import checked_options

needs_myokit = pytest.mark.skipif(
    find_spec("myokit") is None, reason="myokit is not installed (extra heka)"
)
TO_INTERNAL = {"pA": 1.0, "mV": 1.0, "A": 1e12, "V": 1e3, "nA": 1e3}
B6 = [f"ibw/B6_Ch{{}}_IDRest_{n}.ibw" for n in (181, 182, 183, 184, 185)]
B95 = ["ibw/B95_Ch{}_IDRest_107.ibw"]
C06 = [f"ibw/C060109A1-SR-C1_X_IDthresh_ch{{}}_{n}.ibw" for n in range(349, 358)]
PAIRS = [(name.format(3), name.format(0)) for name in B6 + B95] + [
    (name.format(1), name.format(0)) for name in C06
]
NAV = "nav15_csv/220314_001_ch1_NaIV_25C_{}CP.csv"
HERG = "herg_mat/{}_dofetilide_subtracted_leak_subtracted.mat"


@pytest.fixture(scope="module")
def reference(recordings):
    return json.loads((recordings / "reference/readers.json").read_text())["files"]


def agree(trace, expected, factor):
    values = trace.values()
    for name in ("mean", "min", "max"):
        if name in expected:
            found = getattr(np, name)(values)
            # printed with six or seven digits there
            assert found == pytest.approx(expected[name] * factor, rel=5e-6, abs=1e-9)


@pytest.mark.parametrize(("voltage", "current"), PAIRS)
def test_igor_voltage_with_its_current(recordings, reference, voltage, current):
    recording = loligo.read(recordings / voltage, command=current.split("/")[1])
    assert len(recording) == 1
    assert recording.clamp_modes == ("current_clamp",)
    response, command = recording.response, recording.command(recording.response)
    for channel, file in ((response, voltage), (command, current)):
        told = reference[file]
        trace = recording.trace(0, channel)
        assert len(trace) == told["n"] == 12000
        assert trace.sampling_rate == pytest.approx(1e-3 / told["dt_raw"], rel=1e-12)
        assert channel.file_unit == told["data_units_in_file"]
        agree(trace, told, TO_INTERNAL[told["data_units_in_file"]])
    assert (response.unit, command.unit) == ("mV", "pA")
    assert command.evidence.startswith("given: read from")
    assert recording.provenance.comment == reference[voltage]["note"] or reference[voltage][
        "note"
    ].startswith(recording.provenance.comment[:200])


@pytest.mark.parametrize(("voltage", "current"), PAIRS[:1] + PAIRS[5:7])
def test_an_igor_voltage_alone_has_no_command_and_names_the_wave_beside(
    recordings, voltage, current
):
    recording = loligo.read(recordings / voltage)
    assert recording.command(recording.response) is None
    assert recording.finding("command").basis == "unknown"
    assert recording.finding("other_channels").value == current.split("/")[1]


@pytest.mark.parametrize("current", [PAIRS[0][1], PAIRS[5][1], PAIRS[6][1]])
def test_an_igor_current_alone_may_be_response_or_injected(recordings, current):
    with pytest.raises(UndeterminedError, match=r"clamp_mode='voltage_clamp'.*command="):
        loligo.read(recordings / current)
    settled = loligo.read(recordings / current, clamp_mode="voltage_clamp")
    assert settled.response.unit == "pA"


@pytest.mark.parametrize(
    ("pair", "current", "spikes"),
    list(zip(PAIRS[:5], (119, 175, 237, 297, 353), (26, 50, 68, 82, 89), strict=True)),
)
def test_igor_currents_and_spikes_are_those_of_the_cell(recordings, pair, current, spikes):
    """The step lies where the note puts it: 100 + 600 ms, then 2000 ms (P0DUR1 to 3)."""
    recording = loligo.read(recordings / pair[0], command=pair[1].split("/")[1])
    injected = recording.trace(0, recording.command(recording.response))
    step = injected.window(750, 2650).mean() - injected.window(0, 650).mean()
    above = recording.trace(0, recording.response).window(700, 2700) > -20
    assert np.count_nonzero(above[1:] & ~above[:-1]) == spikes
    assert injected.window(750, 2650).max() == pytest.approx(current, abs=8)
    assert step == pytest.approx(current, rel=0.1)


def test_igor_without_a_unit_of_time_takes_the_note_and_says_so(recordings):
    recording = loligo.read(recordings / PAIRS[0][0])
    found = recording.finding("sampling_rate")
    assert found.basis == "inferred"
    assert "SI:250" in found.evidence
    assert loligo.read(recordings / PAIRS[6][0]).finding("sampling_rate").basis == "stated"


@needs_myokit
def test_heka_staircase(recordings, reference):
    name = "heka/20191010_sg_rrsol_ls_noc3.dat"
    (series,) = reference[name]["groups"][0]["series"]
    recording = loligo.read(recordings / name)
    assert len(recording) == series["n_sweeps"] == 2
    assert recording.provenance.protocol == series["label"]
    assert recording.clamp_modes == ("voltage_clamp",)
    assert recording.response.name == "Imon1"
    assert recording.channel("Vmon").role == "monitor"
    for told in series["channels"]:
        traces = [recording.trace(i, told["label"]) for i in range(2)]
        assert all(len(trace) == told["n"] for trace in traces)
        assert all(trace.sampling_rate == 1e-3 / told["dt_s"] for trace in traces)
        factor = 1e12 if told["unit"] == "[A]" else 1e3
        agree(traces[0], told, factor)
    assert recording.sweeps[0].description == "E-136 / staircase_ramp"
    assert recording.sweeps[0].attributes["series"] == "staircase_ramp"
    assert recording.sweeps[1].start == pytest.approx(15512.4, abs=0.1)


@needs_myokit
def test_heka_states_its_amplifier(recordings):
    recording = loligo.read(recordings / "heka/20191010_sg_rrsol_ls_noc3.dat")
    state = recording.trace(0, "Imon1").rig_state
    assert state.capacitance_fast == state.capacitance_slow == 0.0
    assert state.series_resistance_correction == 0.0
    assert state.amplifier_gain == 1.0
    assert state.series_resistance_prediction is None
    assert recording.trace(0, "Vmon").rig_state is None
    attributes = recording.sweeps[0].attributes
    assert attributes["series_resistance"].startswith("5.0026")
    assert attributes["seal_resistance"].startswith("638.78")
    assert "pipette_resistance" not in attributes  # stored as 0: never measured


@needs_myokit
def test_heka_does_not_make_up_a_flat_command(recordings):
    """Myokit reconstructs 0 mV throughout; the monitor goes from -120 to 40 mV."""
    recording = loligo.read(recordings / "heka/20191010_sg_rrsol_ls_noc3.dat")
    assert np.ptp(recording.trace(0, "Vmon").values()) > 150
    assert recording.command(recording.response) is None
    assert recording.finding("stimulus").value == "template file"
    given = loligo.read(recordings / "heka/20191010_sg_rrsol_ls_noc3.dat", command="Vmon")
    assert given.command(given.response).name == "Vmon"


def test_axograph_x_groups_its_columns(recordings, reference):
    name = "axograph/AxoGraph_X_File.axgx"
    recording = loligo.read(recordings / name)
    told, others = reference[name]["signals"]
    assert len(recording) == 6
    assert [channel.name for channel in recording.channels] == ["Current"]
    assert recording.trace(0, "Current").sampling_rate == told["rate_Hz"] / 1000
    agree(recording.trace(0, "Current"), told, 1e12)
    rest = np.concatenate([recording.trace(i, "Current").values() for i in range(1, 6)])
    assert rest.min() == pytest.approx(others["min"] * 1e12, rel=1e-5)
    assert rest.max() == pytest.approx(others["max"] * 1e12, rel=1e-5)
    assert recording.start_time.isoformat() == "2005-03-17T23:45:19"


def test_axograph_graph_repeats_its_title(recordings, reference):
    name = "axograph/AxoGraph_Graph_File.axgr"
    recording = loligo.read(recordings / name)
    (told,) = reference[name]["signals"]
    assert (len(recording), len(recording.trace(0, "Current"))) == (told["shape"][1], 2048)
    values = recording.stack("Current").values
    assert values.min() == pytest.approx(told["min"] * 1e12, rel=1e-5)
    assert values.max() == pytest.approx(told["max"] * 1e12, rel=1e-5)
    rate = recording.trace(0, "Current").sampling_rate
    assert rate == pytest.approx(told["rate_Hz"] / 1000, rel=1e-6)


def test_axograph_digitized_repeats_its_scales(recordings, reference):
    name = "axograph/AxoGraph_Digitized_File.axgd"
    with pytest.raises(UndeterminedError, match="response="):
        loligo.read(recordings / name)
    recording = loligo.read(recordings / name, response="Current")
    current, voltage, rest = reference[name]["signals"]
    assert len(recording) == (2 + rest["shape"][1]) // 2 == 14
    agree(recording.trace(0, "Current"), current, 1e12)
    agree(recording.trace(0, "Voltage"), voltage, 1e3)
    others = [recording.trace(i, "Voltage").values() for i in range(1, 14)]
    assert np.min(others) == pytest.approx(rest["min"] * 1e3, rel=1e-5)
    assert np.max(others) == pytest.approx(rest["max"] * 1e3, rel=1e-5)
    # single precision in the file: 9.999999747378752e-05 s stands for 0.1 ms
    assert recording.trace(0, "Current").sampling_rate == 10.0


@pytest.mark.parametrize(
    ("cell", "protocol"),
    [
        ("sine_wave_16713110", "sine_wave_protocol"),
        ("steady_activation_16713003", "steady_activation_protocol"),
    ],
)
def test_matlab_response_with_its_protocol(recordings, reference, cell, protocol):
    name, command_name = HERG.format(cell), f"herg_mat/{protocol}.mat"
    with pytest.raises(UndeterminedError, match=r"'T' .*unit=.*sampling_rate="):
        loligo.read(recordings / name)
    recording = loligo.read(
        recordings / name,
        response="T",
        unit="nA",
        sampling_rate="10 kHz",
        command=f"{protocol}.mat",
        command_unit="mV",
    )
    assert recording.clamp_modes == ("voltage_clamp",)
    trace = recording.trace(0, "T")
    assert len(trace) == reference[name]["vars"]["T"][0]
    agree(trace, reference[name]["stats"]["T"], 1e3)
    command = recording.command(recording.response)
    agree(recording.trace(0, command), reference[command_name]["stats"]["T"], 1.0)


def test_hdf5_events(recordings, reference):
    path = recordings / "h5/gc_mini_trace_results.h5"
    with pytest.raises(UndeterminedError, match=r"'events' \(43 x 1000\).*response="):
        read_file(path, checked_options())
    with pytest.raises(UndeterminedError, match=r"unit=.*sampling_rate="):
        read_file(path, checked_options(response="events"))
    options = checked_options(response="events", unit="pA", sampling_rate="50 kHz")
    recording = read_file(path, options)
    assert (len(recording), len(recording.trace(0, "events"))) == (43, 1000)
    assert reference["h5/gc_mini_trace_results.h5"]["datasets"]["events"] == [43, 1000]
    # each event is a downward current of about the mean amplitude miniML gives, -9.70 pA
    drops = [recording.trace(i, "events").values() for i in range(43)]
    sizes = [values.min() - values[:100].mean() for values in drops]
    assert np.mean(sizes) == pytest.approx(-9.7, abs=5)


@pytest.fixture(scope="module")
def sodium(recordings):
    return json.loads((recordings / "reference/other.json").read_text())["nav15"]


@pytest.mark.parametrize("compensation", [0, 40, 80])
def test_sodium_currents_in_a_table(recordings, sodium, compensation):
    name = NAV.format(compensation)
    with pytest.raises(UndeterminedError, match=r"24 sweeps.*unit=.*sampling_rate="):
        loligo.read(recordings / name)
    recording = loligo.read(recordings / name, unit="nA", sampling_rate="25 kHz")
    assert len(recording) == 24
    assert recording.sweeps[0].duration == 40.0  # 10 + 20 + 10 ms at 0.04 ms, not 0.4
    told = sodium[name]
    assert [float(sweep.description) for sweep in recording] == told["voltage_mV"]
    for i, (peak, after) in enumerate(zip(told["peak_I_nA"], told["time_to_peak_ms"], strict=True)):
        trace = recording.trace(i, "response")
        at = trace.window(10.0 + after - 0.05, 10.0 + after + 0.05)
        assert at.min() / 1000 == pytest.approx(peak, rel=1e-3)
    attributes = [sweep.attributes for sweep in recording]
    assert [float(entry["voltage_mV"]) for entry in attributes] == told["voltage_mV"]
    capacitance = told["instrument"]["capacitance_pF"]
    assert float(attributes[0]["capacitance_pF"]) == pytest.approx(capacitance, abs=0.01)


@pytest.mark.parametrize("compensation", [0, 40, 80])
def test_a_table_of_settings_is_no_recording(recordings, compensation):
    path = recordings / NAV.format(compensation).replace(".csv", "_meta.csv")
    with pytest.raises(ReadError, match=r"rseries_Mohm.*not a recording"):
        loligo.read(path, unit="mV", sampling_rate="1 kHz")


@pytest.mark.parametrize("compensation", [0, 80])
def test_one_column_a_file(recordings, sodium, compensation):
    name = f"nav15_csv/220210_003_ch3_NaIVCP{compensation}"
    told = sodium[name]
    holding = []
    for voltage, peak, after in zip(
        told["voltage_mV"], told["peak_I_minus_hold_nA"], told["time_to_peak_ms"], strict=True
    ):
        file = recordings / name / f"step_{voltage}.csv"
        with pytest.raises(UndeterminedError, match="unit and sampling rate"):
            loligo.read(file)
        recording = loligo.read(file, unit="nA", sampling_rate="25 kHz")
        assert len(recording) == 1
        trace = recording.trace(0, recording.response)
        before = trace.window(0.0, 10.0).mean() / 1000
        at = trace.window(10.0 + after - 0.05, 10.0 + after + 0.05).min() / 1000
        # the holding current is subtracted there, from a window that is not stated
        assert at - before == pytest.approx(peak, rel=0.02, abs=0.01)
        holding.append(before)
    assert np.mean(holding) == pytest.approx(told["I_hold_nA_mean"], rel=0.02)


def test_no_file_is_written_to(recordings):
    """Reading leaves bytes and times alone (here: the folder is read-only in any case)."""
    path = recordings / PAIRS[0][0]
    before = path.read_bytes(), path.stat().st_mtime_ns
    loligo.read(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before

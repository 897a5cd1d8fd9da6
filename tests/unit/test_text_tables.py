"""Text tables: delimiters, decimal signs, titles, clocks, sweeps and what is refused."""

import numpy as np
import pytest

import loligo
from loligo.errors import ReadError, SelectionError, UndeterminedError
from loligo.recording.io.text_titles import parsed_title

TIMED = "time (ms){d}Vm (mV){d}I (pA)\n" + "".join(
    f"{i * 0.05:.2f}{{d}}{-65 + i}.5{{d}}{i}.25\n" for i in range(30)
)


def write(tmp_path, text, name="a.csv"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("delimiter", "decimal", "name"),
    [
        (",", ".", "a.csv"),
        (";", ".", "a.csv"),
        (";", ",", "a.csv"),
        ("\t", ".", "a.tsv"),
        ("\t", ",", "a.txt"),
    ],
)
def test_delimiter_and_decimal_sign_are_found(tmp_path, delimiter, decimal, name):
    text = TIMED.replace(".", decimal).replace("{d}", delimiter)
    recording = loligo.read(write(tmp_path, text, name), response="Vm")
    trace = recording.trace(0, "Vm")
    np.testing.assert_allclose(trace.values(), np.arange(30) - 65.5)
    assert trace.sampling_rate == 20.0
    assert recording.channel("I").role == "monitor"
    np.testing.assert_allclose(recording.trace(0, "I").values(), np.arange(30) + 0.25)


def test_white_space_separates_too(tmp_path):
    text = "t_ms  Vm_V\n" + "".join(f"{i}.0   -0.0{60 + i}\n" for i in range(10))
    recording = loligo.read(write(tmp_path, text, "a.txt"))
    assert recording.response.name == "Vm"
    assert recording.response.unit == "mV"
    np.testing.assert_allclose(recording.trace(0, "Vm").values(), -60.0 - np.arange(10))


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("Vm [mV]", "Vm", "mV"),
        ("time (ms)", "time", "ms"),
        ("voltage_mV", "voltage", "mV"),
        ("I / pA", "I", "pA"),
        ("current, nA", "current", "nA"),
        ("rseries_Mohm", "rseries", "Mohm"),
        ("I (µA)", "I", "µA"),
        ("V_m", "V_m", ""),  # a subscript, not metres
        ("I (whole cell)", "I (whole cell)", ""),
        ("sweep 3", "sweep 3", ""),
        ("-80.0", "-80.0", ""),
    ],
)
def test_titles_are_taken_apart(text, name, unit):
    title = parsed_title(text)
    assert (title.name, title.unit) == (name, unit)


def test_numbers_as_titles_are_sweeps(tmp_path):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(20, 5))
    rows = "\n".join(",".join(f"{x:.6f}" for x in row) for row in table)
    file = write(tmp_path, "-20.0,-10.0,0.0,10.0,20.0\n" + rows)
    with pytest.raises(UndeterminedError, match=r"5 sweeps .*unit and sampling rate.*unit=") as e:
        loligo.read(file)
    assert "sampling_rate=" in str(e.value)
    recording = loligo.read(file, unit="nA", sampling_rate="25 kHz")
    assert [sweep.description for sweep in recording] == ["-20.0", "-10.0", "0.0", "10.0", "20.0"]
    for i in range(5):
        expected = np.round(table[:, i], 6) * 1000
        np.testing.assert_allclose(recording.trace(i, "response").values(), expected, atol=1e-9)


def test_a_first_line_of_uneven_numbers_is_data(tmp_path):
    file = write(tmp_path, "0.5,0.1,0.9,0.3\n1,2,3.5,4\n5,6,7,8.5\n")
    with pytest.raises(UndeterminedError, match="4 columns have no titles"):
        loligo.read(file, unit="mV", sampling_rate="1 kHz")


def test_repeated_titles_are_sweeps(tmp_path):
    text = "time (ms),Vm (mV),Im (pA),Vm (mV),Im (pA)\n0,1,2,3,4\n1,5,6,7,8\n2,9,10,11,12\n"
    recording = loligo.read(write(tmp_path, text), response="Vm")
    assert len(recording) == 2
    np.testing.assert_array_equal(recording.trace(1, "Vm").values(), [3, 7, 11])
    np.testing.assert_array_equal(recording.trace(0, "Im").values(), [2, 6, 10])


def test_one_column_is_one_sweep(tmp_path):
    file = write(tmp_path, "\n".join(f"-0.{i:03d}" for i in range(50)))
    with pytest.raises(UndeterminedError, match="sampling_rate="):
        loligo.read(file, unit="nA")
    with pytest.raises(UndeterminedError, match="unit="):
        loligo.read(file, sampling_rate="25 kHz")
    recording = loligo.read(file, unit="nA", sampling_rate="25 kHz")
    assert recording.trace(0, "column 1").values()[49] == pytest.approx(-49.0)
    assert (recording.finding("unit").value, recording.finding("unit").basis) == ("nA", "given")
    assert recording.finding("sampling_rate").value == "25 kHz"


def test_the_clock_decides_over_the_caller(tmp_path):
    file = write(tmp_path, TIMED.replace("{d}", ","))
    with pytest.raises(UndeterminedError, match="20 kHz, but sampling_rate= says 2 kHz"):
        loligo.read(file, response="Vm", sampling_rate="2 kHz")
    assert len(loligo.read(file, response="Vm", sampling_rate="20 kHz")) == 1


def test_the_clock_starts_where_it_says(tmp_path):
    text = "time (s),Vm (mV)\n" + "".join(f"{0.5 + i / 1000:.3f},{i}\n" for i in range(8))
    recording = loligo.read(write(tmp_path, text))
    assert recording.trace(0, "Vm").start == pytest.approx(500.0)
    assert recording.trace(0, "Vm").sampling_rate == pytest.approx(1.0)


@pytest.mark.parametrize("times", [(0, 1, 2, 5), (0, 1, 0, 1), (3, 2, 1, 0), (1, 1, 1, 1)])
def test_an_irregular_clock_is_refused(tmp_path, times):
    text = "time (ms),Vm (mV)\n" + "".join(f"{t},{i}.5\n" for i, t in enumerate(times))
    with pytest.raises(UndeterminedError, match=r"not regular.*sampling_rate="):
        loligo.read(write(tmp_path, text))


def test_a_clock_without_unit_needs_the_rate(tmp_path):
    file = write(tmp_path, "time,Vm (mV)\n0,1\n1,2\n2,3\n")
    with pytest.raises(UndeterminedError, match="'time' has no unit"):
        loligo.read(file)
    assert loligo.read(file, sampling_rate="1 kHz").response.name == "Vm"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_shorter_sweeps_end_in_empty_cells(tmp_path, delimiter, end):
    text = "sweep 1,sweep 2,sweep 3\n0.5,1.5,2.5\n0.5,1.5,\n0.5,,"
    text = text.replace(",", delimiter) + end
    recording = loligo.read(write(tmp_path, text), unit="mV", sampling_rate="1 kHz")
    assert not recording.is_partial
    assert [sweep.duration for sweep in recording] == [3.0, 2.0, 1.0]


def test_a_gap_inside_a_column_is_refused(tmp_path):
    text = "sweep 1,sweep 2\n1,2\n,3\n4,5\n6,7\n"
    with pytest.raises(ReadError, match="line 2 of the numbers, column 1, is empty"):
        loligo.read(write(tmp_path, text), unit="mV", sampling_rate="1 kHz")


def test_a_table_cut_short_is_partial(tmp_path):
    text = TIMED.replace("{d}", ",").rstrip("\n")
    text = text[: text.rindex(",")]
    recording = loligo.read(write(tmp_path, text), response="Vm")
    assert recording.is_partial
    assert "last line breaks off" in recording.problems[0]
    assert len(recording.trace(0, "Vm")) == 29


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"a,b\x00\n1,2\n", "not a recording|not text|does not begin"),
        ("just a letter\nto a friend\n", "not a table of numbers"),
        ("Vm (mV)\n" + "1\n" * 100 + "oops\n2\n", "line 101 of the numbers.*'oops'"),
        ("Vm (mV)\n1\n2\nx\n3\n4\n", "line 4 does not fit"),
        ("Vm (mV)\n1\n2\n1e999\n3\n", "infinite"),
        ("time (ms)\n1\n2\n", "no signal"),
        ("time (ms),t (s),Vm (mV)\n1,1,1\n2,2,2\n", "2 columns of time"),
        ("a_mV,b_MOhm\n1,2\n3,4\n", "b_MOhm hold settings"),
        ("1,2\n3,4\n5,6\n", "comma in '1,2' may separate"),
        ("sweep 1,Vm (mV),Vm (mV)\n1,2,3\n3,4,5\n", "do not tell sweeps from channels"),
    ],
)
def test_what_is_refused(tmp_path, text, told):
    with pytest.raises(ReadError, match=told):
        loligo.read(write(tmp_path, text), unit="mV", sampling_rate="1 kHz")


def test_a_current_and_a_voltage_leave_the_response_open(tmp_path):
    with pytest.raises(UndeterminedError, match="response="):
        loligo.read(write(tmp_path, TIMED.replace("{d}", ",")))


def test_a_table_beside_describes_the_sweeps(tmp_path):
    file = write(tmp_path, "sweep 1,sweep 2\n1.5,2.5\n3.5,4.5\n", "cell.csv")
    write(tmp_path, "voltage_mV,capacitance_pF\n-80,9.8\n-75,9.9\n", "cell_meta.csv")
    recording = loligo.read(file, unit="nA", sampling_rate="1 kHz")
    assert recording.sweeps[1].attributes == {"voltage_mV": "-75", "capacitance_pF": "9.9"}


def test_notes_above_the_titles_are_kept(tmp_path):
    text = "# cell 7\n# 33 pF\ntime (ms),Vm (mV)\n0,1\n1,2\n2,3\n"
    recording = loligo.read(write(tmp_path, text))
    assert recording.provenance.comment == "# cell 7\n# 33 pF"
    assert len(recording.trace(0, "Vm")) == 3


def test_a_command_in_a_file_of_its_own(tmp_path):
    response = write(tmp_path, "sweep 1,sweep 2\n1.5,2.5\n3.5,4.5\n", "cell.csv")
    write(tmp_path, "-80\n-70\n", "command.csv")
    given = {"unit": "nA", "sampling_rate": "1 kHz", "command": "command.csv"}
    with pytest.raises(UndeterminedError, match="command_unit="):
        loligo.read(response, **given)
    recording = loligo.read(response, **given, command_unit="mV")
    command = recording.command(recording.response)
    assert command.role == "command"
    assert command.evidence == "given: read from command.csv"
    for i in range(2):
        np.testing.assert_array_equal(recording.trace(i, command).values(), [-80.0, -70.0])
    assert recording.finding("command").basis == "given"
    assert recording.provenance.history == ("joined command column 1 from command.csv",)


@pytest.mark.parametrize(
    ("command", "unit", "told"),
    [
        ("1\n2\n3\n4\n5\n", "mV", "lasts 2 ms, its command in c.csv 5 ms"),
        ("sweep 1,sweep 2,sweep 3\n1,2,3\n4,5,6.5\n", "mV", "3 sweeps, cell.csv has 2"),
    ],
)
def test_a_command_that_does_not_fit(tmp_path, command, unit, told):
    response = write(tmp_path, "sweep 1,sweep 2\n1.5,2.5\n3.5,4.5\n", "cell.csv")
    write(tmp_path, command, "c.csv")
    with pytest.raises(SelectionError, match=told):
        loligo.read(response, unit="nA", sampling_rate="1 kHz", command="c.csv", command_unit=unit)


def test_a_command_of_the_wrong_dimension(tmp_path):
    response = write(tmp_path, "1.5\n3.5\n", "cell.csv")
    write(tmp_path, "1.5\n2\n", "c.csv")
    with pytest.raises(UndeterminedError, match="does not determine the command"):
        loligo.read(response, unit="nA", sampling_rate="1 kHz", command="c.csv", command_unit="pA")


def test_a_command_that_is_nowhere(tmp_path):
    response = write(tmp_path, "1.5\n3.5\n", "cell.csv")
    with pytest.raises(SelectionError, match="neither a channel nor a file"):
        loligo.read(response, unit="nA", sampling_rate="1 kHz", command="c.csv")


def test_a_command_among_the_columns(tmp_path):
    file = write(tmp_path, "a,b\n1.5,2\n3.5,4\n5.5,8\n")
    recording = loligo.read(
        file,
        response="a",
        unit="nA",
        command="b",
        command_unit="0.5 mV",
        sampling_rate="1 kHz",
    )
    assert recording.channel("b").role == "command"
    np.testing.assert_array_equal(recording.trace(0, "b").values(), [1.0, 2.0, 4.0])

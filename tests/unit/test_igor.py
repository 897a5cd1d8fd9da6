"""Igor binary waves, written here from the layout of Wavemetrics' technical note 3."""

import struct

import numpy as np
import pytest

import loligo
from loligo.errors import DamagedFileError, ReadError, UndeterminedError

TYPES = {"f4": 2, "f8": 4, "i2": 16, "i4": 32, "c8": 3}


def version_5(values, *, unit=b"mV", step=0.25, step_unit=b"ms", note=b"", order="<"):
    """Lay out a wave of version 5 with up to four dimensions."""
    values = np.asarray(values)
    data = values.astype(values.dtype.newbyteorder(order)).tobytes(order="F")
    kind = TYPES[f"{values.dtype.kind}{values.dtype.itemsize}"]
    shape = [*values.shape, 0, 0, 0][:4]
    wave = struct.pack(
        f"{order}IIIIhh6sh32sII4i4d4d4s16shhddI4I4II16Ihhhcc IihhII",
        *(0, 0, 0, values.size, kind, 0, b"", 1, b"wave0", 0, 0, *shape),
        *(step, 1, 1, 1, 0, 0, 0, 0, unit, step_unit, 0, 0, 0.0, 0.0),
        *([0] * 9),
        *([0] * 16),
        *(0, 0, 0, 0, b"\x00", b"\x00", 0, 0, 0, 0, 0, 0),
    )
    assert len(wave) == 320
    sizes = (len(wave) + len(data), 0, len(note), *([0] * 12))
    return checked(struct.pack(f"{order}hh15i", 5, 0, *sizes) + wave + data + note, 384, 2, order)


def checked(data, size, place, order):
    """Put in the checksum that makes the words of the headers add up to zero."""
    total = int(np.frombuffer(data[:size], f"{order}i2").sum(dtype=np.int64))
    return data[:place] + struct.pack(f"{order}H", -total & 0xFFFF) + data[place + 2 :]


@pytest.fixture
def write(tmp_path):
    def save(data, name="a.ibw"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return save


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["f4", "f8", "i2", "i4"])
def test_both_byte_orders_and_all_real_types(write, order, kind):
    values = np.arange(-20, 20).astype(kind)
    recording = loligo.read(write(version_5(values, order=order)))
    assert recording.response.name == "wave0"
    np.testing.assert_array_equal(recording.trace(0, "wave0").values(), np.arange(-20.0, 20.0))
    assert recording.trace(0, "wave0").sampling_rate == 4.0


def test_columns_are_sweeps(write):
    values = np.arange(30, dtype="f4").reshape(10, 3)
    recording = loligo.read(write(version_5(values)))
    assert len(recording) == 3
    for i in range(3):
        np.testing.assert_array_equal(recording.trace(i, "wave0").values(), values[:, i])


@pytest.mark.parametrize(
    ("step", "unit", "rate"), [(0.05, b"ms", 20.0), (5e-5, b"s", 20.0), (50, b"us", 20.0)]
)
def test_the_step_has_a_unit_of_time(write, step, unit, rate):
    file = write(version_5(np.zeros(9, "f4"), step=step, step_unit=unit))
    assert loligo.read(file).trace(0, "wave0").sampling_rate == pytest.approx(rate, rel=1e-12)


def test_a_step_without_unit_needs_evidence(write):
    bare = version_5(np.zeros(9, "f4"), step=0.00025, step_unit=b"")
    with pytest.raises(UndeterminedError, match=r"step of 0.00025 has no unit.*sampling_rate="):
        loligo.read(write(bare))
    given = loligo.read(write(bare), sampling_rate="4 kHz")
    assert given.finding("sampling_rate").basis == "given"
    noted = version_5(np.zeros(9, "f4"), step=0.00025, step_unit=b"", note=b"A:1;SI:250;B:2")
    assert loligo.read(write(noted)).trace(0, "wave0").sampling_rate == pytest.approx(4.0)
    other = version_5(np.zeros(9, "f4"), step=0.00025, step_unit=b"", note=b"SI:100")
    with pytest.raises(UndeterminedError, match="sampling_rate="):
        loligo.read(write(other))


def test_a_step_that_is_no_time_is_refused(write):
    with pytest.raises(UndeterminedError, match="'Hz', not one of time"):
        loligo.read(write(version_5(np.zeros(9, "f4"), step_unit=b"Hz")))


def test_the_header_decides_over_the_caller(write):
    file = write(version_5(np.zeros(9, "f4")))
    with pytest.raises(UndeterminedError, match="states a sampling rate of 4 kHz"):
        loligo.read(file, sampling_rate="10 kHz")


def test_a_wave_without_unit_needs_one(write):
    file = write(version_5(np.ones(9, "f4"), unit=b""))
    with pytest.raises(UndeterminedError, match="unit="):
        loligo.read(file)
    assert loligo.read(file, unit="0.05 mV").trace(0, "wave0").values()[0] == 0.05


@pytest.mark.parametrize(
    ("values", "told"),
    [(np.zeros((2, 2, 2), "f4"), "3 dimensions"), (np.zeros(4, "c8"), "complex64 data")],
)
def test_what_is_no_recorded_signal(write, values, told):
    with pytest.raises(ReadError, match=told):
        loligo.read(write(version_5(values)))


def test_a_current_names_the_voltage_beside_it(write):
    current = write(version_5(np.ones(9, "f4"), unit=b"pA"), "c_ch0_1.ibw")
    voltage = write(version_5(np.ones(9, "f4")), "c_ch3_1.ibw")
    write(version_5(np.ones(9, "f4")), "c_ch3_2.ibw")
    with pytest.raises(UndeterminedError, match=r"\(c_ch3_1.ibw lies beside it\)"):
        loligo.read(current)
    joined = loligo.read(voltage, command="c_ch0_1.ibw")
    assert joined.finding("other_channels").value == ""
    # both waves are named wave0 inside, so the command is told apart
    assert [channel.name for channel in joined.channels] == ["wave0", "wave0 (command)"]


def test_a_changed_header_does_not_add_up(write):
    data = bytearray(version_5(np.zeros(9, "f4")))
    data[100] ^= 4
    with pytest.raises(DamagedFileError, match="checksum"):
        loligo.read(write(bytes(data)))


def test_a_wave_cut_short(write):
    data = version_5(np.zeros(100, "f4"))
    with pytest.raises(DamagedFileError, match="promises 720 bytes of wave, the file has 500"):
        loligo.read(write(data[:500]))
    with pytest.raises(DamagedFileError, match="ends after 300 bytes, inside its header"):
        loligo.read(write(data[:300]))


def test_a_step_of_nothing_is_damage(write):
    for step in (0.0, -1.0, np.nan):
        with pytest.raises(DamagedFileError, match="step of"):
            loligo.read(write(version_5(np.zeros(9, "f4"), step=step)))

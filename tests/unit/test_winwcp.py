"""WinWCP files, written here from the published layout: text header, analysis block, samples."""

import random
import struct
from datetime import datetime

import numpy as np
import pytest

import loligo
from loligo.errors import DamagedFileError, LoligoError, ReadError, UndeterminedError

INTERVAL = 1e-4
ADC_MAX = 2047


def wcp_bytes(
    samples,
    *,
    names=("Im", "Vm"),
    units=("pA", "mV"),
    volts_per_unit=(0.001, 0.01),
    ranges=((10.0, 5.0),) * 3,
    order=(0, 1),
    times=(0.0, 2.0, 4.0),
    changed=None,
):
    """Lay out int16 samples (record, time, place) as WinWCP does."""
    records, count, channels = samples.shape
    blocks = count * channels * 2 // 512
    header = {
        "VER": 9,
        "CTIME": "05/01/2021 10:00:00",
        "RTIME": "05/01/2021 10:11:12",
        "NC": channels,
        "NR": records,
        "NBH": 2,
        "NBA": 2,
        "NBD": blocks,
        "AD": "10,0",
        "ADCMAX": ADC_MAX,
        "NP": count,
        "DT": f"{INTERVAL:g}",
        "NZ": 20,
        "ID": "a test",
    }
    for c in range(channels):
        header |= {
            f"YN{c}": names[c],
            f"YU{c}": units[c],
            f"YG{c}": f"{volts_per_unit[c]:g}",
            f"YO{c}": order[c],
        }
    header |= changed or {}
    text = "".join(f"{key}={value}\r\n" for key, value in header.items()).encode()
    parts = [text.ljust(1024, b" ")]
    for i in range(records):
        used = [*ranges[i], *([0.0] * (8 - channels))]
        block = struct.pack("<8s4sfff8f", b"ACCEPTED", b"TEST", 1.0, times[i], INTERVAL, *used)
        parts += [block.ljust(1024, b"\x00"), samples[i].astype("<i2").tobytes()]
    return b"".join(parts)


@pytest.fixture
def samples():
    return np.random.default_rng(3).integers(-2000, 2000, (3, 256, 2))


def test_values_are_the_counts_times_range_over_steps_over_gain(tmp_path, samples):
    file = tmp_path / "a.wcp"
    file.write_bytes(wcp_bytes(samples))
    recording = loligo.read(file, response="Im")
    assert len(recording) == 3
    assert recording.response.unit == "pA"
    assert recording.channel("Vm").role == "monitor"
    for i in range(3):
        current = samples[i, :, 0] * 10.0 / 2047 / 0.001
        np.testing.assert_allclose(recording.trace(i, "Im").values(), current, rtol=1e-6)
        voltage = samples[i, :, 1] * 5.0 / 2047 / 0.01
        np.testing.assert_allclose(recording.trace(i, "Vm").values(), voltage, rtol=1e-6)
    assert recording.trace(0, "Im").sampling_rate == pytest.approx(10.0, rel=1e-9)
    assert [sweep.start for sweep in recording] == [0.0, 2000.0, 4000.0]
    assert recording.start_time == datetime(2021, 1, 5, 10, 11, 12)
    assert recording.sweeps[1].attributes == {"status": "ACCEPTED", "type": "TEST"}


def test_each_record_has_its_own_range(tmp_path, samples):
    file = tmp_path / "a.wcp"
    file.write_bytes(wcp_bytes(samples, ranges=((10.0, 5.0), (5.0, 5.0), (2.5, 5.0))))
    recording = loligo.read(file, response="Im")
    for i, volts in enumerate((10.0, 5.0, 2.5)):
        expected = samples[i, :, 0] * volts / 2047 / 0.001
        np.testing.assert_allclose(recording.trace(i, "Im").values(), expected, rtol=1e-6)


def test_the_header_places_the_channels_among_the_samples(tmp_path, samples):
    file = tmp_path / "a.wcp"
    file.write_bytes(wcp_bytes(samples, order=(1, 0)))
    recording = loligo.read(file, response="Im")
    expected = samples[2, :, 1] * 10.0 / 2047 / 0.001
    np.testing.assert_allclose(recording.trace(2, "Im").values(), expected, rtol=1e-6)


def test_current_and_voltage_leave_the_response_open(tmp_path, samples):
    file = tmp_path / "a.wcp"
    file.write_bytes(wcp_bytes(samples))
    with pytest.raises(UndeterminedError, match="response="):
        loligo.read(file)


def test_one_channel_is_the_response(tmp_path, samples):
    file = tmp_path / "a.wcp"
    file.write_bytes(wcp_bytes(samples[:, :, :1], ranges=((10.0,),) * 3))
    assert loligo.read(file).response.name == "Im"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"NR": 4}, "should end at byte"),
        ({"NR": 10**9}, "records"),
        ({"NR": -1}, "records"),
        ({"NC": 0}, "0 channels"),
        ({"NC": "x"}, "NC in its header is 'x'"),
        ({"ADCMAX": 0}, "0 steps"),
        ({"YG0": "0"}, "0 V per unit"),
        ({"YG0": "big"}, "'big'"),
        ({"YO0": 5}, "said to be at"),
    ],
)
def test_an_impossible_header_is_damage(tmp_path, samples, changed, told):
    file = tmp_path / "a.wcp"
    file.write_bytes(wcp_bytes(samples, changed=changed))
    with pytest.raises(DamagedFileError, match=told):
        loligo.read(file, response="Im")


def test_an_analysis_block_of_another_size_is_refused(tmp_path, samples):
    file = tmp_path / "a.wcp"
    file.write_bytes(wcp_bytes(samples, changed={"NBA": 3}))
    with pytest.raises(ReadError, match="3 blocks before the samples"):
        loligo.read(file, response="Im")


def test_seeded_damage_is_refused_or_read_but_never_a_crash(tmp_path, samples):
    data = wcp_bytes(samples)
    file = tmp_path / "a.wcp"
    refused = 0
    for seed in range(60):
        rng = random.Random(seed)
        changed = bytearray(data)
        for _ in range(4):
            changed[rng.randrange(2200)] = rng.randrange(256)
        cut = rng.randrange(1, len(data)) if seed % 3 == 0 else len(data)
        file.write_bytes(changed[:cut])
        try:
            assert repr(loligo.read(file, response="Im"))
        except LoligoError as error:
            assert str(error)
            refused += 1
    assert refused > 20

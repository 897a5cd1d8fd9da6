"""NWB files of other programs, made here with pynwb: tables, names, clocks, units, and none."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries, icephys

from loligo.errors import DamagedFileError, ReadError, SelectionError, UndeterminedError
from loligo.recording import Basis, ClampMode, Recording, Role, read

START = datetime(2021, 5, 4, 3, 2, 1, tzinfo=UTC)
Build = Callable[[NWBFile, dict[str, Any]], None]


def write(path: Path, build: Build, electrodes: int = 1) -> Path:
    file = NWBFile(session_description="made for a test", identifier="x", session_start_time=START)
    device = file.create_device(name="amp")
    made = {
        f"e{i}": file.create_icephys_electrode(name=f"e{i}", description="tip", device=device)
        for i in range(electrodes)
    }
    build(file, made)
    with NWBHDF5IO(str(path), "w") as store:
        store.write(file)
    return path


def voltage_clamp(name: str, electrode: Any, start: float = 0.0, **more: Any) -> Any:
    settings = {"rate": 1e4, "starting_time": float(start), "data": np.arange(100) * 1e-12, **more}
    if "timestamps" in settings:
        del settings["rate"], settings["starting_time"]
    return icephys.VoltageClampSeries(name=name, electrode=electrode, **settings)


def command(name: str, electrode: Any, start: float = 0.0, **more: Any) -> Any:
    data = np.repeat([-0.07, -0.06, -0.07], [30, 40, 30])
    settings = {"rate": 1e4, "starting_time": float(start), "data": data, **more}
    return icephys.VoltageClampStimulusSeries(name=name, electrode=electrode, **settings)


def response_of(recording: Recording) -> list[float]:
    return [float(v) for v in recording.trace(0, recording.response).values()[:3]]


def test_every_amplifier_field_is_converted(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(
            voltage_clamp(
                "v", e["e0"], gain=0.5, capacitance_fast=4.7e-12, capacitance_slow=1e-13,
                whole_cell_capacitance_comp=33e-12, whole_cell_series_resistance_comp=12e6,
                resistance_comp_correction=70.0, resistance_comp_prediction=85.0,
                resistance_comp_bandwidth=1020.0,
            )
        )  # fmt: skip
        file.add_acquisition(
            icephys.CurrentClampSeries(
                name="c", electrode=e["e0"], rate=1e4, starting_time=1.0, data=np.zeros(10),
                bias_current=-10e-12, bridge_balance=17e6, capacitance_compensation=3e-12,
            )
        )  # fmt: skip
        file.add_acquisition(
            icephys.IZeroClampSeries(
                name="z", electrode=e["e0"], rate=1e4, starting_time=2.0, data=np.zeros(10)
            )
        )

    recording = read(write(tmp_path / "a.nwb", build))
    current, voltage, rest = recording.responses
    assert voltage.clamp_mode is ClampMode.CURRENT_CLAMP
    assert rest.clamp_mode is ClampMode.ZERO_CURRENT
    first, second, third = (
        recording.trace(recording.sweeps_with(c)[0], c).rig_state.known()  # type: ignore[union-attr]
        for c in (current, voltage, rest)
    )
    assert first == pytest.approx(
        {
            "amplifier_gain": 0.5,
            "capacitance_fast": 4.7,
            "capacitance_slow": 0.1,
            "whole_cell_capacitance_compensation": 33.0,
            "whole_cell_series_resistance_compensation": 0.012,
            "series_resistance_correction": 0.7,
            "series_resistance_prediction": 0.85,
            "series_resistance_bandwidth": 1.02,
        }
    )
    assert second == pytest.approx(
        {"bias_current": -10.0, "bridge_balance": 0.017, "capacitance_neutralization": 3.0}
    )
    assert third == {"bias_current": 0.0}


def test_the_tables_pair_series_and_stretches_of_series(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        long = voltage_clamp("long", e["e0"], data=np.arange(200) * 1e-12)
        other = voltage_clamp("other", e["e1"])
        zapper = command("zapper", e["e0"])
        file.add_acquisition(long)
        file.add_acquisition(other)
        file.add_stimulus(zapper)
        rows = [
            file.add_intracellular_recording(
                electrode=e["e0"], response=long, stimulus=zapper,
                response_start_index=start, response_index_count=100,
            )
            for start in (0, 100)
        ]  # fmt: skip
        rows.append(file.add_intracellular_recording(electrode=e["e1"], response=other))
        file.add_icephys_simultaneous_recording(recordings=[rows[0], rows[2]])
        file.add_icephys_simultaneous_recording(recordings=[rows[1]])

    recording = read(write(tmp_path / "a.nwb", build, electrodes=2))
    assert len(recording) == 2
    assert set(recording.sweeps[0].traces) == {"e0 current", "e0 command voltage", "e1 current"}
    assert recording.trace(1, "e0 current").values()[0] == pytest.approx(100.0)
    assert len(recording.trace(1, "e0 current")) == 100
    assert "simultaneous" in recording.finding("sweeps").evidence
    assert recording.sweeps[0].epoch("A").level == pytest.approx(-60.0)


def test_names_pair_where_there_is_nothing_else_and_that_is_said(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        for n in range(12):
            file.add_acquisition(voltage_clamp(f"Acquisition_{n}", e["e0"], start=n))
            if n != 5:
                file.add_stimulus(command(f"StimulusSeries_{n}", e["e0"], start=n))

    recording = read(write(tmp_path / "a.nwb", build))
    assert len(recording) == 12
    assert "names" in recording.finding("sweeps").evidence
    assert [len(sweep.traces) for sweep in recording.sweeps] == [2] * 5 + [1] + [2] * 6
    assert [sweep.start for sweep in recording.sweeps] == pytest.approx(1e3 * np.arange(12))


def test_a_whole_cell_file_of_hundreds_of_sweeps_in_mixed_modes(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        for n in range(300):
            rate = 1e4 if n % 3 else 5e4
            if n % 2:
                file.add_acquisition(
                    voltage_clamp(f"r{n}", e["e0"], n, sweep_number=np.uint32(n), rate=rate)
                )
                file.add_stimulus(
                    command(f"s{n}", e["e0"], n, sweep_number=np.uint32(n), rate=rate)
                )
            else:
                file.add_acquisition(
                    icephys.CurrentClampSeries(
                        name=f"r{n}", electrode=e["e0"], rate=rate, starting_time=float(n),
                        data=np.zeros(100), sweep_number=np.uint32(n),
                    )
                )  # fmt: skip

    recording = read(write(tmp_path / "a.nwb", build))
    assert len(recording) == 300
    assert set(recording.clamp_modes) == {ClampMode.VOLTAGE_CLAMP, ClampMode.CURRENT_CLAMP}
    assert len(recording.sweeps_with("e0 current", "e0 command voltage")) == 150
    assert len(recording.sweeps_with("e0 voltage")) == 150
    assert recording.finding("command").basis is Basis.UNKNOWN


def test_regular_timestamps_are_a_rate_and_irregular_ones_are_not(tmp_path: Path) -> None:
    times = 5.0 + np.arange(100) / 2e4

    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(voltage_clamp("regular", e["e0"], timestamps=times))
        file.add_acquisition(
            voltage_clamp("irregular", e["e0"], timestamps=np.sort(np.append(times[:-1], 6.0)))
        )

    recording = read(write(tmp_path / "a.nwb", build))
    assert len(recording) == 1
    assert recording.trace(0, recording.response).sampling_rate == pytest.approx(20.0)
    assert recording.sweeps[0].start == pytest.approx(5000.0)
    assert "regular" in recording.finding("sampling_rate").evidence
    (problem,) = recording.problems
    assert "irregular" in problem


@pytest.mark.parametrize("unit", ["mV", "pA", "", "furlong"])
def test_a_wrong_unit_is_refused_and_can_be_settled(unit: str, tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(voltage_clamp("v", e["e0"]))

    path = write(tmp_path / "a.nwb", build)
    with h5py.File(path, "a") as file:
        file["acquisition/v/data"].attrs["unit"] = unit
    with pytest.raises(UndeterminedError, match="unit="):
        read(path)
    assert response_of(read(path, unit="nA")) == pytest.approx([0.0, 1e-9, 2e-9])
    assert response_of(read(path, unit={"v": "2 A"})) == pytest.approx([0.0, 2.0, 4.0])
    with pytest.raises(SelectionError, match="voltage"):
        read(path, unit="mV")


def test_conversion_and_offset_are_both_used(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        data = np.arange(100, dtype=np.int16)
        file.add_acquisition(voltage_clamp("v", e["e0"], data=data, conversion=2e-12, offset=3e-12))

    recording = read(write(tmp_path / "a.nwb", build))
    assert response_of(recording) == pytest.approx([3.0, 5.0, 7.0])
    assert recording.trace(0, recording.response).resolution == pytest.approx(2.0)


def test_response_names_a_channel_or_a_series(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        for name in ("e0", "e1"):
            file.add_acquisition(voltage_clamp(f"r {name}", e[name], sweep_number=np.uint32(1)))
            file.add_stimulus(command(f"s {name}", e[name], sweep_number=np.uint32(1)))

    path = write(tmp_path / "a.nwb", build, electrodes=2)
    assert len(read(path).responses) == 2
    for name in ("e1 current", "r e1"):
        recording = read(path, response=name)
        assert [c.name for c in recording.channels] == ["e1 current", "e1 command voltage"]
        assert recording.finding("response").basis is Basis.GIVEN
    with pytest.raises(SelectionError, match="e1 current"):
        read(path, response="e2 current")
    with pytest.raises(SelectionError, match="command="):
        read(path, command="s e0")
    with pytest.raises(SelectionError, match="voltage_clamp"):
        read(path, clamp_mode="current_clamp")
    with pytest.raises(SelectionError, match="20"):
        read(path, sampling_rate="20 kHz")


def test_other_modalities_are_refused_with_what_they_hold(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(TimeSeries(name="x", data=[1.0, 2.0], unit="m", rate=1.0))

    with pytest.raises(ReadError, match="without intracellular"):
        read(write(tmp_path / "a.nwb", build))


def test_other_series_are_listed_not_lost(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(TimeSeries(name="lick", data=[1.0, 2.0], unit="m", rate=1.0))
        file.add_acquisition(voltage_clamp("v", e["e0"]))

    recording = read(write(tmp_path / "a.nwb", build))
    assert "lick" in recording.finding("series left out").evidence
    assert [c.role for c in recording.channels] == [Role.RESPONSE]


def test_a_type_of_an_extension_is_what_it_extends(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(voltage_clamp("v", e["e0"]))

    path = write(tmp_path / "a.nwb", build)
    with h5py.File(path, "a") as file:
        file["acquisition/v"].attrs["neurodata_type"] = "FancyClampSeries"
        file["specifications/ndx-fancy/1.0/ndx-fancy"] = (
            '{"groups":[{"neurodata_type_def":"FancyClampSeries",'
            '"neurodata_type_inc":"VoltageClampSeries"}]}'
        )
    assert read(path).response.unit == "pA"


def test_a_series_without_a_rate_needs_one(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(voltage_clamp("v", e["e0"]))

    path = write(tmp_path / "a.nwb", build)
    with h5py.File(path, "a") as file:
        del file["acquisition/v/starting_time"]
    with pytest.raises(UndeterminedError, match="sampling_rate="):
        read(path)
    recording = read(path, sampling_rate="10 kHz")
    assert recording.trace(0, recording.response).sampling_rate == 10.0


def test_nwb_version_1_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "old.nwb"
    with h5py.File(path, "w") as file:
        file["nwb_version"] = "NWB-1.0.6"
    with pytest.raises(ReadError, match="version 1"):
        read(path)


def test_a_dataset_that_declares_more_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(voltage_clamp("v", e["e0"]))

    path = write(tmp_path / "a.nwb", build)
    with h5py.File(path, "a") as file:
        group = file["acquisition/v"]
        attributes = dict(group["data"].attrs)
        del group["data"]
        data = group.create_dataset("data", (10**12,), "f8", chunks=(4096,))
        data.attrs.update(attributes)
    with pytest.raises(DamagedFileError, match="declares"):
        read(path)


def test_tags_of_an_annotation_series_are_read(tmp_path: Path) -> None:
    def build(file: NWBFile, e: dict[str, Any]) -> None:
        file.add_acquisition(voltage_clamp("v", e["e0"]))

    path = write(tmp_path / "a.nwb", build)
    with h5py.File(path, "a") as file:
        group = file.create_group("acquisition/notes")
        group.attrs["neurodata_type"] = "AnnotationSeries"
        group["timestamps"] = [2.5, 1.0]
        group["data"] = ["wash", "+drug"]
    assert [(tag.time, tag.text) for tag in read(path).tags] == [
        (1000.0, "+drug"),
        (2500.0, "wash"),
    ]

"""What is written as NWB is read back unchanged, and other programs accept the file."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loligo.errors import MissingMetadataError, WriteError
from loligo.recording import (
    Recording,
    Subject,
    Trace,
    compare,
    missing_metadata,
    read,
    write_nwb,
)

_PLACE = Path(__file__).resolve().parents[1] / "constructed_recordings.py"
_SPEC = importlib.util.spec_from_file_location("constructed_recordings", _PLACE)
assert _SPEC is not None
assert _SPEC.loader is not None
made = importlib.util.module_from_spec(_SPEC)
sys.modules["constructed_recordings"] = made
_SPEC.loader.exec_module(made)

REAL = (
    "nwb/LantyerEtAl2018_170315_AL_216_VC.nwb",
    "nwb/LantyerEtAl2018_171220_NC_156_ST100_C.nwb",
    "nwb/LantyerEtAl2018_180817_ME_9_CC.nwb",
)


def assert_valid(path: Path) -> None:
    import pynwb

    assert pynwb.validate(path=str(path)) == []


@pytest.mark.parametrize("name", made.ALL)
def test_constructed_recordings_come_back_unchanged(name: str, tmp_path: Path) -> None:
    recording = made.ALL[name]()
    path = write_nwb(recording, tmp_path / "a.nwb")
    assert compare(recording, read(path)) == ()
    assert_valid(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.nwb"]


@pytest.mark.parametrize("name", REAL)
def test_real_files_come_back_unchanged(name: str, recordings: Path, tmp_path: Path) -> None:
    recording = read(recordings / name)
    path = write_nwb(recording, tmp_path / "a.nwb")
    assert compare(recording, read(path)) == ()
    assert_valid(path)


def test_stored_integers_stay_integers(tmp_path: Path) -> None:
    recording = made.everything()
    again = read(write_nwb(recording, tmp_path / "a.nwb"))
    trace, other = recording.trace(0, "I e1"), again.trace(0, "I e1")
    assert other.samples.dtype == np.int16
    assert np.array_equal(trace.samples[:], other.samples[:])
    assert np.array_equal(trace.values(), other.values())


def test_a_second_generation_is_the_same(tmp_path: Path) -> None:
    first = read(write_nwb(made.everything(), tmp_path / "a.nwb"))
    second = read(write_nwb(first, tmp_path / "b.nwb"))
    assert compare(first, second) == ()


def test_an_unknown_start_stays_unknown(tmp_path: Path) -> None:
    recording = replace(made.plain_arrays(), start_time=None)
    again = read(write_nwb(recording, tmp_path / "a.nwb"))
    assert again.start_time is None


def test_long_recordings_are_written_in_stretches(tmp_path: Path) -> None:
    length = 17_000_001

    class Counting:
        """Samples that remember the longest stretch asked for."""

        shape = (length,)
        dtype = np.dtype(np.int16)
        longest = 0

        def __getitem__(self, key: slice) -> np.ndarray:
            start, stop, _ = key.indices(length)
            self.longest = max(self.longest, stop - start)
            return (np.arange(start, stop) // 1000 % 100).astype(np.int16)

    samples = Counting()
    recording = made.plain_arrays()
    sweep = replace(recording.sweeps[0], traces={"response": Trace(samples, 50.0, 0.5)})
    long = replace(recording, sweeps=(sweep,))
    again = read(write_nwb(long, tmp_path / "long.nwb"))
    assert samples.longest <= 1 << 20
    assert compare(long, again) == ()


def test_simulated_recordings_say_so_everywhere(tmp_path: Path) -> None:
    import h5py

    path = write_nwb(made.simulated(), tmp_path / "a.nwb")
    assert read(path).is_simulated
    with h5py.File(path, "r") as file:
        assert file["session_description"][()].startswith(b"SIMULATED")
        assert "keywords" not in file["general"]  # neo reads no file that has any
        assert all(name.startswith("SIMULATED") for name in file["general/devices"])
        for place in ("acquisition", "stimulus/presentation"):
            for series in file[place].values():
                assert series.attrs["description"].startswith("SIMULATED")
                assert series.attrs["comments"].startswith("SIMULATED")


def test_the_hierarchy_of_tables_is_complete(tmp_path: Path) -> None:
    from pynwb import NWBHDF5IO

    recording = made.everything()
    path = write_nwb(recording, tmp_path / "a.nwb")
    with NWBHDF5IO(str(path), "r") as store:
        file = store.read()
        assert file.sweep_table is None
        assert len(file.icephys_simultaneous_recordings) == 3  # the fourth has no electrode
        assert len(file.intracellular_recordings) == 4
        assert len(file.icephys_sequential_recordings) == 3
        assert len(file.icephys_repetitions) == 1
        assert len(file.icephys_experimental_conditions) == 1
        series = file.acquisition["I e1_sweep_0000"]
        assert series.whole_cell_series_resistance_comp == pytest.approx(12.3e6)
        assert series.whole_cell_capacitance_comp == pytest.approx(33.3e-12)
        assert series.resistance_comp_correction == pytest.approx(70.0)
        assert series.resistance_comp_bandwidth == pytest.approx(1020.0)
        values = series.data[:] * series.conversion + series.offset
        assert values == pytest.approx(recording.trace(0, "I e1").values() * 1e-12, rel=1e-12)
        epochs = file.epochs.to_dataframe()
        assert epochs["level"].iloc[1] == pytest.approx(1e-4)  # 0.1 mV in volts
        assert epochs["start_time"].iloc[1] == pytest.approx(0.1 + 1 / 3e3)
        assert list(file.intervals["tags"]["text"][:]) == ["+drug µM ☃", "", "wash"]


def test_without_the_document_the_nwb_fields_carry_the_recording(tmp_path: Path) -> None:
    import h5py

    recording = made.simulated()
    path = write_nwb(recording, tmp_path / "a.nwb")
    with h5py.File(path, "a") as file:
        del file["scratch/loligo"]
    again = read(path)
    assert [channel.role for channel in again.channels] == [c.role for c in recording.channels]
    for index in (0, 1):
        for old, new in zip(recording.channels, again.channels, strict=True):
            assert new.unit == old.unit
            expected = recording.trace(index, old).values()
            assert again.trace(index, new).values() == pytest.approx(expected, rel=1e-12)
    assert [s.start for s in again.sweeps] == pytest.approx([s.start for s in recording.sweeps])


def test_native_fields_count_where_someone_changed_them(tmp_path: Path) -> None:
    import h5py

    path = write_nwb(made.everything(), tmp_path / "a.nwb")
    with h5py.File(path, "a") as file:
        del file["general/subject/subject_id"]
        file["general/subject/subject_id"] = "m2"
    assert read(path).provenance.subject.subject_id == "m2"
    with h5py.File(path, "a") as file:
        file["acquisition/I e1_sweep_0000/data"].attrs["conversion"] = 2e-12
    again = read(path)
    assert "conversion" in again.finding("loligo's own description").evidence
    response = again.responses[0]
    assert again.trace(0, response).gain == pytest.approx(2.0)


def test_dandi_asks_by_name_for_what_is_missing(tmp_path: Path) -> None:
    recording = replace(made.plain_arrays(), start_time=None)
    wanted = ("subject_id", "species", "sex", "age or date_of_birth", "session_start_time")
    assert missing_metadata(recording) == wanted
    with pytest.raises(MissingMetadataError) as caught:
        write_nwb(recording, tmp_path / "a.nwb", dandi=True)
    assert caught.value.fields == wanted
    assert list(tmp_path.iterdir()) == []
    assert missing_metadata(made.plain_arrays(), made.MOUSE) == ()


@pytest.mark.parametrize(
    ("field", "bad"),
    [("species", "mouse"), ("sex", "female"), ("age", "90 days"), ("subject_id", "a/b")],
)
def test_dandi_names_the_form_it_asks_for(field: str, bad: str) -> None:
    subject = replace(made.MOUSE, **{field: bad})
    (told,) = missing_metadata(made.plain_arrays(), subject)
    assert field in told
    assert repr(bad) in told


@pytest.mark.filterwarnings("ignore")  # the inspector's own, which it reports as errors
@pytest.mark.parametrize("name", made.ALL)
def test_nwbinspector_has_no_critical_finding(name: str, tmp_path: Path) -> None:
    inspector = pytest.importorskip("nwbinspector")
    path = write_nwb(made.ALL[name](), tmp_path / "a.nwb", subject=made.MOUSE, dandi=True)
    found = list(
        inspector.inspect_nwbfile(nwbfile_path=path, config=inspector.load_config("dandi"))
    )
    names = {"CRITICAL", "ERROR", "PYNWB_VALIDATION"}
    assert [message for message in found if message.importance.name in names] == []


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.nwb"
    path.write_text("precious")
    with pytest.raises(WriteError, match="overwrite=True"):
        write_nwb(made.plain_arrays(), path)
    assert path.read_text() == "precious"
    write_nwb(made.plain_arrays(), path, overwrite=True)
    again = read(path)
    with pytest.raises(WriteError, match="read from"):
        write_nwb(again, path, overwrite=True)


@pytest.mark.parametrize("name", ["a.abf", "nowhere/a.nwb"])
def test_impossible_targets_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        write_nwb(made.plain_arrays(), tmp_path / name)


def test_a_failing_source_leaves_nothing_behind(tmp_path: Path) -> None:
    source = write_nwb(made.plain_arrays(), tmp_path / "a.nwb")
    recording = read(source)
    source.unlink()
    with pytest.raises(ValueError, match=r"a\.nwb"):
        write_nwb(recording, tmp_path / "b.nwb")
    assert list(tmp_path.iterdir()) == []


def test_a_date_of_birth_that_is_none_is_refused(tmp_path: Path) -> None:
    subject = Subject(subject_id="m1", date_of_birth="last spring")
    with pytest.raises(WriteError, match="last spring"):
        write_nwb(made.plain_arrays(), tmp_path / "a.nwb", subject=subject)


def test_a_date_of_birth_comes_back(tmp_path: Path) -> None:
    subject = Subject(subject_id="m1", date_of_birth="2024-03-31")
    again: Recording = read(write_nwb(made.plain_arrays(), tmp_path / "a.nwb", subject=subject))
    assert again.provenance.subject == subject

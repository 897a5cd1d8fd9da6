"""Recordings from arrays in memory: plain, with a unit, labelled."""

import numpy as np
import pint
import pytest
import xarray as xr

from loligo import from_arrays
from loligo.errors import SelectionError, UnitError
from loligo.recording import Epoch, EpochKind, RigState, Truth


def test_a_table_is_sweeps_by_time():
    recording = from_arrays(np.arange(6.0).reshape(2, 3), unit="nA", sampling_rate="20 kHz")
    assert len(recording) == 2
    assert recording.response.unit == "pA"
    assert recording.response.clamp_mode == "voltage_clamp"
    np.testing.assert_array_equal(recording.trace(1, "response").values(), [3000.0, 4000, 5000])
    assert [sweep.start for sweep in recording] == [0.0, 3 / 20]


def test_sweeps_of_unequal_length_stay_unequal():
    recording = from_arrays([[1, 2, 3], np.arange(5)], unit="mV", sampling_rate="1 kHz")
    assert [sweep.duration for sweep in recording] == [3.0, 5.0]
    assert recording.response.clamp_mode == "current_clamp"


def test_integers_are_kept_as_integers():
    recording = from_arrays(np.array([1, 2], np.int16), unit="mV", sampling_rate="1 kHz")
    trace = recording.trace(0, "response")
    assert trace.samples.dtype == np.int16
    assert trace.resolution == 1.0


def test_the_arrays_are_copied():
    array = np.zeros(4)
    recording = from_arrays(array, unit="mV", sampling_rate="1 kHz")
    array[:] = 7
    assert not recording.trace(0, "response").values().any()


def test_a_quantity_brings_its_unit():
    units = pint.UnitRegistry()
    recording = from_arrays(np.ones((2, 3)) * units.nA, sampling_rate=20 * units.kHz)
    assert recording.trace(0, "response").values()[0] == 1000.0
    recording = from_arrays([np.ones(3) * units.mV], sampling_rate="1 kHz")
    assert recording.response.unit == "mV"
    with pytest.raises(UnitError, match="carries the unit"):
        from_arrays(np.ones(3) * units.nA, unit="pA", sampling_rate="1 kHz")
    with pytest.raises(UnitError, match="different units"):
        from_arrays([np.ones(3) * units.nA, np.ones(3) * units.pA], sampling_rate="1 kHz")


def test_a_labelled_array_brings_unit_and_rate():
    first = from_arrays(np.arange(6.0).reshape(2, 3), unit="mV", sampling_rate="20 kHz")
    stacked = first.stack("response")
    for labelled in (stacked, stacked.transpose("time", "sweep")):
        again = from_arrays(labelled)
        assert again.response.unit == "mV"
        assert again.trace(1, "response").sampling_rate == 20.0
        np.testing.assert_array_equal(again.trace(1, "response").values(), [3.0, 4, 5])
    with pytest.raises(UnitError, match="sampled at 20 kHz"):
        from_arrays(stacked, sampling_rate="10 kHz")


def test_a_labelled_array_with_irregular_time_is_refused():
    times = xr.DataArray([0.0, 1.0, 5.0], dims="time", attrs={"units": "ms"})
    bad = xr.DataArray(np.ones(3), dims="time", coords={"time": times}, attrs={"units": "mV"})
    with pytest.raises(UnitError, match="not regular"):
        from_arrays(bad)


def test_a_command_belongs_to_the_response():
    recording = from_arrays(
        np.zeros(3), unit="pA", sampling_rate="1 kHz", command=[0, 0.01, 0], command_unit="V"
    )
    command = recording.command(recording.response)
    assert command.unit == "mV"
    np.testing.assert_allclose(recording.trace(0, command).values(), [0, 10, 0])


@pytest.mark.parametrize(
    ("changed", "error", "told"),
    [
        ({"unit": None}, UnitError, "unit is missing"),
        ({"unit": "ms"}, UnitError, "is a time; allowed: voltage, current"),
        ({"sampling_rate": None}, UnitError, "sampling_rate is missing"),
        ({"sampling_rate": 20}, UnitError, "no unit"),
        ({"sampling_rate": "-1 kHz"}, UnitError, "above 0"),
        ({"sampling_rate": "5 ms"}, UnitError, "is a time"),
        ({"response": []}, SelectionError, "no sweeps"),
        ({"response": np.zeros((2, 2, 2))}, SelectionError, r"shape \(2, 2\)"),
        ({"response": np.zeros(3, complex)}, SelectionError, "complex"),
        ({"response": ["a", "b"]}, SelectionError, "numeric"),
        ({"response": [[1.0], []]}, SelectionError, "sweep 1 has shape"),
        ({"command": [0, 0]}, UnitError, "command_unit is missing"),
        ({"command": [0, 0], "command_unit": "pA"}, UnitError, "needs a voltage"),
        ({"command": [0], "command_unit": "mV"}, SelectionError, r"\[2\] samples .* \[1\]"),
        ({"sweep_starts": [0, 0]}, SelectionError, "2 sweep starts for 1 sweeps"),
        ({"sweep_starts": [5]}, UnitError, r"sweep_starts\[0\] = 5 has no unit"),
        ({"epochs": [(), ()]}, SelectionError, "epochs for 2 sweeps"),
    ],
)
def test_what_is_refused(changed, error, told):
    given = {"response": [1.0, 2.0], "unit": "pA", "sampling_rate": "1 kHz"} | changed
    with pytest.raises(error, match=told):
        from_arrays(given.pop("response"), **given)


def test_epochs_rig_state_and_truth_are_kept():
    step = Epoch("A", EpochKind.STEP, 1.0, 2.0, "command", -10.0)
    recording = from_arrays(
        [[1, 2], [3, 4]],
        unit="pA",
        sampling_rate="1 kHz",
        epochs=[[step], []],
        sweep_starts=["0 s", "1 s"],
        rig_state=RigState(capacitance_slow=30.0),
        truth=Truth({"series_resistance": 0.01}, "a model cell"),
    )
    assert recording.sweeps[0].epochs == (step,)
    assert recording.sweeps[1].epochs == ()
    assert recording.sweeps[1].start == 1000.0
    assert recording.is_simulated
    assert "capacitance_slow" not in recording.unknown_rig_fields(recording.response)
    assert "capacitance_fast" in recording.unknown_rig_fields(recording.response)

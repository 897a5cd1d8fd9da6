"""One recording through arrays, NWB and ABF, in any unit and scale: the same numbers."""

from datetime import UTC, datetime

import numpy as np
import pytest
import rc_cells
from steady import steady

import loligo

LEVELS = (-100.0, -75.0, -50.0, -25.0)
COMMAND = np.array([rc_cells.command(level) for level in LEVELS])  # pA
RATE = 2000.0


@pytest.fixture(scope="module")
def potential():
    """Noisy potential [mV] of four sweeps."""
    noise = np.random.default_rng(0).normal(0, 0.3, COMMAND.shape)
    made = rc_cells.current_clamp(LEVELS, noise=noise)
    return np.array([made.trace(i, "response").values() for i in range(len(LEVELS))])


def numbers(recording):
    found = [e for e in steady(recording) if e.sweep is None]
    assert [e.name for e in found] == ["resting_potential", "input_resistance"]
    return [(e.value, e.low, e.high) for e in found]


def of_arrays(potential, command, unit, command_unit):
    return loligo.from_arrays(
        potential, unit=unit, sampling_rate="2 kHz", command=command, command_unit=command_unit
    )


@pytest.fixture(scope="module")
def expected(potential):
    found = numbers(of_arrays(potential, COMMAND, "mV", "pA"))
    assert found[0][0] == pytest.approx(-68.0, abs=0.02)
    assert found[1][0] == pytest.approx(0.15, rel=0.005)  # a negative step, a negative response
    return found


@pytest.mark.parametrize(
    ("factor", "unit", "command_factor", "command_unit"),
    [(1e-3, "V", 1e-12, "A"), (1e3, "uV", 1e-3, "nA"), (1.0, "Millivolts", 1e-6, "µA")],
)
def test_arrays_in_any_unit(potential, expected, factor, unit, command_factor, command_unit):
    made = of_arrays(factor * potential, command_factor * COMMAND, unit, command_unit)
    np.testing.assert_allclose(numbers(made), expected, rtol=1e-9)


def test_sweeps_of_unequal_length(potential, expected):
    ends = (1600, 1590, 1600, 1520)
    cut = [
        [row[:end] for row, end in zip(rows, ends, strict=True)] for rows in (potential, COMMAND)
    ]
    np.testing.assert_allclose(numbers(of_arrays(*cut, "mV", "pA")), expected, rtol=1e-9)


def nwb(path, potential, command, scale, command_scale):
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries

    file = NWBFile("made up", "x", datetime(2020, 1, 1, tzinfo=UTC))
    electrode = file.create_icephys_electrode(
        name="e0", device=file.create_device("amplifier"), description="one"
    )
    for i in range(len(potential)):
        shared = {"rate": RATE, "starting_time": float(i), "electrode": electrode, "gain": 1.0}
        shared["sweep_number"] = np.uint32(i)
        response = dict(zip(("data", "conversion", "offset"), (potential[i], *scale), strict=True))
        played = dict(
            zip(("data", "conversion", "offset"), (command[i], *command_scale), strict=True)
        )
        file.add_acquisition(CurrentClampSeries(name=f"r{i}", **response, **shared))
        file.add_stimulus(CurrentClampStimulusSeries(name=f"s{i}", **played, **shared))
    with NWBHDF5IO(str(path), "w") as io:
        io.write(file)
    return path


def test_nwb_in_si(tmp_path, potential, expected):
    path = nwb(tmp_path / "a.nwb", 1e-3 * potential, 1e-12 * COMMAND, (1.0, 0.0), (1.0, 0.0))
    np.testing.assert_allclose(numbers(loligo.read(path)), expected, rtol=1e-9)


def test_nwb_with_conversion_and_offset(tmp_path, potential, expected):
    """Integers of 10 uV below -60 mV, and of 0.5 pA above -20 pA."""
    counts = np.round((potential + 60) / 0.01).astype(np.int16)
    steps = np.round((COMMAND + 20) / 0.5).astype(np.int16)
    path = nwb(tmp_path / "b.nwb", counts, steps, (1e-5, -0.060), (0.5e-12, -20e-12))
    np.testing.assert_allclose(numbers(loligo.read(path)), expected, rtol=2e-2, atol=1e-3)
    found = numbers(loligo.read(path))
    assert found[0][0] == pytest.approx(expected[0][0], abs=0.005)
    assert found[1][0] == pytest.approx(expected[1][0], rel=1e-3)


def test_millivolts_stored_as_volts_give_no_number(tmp_path, potential):
    path = nwb(tmp_path / "c.nwb", potential, COMMAND, (1.0, 0.0), (1.0, 0.0))
    assert not any(estimate.is_ok for estimate in steady(loligo.read(path)))


def test_abf_with_its_command_in_another_file(tmp_path, potential, expected):
    from pyabf.abfWriter import writeABF1

    writeABF1(potential, str(tmp_path / "cell.abf"), RATE, units="mV")
    writeABF1(1e-3 * COMMAND, str(tmp_path / "command.abf"), RATE, units="nA")
    found = numbers(loligo.read(tmp_path / "cell.abf", command="command.abf"))
    assert found[0][0] == pytest.approx(expected[0][0], abs=0.005)
    assert found[1][0] == pytest.approx(expected[1][0], rel=1e-3)


def test_a_given_command_goes_before_the_files_own(recordings, tmp_path):
    from pyabf.abfWriter import writeABF1

    path = recordings / "abf/171116sh_0018.abf"
    own = loligo.read(path)
    stated = own.command(own.response)
    doubled = np.array([2 * own.trace(i, stated).values() for i in range(len(own))])
    writeABF1(doubled, str(tmp_path / "doubled.abf"), 20_000.0, units="pA")
    given = loligo.read(path, command=tmp_path / "doubled.abf")
    command = given.command(given.response)
    assert command.evidence == "given: read from doubled.abf"
    np.testing.assert_allclose(given.trace(0, command).values(), doubled[0], atol=0.1)

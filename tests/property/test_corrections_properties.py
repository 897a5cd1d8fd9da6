"""Corrections hold for any input: linear, independent of units and of time, and taken back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loligo.ions import MOBILITIES, henderson_potential
from loligo.recording import RigState, compare, from_arrays
from loligo.recording.corrections import (
    Measured,
    Path,
    bridge,
    ideal_current,
    junction_potential,
    leak,
    pipette_current,
    rebalanced,
    series_resistance,
    through,
    uncorrected,
    without_seal,
)

RATES = st.sampled_from([10.0, 20.0, 50.0])
PATHS = st.builds(
    Path,
    delay=st.floats(-0.1, 1.0),
    filter_frequency=st.floats(0.5, 10.0),
    filter_order=st.sampled_from([2, 4, 6, 8]),
    lag=st.sampled_from([0.0, 0.004, 0.3]),
)
COMMANDS = st.lists(st.floats(-200, 200), min_size=2, max_size=6).map(
    lambda levels: np.repeat(levels, 50)
)


@given(COMMANDS, COMMANDS, PATHS, RATES, st.floats(-3, 3))
def test_a_path_is_linear(first, second, path, rate, factor):
    size = min(first.size, second.size)
    a, b = first[:size], second[:size]
    together = through(a + factor * b, rate, path)
    apart = through(a, rate, path) + factor * through(b, rate, path)
    assert together == pytest.approx(apart, abs=1e-7)


@given(COMMANDS, PATHS, RATES, st.integers(1, 40))
def test_a_path_does_not_depend_on_when(command, path, rate, count):
    late = np.concatenate((np.full(count, command[0]), command))
    assert through(late, rate, path)[count + 5 : -5] == pytest.approx(
        through(command, rate, path)[5:-5], abs=1e-7
    )


@given(COMMANDS, PATHS, RATES)
def test_a_path_keeps_levels(command, path, rate):
    """Long after the last change the command is what it is, and no current charges the pipette."""
    held = np.concatenate((command, np.full(2000, command[-1])))
    assert through(held, rate, path)[-1] == pytest.approx(command[-1], abs=1e-6)
    assert pipette_current(held, rate, 5.0, path)[-1] == pytest.approx(0.0, abs=1e-6)


@given(COMMANDS, PATHS, RATES, st.floats(-0.05, 0.05))
def test_bridge_and_its_opposite_cancel(command, path, rate, error):
    potential = -70 + 0.1 * command
    once = rebalanced(potential, command, error, rate, path)
    assert rebalanced(once, command, -error, rate, path) == pytest.approx(potential, abs=1e-9)


@given(COMMANDS, st.floats(1e-3, 0.05), st.floats(1, 200), RATES)
def test_currents_scale_together(command, resistance, capacitance, rate):
    """Twice all potentials and currents is twice the ionic current; no driving force, no scale."""
    current = np.linspace(-1, 1, command.size) * 300
    once = ideal_current(current, command, rate, resistance, capacitance)
    twice = ideal_current(2 * current, 2 * command, rate, resistance, capacitance)
    assert twice == pytest.approx(2 * once, rel=1e-9, abs=1e-6)
    scaled = ideal_current(current, command, rate, 1e-12, 0.0, 500.0)
    assert scaled == pytest.approx(current, rel=1e-9)


@given(st.floats(0.05, 1.0), st.floats(1.05, 20.0), st.floats(5, 50), st.floats(-80, -50))
def test_seal_and_cell_in_parallel(membrane, ratio, tau, rest):
    """What a seal makes of a cell is taken back; the cell's own values are found."""
    seal = membrane * ratio
    both = 1 / (1 / membrane + 1 / seal)
    found = without_seal(
        Measured(both, 0.999 * both, min(1.001 * both, 0.9995 * seal)),
        Measured(seal),
        time_constant=Measured(tau * both / membrane),
        resting_potential=Measured(rest * both / membrane),
    )
    assert found.membrane_resistance.value == pytest.approx(membrane, rel=1e-6)
    assert found.membrane_resistance.low <= found.membrane_resistance.value
    assert found.membrane_resistance.value <= found.membrane_resistance.high
    assert found.membrane_time_constant.value == pytest.approx(tau, rel=1e-6)
    assert found.resting_potential.value == pytest.approx(rest, rel=1e-6)


CORRECTIONS = {
    "bridge": lambda r: bridge(r, "5 MOhm"),
    "junction": lambda r: junction_potential(r, "13.7 mV"),
    "series": lambda r: series_resistance(r, "5 MOhm", capacitance="20 pF", reversal="10 mV"),
    "leak": lambda r: leak(r, "1.5 nS", "-61 mV"),
}


@pytest.mark.parametrize("name", CORRECTIONS)
@given(COMMANDS, st.sampled_from(["int16", "float32", "float64"]))
def test_corrected_and_taken_back_is_the_same(name, command, kind):
    is_current = name == "bridge"
    recording = from_arrays(
        np.round(command / 3 + 5).astype(kind),
        unit="mV" if is_current else "pA",
        sampling_rate="20 kHz",
        command=command,
        command_unit="pA" if is_current else "mV",
        rig_state=RigState(filter_frequency=3.0, series_resistance_correction=0.3),
    )
    made = CORRECTIONS[name](recording)
    assert compare(made, recording) != ()
    back = uncorrected(made)
    assert [d for d in compare(back, recording) if "provenance" not in d and "level" not in d] == []
    for was, now in zip(recording.sweep(0).epochs, back.sweep(0).epochs, strict=True):
        for field in ("level", "start_level"):
            value = getattr(was, field)
            assert getattr(now, field) == (
                None if value is None else pytest.approx(value, abs=1e-9)
            )


@given(COMMANDS, st.floats(0.1, 100))
def test_units_make_no_difference(command, resistance):
    """The same recording in volts and amperes, the same value in other units."""
    potential = -70 + 0.1 * command
    values = []
    for unit, factor, command_unit, current in (
        ("mV", 1.0, "pA", 1.0),
        ("V", 1e-3, "A", 1e-12),
    ):
        recording = from_arrays(
            potential * factor,
            unit=unit,
            sampling_rate="20 kHz",
            command=command * current,
            command_unit=command_unit,
            rig_state=RigState(filter_frequency=3.0),
        )
        texts = (f"{resistance!r} MOhm", f"{resistance * 1e-3!r} GOhm")
        values += [bridge(recording, text).trace(0, "response").values() for text in texts]
    for other in values[1:]:
        assert other == pytest.approx(values[0], abs=1e-6)


IONS = ["K", "Na", "Cs", "Cl", "gluconate", "Ca"]
AMOUNTS = st.lists(st.floats(0.1, 200), min_size=6, max_size=6)


@given(AMOUNTS, AMOUNTS, st.floats(0.1, 10), st.floats(0.1, 10))
def test_junction_potential_of_any_solutions(pipette, bath, dilution, unit):
    """Its sign turns with the solutions; common dilution and the mobilities' unit do not matter."""
    z = np.array([MOBILITIES[ion].valence for ion in IONS])
    u = np.array([MOBILITIES[ion].relative for ion in IONS])
    inside, outside = np.array(pipette), np.array(bath)
    found = henderson_potential(z, u, inside, outside, 25.0)
    assert henderson_potential(z, u, outside, inside, 25.0) == pytest.approx(-found, abs=1e-9)
    other = henderson_potential(z, unit * u, dilution * inside, dilution * outside, 25.0)
    assert other == pytest.approx(found, abs=1e-9)
    assert henderson_potential(z, u, inside, inside, 25.0) == 0.0

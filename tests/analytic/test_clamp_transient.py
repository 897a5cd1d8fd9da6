"""The closed form of the transient: textbook values, filter tables, and a numerical circuit."""

import clamped_cells as circuits
import numpy as np
import pytest

from loligo.analysis.membrane_test import (
    Cell,
    capacitance_by_ramp,
    command_of_step,
    command_of_triangle,
    measure_transient,
)
from loligo.analysis.membrane_test.lowpass import (
    bessel_filter,
    exponentials_response,
)
from loligo.analysis.membrane_test.model import (
    Modes,
    cell_of,
    clamp_time_constant,
    current,
    modes,
)
from loligo.errors import SelectionError


def test_whole_cell_step():
    """10 mV, 10 MOhm, 500 MOhm, 100 pF."""
    found = modes(Cell(0.01, 0.5, 100.0))
    step = 10.0
    assert step * (found.steady + found.amplitudes[0]) == pytest.approx(1000, rel=1e-9)
    assert step * found.steady == pytest.approx(19.6078431, rel=1e-8)
    assert clamp_time_constant(found) == pytest.approx(0.980392157, rel=1e-8)
    charge = step * found.amplitudes[0] / found.rates[0]  # fC
    assert charge == pytest.approx(961.168781, rel=1e-8)
    assert cell_of(found).capacitance == pytest.approx(100, rel=1e-12)


@pytest.mark.parametrize(
    ("order", "rise", "overshoot", "delay"),
    [
        (1, 0.349699, 0.0, None),
        (2, 0.342068, None, None),
        (4, 0.350130, 0.8354, 0.329354),
        (6, 0.349431, None, None),
        (8, 0.346616, 0.3439, 0.504840),
    ],
)
def test_filter_steps(order, rise, overshoot, delay):
    time = np.linspace(0, 5, 500_001)
    step = exponentials_response(time, [1.0], [0.0], bessel_filter(1.0, order))
    reached = [time[np.argmax(step > level)] for level in (0.1, 0.5, 0.9)]
    assert reached[2] - reached[0] == pytest.approx(rise, abs=1e-4)
    if overshoot is not None:
        assert 100 * (step.max() - 1) == pytest.approx(overshoot, abs=1e-3)
    if delay is not None:
        assert reached[1] == pytest.approx(delay, abs=1e-4)


def test_filter_is_3_db_down_at_its_corner():
    low_pass = bessel_filter(2.0)
    s = 2j * np.pi * 2.0
    terms = low_pass.residues / (s - low_pass.poles)
    mirrored = np.conj(low_pass.residues) / (s - np.conj(low_pass.poles))
    assert abs((terms + mirrored).sum() / 2) == pytest.approx(10 ** (-3.0103 / 20), rel=1e-5)


def test_ramp_is_the_integral_of_the_step():
    time = np.linspace(0, 3, 300_001)
    low_pass = bessel_filter(1.5)
    step = exponentials_response(time, [1.0], [0.0], low_pass)
    integral = np.concatenate(([0.0], np.cumsum((step[1:] + step[:-1]) / 2) * time[1]))
    assert exponentials_response(time, [], [], low_pass, 1.0) == pytest.approx(integral, abs=1e-8)


@pytest.mark.parametrize("corner", [0.0, -1.0, np.inf, np.nan])
def test_impossible_corner_is_refused(corner):
    with pytest.raises(SelectionError, match="kHz"):
        bessel_filter(corner)


CELLS = {
    "compact": ([(33.0, 0.5)], None),
    "dendrite": ([(60.0, 0.3), (90.0, 0.2)], 0.03),
}


@pytest.mark.parametrize("name", CELLS)
def test_closed_form_is_the_circuit(name):
    compartments, coupling = CELLS[name]
    rs, corner = 0.012, 2.0
    truth = circuits.truth_of(rs, compartments, coupling)
    time = np.arange(2000) / 20.0
    system = circuits.in_series(
        circuits.circuit(rs, compartments, coupling), circuits.bessel4(corner)
    )
    exact = -10 * circuits.step_response(system, time - 10.0)
    exact += 10 * circuits.step_response(system, time - 60.0)
    found = measure_transient(exact + 3.0, 20.0, command_of_step(10.0, 60.0, -10.0), corner)
    # how late a clamp follows, and what is left of the pipette, are never known to be nothing
    for quantity in ("series_resistance", "membrane_resistance", "capacitance"):
        assert found[quantity].value == pytest.approx(getattr(truth, quantity), rel=3e-3)
    assert found["clamp_time_constant"].value == pytest.approx(truth.clamp_time_constant, rel=1e-3)
    assert found["holding_current"].value == pytest.approx(3.0, abs=1e-3)


def test_triangle_of_the_circuit():
    """The current of a ramp is the integral of that of a step, done here by the trapezium."""
    rs, cell, corner = 0.012, (33.0, 0.5), 2.0
    fine = np.arange(0, 130, 0.0025)
    system = circuits.in_series(circuits.circuit(rs, [cell]), circuits.bessel4(corner))
    total = np.zeros_like(fine)
    for at, slope in ((10.0, -0.2), (60.0, 0.4), (110.0, -0.2)):
        step = circuits.step_response(system, fine - at)
        total += slope * np.concatenate(([0], np.cumsum((step[1:] + step[:-1]) / 2) * 0.0025))
    command = command_of_triangle(10.0, 60.0, 110.0, -10.0)
    samples = total[::20]
    mine = current(fine[::20], Cell(rs, cell[1], cell[0]), command, bessel_filter(corner))
    assert mine == pytest.approx(samples, abs=1e-3)
    found = capacitance_by_ramp(samples, 20.0, command, corner)
    assert found.value == pytest.approx(33.0, rel=2e-3)


def test_modes_and_cell_are_inverse():
    for cell in (Cell(0.02, 1.5, 12.0), Cell(0.01, 0.2, 150.0, 0.3, 0.05)):
        back = cell_of(modes(cell))
        assert back.series_resistance == pytest.approx(cell.series_resistance)
        assert back.membrane_resistance == pytest.approx(cell.membrane_resistance)
        assert back.capacitance == pytest.approx(cell.capacitance)
        assert back.remote == pytest.approx(cell.remote, abs=1e-9)
    with pytest.raises(SelectionError, match="modes"):
        cell_of(Modes(1.0, (-1.0,), (1.0,)))

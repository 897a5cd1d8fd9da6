"""Every cell of the catalogue with steps under control of the error, against the same referees as
with equal steps, within what the referees themselves are good for."""

import numpy as np
import pytest
import referee_herg
from catalogue_referees import (
    AXONS,
    CELLS,
    FIRST_SPIKE,
    HERG,
    NEURONS,
    PERIODS,
    REFEREES,
    REST,
    SHOCKS,
)
from referee_cells import solve
from simulated_cells import capacitance, peak, pulses

from loligo.cell.catalogue import load
from loligo.engine import simulate
from loligo.protocol import Protocol
from loligo.protocol.standard import herg_sine_wave


def controlled(name, protocol, start=None, **more):
    initial = {state: np.array(float(value)) for state, value in (start or {}).items()}
    return simulate(
        load(name), protocol, method="error-controlled", tolerance=1e-10, initial=initial, **more
    )


def test_no_cell_is_left_out():
    assert {*NEURONS, *AXONS, *HERG, *REFEREES} == set(CELLS)


@pytest.mark.parametrize("name", NEURONS)
def test_spike_times_of_the_independent_solution(name):
    row = NEURONS[name]
    protocol = pulses(row["pieces"], "uA/cm2")
    found = controlled(name, protocol, {"v": row["start"]}, spikes=True).spike_times()
    assert found == pytest.approx(row["spikes"], abs=2e-6)


@pytest.mark.parametrize("name", REFEREES)
def test_course_is_that_of_the_equations_written_anew(name):
    referee, pieces, aliases, (_, within) = REFEREES[name]
    size = capacitance(load(name))
    protocol = pulses([(length, size * slope) for length, slope in pieces])
    start = {ours: referee.INITIAL[theirs] for theirs, ours in aliases.items()}
    found = controlled(name, protocol, start, spikes=True)
    assert np.abs(found["v"][0, 0] - solve(referee, pieces).potentials).max() < within


@pytest.mark.parametrize("name", HERG)
def test_herg_current_is_that_of_the_equations_written_anew(name):
    found = controlled(name, herg_sine_wave(), record=("i.herg",))["i.herg"][0, 0]
    assert np.abs(found - referee_herg.current(0.1)).max() < 2e-5  # of 3017 pA


@pytest.mark.parametrize("name", AXONS)
def test_periods_and_shocks_of_the_axon(name):
    family = Protocol("", [f"step {', '.join(PERIODS)} uA/cm2 for 300 ms"], holding="0 uA/cm2")
    found = controlled(name, family, {"v": REST}, spikes=True)
    assert found.spike_times(0, 1)[0] == pytest.approx(FIRST_SPIKE, abs=5e-6)
    periods = [np.diff(found.spike_times(0, sweep))[-1] for sweep in range(len(PERIODS))]
    assert periods == pytest.approx(list(PERIODS.values()), abs=1e-5)
    shocks = Protocol(
        "", [f"shock {', '.join(SHOCKS)} nC/cm2", "hold for 6 ms"], holding="0 uA/cm2"
    )
    found = controlled(name, shocks, {"v": REST}, spikes=True, sampling="0.005 ms")
    for sweep, expected in enumerate(SHOCKS.values()):
        assert peak(found["v"][0, sweep], 0.005) == pytest.approx(expected, abs=5e-6)

"""A rig around a passive cell under sampled commands, against matrix exponentials in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.errors import ModelError
from loligo.rig import Bessel, CurrentClamp, PassiveCell, Pipette, Rig, VoltageClamp
from loligo.rig.sampled import sampled, shifted

CELL = PassiveCell(resistance="500 MOhm", capacitance="33 pF", reversal="-70 mV")
RIG = Rig(
    pipette=Pipette(series_resistance="10 MOhm", capacitance="4 pF", seal_resistance="5 GOhm"),
    amplifier=VoltageClamp(
        capacitance_fast="3.5 pF",
        whole_cell_capacitance_compensation="30 pF",
        whole_cell_series_resistance_compensation="9 MOhm",
        series_resistance_correction=0.6,
        series_resistance_prediction=0.5,
    ),
    filter=Bessel(corner="5 kHz"),
)


def step_by_step(closed, command, interval, late):
    """The response at samples, the command late by a part of an interval, by `Closed.response`."""
    ends = np.arange(command.size) * interval
    times = np.union1d(ends, ends[:-1] + late)
    middle = (times[:-1] + times[1:]) / 2.0 - late
    place = np.clip(np.floor(middle / interval).astype(int), 0, None)
    levels = np.where(middle < 0.0, command[0], command[place])
    found = closed.response(times, np.c_[levels, levels], closed.steady_state(command[0]))
    return closed.output("response", found[np.searchsorted(times, ends)], 0.0)


@pytest.mark.parametrize("late", [0.0, 0.013, 0.0499])
@pytest.mark.parametrize("every", [1, 50])
def test_a_staircase_as_by_matrix_exponentials(late, every):
    closed = CELL.behind(RIG.system)
    levels = np.random.default_rng(1).normal(-70.0, 20.0, 1000 // every)
    command = np.repeat(levels, every)
    found = sampled(closed, 0.05, late).output("response", command)
    wanted = step_by_step(closed, command, 0.05, late)
    assert found == pytest.approx(wanted, abs=1e-9 * np.abs(wanted).max())


def test_both_ways_of_summing_are_one():
    closed = CELL.behind(RIG.system)
    command = np.repeat([-70.0, -80.0, -60.0], 400)
    system = sampled(closed, 0.02, 0.05)
    states = system.states(command)
    wanted = closed.output("response", states, command)
    assert system.output("response", command) == pytest.approx(wanted, abs=1e-8)


def test_current_clamp_is_the_same():
    rig = Rig(pipette=RIG.pipette, amplifier=CurrentClamp(bridge_balance="9 MOhm"))
    closed = CELL.behind(rig.system)
    command = np.repeat([0.0, 50.0, -20.0], 100)
    found = sampled(closed, 0.05, 0.02).output("response", command)
    assert found == pytest.approx(step_by_step(closed, command, 0.05, 0.02), abs=1e-8)


@given(st.integers(-5, 5))
@settings(max_examples=11)
def test_whole_samples_shift_what_comes_out(count):
    closed = CELL.behind(RIG.system)
    command = np.repeat([-70.0, -80.0, -70.0], 60)
    plain = sampled(closed, 0.05).output("response", command)
    moved = sampled(closed, 0.05, 0.05 * count).output("response", command)
    assert moved == pytest.approx(shifted(plain, count), abs=2.0 if count < 0 else 1e-7)
    assert moved[10:-10] == pytest.approx(shifted(plain, count)[10:-10], abs=1e-7)


def test_without_a_steady_state_there_is_no_start():
    rig = RIG.with_control(series_resistance_correction=1.0, series_resistance_prediction=0.95)
    rig = rig.with_control(whole_cell_series_resistance_compensation="20 MOhm")
    with pytest.raises(ModelError, match="unstable"):
        sampled(CELL.behind(rig.system), 0.05).output("response", np.full(10, -70.0))

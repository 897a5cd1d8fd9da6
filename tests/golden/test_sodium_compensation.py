"""Compensation of series resistance moves real sodium I-Vs; the model says by how much.

Two HEK cells with NaV1.5 (Patchliner; CardiacModelling/nav-artefact-model), one at 80, 40 and 0 %,
one at 80 and 0 %. The channel of each was fitted at 80 %; nothing is changed for the others but the
compensation and what the amplifier's table says of the cell.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.sodium_compensation import HOW, REVERSAL, conductance, curves, told
from benchmarks.sodium_recordings import FIRST, SECOND, recorded
from loligo.inference import fit


def at_each(patched):
    """Fit nothing but the offset; return fit, recorded and modelled at each compensation."""
    found = {}
    for share in patched.shares:
        recording, rig = recorded(patched, share)
        made = fit(recording, patched.cell, rig, ["response.offset"], delay=patched.delay, **HOW)
        found[share] = (made, *(told(one, patched.levels) for one in curves(made, 0)))
    return found


@pytest.fixture(scope="module")
def curves_at(recordings):
    return at_each(FIRST)


@pytest.fixture(scope="module")
def second(recordings):
    return at_each(SECOND)


def test_the_channel_describes_what_it_was_fitted_to(curves_at):
    found, recorded, modelled = curves_at[80]
    assert found.normalized_rms < 0.1
    assert modelled["half_mV"] == pytest.approx(recorded["half_mV"], abs=1.0)
    assert modelled["peak_pA"] == pytest.approx(recorded["peak_pA"], rel=0.05)


def test_the_drop_explains_how_the_curve_moves_from_80_to_40_percent(curves_at):
    recorded, modelled = ([curves_at[share][i]["half_mV"] for share in (80, 40)] for i in (1, 2))
    assert np.diff(recorded)[0] == pytest.approx(-9.1, abs=0.1)
    assert np.diff(modelled)[0] == pytest.approx(np.diff(recorded)[0], abs=1.0)
    _, recorded, modelled = curves_at[40]
    assert modelled["peak_pA"] == pytest.approx(recorded["peak_pA"], rel=0.05)
    assert abs(modelled["peak_potential_mV"] - recorded["peak_potential_mV"]) <= 5.0


def test_without_compensation_the_drop_explains_more_than_half(curves_at):
    """The rest is no drop of 5.3 MOhm: at -65 mV, 2 mV, as much flows as at -55 mV with 80 %."""
    recorded, modelled = ([curves_at[share][i]["half_mV"] for share in (80, 0)] for i in (1, 2))
    share = np.diff(modelled)[0] / np.diff(recorded)[0]
    assert 0.5 < share < 0.7
    data = {s: curves(curves_at[s][0], 0)[0] for s in (80, 0)}
    assert data[0][3] == pytest.approx(data[80][5], rel=0.3)
    assert abs(data[0][3]) * 5.27e-3 < 2.0


def test_two_numbers_of_the_rig_explain_the_rest(curves_at):
    """The table says 5.3 MOhm, and no offset; the channel stays as fitted at 80 %."""
    recording, rig = recorded(FIRST, 0)
    other = {"pipette.series_resistance": "7.06 MOhm", "pipette.electrode_offset": "-6.7 mV"}
    made = fit(
        recording, FIRST.cell, rig.with_(**other), ["response.offset"], delay=FIRST.delay, **HOW
    )
    data, model = (told(one, FIRST.levels) for one in curves(made, 0))
    assert made.normalized_rms < 0.2 < 0.7 < curves_at[0][0].normalized_rms
    assert model["half_mV"] == pytest.approx(data["half_mV"], abs=1.0)
    assert model["peak_potential_mV"] == data["peak_potential_mV"]
    for name in ("peak_pA", "at_last_step_pA"):
        assert model[name] == pytest.approx(data[name], rel=0.05)


def test_behind_the_clamp_one_conductance_is_left(curves_at):
    """At 40 and 80 % the same conductance at the same potential, once the potential is known."""
    fewer, more = conductance(FIRST, 40), conductance(FIRST, 80)
    levels = np.array([0.0, 5.0, 10.0, 15.0, 20.0])
    there = [np.interp(levels, *one) for one in (fewer, more)]
    assert there[0] == pytest.approx(there[1], rel=0.12)
    command = np.arange(-80.0, 36.0, 5.0)
    raw = [curves(curves_at[s][0], 0)[0] / (command - REVERSAL) for s in (40, 80)]
    assert raw[0][16:21] != pytest.approx(raw[1][16:21], rel=0.22)
    assert raw[0][9] > 1.3 * raw[1][9]  # and the other way round at -35 mV


def test_a_clamp_that_let_go(curves_at):
    """Commanded to -60 mV without compensation, the membrane was near -14 mV at the peak."""
    escaped, _ = conductance(FIRST, 0)
    assert escaped[3] == pytest.approx(-65.0, abs=2.0)
    assert escaped[4] == pytest.approx(-14.0, abs=3.0)


def test_the_second_cell_at_80_percent_foretells_its_curve_without_compensation(second):
    """All of the way of the rising limb and of the peak, 11 and 20 mV, and most of the size."""
    assert second[80][0].normalized_rms < 0.2
    recorded, modelled = ([second[share][i] for share in (80, 0)] for i in (1, 2))
    moved = [np.diff([one["half_mV"] for one in told])[0] for told in (recorded, modelled)]
    assert moved[0] == pytest.approx(-10.7, abs=0.1)
    assert moved[1] == pytest.approx(moved[0], abs=1.0)
    for told_by in (recorded, modelled):
        assert [one["peak_potential_mV"] for one in told_by] == [-20.0, -40.0]
    assert modelled[1]["peak_pA"] == pytest.approx(recorded[1]["peak_pA"], rel=0.12)


def test_small_currents_of_the_second_cell_begin_at_the_same_potential(second):
    """At -60 mV no drop of 2 mV is made: a channel whose gating did not drift."""
    data = [curves(second[share][0], 0)[0][2] for share in (80, 0)]
    assert data[0] == pytest.approx(data[1], rel=0.15)
    assert min(data) * 5.62e-3 > -2.0


def test_behind_the_clamp_of_the_second_cell_one_conductance_is_left(second):
    levels = np.array([-20.0, -15.0, -10.0, -5.0, 0.0])
    there = [np.interp(levels, *conductance(SECOND, share)) for share in (0, 80)]
    assert there[0] == pytest.approx(there[1], rel=0.13)
    command = np.array(SECOND.levels)
    raw = [curves(second[s][0], 0)[0] / (command - REVERSAL) for s in (0, 80)]
    raw = [np.interp(levels, command, one) for one in raw]
    assert (raw[1] / raw[0] > 1.4).all()

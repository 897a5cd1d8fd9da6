"""Compensation of series resistance moves a real sodium I-V; the model says by how much.

One HEK cell with NaV1.5 at 80, 40 and 0 % (Patchliner; CardiacModelling/nav-artefact-model). The
channel was fitted at 80 %; nothing is changed for the others but the compensation and what the
amplifier's table says of the cell.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.sodium_compensation import CELL, DELAY, WINDOWS, curves, recorded, told
from loligo.inference import fit
from loligo.recording.corrections import membrane_by_model
from loligo.rig import PassiveCell

REVERSAL = 60.0


@pytest.fixture(scope="module")
def curves_at(recordings):
    found = {}
    for share in (80, 40, 0):
        recording, rig = recorded(share)
        made = fit(
            recording, CELL, rig, ["response.offset"], windows=WINDOWS, delay=DELAY, starts=1,
            dt="20 us", leak_subtracted=True,
        )  # fmt: skip
        found[share] = (made, *(told(one) for one in curves(made, 0)))
    return found


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
    """The rest is no drop: at -65 mV, 2 mV of it, as much flows as at -55 mV with 80 %."""
    recorded, modelled = ([curves_at[share][i]["half_mV"] for share in (80, 0)] for i in (1, 2))
    share = np.diff(modelled)[0] / np.diff(recorded)[0]
    assert 0.5 < share < 0.7
    data = {s: curves(curves_at[s][0], 0)[0] for s in (80, 0)}
    assert data[0][3] == pytest.approx(data[80][5], rel=0.3)
    assert abs(data[0][3]) * 5.27e-3 < 2.0


def conductance(share):
    """Peak conductance and where the membrane was then, with no model of the channel."""
    recording, rig = recorded(share)
    cell = PassiveCell(
        resistance="2 GOhm",
        capacitance=f"{rig.amplifier.whole_cell_capacitance_compensation} pF",
        reversal="-100 mV",
    )
    rows = []
    for sweep in range(24):
        membrane = membrane_by_model(
            recording, sweep, rig, cell, delay=DELAY, leak_subtracted=True, bandwidth="5 kHz"
        )
        peak = 255 + int(membrane.further[255:500].argmin())
        potential, current = membrane.potential[peak], membrane.further[peak]
        rows.append((potential, current / (potential - REVERSAL)))
    return np.array(rows).T


def test_behind_the_clamp_one_conductance_is_left(curves_at):
    """At 40 and 80 % the same conductance at the same potential, once the potential is known."""
    fewer, more = conductance(40), conductance(80)
    levels = np.array([0.0, 5.0, 10.0, 15.0, 20.0])
    there = [np.interp(levels, *one) for one in (fewer, more)]
    assert there[0] == pytest.approx(there[1], rel=0.12)
    command = np.arange(-80.0, 36.0, 5.0)
    raw = [curves(curves_at[s][0], 0)[0] / (command - REVERSAL) for s in (40, 80)]
    assert raw[0][16:21] != pytest.approx(raw[1][16:21], rel=0.22)
    assert raw[0][9] > 1.3 * raw[1][9]  # and the other way round at -35 mV


def test_a_clamp_that_let_go(curves_at):
    """Commanded to -60 mV without compensation, the membrane was near -14 mV at the peak."""
    escaped, _ = conductance(0)
    assert escaped[3] == pytest.approx(-65.0, abs=2.0)
    assert escaped[4] == pytest.approx(-14.0, abs=3.0)

"""A pipette's transient subtracted as another recording has it, beside rigs without one."""

from __future__ import annotations

import numpy as np
import pytest

from loligo.errors import CorrectionError
from loligo.recording import RigState, from_arrays
from loligo.recording.corrections import pipette_capacitance, pipette_template, uncorrected
from loligo.rig import Bessel, PassiveCell, Pipette, Rig, VoltageClamp
from loligo.rig.sampled import sampled

CELL = PassiveCell(resistance="300 MOhm", capacitance="30 pF", reversal="-70 mV")
NONE = PassiveCell(resistance="1000 GOhm", capacitance="1e-6 pF", reversal="-70 mV")
SEALED = PassiveCell(resistance="2 GOhm", capacitance="1e-6 pF", reversal="-70 mV")
RATE = 50.0
STEP = np.repeat([-70.0, -80.0, -70.0], [500, 1000, 500])


def rig(capacitance):
    return Rig(
        pipette=Pipette(series_resistance="10 MOhm", capacitance=f"{capacitance} pF"),
        amplifier=VoltageClamp(summing_time="5 us"),
        filter=Bessel(corner="8 kHz"),
    )


def response(cell, capacitance, command):
    return sampled(cell.behind(rig(capacitance).system), 1.0 / RATE).output("response", command)


def recorded(cell, capacitance, commands, **state):
    commands = np.atleast_2d(commands)
    current = np.array([response(cell, capacitance, one) for one in commands])
    return from_arrays(
        current, unit="pA", sampling_rate="50 kHz", command=commands, command_unit="mV",
        rig_state=RigState(filter_frequency=8.0, **state),
    )  # fmt: skip


def test_what_is_left_is_the_cell_alone():
    """Currents add: with and without a pipette's capacitance a clamp differs by its transient."""
    steps = np.array([STEP, 2.0 * (STEP + 70.0) - 70.0])
    recording, template = recorded(CELL, 6.0, steps), recorded(NONE, 6.0, [STEP, STEP])
    made = pipette_template(recording, template)
    for sweep, command in enumerate(steps):
        wanted = response(CELL, 1e-6, command)
        before = recording.trace(sweep, "response").values()
        assert np.abs(before - wanted).max() > 500.0
        assert made.trace(sweep, "response").values() == pytest.approx(wanted, abs=0.05)
    done = made.corrections[-1]
    assert done.name == "pipette_capacitance"
    assert done.value == pytest.approx(6.0, rel=1e-3)
    assert "mean of 2 sweeps" in done.definition
    back = uncorrected(made).trace(0, "response").values()
    assert back == pytest.approx(recording.trace(0, "response").values())


def test_the_seal_stays():
    template = recorded(SEALED, 6.0, STEP)
    made = pipette_template(recorded(CELL, 6.0, STEP), template)
    wanted = response(CELL, 1e-6, STEP)
    found = made.trace(0, "response").values()
    assert found == pytest.approx(wanted, abs=1.5)  # the clamp's lag is in no file
    assert np.delete(found, np.r_[500:510, 1500:1510]) == pytest.approx(
        np.delete(wanted, np.r_[500:510, 1500:1510]), abs=0.05
    )
    assert "its steady 0.498 nS" in made.corrections[-1].definition
    assert made.corrections[-1].value == pytest.approx(6.0, rel=0.01)


def test_it_is_made_once():
    template = recorded(NONE, 6.0, STEP)
    made = pipette_template(recorded(CELL, 6.0, STEP), template)
    with pytest.raises(CorrectionError, match="already applied"):
        pipette_template(made, template)
    with pytest.raises(CorrectionError, match="already applied"):
        pipette_capacitance(made, "6 pF")


def test_what_is_refused():
    recording, template = recorded(CELL, 6.0, STEP), recorded(NONE, 6.0, STEP)
    ramp = np.interp(np.arange(2000), [0, 500, 1500, 2000], [-70.0, -70.0, -80.0, -70.0])
    with pytest.raises(CorrectionError, match="no scaled copy"):
        pipette_template(recorded(CELL, 6.0, ramp), template)
    with pytest.raises(CorrectionError, match="no step after a baseline"):
        pipette_template(recording, recorded(NONE, 6.0, np.full(2000, -70.0)))
    with pytest.raises(CorrectionError, match="longer than the template"):
        pipette_template(recording, recorded(NONE, 6.0, STEP[:1800]))
    with pytest.raises(CorrectionError, match="another command"):
        pipette_template(recording, recorded(NONE, 6.0, [STEP, STEP - 1.0]))
    with pytest.raises(CorrectionError, match="corrected by 70%"):
        fed_back = recorded(CELL, 6.0, STEP, series_resistance_correction=0.7)
        pipette_template(fed_back, template)
    slow = CELL.with_(capacitance="3000 pF")
    with pytest.raises(CorrectionError, match="not steady"):
        pipette_template(recording, recorded(slow, 6.0, STEP))
    with pytest.raises(CorrectionError, match="too short"):
        short = np.repeat([-70.0, -80.0, -70.0], [500, 20, 1480])
        pipette_template(recording, recorded(NONE, 6.0, short))

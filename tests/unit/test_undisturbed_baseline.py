"""The baseline ends where any output first changes, not only the command."""

import numpy as np
import pytest

from loligo.analysis import holding_current, resting_potential
from loligo.recording import (
    Channel,
    ClampMode,
    Electrode,
    Epoch,
    EpochKind,
    Provenance,
    Recording,
    Role,
    Sweep,
    Trace,
)

HOLD, STEP = EpochKind.HOLD, EpochKind.STEP
ANALOG = [
    Epoch("pre", HOLD, 0.0, 200.0, "light", 0.0),
    Epoch("A", STEP, 200.0, 500.0, "light", 5.0),
]
DIGITAL = [Epoch("A", STEP, 200.0, 210.0, "light", 1.0)]


def recording(mode, unit, commanded, light, rest, evoked):
    """1 s at rest, with a response to light from 200 to 700 ms."""
    time = np.arange(2000) / 2.0
    lit = (time >= 200) & (time < 700)
    channels = (
        Channel("response", Role.RESPONSE, unit, mode, "electrode 0", unit),
        Channel("command", Role.COMMAND, commanded, mode, "electrode 0", commanded),
        Channel("light", Role.AUXILIARY, "", None, "", ""),
    )
    sweeps = []
    for i in range(4):
        noise = np.random.default_rng(i).normal(0, 0.1, time.size)
        traces = {
            "response": Trace(rest + evoked * lit + noise, 2.0),
            "command": Trace(np.zeros(time.size), 2.0),
            "light": Trace(np.where(lit, 5.0, 0.0), 2.0),
        }
        held = Epoch("pre", HOLD, 0.0, 1000.0, "command", 0.0)
        sweeps.append(Sweep(i, 1000.0 * i, traces, (held, *light)))
    return Recording(
        channels=channels,
        sweeps=tuple(sweeps),
        provenance=Provenance(source="made up", format="arrays"),
        electrodes=(Electrode("electrode 0"),),
    )


@pytest.mark.parametrize("light", [ANALOG, DIGITAL])
def test_holding_current_before_light(light):
    made = recording(ClampMode.VOLTAGE_CLAMP, "pA", "mV", light, -20.0, -300.0)
    found = holding_current(made)[0]
    assert found.value == pytest.approx(-20.0, abs=0.05)
    assert "0 to 200 ms" in found.definition


@pytest.mark.parametrize("light", [ANALOG, DIGITAL])
def test_resting_potential_before_light(light):
    made = recording(ClampMode.CURRENT_CLAMP, "mV", "pA", light, -70.0, 12.0)
    assert resting_potential(made)[0].value == pytest.approx(-70.0, abs=0.05)


def test_light_that_never_changes_ends_nothing():
    dark = [Epoch("pre", HOLD, 0.0, 1000.0, "light", 0.0)]
    made = recording(ClampMode.CURRENT_CLAMP, "mV", "pA", dark, -70.0, 0.0)
    assert "0 to 1000 ms" in resting_potential(made)[0].definition

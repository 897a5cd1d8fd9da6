"""One bath, from the solutions to the trace and back: reversal, junction, record, correction."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, record
from loligo.cell import Cell
from loligo.errors import ModelError
from loligo.ions import liquid_junction_potential, nernst, standard_solution
from loligo.recording.corrections import junction_potential
from loligo.rig import CurrentClamp, Pipette, Rig, VoltageClamp

SOLUTIONS = {"inside": "potassium_gluconate", "outside": "acsf"}
JUNCTION = "potassium_gluconate in acsf at 34 degC"
GLIA = Cell(
    name="glia",
    capacitance="20 pF",
    temperature="34 degC",
    initial_potential="-90 mV",
    channel={"k": {"conductance": "20 nS", "ion": "K"}},
    solutions=SOLUTIONS,
)
PIPETTE = Pipette(series_resistance="10 MOhm", junction_potential=JUNCTION)
RESTING = Protocol("rest", ["hold for 40 ms"], holding="0 pA")


def test_a_pipette_takes_two_solutions():
    expected = liquid_junction_potential("potassium_gluconate", "acsf", "34 degC")
    assert PIPETTE.junction_potential == pytest.approx(expected, abs=1e-12)
    assert Pipette(**PIPETTE.written()) == PIPETTE
    with pytest.raises(ModelError, match="did you mean 'acsf'"):
        Pipette(series_resistance="10 MOhm", junction_potential="potassium_gluconate in acs")


@pytest.mark.parametrize("potassium", ["2.5 mM", "10 mM"])
def test_bath_potassium_reaches_the_trace(potassium):
    """What the amplifier shows is the Nernst potential plus the junction's; corrected, Nernst's."""
    inside = standard_solution("potassium_gluconate")
    expected = float(
        nernst("K", outside=potassium, inside=f"{inside.free('K')!r} mM", temperature="34 degC")
    )
    cell = GLIA.with_(**{"constants.K_out": potassium})
    rig = Rig(name="a rig", pipette=PIPETTE, amplifier=CurrentClamp())
    made = record(cell, rig, RESTING, seed=1)
    shown = made.sweeps[0].trace("response").values()[-50:]
    assert np.mean(shown) == pytest.approx(expected + PIPETTE.junction_potential, abs=0.02)
    corrected = junction_potential(made, JUNCTION)
    assert np.mean(corrected.sweeps[0].trace("response").values()[-50:]) == pytest.approx(
        expected, abs=0.02
    )


def test_chloride_leaves_as_an_inward_current():
    """Held below its reversal, an anion channel gives a downward current though anions leave."""
    cell = Cell(
        name="a chloride cell",
        capacitance="20 pF",
        temperature="34 degC",
        initial_potential="-60 mV",
        channel={"cl": {"conductance": "10 nS", "ion": "Cl"}},
        solutions=SOLUTIONS,
    )
    rig = Rig(name="a rig", pipette=PIPETTE.with_(junction_potential="0 mV"),
              amplifier=VoltageClamp())  # fmt: skip
    made = record(cell, rig, Protocol("hold", ["hold for 40 ms"], holding="-80 mV"), seed=1)
    current = made.sweeps[0].trace("response").values()[-50:]
    inside, outside = (standard_solution(name) for name in SOLUTIONS.values())
    reversal = float(nernst("Cl", outside=outside, inside=inside, temperature="34 degC"))
    assert reversal > -80
    assert np.mean(current) == pytest.approx((-80 - reversal) / (0.01 + 0.1), rel=0.02)

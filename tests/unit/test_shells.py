"""What the equations of shells say: a rate is what changes a shell alone and what passes."""

import numpy as np
import pytest

from loligo.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.expression import evaluate

COUNT = 5
DESCRIBED = Cell(
    name="shells",
    temperature="20 degC",
    area="1000 um2",
    capacitance="1 uF/cm2",
    initial_potential="-70 mV",
    channel={"ca": {"ion": "Ca", "current": "-2 + 0 * v"}},
    inside={
        "depth": "3 um",
        "ions": {"Na": "10 mM", "Ca": "100 nM"},
        "shells": {"shape": "sphere", "count": COUNT, "diffusion": {"Ca": "0.22 um2/ms"}},
        "buffer": {
            "dye": {
                "ion": "Ca", "total": "0.1 mM", "dissociation": "0.5 uM", "off_rate": "60 /s",
                "diffusion": "0.08 um2/ms",
            }
        },
    },
    outside={"ions": {"Na": "140 mM", "Ca": "2 mM"}},
)  # fmt: skip


@pytest.mark.parametrize("kind", ["inside.Ca", "inside.bound.dye"])
def test_a_rate_is_its_own_and_what_passes(kind):
    """At any levels; of calcium only the first shell changes by more than what passes."""
    lowered = equations(DESCRIBED)
    rng = np.random.default_rng(1)
    values = {"v": -70.0, "temperature": 20.0, **lowered.defaults}
    values |= {name: rng.uniform(1e-3, 2e-3) for name in lowered.states}
    for name, law in lowered.definitions:
        values[name] = float(evaluate(law, values))
    flows = {flow.state: flow for flow in lowered.flows}
    assert [len(flows[f"{kind}.{k}"].passes) for k in range(1, COUNT + 1)] == [1] * 4 + [0]
    gained = dict.fromkeys(flows, 0.0)
    for flow in flows.values():
        for each in flow.passes:
            moved = float(evaluate(each.rate, values))
            gained[flow.state] -= moved
            gained[each.state] += moved * float(evaluate(each.ratio, values))
    for k in range(1, COUNT + 1):
        flow = flows[f"{kind}.{k}"]
        own = float(evaluate(flow.own, values))
        assert (own == 0.0) == (kind == "inside.Ca" and k > 1)
        expected = own + gained[flow.state]
        assert float(evaluate(flow.rate, values)) == pytest.approx(expected, rel=1e-12)

"""Rigs on neurons: the same bits in a batch as alone, runs that go on, rest, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from cables import active, input_resistance, neuron, passive, random_tree

from loligo import Protocol, simulate
from loligo.cell import Neuron, Synapse
from loligo.cell.morphology import ball_and_stick
from loligo.engine.tree import run as kernel_of_trees
from loligo.errors import ModelError, SelectionError
from loligo.rig import CurrentClamp, Pipette, VoltageClamp

PULSE = Protocol("pulse", ["hold for 1 ms", "step 300, 500 pA for 2 ms"], holding="-10 pA")
HELD = Protocol("held", ["step -60 mV for 3 ms"], holding="-70 mV")
NAMES = ["v at b0", "rig.response at b0", "rig.pipette at b2", "rig.into_cell at b2", "v at b5"]
CELL = neuron(random_tree(5, 7, ("stem", "dendrite")), active(), rest="-65 mV", counts=3)
AMPLIFIER = CurrentClamp(bridge_balance="10 MOhm", capacitance_neutralization="3 pF")
PLAIN = Pipette(series_resistance="12 MOhm", capacitance="5 pF")


def rigs(count):
    return [
        AMPLIFIER.with_(bridge_balance=f"{5 + number} MOhm").system(
            PLAIN.with_(series_resistance=f"{8 + 3 * number} MOhm")
        )
        for number in range(count)
    ]


def test_a_batch_of_rigs_has_the_bits_of_each_alone():
    """Rigs of two kinds at two sites, with numbers of states that differ."""
    many, clamp = rigs(40), VoltageClamp().system(PLAIN.with_(wall_capacitance="1 pF"))
    options = {"record": NAMES, "dt": "0.02 ms", "spikes": True, "initial": "rest"}
    commands = {"b0": PULSE, "b2": HELD}
    together = simulate(CELL, commands, rig={"b0": many, "b2": clamp}, threads=2, **options)
    assert together["rig.response at b0"].shape == (40, 2, 30)
    for number in (0, 23, 39):
        alone = simulate(CELL, commands, rig={"b0": many[number], "b2": clamp}, **options)
        for name in NAMES:
            assert (together[name][number] == alone[name][0]).all()
        assert (together.spike_times(number, 1) == alone.spike_times(0, 1)).all()


def test_what_a_run_ended_with_starts_another():
    system = rigs(1)[0]
    whole = Protocol("whole", ["step 300 pA for 1 ms", "step 100 pA for 1 ms"], holding="0 pA")
    parts = [Protocol("part", [f"step {x} pA for 1 ms"], holding="0 pA") for x in (300, 100)]
    options = {"at": "b0", "rig": system, "dt": "0.02 ms"}
    at_once = simulate(CELL, whole, **options)
    ended = simulate(CELL, parts[1], initial=simulate(CELL, parts[0], **options).final, **options)
    assert at_once.units["rig.pipette"] == "mV"
    assert np.isnan(at_once.final["rig.pipette"]).sum() == CELL.compartments.n_compartments - 1
    for name, values in at_once.final.items():
        assert values == pytest.approx(ended.final[name], rel=1e-11, nan_ok=True)


def test_without_rigs_the_kernel_knows_of_none(monkeypatch):
    seen = []
    monkeypatch.setattr(
        kernel_of_trees, "native_kernel", lambda text, _: (seen.append(text), kernel(text))[1]
    )

    def kernel(text):
        raise StopIteration

    for rig in (None, rigs(1)[0]):
        with pytest.raises(StopIteration):
            simulate(CELL, PULSE, at="b0", rig=rig)
    assert "rig_" not in seen[0]
    assert "mounted" in seen[1]


def test_at_rest_nothing_changes():
    """Whatever acts: a rig, currents, a conductance, an ideal clamp, a synapse that is shut."""
    shape = random_tree(8, 9, ("stem", "dendrite"))
    membranes = {"stem": active(), "dendrite": passive("0.1 mS/cm2", "-58 mV")}
    cell = neuron(shape, membranes, rest="-65 mV", counts=3)
    commands = {
        "b0": Protocol("current", ["hold for 20 ms"], holding="30 pA"),
        "b3": Protocol("clamp", ["hold for 20 ms"], holding="-62 mV"),
        "b5": Protocol("conductance", ["hold for 20 ms"], holding="2 nS"),
        "b7": Protocol("resistance", ["hold for 20 ms"], holding="-70 mV"),
    }
    synapse = Synapse(
        site="b8", conductance="1 nS", rise="0.3 ms", decay="3 ms", reversal="0 mV",
        times=["30 ms"],
    )  # fmt: skip
    found = simulate(
        cell, commands, rig={"b0": rigs(1)[0]}, reversal="-80 mV",
        series_resistance={"b7": "50 MOhm"}, synapses=[synapse], initial="rest",
        record=["v at b0", "v at b7", "v at b8", "rig.response at b0", "i.clamp at b3"],
    )  # fmt: skip
    for values in found.traces.values():
        assert np.ptp(values) < 1e-7
    assert found["v at b8"][0, 0, 0] != pytest.approx(-65.0, abs=0.1)


def test_the_rest_of_a_passive_tree_is_that_of_its_resistances():
    cell = neuron(random_tree(2, 11), passive("0.05 mS/cm2", "-70 mV"), rest="-20 mV", counts=5)
    protocol = Protocol("currents", ["hold for 1 ms"], holding="20 pA", sweeps=2)
    found = simulate(cell, protocol, at="b0", record=["v at b0", "v at b9"], initial="rest")
    cut = cell.compartments
    here, there = cell.at("b0"), cell.at("b9")
    for name, other in (("v at b0", here), ("v at b9", there)):
        expected = -70.0 + 20.0 * input_resistance(cut, 0.05, here, other)
        assert found[name][0, :, 0] == pytest.approx(np.full(2, expected), abs=1e-8)


def test_the_state_it_settles_to_is_one_that_a_small_change_comes_back_to():
    """A dendrite held depolarized from afar: of three balances the middle one is never found."""
    bistable = active().with_(
        channel={
            "leak": {"conductance": "0.1 mS/cm2", "reversal": "-70 mV"},
            "inward": {
                "conductance": "0.3 mS/cm2", "reversal": "0 mV",
                "gate": {"m": {"inf": "1 / (1 + exp(-(v + 35) / 3))", "tau": "1"}},
            },
        }
    )  # fmt: skip
    rest = Protocol("rest", ["hold for 200 ms"], holding="0 pA")
    ends = []
    for start in (-70, -40, -37, -34, -30, 0):
        cell = neuron(
            ball_and_stick("20 um", "200 um", "2 um"), bistable, rest=f"{start} mV", counts=3
        )
        found = simulate(cell, rest, at="soma", record=["v"], initial="rest", sampling="1 ms")
        assert np.ptp(found["v"]) < 1e-6
        ends.append(round(float(found["v"][0, 0, 0]), 3))
    assert len(set(ends)) == 2
    assert ends == sorted(ends)


def test_a_cell_without_rest_is_told():
    pumped = passive("0.05 mS/cm2", "-70 mV")
    cell = neuron(ball_and_stick("20 um", "50 um", "2 um"), pumped, rest="-65 mV")
    strong = Protocol("strong", ["hold for 1 ms"], holding="5 nA")
    with pytest.raises(ModelError, match=r"no resting potential between -200 and 100 mV \(cell 0"):
        simulate(cell, strong, at="soma", initial="rest")


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"rig": {"b1": rigs(1)[0]}}, SelectionError, "no protocol acts at 'b1'"),
        ({"series_resistance": {"b0": "5 MOhm"}}, ModelError, "its protocol commands no voltage"),
        ({"record": ["rig.response at b3"]}, SelectionError, "no rig is there; rigs are at b0"),
        ({"record": ["rig.respons"]}, SelectionError, "rig.response"),
        ({"record": ["i.clamp"]}, SelectionError, "'rig.into_cell' is what flows"),
        ({"rig": rigs(2), "parameters": {"stem.channel.leak.conductance": ([1, 2, 3], "mS/cm2")}},
         ModelError, "parameters say 3 cells.*rigs 2"),
        ({"rig": VoltageClamp().system(PLAIN)}, ModelError, "the rig takes a command in mV"),
    ],
)  # fmt: skip
def test_what_goes_not_with_a_rig(options, error, told):
    with pytest.raises(error, match=told):
        simulate(CELL, PULSE, at="b0", **{"rig": rigs(1)[0], **options})


def test_sites_are_for_cells_with_a_shape():
    from loligo.cell import catalogue

    axon = catalogue.load("hodgkin_huxley1952").with_(area="1000 um2")
    with pytest.raises(ModelError, match="the cell has no shape, and no site 'soma'"):
        simulate(axon, PULSE, rig={"soma": rigs(1)[0]})
    assert isinstance(CELL, Neuron)

"""What `simulate` refuses, and whether the message helps: what, where, value, what is allowed."""

import numpy as np
import pytest

from loligo.cell import Cell, catalogue
from loligo.engine import simulate
from loligo.errors import LoligoError, ModelError, SelectionError, SimulationError, UnitError
from loligo.protocol import Protocol

HH = catalogue.load("hodgkin_huxley1952")
RC = {
    "name": "rc",
    "temperature": "20 degC",
    "capacitance": "100 pF",
    "initial_potential": "0 mV",
    "channel": {"leak": {"conductance": "10 nS", "reversal": "0 mV"}},
}
CURRENT = Protocol("current", ["step 10 uA/cm2 for 1 ms"], holding="0 uA/cm2")
VOLTAGE = Protocol("voltage", ["step 0 mV for 1 ms"], holding="-65 mV")
CONDUCTANCE = Protocol("conductance", ["step 5 nS for 1 ms"], holding="0 nS")

CASES = {
    "record": (
        CURRENT,
        {"record": ["na.q"]},
        SelectionError,
        ["'na.q'", "did you mean 'na.", "i.na"],
    ),
    "record text": (CURRENT, {"record": "v"}, SelectionError, ["record = 'v'", "['v']"]),
    "injected": (VOLTAGE, {"record": ["i.injected"]}, SelectionError, ["use 'i.clamp'"]),
    "clamp": (CURRENT, {"record": ["i.clamp"]}, SelectionError, ["no ideal", "use 'i.injected'"]),
    "clamp through a resistance": (
        VOLTAGE,
        {"record": ["i.clamp"], "series_resistance": "5 MOhm"},
        SelectionError,
        ["use 'i.injected'"],
    ),
    "feature": (CURRENT, {"features": ["spikes"]}, SelectionError, ["'spikes'", "spike_count"]),
    "feature text": (CURRENT, {"features": "spike_count"}, SelectionError, ["['spike_count']"]),
    "parameter": (
        CURRENT,
        {"parameters": {"channel.na.g": "1 mS/cm2"}},
        SelectionError,
        ["no parameter 'channel.na.g'", "channel.na.conductance"],
    ),
    "parameter unit": (
        CURRENT,
        {"parameters": {"channel.na.conductance": "1 nS"}},
        UnitError,
        ["channel.na.conductance is given in nS", "needed is mS/cm2"],
    ),
    "lengths": (
        CURRENT,
        {"parameters": {"channel.na.reversal": ([1, 2], "mV"), "command.scale": [1, 2, 3]}},
        ModelError,
        ["channel.na.reversal: 2", "command.scale: 3", "one per cell"],
    ),
    "lengths of states": (
        CURRENT,
        {"parameters": {"command.scale": [1, 2, 3]}, "initial": {"na.m": [0.1, 0.2]}},
        ModelError,
        ["initial na.m has shape (2,)", "2, 3 cells"],
    ),
    "state": (CURRENT, {"initial": {"na.n": 0.5}}, ModelError, ["no state 'na.n'", "na.m"]),
    "state unit": (CURRENT, {"initial": {"v": -65}}, UnitError, ["-65 has no unit", "'-65 mV'"]),
    "dt": (CURRENT, {"dt": "0 ms"}, ModelError, ["dt = 0 ms must be above 0"]),
    "dt sign": (CURRENT, {"dt": "-10 us"}, ModelError, ["dt = -0.01 ms must be above 0"]),
    "dt unit": (CURRENT, {"dt": 0.025}, UnitError, ["dt = 0.025 has no unit", "'0.025 ms'"]),
    "dt dimension": (CURRENT, {"dt": "1 mV"}, UnitError, ["dt is given in mV", "needed is ms"]),
    "dt many": (CURRENT, {"dt": ([0.1, 0.2], "ms")}, ModelError, ["dt has 2 values", "give one"]),
    "dt tiny": (CURRENT, {"dt": "1e-15 ms"}, SimulationError, ["too many steps"]),
    "sampling": (CURRENT, {"sampling": "0 ms"}, ModelError, ["sampling = 0 ms must be above 0"]),
    "threshold": (CURRENT, {"threshold": "1 pA"}, UnitError, ["threshold is given in pA", "mV"]),
    "thresholds": (CURRENT, {"threshold": (["0"], "mV")}, ModelError, ["threshold has 1 values"]),
    "rule": (CURRENT, {"rule": "euler"}, SelectionError, ["rule = 'euler'", "trapezoidal"]),
    "precision": (CURRENT, {"precision": "half"}, SelectionError, ["'half'", "double, single"]),
    "target": (CURRENT, {"target": "gpu"}, SelectionError, ["target = 'gpu'", "kernel"]),
    "threads": (CURRENT, {"threads": 0}, ModelError, ["threads = 0", "from 1 on, or None"]),
    "threads sign": (CURRENT, {"threads": -2}, ModelError, ["threads = -2"]),
    "threads half": (CURRENT, {"threads": 1.5}, ModelError, ["threads = 1.5", "whole number"]),
    "resistance": (
        CURRENT,
        {"series_resistance": "10 MOhm"},
        ModelError,
        ["series resistance", "potential (mV)"],
    ),
    "no resistance": (
        VOLTAGE,
        {"series_resistance": "0 MOhm"},
        ModelError,
        ["series_resistance must be above 0", "leave it out"],
    ),
    "reversal": (CONDUCTANCE, {}, ModelError, ["needs `reversal`", "'0 mV'"]),
    "temperature": (CURRENT, {"temperature": "37"}, UnitError, ["temperature = 37 has no unit"]),
    "area": (CURRENT, {"parameters": {"area": "0 um2"}}, ModelError, ["area = 0 um2", "above 0"]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_refused(case):
    protocol, options, error, words = CASES[case]
    with pytest.raises(error) as caught:
        simulate(HH, protocol, **{"target": "twin", **options})
    for word in words:
        assert word in str(caught.value)


def test_a_current_density_needs_an_area():
    with pytest.raises(ModelError, match=r"'current'.*'rc' has no area; command a current in pA"):
        simulate(Cell(**RC), CURRENT, target="twin")


@pytest.mark.parametrize(
    ("cell", "protocol", "words"),
    [
        ("hodgkin_huxley1952", CURRENT, ["cell", "'hodgkin_huxley1952'", "Cell"]),
        (HH, ["step 10 uA/cm2 for 1 ms"], ["protocol", "Protocol"]),
    ],
)
def test_things_of_another_kind(cell, protocol, words):
    with pytest.raises(LoligoError) as caught:
        simulate(cell, protocol, target="twin")
    for word in words:
        assert word in str(caught.value)


# Runs that diverge ------------------------------------------------------------------------------

AVALANCHE = Cell(
    **{
        **RC,
        "name": "avalanche",
        "initial_potential": "1 mV",
        "channel": {"negative": {"current": "-gain * v"}},
        "constants": {"gain": 0.0},
    }
)
"""``v = exp(gain t / 100 pF)`` mV."""


@pytest.mark.parametrize("target", ["kernel", "twin"])
def test_divergence_names_cell_sweep_time_and_state(target):
    """At 1/ms the potential passes 2 V after 7.601 ms; steps are looked at in sixteens."""
    protocol = Protocol("p", ["hold for 5, 12 ms"], holding="0 pA")
    gains = np.array([0.0, 50.0, 100.0, 0.0, 0.0, 0.0])
    with pytest.raises(SimulationError) as caught:
        simulate(
            AVALANCHE, protocol, parameters={"constants.gain": gains}, dt="0.02 ms", target=target
        )
    text = str(caught.value)
    for word in ("'avalanche' diverged", "cell 2, sweep 1", "(step 0.02 ms)", "shorter step"):
        assert word in text
    found = float(text.split("sweep 1, ")[1].partition(" ms")[0])
    assert 7.6 <= found <= 7.6 + 17 * 0.02
    potential = float(text.split("v = ")[1].partition(" mV")[0])
    assert 2000 < potential < 2000 * np.exp(17 * 0.02)


BROKEN = Cell(
    **{
        **RC,
        "name": "broken",
        "channel": {
            "leak": {
                "conductance": "10 nS",
                "reversal": "0 mV",
                "gate": {"m": {"inf": "sigmoid(1, -40 mV, 5 mV)", "tau": "sqrt(x)"}},
            }
        },
        "pool": {"x": {"initial": 1.0, "derivative": "-1"}},
    }
)
"""The pool passes 0 after 1 ms, and the gate's time constant is no number from there on."""


@pytest.mark.parametrize(
    "protocol",
    [
        Protocol("held", ["hold for 0.5, 2 ms"], holding="-40 mV"),
        Protocol("free", ["hold for 0.5, 2 ms"], holding="0 pA"),
    ],
    ids=["held", "free"],
)
@pytest.mark.parametrize("rule", ["trapezoidal", "exact"])
def test_a_state_that_is_no_number_is_never_returned(protocol, rule):
    """Whatever the potential does: under a voltage clamp it stays where it is held."""
    with pytest.raises(SimulationError, match=r"cell 0, sweep 1, .* ms, leak.m = nan"):
        simulate(BROKEN, protocol, rule=rule, target="twin")

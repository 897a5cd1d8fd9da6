"""What the error-controlled stepper and point neurons refuse, and how they fail."""

import numpy as np
import pytest

from loligo.cell import Cell, catalogue
from loligo.engine import simulate
from loligo.errors import ModelError, SelectionError, SimulationError
from loligo.protocol import Protocol

AXON = catalogue.load("hodgkin_huxley1952")
PULSE = Protocol("pulse", ["step 10 uA/cm2 for 5 ms"], holding="0 uA/cm2")
SPIKING = catalogue.load("izhikevich2003_rs")
CURRENT = Protocol("current", ["step 10 pA for 5 ms"], holding="0 pA")


def runaway(rate):
    return Cell(
        name="runaway",
        temperature="20 degC",
        capacitance="10 pF",
        initial_potential="-60 mV",
        channel={"leak": {"conductance": "1 nS", "reversal": "-60 mV"}},
        pool={"x": {"initial": "1 mM", "derivative": rate}},
    )


def test_a_potential_that_runs_away_is_told():
    cell = Cell(
        name="negative",
        temperature="20 degC",
        capacitance="10 pF",
        initial_potential="-60 mV",
        channel={"odd": {"current": "-5 * v - 10"}},
    )
    protocol = Protocol("p", ["hold for 100 ms"], holding="0 pA")
    with pytest.raises(SimulationError) as caught:
        simulate(cell, protocol, method="error-controlled")
    for part in ("'negative' diverged", "cell 0, sweep 0", "ms", "v = "):
        assert part in str(caught.value)


def test_a_state_that_blows_up_in_finite_time_is_told():
    """dx/dt = x**2 from 1 reaches infinity at 1 ms."""
    protocol = Protocol("p", ["hold for 2, 0.5 ms"], holding="0 pA")
    with pytest.raises(SimulationError) as caught:
        simulate(runaway("x**2"), protocol, method="error-controlled")
    text = str(caught.value)
    assert "needs steps below" in text
    assert "cell 0, sweep 0" in text
    assert "x = " in text
    assert "1 ms" in text


def test_a_rate_that_is_not_finite_is_told():
    protocol = Protocol("p", ["hold for 2 ms"], holding="0 pA")
    with pytest.raises(SimulationError, match="needs steps below"):
        simulate(runaway("-1 - sqrt(x)"), protocol, method="error-controlled")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "exact"}, "rule = 'exact' is an option of staggered steps"),
        ({"precision": "single"}, "precision = 'single' is an option of staggered steps"),
        ({"target": "twin"}, "target = 'twin' is an option of staggered steps"),
        ({"tolerance": 0.1}, "tolerance = 0.1; allowed are 1e-13 (rounding) to 0.01"),
        ({"tolerance": 0.0}, "tolerance = 0; allowed are"),
        ({"method": "staggered", "tolerance": 1e-6}, 'a tolerance needs method="error-controlled"'),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ModelError) as caught:
        simulate(AXON, PULSE, **{"method": "error-controlled", **options})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"method": "error controlled"}, "error-controlled"),
        ({"record": ["na.x"]}, "na.m"),
        ({"features": ["spike_counts"]}, "spike_count"),
    ],
)
def test_unknown_names_are_refused(options, word):
    with pytest.raises(SelectionError, match=f"did you mean '{word}'"):
        simulate(AXON, PULSE, **{"method": "error-controlled", **options})


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": "20 degC"},
        {"rule": "exact"},
        {"threshold": "-10 mV"},
        {"precision": "single"},
        {"target": "twin"},
        {"method": "error-controlled"},
    ],
)
def test_point_neurons_refuse_options_of_cells(options):
    (name,) = options
    with pytest.raises(ModelError, match=f"a point neuron has no option '{name}'"):
        simulate(SPIKING, CURRENT, **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parameters": {"reset": (np.array([-65.0, 30.0]), "mV")}}, "cell 1: it resets to 30 mV"),
        ({"parameters": {"capacitance": "0 pF"}}, "capacitance = 0 pF must be above 0"),
        ({"parameters": {"recovery_rate": "0 /ms"}}, "recovery_rate = 0 must be above 0"),
        ({"parameters": {"refractory": "-1 ms"}}, "refractory = -1 ms"),
        ({"initial": {"w": "1 pA"}}, "no state 'w'"),
    ],
)
def test_point_neurons_refuse_what_contradicts_itself(change, message):
    with pytest.raises(ModelError) as caught:
        simulate(SPIKING, CURRENT, **change)
    assert message in str(caught.value)


def test_point_neurons_take_a_current_or_a_conductance():
    for holding in ("-60 mV", "0 uA/cm2"):
        protocol = Protocol("odd", ["hold for 5 ms"], holding=holding)
        with pytest.raises(ModelError, match="takes a current"):
            simulate(SPIKING, protocol)
    with pytest.raises(ModelError, match="reversal"):
        simulate(SPIKING, Protocol("g", ["hold for 5 ms"], holding="0 nS"))
    with pytest.raises(SelectionError, match="nothing called 'U' can be recorded"):
        simulate(SPIKING, CURRENT, record=["U"])


def test_progress_is_told_to_the_end():
    told = []
    currents = np.linspace(0.0, 1.0, 6)
    parameters = {"command.scale": currents}
    simulate(AXON, PULSE, method="error-controlled", parameters=parameters, progress=told.append)
    assert told[-1] == 1.0
    assert told == sorted(told)

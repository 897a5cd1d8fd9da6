"""Second order in the step, against the equations solved by SciPy: every kind of state and command.

Edges lie off any grid of steps. The slope of the error over four halvings of the step is fitted on
logarithms; steps are whole parts of each piece, so they halve to one or two percent only.
"""

import numpy as np
import pytest
from equation_reference import final_states
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loligo.cell import Cell, catalogue
from loligo.engine import simulate
from loligo.errors import SimulationError
from loligo.protocol import Protocol

GHK = Cell(
    name="calcium through a membrane",
    temperature="22 degC",
    area="1000 um2",
    capacitance="1 uF/cm2",
    initial_potential="-60 mV",
    constants={"ca_out": "2 mM"},
    channel={
        "ca": {
            "permeability": "2e-5 cm/s",
            "valence": 2,
            "inside": "ca",
            "outside": "ca_out",
            "gate": {
                "m": {
                    "power": 2,
                    "inf": "sigmoid(1, -30 mV, 6 mV)",
                    "tau": "0.5 + 0.5 * sigmoid(v / 9)",
                }
            },
        },
        "kca": {
            "conductance": "2 mS/cm2",
            "reversal": "-90 mV",
            "gate": {"w": {"inf": "ca / (ca + 0.002)"}},
        },
        "leak": {"conductance": "0.2 mS/cm2", "reversal": "-60 mV"},
    },
    pool={
        "ca": {
            "initial": "1e-4 mM",
            "currents": ["ca"],
            "valence": 2,
            "depth": "0.2 um",
            "decay": "12 ms",
            "rest": "1e-4 mM",
        }
    },
)
"""Goldman-Hodgkin-Katz current, a shell, and a conductance that follows the shell at once."""

TURNING = Cell(
    name="two pools that turn",
    temperature="22 degC",
    capacitance="100 pF",
    initial_potential="-60 mV",
    channel={
        "leak": {"conductance": "10 nS", "reversal": "-60 mV"},
        "driven": {"current": "20 * x"},
    },
    pool={
        "x": {"initial": 1.0, "derivative": "-2 * y"},
        "y": {"initial": 0.5, "derivative": "2 * x - 0.1 * x * y"},
    },
)
"""Pools that depend on each other: taken in one order only, they would be of first order."""

DENSITY, CURRENT, VOLTAGE = "0 uA/cm2", "0 pA", "-65 mV"
EDGES = ["hold for 0.337 ms", "step 10, 15 uA/cm2 for 2.511 ms", "hold for 1.123 ms"]
CASES = {
    "edges": ("hodgkin_huxley1952", EDGES, DENSITY, {}),
    "edges by sweep": (
        "hodgkin_huxley1952",
        ["hold for 0.337, 0.741 ms", "step 12 uA/cm2 for 2.511, 1.903 ms", "hold for 0.523 ms"],
        DENSITY,
        {},
    ),
    "exact gates": ("hodgkin_huxley1952", EDGES, DENSITY, {"rule": "exact"}),
    "ramp": ("hodgkin_huxley1952", ["ramp to 30 uA/cm2 for 3.511 ms"], DENSITY, {}),
    "sine": ("hodgkin_huxley1952", ["sine 25 uA/cm2 at 150 Hz for 3.511 ms"], DENSITY, {}),
    "shocks": (
        "hodgkin_huxley1952",
        ["shock 12 nC/cm2", "hold for 0.613 ms", "shock -5 nC/cm2", "hold for 1.33 ms"],
        DENSITY,
        {},
    ),
    "schemes": ("hodgkin_huxley1952_schemes", EDGES, DENSITY, {}),
    "instantaneous gate": ("wang_buzsaki1996", ["step 2 uA/cm2 for 4.511 ms"], DENSITY, {}),
    "pools": ("hudspeth_lewis1988", ["step 100 pA for 3.511 ms", "hold for 1.2 ms"], CURRENT, {}),
    "pools that turn": (TURNING, ["hold for 2.511 ms"], CURRENT, {}),
    "many channels": ("hay2011_soma", ["step 20 uA/cm2 for 0.411 ms"], DENSITY, {}),
    "constant field": (GHK, ["step 6 uA/cm2 for 4.511 ms", "hold for 1.3 ms"], DENSITY, {}),
    "clamped ramp": ("hodgkin_huxley1952", ["ramp to 20 mV for 3.511 ms"], VOLTAGE, {}),
    "clamped ramp, trapezoidal": (
        "hodgkin_huxley1952",
        ["ramp to 20 mV for 3.511 ms"],
        VOLTAGE,
        {"rule": "trapezoidal"},
    ),
    "clamped sine, pools": (GHK, ["sine 30 mV at 80 Hz about -40 mV for 4.511 ms"], VOLTAGE, {}),
    "clamped schemes": (
        "hodgkin_huxley1952_schemes",
        ["step 0 mV for 0.911 ms", "sine 30 mV at 200 Hz for 2.033 ms"],
        VOLTAGE,
        {},
    ),
}
STEPS = np.array([0.02, 0.01, 0.005, 0.0025, 0.00125])
FASTER = {"many channels": 0.2}
"""Gates of 10 us go straight to their steady state in steps beyond twice that."""


def errors(case):
    """Of the potential [mV] and of the other states (relative to their size), for each step."""
    source, epochs, holding, options = CASES[case]
    cell = catalogue.load(source) if isinstance(source, str) else source
    protocol = Protocol(case, epochs, holding=holding)
    exact = [final_states(cell, protocol, sweep) for sweep in range(protocol.n_sweeps)]
    potential, others = [], []
    for dt in STEPS * FASTER.get(case, 1.0):
        found = simulate(
            cell, protocol, record=(), dt=f"{float(dt)!r} ms", target="twin", **options
        ).final
        gap = {
            name: max(abs(values[0, i] - one[name]) for i, one in enumerate(exact))
            for name, values in found.items()
        }
        potential.append(gap.pop("v"))
        size = {name: max(abs(one[name]) for one in exact) for name in gap}
        others.append(np.linalg.norm([gap[name] / size[name] for name in gap]))
    return np.array(potential), np.array(others)


@pytest.mark.parametrize("case", CASES)
def test_the_error_falls_with_the_square_of_the_step(case):
    held = CASES[case][2] == VOLTAGE
    for error in errors(case)[held:]:
        assert error[-1] < 1e-2
        slope = np.polynomial.Polynomial.fit(np.log(STEPS), np.log(error), 1).convert().coef[1]
        assert 1.9 < slope < 2.1, error


# However long the step ----------------------------------------------------------------------------

HH = catalogue.load("hodgkin_huxley1952")
SCHEMES = catalogue.load("hodgkin_huxley1952_schemes")
GATES = ("na.m", "na.h", "k.n")


@settings(max_examples=25, deadline=None)
@given(
    st.floats(-3, 2).map(lambda x: 10.0**x),
    st.lists(st.floats(-200.0, 200.0), min_size=3, max_size=3),
    st.sampled_from(["trapezoidal", "exact"]),
    st.sampled_from(["uA/cm2", "mV"]),
)
@example(100.0, [0.0, 0.0, -185.0], "trapezoidal", "uA/cm2")  # a gate closes to -7e-18
def test_gates_stay_between_closed_and_open(dt, levels, rule, unit):
    """To rounding of 1, at either end."""
    epochs = [f"step {level!r} {unit} for {50 * dt!r} ms" for level in levels]
    found = simulate(
        HH,
        Protocol("p", epochs, holding=f"0 {unit}" if unit != "mV" else "-65 mV"),
        record=GATES,
        sampling=f"{dt!r} ms",
        dt=f"{dt!r} ms",
        rule=rule,
        target="twin",
    )
    for name in GATES:
        assert found[name].min() >= -1e-15
        assert found[name].max() <= 1.0 + 1e-15
        assert -1e-15 <= found.final[name].item() <= 1.0 + 1e-15


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3).map(lambda x: 10.0**x), st.floats(-150, 100), st.floats(-150, 100))
def test_gates_approach_their_steady_state_from_one_side(dt, held, level):
    """Each bounded step ends between where it began and the steady state; long ones reach it."""
    found = simulate(
        HH,
        Protocol("p", [f"step {level!r} mV for {40 * dt!r} ms"], holding=f"{held!r} mV"),
        record=GATES,
        sampling=f"{dt!r} ms",
        dt=f"{dt!r} ms",
        rule="trapezoidal",
        target="twin",
    )
    steady = HH.steady_state(level)
    for name in GATES:
        gap = found[name][0, 0] - steady[name]
        scale = 1e-12 * max(abs(gap[0]), 0.1)
        assert (gap * np.sign(gap[0]) >= -scale).all()
        assert (np.diff(np.abs(gap)) <= scale).all()
        if dt > 100:
            assert abs(found.final[name].item() - steady[name]) < 1e-12


@settings(max_examples=15, deadline=None)
@given(st.floats(-3, 2).map(lambda x: 10.0**x), st.floats(-150.0, 100.0))
def test_occupancies_add_up_to_one(dt, level):
    """At any step that is taken; one too long for the scheme is refused."""
    protocol = Protocol("p", [f"step {level!r} mV for {50 * dt!r} ms"], holding="-65 mV")
    try:
        found = simulate(SCHEMES, protocol, record=(), dt=f"{dt!r} ms", target="twin").final
    except SimulationError as error:
        assert dt > 0.005
        assert "too large for a Markov scheme" in str(error)
        return
    for channel in ("na", "k"):
        parts = [x.item() for name, x in found.items() if name.startswith(f"{channel}.")]
        assert sum(parts) == pytest.approx(1.0, abs=1e-12)
        assert min(parts) > -1e-6

"""Overdone compensation: where it begins to oscillate, how it grows, and that it is said."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, read, record, write_nwb
from loligo.cell import Cell, catalogue
from loligo.cell.equations import equations
from loligo.cell.steady import standing_conductance, steady_values
from loligo.errors import SimulationError
from loligo.experiment.stability import of_poles, stability
from loligo.recording import compare
from loligo.rig import CurrentClamp, Digitizer, Pipette, Rig, VoltageClamp, with_passive_cell

CELL = Cell(
    name="a passive cell",
    capacitance="100 pF",
    temperature="22 degC",
    initial_potential="-80 mV",
    channel={"leak": {"conductance": "2 nS", "reversal": "-80 mV"}},
)
PASSIVE = {"resistance": "500 MOhm", "capacitance": "100 pF", "reversal": "-80 mV"}
VALUES = {"temperature": 22.0, "capacitance": 100.0}
PULSE = Protocol("pulse", ["hold for 0.1 ms", "step 100 pA for 0.6 ms as pulse"], holding="0 pA")
STEP = Protocol("step", ["hold for 0.2 ms", "step -70 mV for 3 ms as step"], holding="-80 mV")
FAST = {"clamp_time": "1 ns", "current_time": "1 ns"}


def neutralized(capacitance):
    return CurrentClamp(follower_time="2 us", capacitance_neutralization=f"{capacitance!r} pF")


def corrected(fraction, **more):
    """A clamp whose only lag is its summing amplifier, correcting a multiple of R_s."""
    return VoltageClamp(
        summing_time="40 us",
        whole_cell_series_resistance_compensation=f"{10.0 * fraction!r} MOhm",
        series_resistance_correction=1.0,
        **{**FAST, **more},
    )


def boundary(unstable, low, high):
    """Return where a growing setting turns unstable."""
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if unstable(middle) else (middle, high)
    return low


@pytest.mark.parametrize("resistance", [10.0, 20.0, 80.0])
def test_neutralization_oscillates_beyond_the_capacitance_at_the_input(resistance):
    """C V_p' = -V_p / R_s + C_n V_f', tau V_f' = V_p - V_f: unstable from C_n = C + tau / R_s on,
    with the angular frequency 1 / sqrt(R_s tau C) there."""
    pipette = Pipette(series_resistance=f"{resistance} MOhm", capacitance="5 pF")
    expected = 5.0 + 0.002 / (1e-3 * resistance)

    def found(capacitance):
        rig = Rig(pipette=pipette, amplifier=neutralized(capacitance))
        return stability(CELL.with_(capacitance="1e6 pF"), rig, {"capacitance": 1e6}, -80.0)

    at = boundary(lambda c: not found(c).is_stable, 4.0, 9.0)
    assert at == pytest.approx(expected, rel=1e-4)
    frequency = 1.0 / (2.0 * np.pi * np.sqrt(1e-3 * resistance * 0.002 * 5.0))
    assert found(1.0001 * at).frequency == pytest.approx(frequency, rel=1e-3)
    assert found(0.9 * at).damping > 0.0
    assert "unstable" in found(1.01 * at).in_words
    assert found(0.5 * at).numbers == {}


def test_correction_oscillates_where_the_lag_allows_no_more():
    """tau_s V_cl' = V_c + k R_s I - V_cl around R_s, R_m, C_m: unstable from
    k = 1 + tau_s (1 / (R_s C_m) + 1 / (R_m C_m)) on."""
    pipette = Pipette(series_resistance="10 MOhm", capacitance="1e-6 pF")

    def is_unstable(k):
        rig = Rig(pipette=pipette, amplifier=corrected(k))
        return not stability(CELL, rig, VALUES, -80.0).is_stable

    expected = 1.0 + 0.04 * (1.0 / (0.01 * 100.0) + 1.0 / (0.5 * 100.0))
    assert boundary(is_unstable, 0.9, 1.3) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("fraction", "damping"), [(0.5, 1.35), (0.64, 1.0), (0.8, 0.6), (0.95, 0.225)]
)
def test_damping_below_it(fraction, damping):
    """zeta = (sqrt(tau_s / tau) + (1 - a) sqrt(tau / tau_s)) / 2 of a cell that does not leak."""
    cell = CELL.with_(**{"channel.leak.conductance": "1e-6 nS"})
    rig = Rig(
        pipette=Pipette(series_resistance="10 MOhm", capacitance="1e-6 pF"),
        amplifier=corrected(fraction),
    )
    found = stability(cell, rig, VALUES, -80.0)
    assert found.damping == pytest.approx(min(damping, 1.0), rel=2e-3)
    assert ("rings" in found.in_words) == (damping < 0.5)
    if damping < 0.5:
        assert found.frequency == pytest.approx(0.7957747, rel=1e-3)


def linear(rig, protocol, level):
    """Return the exact response at the digitizer's ticks, by matrix exponentials."""
    closed = with_passive_cell(rig.system, **PASSIVE)
    rest, (first, _) = protocol.rest(0), protocol.segments(0)
    times = np.arange(0.0, protocol.duration(0) - 1e-9, 1.0 / rig.digitizer.sampling)
    grid = np.unique(np.concatenate([times, [first.stop]]).round(9))
    start = np.linalg.solve(-closed.matrix, closed.command * rest + closed.constant)
    levels = np.where(grid[:-1, None] < first.stop - 1e-9, rest, level) * np.ones((1, 2))
    found = closed.response(grid, levels, start)
    at = np.searchsorted(grid, times - 1e-9)
    return closed, closed.output("response", found, np.zeros(grid.size))[at]


@pytest.mark.parametrize(
    ("rig", "protocol", "level"),
    [
        (
            Rig(
                pipette=Pipette(series_resistance="20 MOhm", capacitance="5 pF"),
                amplifier=neutralized(5.3),
                digitizer=Digitizer(sampling="200 kHz", bits=24),
            ),
            PULSE,
            100.0,
        ),
        (
            Rig(
                pipette=Pipette(series_resistance="10 MOhm", capacitance="4 pF"),
                amplifier=VoltageClamp(
                    whole_cell_series_resistance_compensation="11.9 MOhm",
                    series_resistance_correction=0.9,
                ),
                digitizer=Digitizer(sampling="100 kHz", bits=24, current_gain="0.01 mV/pA"),
            ),
            STEP.replace(epochs=["hold for 0.2 ms", "step -70 mV for 0.7 ms"]),
            -70.0,
        ),
    ],
    ids=["neutralization", "correction"],
)
def test_what_grows_is_recorded_as_it_grows(rig, protocol, level):
    """Steps of 5 us would damp it: those that are taken follow the exact solution."""
    closed, exact = linear(rig, protocol, level)
    assert not closed.is_stable
    recording = record(CELL, rig, protocol, dt="5 us")
    found = recording.sweeps[0].trace("response").values()
    size = np.abs(exact - exact[0]).max()
    assert np.abs(found - exact).max() < 0.02 * size
    growing = closed.poles[0]
    truth = recording.truth.parameters
    assert truth["oscillation_growth_rate"] == pytest.approx(growing.real, rel=1e-6)
    assert truth["ringing_frequency"] == pytest.approx(abs(growing.imag) / (2 * np.pi), rel=1e-6)
    told = recording.finding("stability").value
    assert told.startswith("unstable: a disturbance grows e-fold in")


def test_a_rig_that_rings_says_so_and_one_that_does_not_says_nothing(tmp_path):
    rig = Rig(
        pipette=Pipette(series_resistance="10 MOhm", capacitance="4 pF"),
        amplifier=VoltageClamp(
            capacitance_fast="4 pF",
            whole_cell_capacitance_compensation="100 pF",
            whole_cell_series_resistance_compensation="10 MOhm",
            series_resistance_correction=0.95,
        ),
        filter={"kind": "butterworth", "poles": 8, "corner": "20 kHz"},
        digitizer=Digitizer(sampling="50 kHz"),
    )
    recording = record(CELL, rig, STEP)
    frequency, damping = with_passive_cell(
        rig.amplifier.system(rig.pipette), **PASSIVE
    ).ringing  # the filter's own poles are no ringing of the rig
    truth = recording.truth.parameters
    assert truth["ringing_frequency"] == pytest.approx(frequency, rel=1e-6)
    assert truth["damping_ratio"] == pytest.approx(damping, rel=1e-6)
    assert truth["oscillation_growth_rate"] < 0.0
    assert f"damping ratio of {damping:.2g}" in recording.finding("stability").value
    again = read(write_nwb(recording, tmp_path / "rings.nwb"))
    assert compare(recording, again) == ()
    calm = record(CELL, rig.with_control(series_resistance_correction=0.5), STEP)
    assert calm.finding("stability").value == ""
    assert "ringing_frequency" not in calm.truth.parameters


def test_what_has_grown_beyond_all_bounds_is_an_error_that_says_why():
    rig = Rig(
        pipette=Pipette(series_resistance="20 MOhm", capacitance="5 pF"),
        amplifier=neutralized(8.0),
    )
    long = PULSE.replace(epochs=["hold for 1 ms", "step 100 pA for 50 ms"])
    with pytest.raises(SimulationError, match="the rig is unstable: a disturbance grows e-fold in"):
        record(CELL, rig, long)


def test_more_than_all_of_the_series_resistance_leaves_no_rest_and_runs_away():
    """At 150 % the cell sees a negative resistance: it leaves, and the error says so."""
    rig = Rig(
        pipette=Pipette(series_resistance="10 MOhm", capacitance="4 pF"),
        amplifier=corrected(1.5),
    )
    with pytest.raises(SimulationError, match="the rig is unstable"):
        record(CELL, rig, STEP.replace(epochs=["hold for 1 ms", "step -70 mV for 100 ms"]))


def test_only_some_sweeps_are_told():
    rig = Rig(
        pipette=Pipette(series_resistance="20 MOhm", capacitance="5 pF"),
        amplifier=neutralized(4.0),
        digitizer=Digitizer(sampling="200 kHz"),
        drift=[{"of": "amplifier.capacitance_neutralization", "to": "5.2 pF", "sweep": 1}],
    )
    recording = record(CELL, rig, PULSE.replace(sweeps=2))
    assert recording.finding("stability").evidence == "simulated; sweeps 1"
    rates = recording.truth.by_sweep["oscillation_growth_rate"]
    assert np.isnan(rates[0])
    assert rates[1] > 0.0


def test_a_cell_that_spikes_is_no_unstable_rig():
    """At rest an axon has standing channels: the sum of their conductances."""
    axon = catalogue.load("hodgkin_huxley1952").with_(area="10000 um2")
    lowered = equations(axon)
    at = -50.0  # where the slope of the steady current is negative
    gates = steady_values(lowered, at, lowered.defaults)
    expected = 100.0 * (120.0 * gates["na.m"] ** 3 * gates["na.h"] + 36.0 * gates["k.n"] ** 4 + 0.3)
    assert standing_conductance(lowered, lowered.defaults, at) == pytest.approx(expected, rel=1e-6)
    rig = Rig(pipette=Pipette(series_resistance="10 MOhm"), amplifier=CurrentClamp())
    assert stability(axon, rig, lowered.defaults, at).is_stable


def test_of_poles():
    quiet = of_poles(np.array([-1.0 + 0j, -3.0]))
    assert quiet.is_stable
    assert (quiet.frequency, quiet.damping, quiet.longest_step) == (0.0, 1.0, np.inf)
    runaway = of_poles(np.array([0.5 + 0j, -3.0]))
    assert runaway.in_words.startswith("unstable: a disturbance grows e-fold in 2 ms;")
    assert runaway.longest_step == pytest.approx(0.2)

"""Electrode and amplifier against closed forms and published exact solutions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loligo.rig import CurrentClamp, Pipette, TwoElectrodeClamp, VoltageClamp, with_passive_cell
from loligo.rig.linear import filtered

TIMES = np.array([0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 100.0])
OHMIC = {"resistance": "500 MOhm", "capacitance": "100 pF", "reversal": "-80 mV"}
PIPETTE = Pipette(series_resistance="10 MOhm", capacitance="4 pF")
EXACT = VoltageClamp(
    capacitance_fast="4 pF",
    whole_cell_capacitance_compensation="100 pF",
    whole_cell_series_resistance_compensation="10 MOhm",
    series_resistance_correction=0.8,
    series_resistance_prediction=0.8,
)
FAST = 1e-7


def levels(level: float, count: int) -> np.ndarray:
    return np.full((count, 2), level)


@pytest.mark.parametrize(
    ("amplifier", "membrane", "current"),
    [
        (
            EXACT,
            (-75.028522, -66.811386, -43.635873, -37.097557, -40.325110, -40.159462, -40.159363),
            (-5681.811, 1225.838, 3754.538, -924.273, 187.540, 79.697, 79.6813),
        ),
        (
            VoltageClamp(),
            (-77.593976, -74.139226, -65.354864, -55.538824, -46.104716, -41.033775, -40.784314),
            (3784.650, 3439.380, 2554.428, 1565.257, 614.573, 103.570, 78.4314),
        ),
    ],
    ids=["compensated", "all compensation off"],
)
def test_the_amplifier_of_lei_2020(amplifier, membrane, current):
    """doi:10.1098/rsta.2019.0348, a step to -40 mV, by an independent matrix exponential."""
    closed = with_passive_cell(amplifier.system(PIPETTE), **OHMIC)
    found = closed.response(TIMES, levels(-40.0, 7), closed.steady_state(-80.0))
    assert found[1:, -1] == pytest.approx(membrane, abs=1e-4)
    assert closed.output("response", found, -40.0)[1:] == pytest.approx(current, abs=1e-2)


def test_estimates_of_ninety_percent_and_an_offset():
    """The defaults of the model's files: an offset of 5 mV on the way into the cell."""
    amplifier = EXACT.with_(
        capacitance_fast="3.6 pF",
        whole_cell_capacitance_compensation="90 pF",
        whole_cell_series_resistance_compensation="9 MOhm",
    )
    pipette = PIPETTE.with_(electrode_offset="-5 mV")
    closed = with_passive_cell(amplifier.system(pipette), **OHMIC)
    found = closed.steady_state(-40.0)
    assert found[-1] == pytest.approx(-35.250597, abs=1e-6)
    assert closed.output("response", found, -40.0) == pytest.approx(89.49881, abs=1e-5)
    assert closed.output("pipette", found, -40.0) == pytest.approx(-39.355609, abs=1e-6)


@pytest.mark.parametrize(
    ("fraction", "damping", "overshoot"),
    [
        (0.0, 2.6, 0.0),
        (0.5, 1.35, 0.0),
        (0.64, 1.0, 0.0),
        (0.8, 0.6, 9.478),
        (0.95, 0.225, 48.410),
    ],
)
def test_correction_rings_as_theory_says(fraction, damping, overshoot):
    """One lag in the feedback: f_n = 1 / (2 pi sqrt(tau tau_s)) and its damping."""
    amplifier = VoltageClamp(
        clamp_time=f"{FAST} ms",
        current_time=f"{FAST} ms",
        summing_time="40 us",
        whole_cell_series_resistance_compensation="10 MOhm",
        series_resistance_correction=fraction,
    )
    pipette = Pipette(series_resistance="10 MOhm", capacitance="1e-6 pF")
    closed = with_passive_cell(
        amplifier.system(pipette), resistance="1e9 MOhm", capacitance="100 pF", reversal="0 mV"
    )
    slow = closed.poles[np.argsort(np.abs(closed.poles))[:2]]
    natural = math.sqrt(abs(slow[0] * slow[1])) / (2.0 * math.pi)
    assert natural == pytest.approx(0.7957747, rel=2e-5)
    assert -slow.real.sum() / (4.0 * math.pi * natural) == pytest.approx(damping, rel=2e-5)
    times = np.linspace(0.0, 5.0, 5001)
    found = closed.response(times, levels(10.0, 5000), np.zeros(closed.matrix.shape[0]))
    peak = max(found[:, -1].max() / 10.0 - 1.0, 0.0)
    assert 100.0 * peak == pytest.approx(overshoot, abs=2e-2)
    if damping < 0.99:
        assert closed.ringing is not None
        assert closed.ringing == pytest.approx((0.7957747, damping), rel=2e-5)


def test_whole_cell_step_and_its_bandwidth():
    """R_s 10, R_m 500 MOhm, C_m 100 pF: peak, steady state, time constant, charge, -3 dB."""
    amplifier = VoltageClamp(
        clamp_time=f"{FAST} ms", current_time=f"{FAST} ms", summing_time=f"{FAST} ms"
    )
    pipette = Pipette(series_resistance="10 MOhm", capacitance="1e-9 pF")
    cell = {**OHMIC, "reversal": "0 mV"}
    closed = with_passive_cell(amplifier.system(pipette), **cell)
    times = np.array([0.0, 1e-5, 0.5, 1.0])
    found = closed.response(times, levels(10.0, 3), closed.steady_state(0.0))
    current = closed.output("response", found, 10.0)
    end = closed.steady_state(10.0)
    last = closed.output("response", end, 10.0)
    assert current[1] == pytest.approx(1000.0, rel=2e-5)
    assert last == pytest.approx(19.6078431, rel=1e-8)
    tau = 0.5 / math.log((current[2] - last) / (current[3] - last))
    assert tau == pytest.approx(0.980392157, rel=1e-6)
    assert end[-1] == pytest.approx(9.80392157, rel=1e-8)
    assert (current[1] - last) * tau == pytest.approx(961.168781, rel=3e-5)  # fC
    charged = with_passive_cell(
        amplifier.system(pipette), resistance="1e9 MOhm", capacitance="100 pF", reversal="0 mV"
    )
    gain = charged.matrix[-1] @ np.append(charged.steady_state(1.0)[:-1], 0.0)
    assert gain == pytest.approx(1.0, rel=1e-5)  # mV/ms per mV: 1 / (R_s C_m)
    at_rest = charged.transfer("into_cell", np.array([0.159154943]))[0]
    full = charged.transfer("into_cell", np.array([100.0]))[0]
    assert abs(at_rest) / abs(full) == pytest.approx(math.sqrt(0.5), rel=1e-4)


@pytest.mark.parametrize(("fraction", "level"), [(0.0, -40.784314), (0.8, -40.159363)])
def test_ohmic_cell_under_partial_correction(fraction, level):
    amplifier = VoltageClamp(
        whole_cell_series_resistance_compensation="10 MOhm", series_resistance_correction=fraction
    )
    closed = with_passive_cell(amplifier.system(PIPETTE), **OHMIC)
    assert closed.steady_state(-40.0)[-1] == pytest.approx(level, abs=1e-6)


def test_current_clamp_through_a_real_electrode():
    """R_s 20 MOhm, C_e 5 pF, R_m 200 MOhm, C_m 50 pF, 100 pA: by an independent solution."""
    pipette = Pipette(series_resistance="20 MOhm", capacitance="5 pF")
    amplifier = CurrentClamp(follower_time=f"{FAST} ms", command_time=f"{FAST} ms")
    cell = {"resistance": "200 MOhm", "capacitance": "50 pF", "reversal": "0 mV"}
    closed = with_passive_cell(amplifier.system(pipette), **cell)
    times = np.array([0.0, 0.1, 0.5, 1.0, 5.0, 300.0])
    found = closed.response(times, levels(100.0, 5), closed.steady_state(0.0))
    pipette_potential = closed.output("pipette", found, 100.0)[1:]
    assert pipette_potential == pytest.approx(
        (1.284456, 2.545660, 3.415830, 9.077434, 22.0), abs=2e-6
    )
    assert found[1:, -1] == pytest.approx((0.071296, 0.729694, 1.584667, 7.194814, 20.0), abs=2e-6)
    assert -1.0 / closed.poles[:2].real == pytest.approx((11.009167, 0.090833397), rel=1e-6)
    bridged = CurrentClamp(bridge_balance="20 MOhm")
    balanced = with_passive_cell(bridged.system(pipette), **cell)
    steady = balanced.steady_state(100.0)
    assert balanced.output("response", steady, 100.0) == pytest.approx(20.0, abs=1e-9)


def test_neutralization_leaves_the_cell_alone_and_too_much_of_it_oscillates():
    """Input capacitance taken away: one exponential of the cell and the electrode's step."""
    pipette = Pipette(series_resistance="20 MOhm", capacitance="5 pF")
    cell = {"resistance": "200 MOhm", "capacitance": "50 pF", "reversal": "0 mV"}

    def closed(neutralized: str, follower: str = "0.001 us"):
        amplifier = CurrentClamp(
            follower_time=follower, command_time="0.001 us", capacitance_neutralization=neutralized
        )
        return with_passive_cell(amplifier.system(pipette), **cell)

    full = closed("5 pF")
    assert full.is_stable
    times = np.array([0.0, 3.0, 10.0])  # what rings at first is gone after R_s C = 0.1 ms
    found = full.response(times, levels(100.0, 2), full.steady_state(0.0))
    expected = 2.0 + 20.0 * (1.0 - np.exp(-times[1:] / 10.0))
    assert full.output("response", found, 100.0)[1:] == pytest.approx(expected, abs=2e-3)
    assert not closed("5.2 pF").is_stable
    # the limit, C + lag / R_s + C lag / (R_s C_m), of (R_m being large)
    # C lag R_s C_m s^2 + (C (lag + R_s C_m) + C_m lag - C_n R_s C_m) s + C + C_m - C_n = 0
    limit = 5.0 + 0.01 / 0.02 + 5.0 * 0.01 / (0.02 * 50.0)
    near = [closed(f"{limit * share} pF", "10 us").is_stable for share in (0.998, 1.002)]
    assert near == [True, False]


def test_seal_leak_is_beside_the_membrane():
    """R_m 500 MOhm, C 100 pF, rest -70 mV, seal reversal 0 mV."""
    for seal, apparent, tau, level in (
        ("1 GOhm", 0.3333333, 33.3333, -46.6667),
        ("5 GOhm", 0.4545455, 45.4545, -63.6364),
        ("10 GOhm", 0.4761905, 47.6190, -66.6667),
    ):
        pipette = Pipette(series_resistance="10 MOhm", capacitance="1e-6 pF", seal_resistance=seal)
        closed = with_passive_cell(
            CurrentClamp().system(pipette),
            resistance="500 MOhm",
            capacitance="100 pF",
            reversal="-70 mV",
        )
        rest, moved = closed.steady_state(0.0)[-1], closed.steady_state(100.0)[-1]
        assert rest == pytest.approx(level, abs=1e-4)
        assert (moved - rest) / 100.0 == pytest.approx(apparent, abs=1e-7)
        assert -1.0 / closed.poles[0].real == pytest.approx(tau, rel=1e-5)


def test_a_zeroed_junction_potential_shifts_the_cell():
    """The cell is at the measured potential minus the junction potential and offset."""
    pipette = Pipette(
        series_resistance="1 MOhm", junction_potential="10 mV", electrode_offset="2 mV"
    )
    cell = {"resistance": "1 GOhm", "capacitance": "100 pF", "reversal": "-70 mV"}
    closed = with_passive_cell(CurrentClamp().system(pipette), **cell)
    steady = closed.steady_state(0.0)
    assert steady[-1] == pytest.approx(-70.0, abs=1e-9)
    assert closed.output("response", steady, 0.0) == pytest.approx(-58.0, abs=1e-9)


def test_wall_capacitance_sees_a_part_of_the_resistance():
    """A pipette on a large cell: the transfer through an RC ladder, at three frequencies."""
    pipette = Pipette(
        series_resistance="20 MOhm",
        capacitance="3 pF",
        wall_capacitance="4 pF",
        wall_position=0.25,
    )
    amplifier = CurrentClamp(follower_time=f"{FAST} ms", command_time=f"{FAST} ms")
    cell = {"resistance": "200 MOhm", "capacitance": "50 pF", "reversal": "0 mV"}
    closed = with_passive_cell(amplifier.system(pipette), **cell)
    frequencies = np.array([0.01, 1.0, 10.0])
    s = 2j * np.pi * frequencies
    membrane = 1.0 / (1.0 / 0.2 + s * 50.0)
    wall = 1.0 / (s * 4.0 + 1.0 / (0.015 + membrane))
    exact = 1.0 / (s * 3.0 + 1.0 / (0.005 + wall))
    assert closed.transfer("pipette", frequencies) == pytest.approx(exact, rel=1e-5)


def test_two_electrodes_and_their_gain():
    """A 1000, R_m 1 and R_e 0.5 MOhm: 0.149775 % short of the command."""
    amplifier = TwoElectrodeClamp(gain=1000.0, current_electrode="0.5 MOhm")
    cell = {"resistance": "1 MOhm", "capacitance": "200 nF", "reversal": "0 mV"}
    closed = with_passive_cell(amplifier.system(Pipette(series_resistance="1 MOhm")), **cell)
    steady = closed.steady_state(100.0)
    assert 100.0 * (1.0 - steady[-1] / 100.0) == pytest.approx(0.149775, abs=1e-6)
    assert closed.output("response", steady, 100.0) == pytest.approx(steady[-1] / 0.001, rel=1e-9)


def test_a_filter_at_the_output_multiplies_its_transfer():
    """A 4-pole Bessel filter of 5 kHz by SciPy, in state space, behind a whole amplifier."""
    from scipy import signal

    numerator, denominator = signal.bessel(4, 2.0 * np.pi * 5.0, analog=True, norm="mag")
    a, b, c, d = signal.tf2ss(numerator, denominator)
    plain = EXACT.system(PIPETTE)
    system = filtered(plain, (a, b[:, 0], c[0], float(d[0, 0])))
    frequencies = np.array([0.001, 1.0, 5.0, 20.0])
    _, expected = signal.freqs(numerator, denominator, 2.0 * np.pi * frequencies)
    whole, bare = (with_passive_cell(s, **OHMIC) for s in (system, plain))
    assert whole.transfer("response", frequencies) == pytest.approx(
        bare.transfer("response", frequencies) * expected, rel=1e-9
    )
    assert whole.transfer("unfiltered", frequencies) == pytest.approx(
        bare.transfer("response", frequencies), rel=1e-9
    )
    steady, before = whole.steady_state(-40.0), bare.steady_state(-40.0)
    assert steady[-1] == pytest.approx(before[-1], abs=1e-9)
    assert whole.output("response", steady, -40.0) == pytest.approx(
        bare.output("response", before, -40.0), rel=1e-9
    )

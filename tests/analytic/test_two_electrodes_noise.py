"""Noise behind two electrodes: in the current and in the measured potential, by nodal analysis.

With F = 1 / (1 + t_f s) of the follower, E = 1 / (1 + R_s C_p s) of the electrode and
L = A F E / ((1 + t_g s)(1 + R_e Y)) of the loop, noise e at the follower's input is F e / (1 + L)
in the measured potential, and minus A Y / ((1 + t_g s)(1 + R_e Y)) of that in the current.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import csd, welch

from loligo import Protocol, record
from loligo.cell import Cell
from loligo.rig import Bessel, Circuit, Digitizer, Noise, Pipette, Rig, TwoElectrodeClamp
from loligo.rig.noise import TwoElectrodeCircuit
from loligo.rig.two_electrode import AMPLIFIER, DRIVE, INPUT, SERIES, TIP

CAPACITANCE, SERIES_RESISTANCE, CURRENT, AT_INPUT = 200e3, 1e-3, 0.5e-3, 5.0
KELVIN = 1.380649e-23 * 295.15
THERMAL = 4.0 * KELVIN * 1e6 * 1e9  # of 1 MOhm [mV^2/kHz]
VOLTAGE = 300e-9 * 1e3 * np.sqrt(1e3)  # 300 nV/sqrt(Hz) [mV/sqrt(kHz)]
OOCYTE = Cell(
    name="an oocyte", capacitance=f"{CAPACITANCE} pF", temperature="22 degC",
    initial_potential="-40 mV", channel={"leak": {"conductance": "1e-3 nS", "reversal": "-40 mV"}},
)  # fmt: skip
FILTER = Bessel(corner="5 kHz")


def rig(gain, noise, follower=0.002, **more):
    return Rig(
        pipette=Pipette(series_resistance="1 MOhm", capacitance=f"{AT_INPUT} pF"),
        amplifier=TwoElectrodeClamp(
            gain=gain, gain_time="10 us", follower_time=f"{follower} ms", current_time="1 us",
            current_electrode="0.5 MOhm", **more,
        ),
        noise=noise, filter=FILTER,
        digitizer=Digitizer(sampling="20 kHz", bits=24, current_gain="0.0001 mV/pA"),
    )  # fmt: skip


def recorded(made, seconds=8):
    flat = Protocol("flat", [f"hold for {seconds} s"], holding="-40 mV")
    sweep = record(OOCYTE, made, flat, seed=3, dt="50 us", truth=["v", "rig.potential"])
    return sweep, *(sweep.sweeps[0].trace(n).values() for n in ("response", "potential"))


@pytest.mark.parametrize("voltage", ["0 nV/sqrt(Hz)", "300 nV/sqrt(Hz)"])
def test_what_measures_has_the_thermal_noise_of_its_resistance(voltage):
    """k T R / (t_e + t_f), and e_n^2 / (4 t_f): white noise behind two lags, and behind one."""
    noise = Noise(voltage_noise=voltage, temperature="22 degC")
    made = rig(1e-3, noise)  # the loop is as good as open
    recording, _, potential = recorded(made)
    expected = THERMAL / 4.0 / (SERIES_RESISTANCE * AT_INPUT + 0.002)
    expected += (VOLTAGE**2 if voltage.startswith("300") else 0.0) / 4.0 / 0.002
    assert potential.var() == pytest.approx(expected, rel=0.02)
    assert np.ptp(recording.truth.traces["rig.potential"].values(0)) < 1e-6  # truth has none


def test_through_the_loop_the_potential_has_what_it_leaves():
    """Where the loop holds, the follower sees its own noise held down; the cell does not."""
    noise = Noise(voltage_noise="300 nV/sqrt(Hz)", temperature="22 degC")
    _, _, potential = recorded(rig(1000.0, noise, follower=0.02))
    f, power = welch(potential, 20.0, nperseg=4096)
    expected = sum(
        _seen(np.abs(f[1:-1] + shift), 0.02)[1] for shift in 20.0 * np.arange(-40, 41)
    )  # fmt: skip
    ratio = power[1:-1] / expected
    for low, high in ((0.05, 0.5), (0.5, 2.0), (2.0, 5.0), (5.0, 9.9)):
        at = (f[1:-1] > low) & (f[1:-1] < high)
        assert ratio[at].mean() == pytest.approx(1.0, abs=0.05)
    held = _seen(np.array([0.1]), 0.02)[1][0]
    assert held < 0.01 * (THERMAL + VOLTAGE**2)  # so there was something to hold down


def test_current_and_potential_go_together():
    """I = -A Y / ((1 + t_g s)(1 + R_e Y)) V_f; what is folded into the potential has no part."""
    noise = Noise(voltage_noise="300 nV/sqrt(Hz)", temperature="22 degC")
    _, current, potential = recorded(rig(1000.0, noise, follower=0.02))
    f, together = csd(potential, current, 20.0, nperseg=4096)
    at = (f > 0.2) & (f < 2.0)
    s = 2j * np.pi * f[at]
    load = s * CAPACITANCE
    expected = -1000.0 * load / ((1.0 + 0.01 * s) * (1.0 + CURRENT * load)) * FILTER.transfer(f[at])
    found = together[at] / (_seen(f[at], 0.02)[1] * expected)
    assert found.real.mean() == pytest.approx(1.0, abs=0.05)
    assert found.imag.mean() == pytest.approx(0.0, abs=0.05)
    alone = welch(current, 20.0, nperseg=4096)[1][at]
    assert (alone / np.abs(FILTER.transfer(f[at])) ** 2 / _seen(f[at], 0.02)[0]).mean() == (
        pytest.approx(1.0, abs=0.05)
    )


def _seen(f, follower):
    """Spectra of current and potential that voltage and thermal noise of what measures make."""
    s = 2j * np.pi * f
    load = s * CAPACITANCE
    followed = 1.0 / (1.0 + follower * s)
    electrode = 1.0 / (1.0 + SERIES_RESISTANCE * AT_INPUT * s)
    drive = 1000.0 / ((1.0 + 0.01 * s) * (1.0 + CURRENT * load))
    closed = np.abs(followed / (1.0 + drive * followed * electrode)) ** 2
    potential = closed * (VOLTAGE**2 + THERMAL * np.abs(electrode) ** 2)
    return potential * np.abs(drive * load) ** 2, potential


@pytest.mark.parametrize("position", [0.0, 0.4])
@pytest.mark.parametrize("is_shielded", [False, True])
def test_every_place_where_noise_enters(position, is_shielded):
    """Kirchhoff's laws at V_m, V_p and V_s with a source at a time, solved for each frequency."""
    shaft, coupling, fed, bath = 20.0, 0.01, 1.0, 2e-6
    clamp = TwoElectrodeClamp(
        gain=500.0, gain_time="10 us", follower_time="3 us", current_time="7 us",
        current_electrode="0.5 MOhm", current_electrode_capacitance=f"{shaft} pF",
        current_electrode_position=position, is_shielded=is_shielded, bath_resistance="2 kOhm",
        coupling_capacitance=f"{coupling} pF", capacitance_neutralization=f"{fed} pF",
    )  # fmt: skip
    inner = Circuit(
        series_resistance="1 MOhm", membrane_capacitance="200 nF", membrane_resistance="1 MOhm",
        pipette_capacitance=f"{AT_INPUT} pF",
    )  # fmt: skip
    pipette = Pipette(series_resistance="1 MOhm", capacitance=f"{AT_INPUT} pF")
    circuit = TwoElectrodeCircuit(
        clamp.system(pipette, with_sources=True), clamp.current_electrode_parts, 53.0, inner
    )
    frequencies = np.array([0.01, 1.0, 30.0])
    found = circuit.transfers(frequencies)
    for k, f in enumerate(frequencies):
        for place, seen in found.items():
            if place in {AMPLIFIER, SERIES, DRIVE, TIP, INPUT, "into the cell"} and (
                position or place != TIP
            ):
                expected = _nodal(f, place, position, is_shielded, shaft, coupling, fed, bath)
                np.testing.assert_allclose(seen[:, k], expected, rtol=1e-9)


def _nodal(f, place, position, is_shielded, shaft, coupling, fed, bath):
    s = 2j * np.pi * f
    e = {name: float(name == place) for name in (AMPLIFIER, SERIES, DRIVE, TIP, INPUT)}
    into = float(place == "into the cell")
    # unknown: V_m, V_p, V_f, V_o, V_s, I (into the cell), J (out of the amplifier)
    a, b = np.zeros((7, 7), complex), np.zeros(7, complex)
    m, p, follower, o, at, i, j = range(7)
    outer, tip = position * CURRENT, (1.0 - position) * CURRENT + bath
    # drawn through the measuring electrode, which is at V_p + e less the bath's drop:
    drawn = np.zeros(7, complex)
    drawn[[p, m, i]] = 1.0 / SERIES_RESISTANCE, -1.0 / SERIES_RESISTANCE, -bath / SERIES_RESISTANCE
    shift = e[SERIES] / SERIES_RESISTANCE
    a[0, [m, i]] = s * CAPACITANCE + 1.0 / 1e-3, -1.0
    a[0] -= drawn
    b[0] = shift + into
    a[1, [p, o, follower]] = s * (AT_INPUT + coupling), -s * coupling, -s * fed
    a[1] += drawn
    b[1] = e[INPUT] - shift
    a[2, [follower, p]] = 1.0 + 0.003 * s, -1.0
    b[2] = e[AMPLIFIER]
    a[3, [o, follower]] = 1.0 + 0.01 * s, 500.0
    a[4, [at, m, i]] = 1.0, -1.0, -tip
    b[4] = -e[TIP]
    a[5, [o, at, j]] = (1.0, -1.0, -outer) if position else (1.0, -1.0, 0.0)
    b[5] = -e[DRIVE]
    if position:
        a[6, [j, i, at]] = 1.0, -1.0, -s * shaft
    else:  # the amplifier's output drives the capacitance
        a[6, [j, i, o]] = 1.0, -1.0, -s * shaft
    x = np.linalg.solve(a, b)
    return [x[i if is_shielded else j] / (1.0 + 0.007 * s), x[follower]]


def test_each_source_makes_both_spectra():
    """Powers are those of textbooks, at a frequency where the loop does nothing."""
    noise = Noise(
        voltage_noise="300 nV/sqrt(Hz)", feedback_resistance="10 MOhm",
        current_noise="1 fA/sqrt(Hz)", temperature="22 degC",
    )  # fmt: skip
    clamp = rig(1e-6, noise).amplifier
    inner = Circuit(
        series_resistance="1 MOhm", membrane_capacitance="200 nF", seal_resistance="10 MOhm",
        pipette_capacitance=f"{AT_INPUT} pF",
    )  # fmt: skip
    pipette = Pipette(
        series_resistance="1 MOhm", capacitance=f"{AT_INPUT} pF", seal_resistance="10 MOhm"
    )
    circuit = TwoElectrodeCircuit(
        clamp.system(pipette, with_sources=True), clamp.current_electrode_parts, 80.0, inner
    )
    f = np.array([1.0])
    current, potential = (
        {name: power[0] for name, power in noise.parts(f, circuit, clamp_).items()}
        for clamp_ in ("voltage_clamp", "current_clamp")
    )
    assert potential["series resistance"] == pytest.approx(THERMAL, rel=2e-3)
    assert potential["amplifier voltage"] == pytest.approx(VOLTAGE**2, rel=1e-3)
    assert current["feedback resistor"] == pytest.approx(4 * KELVIN / 1e7 * 1e27, rel=1e-9)
    assert "feedback resistor" not in potential
    load = 2j * np.pi * CAPACITANCE + 0.1
    through = 4 * KELVIN * 0.5e6 * 1e9 * np.abs(load / (1.0 + CURRENT * load)) ** 2
    assert current["current electrode"] == pytest.approx(through, rel=1e-3)
    assert set(potential) == {
        "amplifier voltage", "series resistance", "current electrode", "amplifier current", "seal"
    }  # fmt: skip

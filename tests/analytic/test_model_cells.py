"""Model cells behind an amplifier, against their circuits written as one matrix exponential."""

import numpy as np
import pytest
from scipy.linalg import expm

from loligo import Protocol, record
from loligo.errors import ModelError
from loligo.rig import Bessel, Digitizer, Noise, Pipette, Rig, VoltageClamp, model_cells
from loligo.rig.noise import variance

STEP = Protocol("step", ["hold for 1 ms", "step -40 mV for 20 ms as test"], holding="-80 mV")
AMPLIFIER = VoltageClamp(clamp_time="0.8 us", current_time="7.5 us", summing_time="40 us")
RIG = Rig(
    pipette=Pipette(series_resistance="1 MOhm"),
    amplifier=AMPLIFIER,
    digitizer=Digitizer(bits=24, sampling="100 kHz"),
)


def circuit(model):
    """The slopes of clamp, pipette, membrane, branch and measured current, and what drives them."""
    r, rm, c = model.series_resistance, model.membrane_resistance, model.membrane_capacitance
    stray, sum_time, clamp_time, current_time = model.stray_capacitance, 0.04, 0.0008, 0.0075
    rb = model.branch_resistance or np.inf
    clamp, pipette, membrane, branch, measured = range(5)
    a = np.zeros((5, 5))
    a[clamp, clamp] = -1 / sum_time
    a[pipette, [clamp, pipette]] = 1 / clamp_time, -1 / clamp_time
    a[membrane, [pipette, membrane, branch]] = (
        1 / (r * c),
        -(1 / r + 1 / rm + 1 / rb) / c,
        1 / (rb * c),
    )
    tau = (model.branch_resistance or 1.0) * (model.branch_capacitance or 1.0)
    a[branch, [membrane, branch]] = 1 / tau, -1 / tau
    current = np.zeros(5)
    current[[pipette, membrane]] = 1 / r, -1 / r
    current += stray * a[pipette]
    a[measured] = current / current_time
    a[measured, measured] -= 1 / current_time
    drive = np.array([1 / sum_time, 0, 0, 0, 0])
    return a, drive


@pytest.mark.parametrize("name", ["patch1u_cell", "lei2020_type1", "lei2020_type2", "mc10_500m"])
def test_a_step_is_that_of_the_circuit(name):
    model = model_cells.load(name)
    recording = record(model, RIG, STEP, dt="2 us", truth=["v", "rig.pipette"])
    a, drive = circuit(model)
    start = np.linalg.solve(-a, drive * -80.0)
    late = np.linalg.solve(-a, drive * -40.0)
    times = np.array([0.02, 0.1, 0.5, 1.0, 5.0, 19.0])
    exact = np.array([late + expm(a * t) @ (start - late) for t in times])
    at = np.rint((1.0 + times) * 100).astype(int)
    v = recording.truth.traces["v"].values(0)[at]
    current = recording.sweeps[0].trace("response").values()[at]
    assert v == pytest.approx(exact[:, 2], abs=2e-3)
    peak = np.abs(exact[:, 4]).max()
    assert current == pytest.approx(exact[:, 4], abs=1e-3 * peak)


@pytest.mark.parametrize(
    ("name", "resistance"), [("patch1u_bath", 0.01), ("mc10_10m", 0.01), ("patch1u_patch", 10.0)]
)
def test_a_single_resistor_is_one(name, resistance):
    recording = record(model_cells.load(name), RIG, STEP)
    current = recording.sweeps[0].trace("response").values()
    assert current[50] == pytest.approx(-80.0 / resistance, rel=1e-5, abs=2e-3)
    assert current[-1] == pytest.approx(-40.0 / resistance, rel=1e-5, abs=2e-3)
    truth = recording.truth.parameters
    assert truth["total_resistance"] == resistance
    assert "capacitance" not in truth
    assert "membrane_resistance" not in truth


def test_a_resistor_makes_the_noise_of_one():
    """4 k T / R of the 10 MOhm to ground and of the feedback resistor."""
    rig = RIG.with_(
        filter={"kind": "bessel", "corner": "5 kHz"},
        noise={"feedback_resistance": "500 MOhm"},
        digitizer={"bits": 24, "sampling": "50 kHz"},
    )
    quiet = Protocol("quiet", ["hold for 400 ms"], holding="0 mV")
    recording = record(model_cells.load("patch1u_bath"), rig, quiet, seed=4)
    spread = recording.sweeps[0].trace("response").values().std()
    kelvin, boltzmann = 295.15, 1.380649e-23
    bandwidth = Bessel(corner="5 kHz").noise_bandwidth * 1e3
    power = 4 * boltzmann * kelvin * bandwidth * (1 / 10e6 + 1 / 500e6)
    assert spread == pytest.approx(1e12 * power**0.5, rel=0.05)


def test_the_noise_of_a_membrane_is_that_of_its_impedance():
    """Nyquist: all resistors of a passive circuit together make 4 k T Re Y."""
    model = model_cells.load("patch1u_cell")
    noise = Noise(membrane=True)
    power = variance(
        noise.density(model.circuit(), "voltage_clamp"),
        low=0.001,
        output_filter=Bessel(corner="2 kHz"),
    )
    f = np.geomspace(1e-3, 100.0, 400_001)
    s = 2j * np.pi * f
    behind = 1 / (1 / 0.5 + s * 33.0)
    admittance = 1 / (0.01 + behind)
    shaped = np.abs(Bessel(corner="2 kHz").transfer(f)) ** 2
    density = 4 * 1.380649e-23 * 295.15 * 1e-9 * admittance.real * 1e24 * 1e3 * shaped
    assert power == pytest.approx(np.trapezoid(density, f), rel=1e-3)


@pytest.mark.parametrize(
    "pipette", [{"seal_resistance": "5 GOhm"}, {"junction_potential": "10 mV"}]
)
def test_what_a_box_of_resistors_has_not(pipette):
    rig = RIG.with_(pipette={"series_resistance": "1 MOhm", **pipette})
    with pytest.raises(ModelError, match="it has no seal and no junction potential"):
        record(model_cells.load("patch1u_cell"), rig, STEP)


def test_an_electrode_offset_stays():
    rig = RIG.with_(pipette={"series_resistance": "1 MOhm", "electrode_offset": "5 mV"})
    recording = record(model_cells.load("patch1u_cell"), rig, STEP)
    current = recording.sweeps[0].trace("response").values()[50]
    assert current == pytest.approx(-85.0 / 0.51, rel=1e-4)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({}, "needs resistance, or series_resistance"),
        ({"resistance": "10 MOhm", "series_resistance": "10 MOhm"}, "there is no other part"),
        (
            {
                "series_resistance": "10 MOhm",
                "membrane_resistance": "500 MOhm",
                "membrane_capacitance": "33 pF",
                "branch_resistance": "100 MOhm",
            },
            "a branch needs branch_resistance and branch_capacitance",
        ),
    ],
)
def test_a_circuit_has_to_be_one(parts, told):
    with pytest.raises(ModelError, match=told):
        model_cells.ModelCell(name="a box", stray_capacitance="5 pF", **parts)

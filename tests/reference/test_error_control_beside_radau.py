"""A voltage clamp through a pipette's resistance, beside SciPy's Radau on the same equations."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.protocol import Protocol

AXON = catalogue.load("hodgkin_huxley1952")
LEVELS = (-90.0, -40.0, 0.0, 60.0)
PIECES = ((0.0, 5.0), (5.0, 25.0), (25.0, 30.0))
SAMPLES = 0.05


def _linoid(x):
    return np.where(np.abs(x) < 1e-9, 1.0 + x / 2, x / -np.expm1(-np.where(x == 0, 1.0, x)))


def _rates(v):
    return (
        (_linoid((v + 40) / 10), 4 * np.exp(-(v + 65) / 18)),
        (0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))),
        (0.1 * _linoid((v + 55) / 10), 0.125 * np.exp(-(v + 65) / 80)),
    )


def _radau(level):
    """Current [pA] into 20 pF through 10 MOhm at the times of the samples."""
    gates = [float(a / (a + b)) for a, b in _rates(-65.0)]
    y, found = [-65.0, *gates], []
    for (start, stop), command in zip(PIECES, (-65.0, level, -65.0), strict=True):

        def slopes(_, y, command=command):
            v, m, h, n = y
            ionic = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
            moves = [a * (1 - x) - b * x for x, (a, b) in zip((m, h, n), _rates(v), strict=True)]
            return [((command - v) / 0.01 - 20 * ionic) / 20, *moves]

        times = np.arange(round(start / SAMPLES), round(stop / SAMPLES)) * SAMPLES
        times = np.append(times, stop)
        run = solve_ivp(
            slopes, (start, stop), y, "Radau", t_eval=times, rtol=1e-11, atol=1e-12, max_step=0.5
        )
        found.append((command - run.y[0, :-1]) / 0.01)
        y = run.y[:, -1]
    return np.concatenate(found)


@pytest.fixture(scope="module")
def expected():
    return np.array([_radau(level) for level in LEVELS])


@pytest.mark.parametrize(("tolerance", "within"), [(1e-6, 1e-5), (1e-9, 1e-7)])
def test_clamp_through_a_pipette(expected, tolerance, within):
    listed = ", ".join(f"{level:g}" for level in LEVELS)
    protocol = Protocol(
        "clamp",
        ["hold for 5 ms", f"step {listed} mV for 20 ms", "hold for 5 ms"],
        holding="-65 mV",
    )
    found = simulate(
        AXON,
        protocol,
        method="error-controlled",
        tolerance=tolerance,
        series_resistance="10 MOhm",
        parameters={"area": "2000 um2"},
        record=["i.injected"],
        sampling=f"{SAMPLES} ms",
    )["i.injected"][0]
    assert np.abs(found - expected).max() < within * np.abs(expected).max()

"""The twin against the closed form of a clamped gate: an exponential to its steady state.

Rates of Hodgkin and Huxley (1952, doi:10.1113/jphysiol.1952.sp004764) at 6.3 degC, rest at -65 mV.
"""

import numpy as np
import pytest

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.protocol import Protocol


def rates(v):
    """Return opening and closing rates of m, h and n [1/ms]."""
    return {
        "na.m": (0.1 * (v + 40.0) / (1.0 - np.exp(-(v + 40.0) / 10.0)),
                 4.0 * np.exp(-(v + 65.0) / 18.0)),
        "na.h": (0.07 * np.exp(-(v + 65.0) / 20.0), 1.0 / (1.0 + np.exp(-(v + 35.0) / 10.0))),
        "k.n": (0.01 * (v + 55.0) / (1.0 - np.exp(-(v + 55.0) / 10.0)),
                0.125 * np.exp(-(v + 65.0) / 80.0)),
    }  # fmt: skip


@pytest.mark.parametrize("target", ["twin", "kernel"])
def test_gates_relax_exponentially_under_a_voltage_clamp(target):
    protocol = Protocol("p", ["hold for 1 ms", "step -12 mV for 5 ms"], holding="-71 mV")
    axon = catalogue.load("hodgkin_huxley1952")
    clamped = simulate(axon, protocol, record=("v", *rates(0.0)), target=target)
    after = clamped.times >= 1.0 - 1e-9
    times = clamped.times[after] - 1.0
    for gate, (alpha, beta) in rates(-12.0).items():
        opening, closing = rates(-71.0)[gate]
        start, end = opening / (opening + closing), alpha / (alpha + beta)
        expected = end + (start - end) * np.exp(-(alpha + beta) * times)
        np.testing.assert_allclose(clamped[gate][0, 0, after], expected, rtol=0.0, atol=2e-14)

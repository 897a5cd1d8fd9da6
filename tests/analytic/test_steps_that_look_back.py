"""Cells and rigs by ``method="multistep"``: third order, its twin, and what it does not take."""

import numpy as np
import pytest
from amplifiers import COMPENSATED, OHMIC, PIPETTE
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.engine.damping import amplification
from loligo.errors import ModelError
from loligo.protocol import Protocol
from loligo.rig import (
    CurrentClamp,
    Rig,
    TwoElectrodeClamp,
    with_passive_cell,
)

AXON = catalogue.load("hodgkin_huxley1952")
PULSE = Protocol(
    "pulse", ["hold for 1 ms", "step 10 uA/cm2 for 6 ms", "hold for 1 ms"], holding="0 uA/cm2"
)
AMPLIFIER = COMPENSATED.with_(series_resistance_correction=0.7, series_resistance_prediction=0.7)


def orders(errors):
    errors = np.array(errors)
    return np.log2(errors[:-1] / errors[1:])


def test_a_spike_is_of_third_order():
    """Potentials and times of spikes against error control at 1e-12."""
    fine = simulate(
        AXON, PULSE, method="error-controlled", tolerance=1e-12, spikes=True, sampling="0.1 ms"
    )
    errors = []
    for dt in (0.025, 0.0125, 0.00625):
        found = simulate(
            AXON, PULSE, method="multistep", dt=f"{dt} ms", spikes=True, sampling="0.1 ms"
        )
        times = np.abs(found.spike_times() - fine.spike_times())
        errors.append((np.abs(found["v"] - fine["v"]).max(), times.max()))
    assert orders(errors) == pytest.approx(np.full((2, 2), 3.0), abs=0.3)
    plain = simulate(AXON, PULSE, dt="0.00625 ms", sampling="0.1 ms")
    assert errors[-1][0] < np.abs(plain["v"] - fine["v"]).max() / 20.0


@pytest.mark.parametrize("mode", ["voltage", "current"])
def test_a_passive_cell_behind_a_rig_is_of_third_order(mode):
    """Against matrix exponentials; poles of 0.7 us under steps of 5 to 20 us."""
    if mode == "voltage":
        system, high, held = AMPLIFIER.system(PIPETTE), "-40 mV", "-80 mV"
        levels = (-40.0, -80.0)
    else:
        system = CurrentClamp(bridge_balance="10 MOhm").system(PIPETTE)
        high, held, levels = "100 pA", "0 pA", (100.0, 0.0)
    protocol = Protocol("step", [f"step {high} for 4 ms", "hold for 1 ms"], holding=held)
    times = np.arange(0.0, 5.0, 0.02)
    closed = with_passive_cell(
        system, resistance="500 MOhm", capacitance="100 pF", reversal="-80 mV"
    )
    command = np.where(times < 4.0 - 1e-9, *levels)
    start = closed.steady_state(levels[1])
    found = closed.response(times, command[:-1, None] * np.ones((1, 2)), start)
    exact = closed.output("response", found, command)
    late = (times > 0.15) & ((times < 4.0) | (times > 4.15))
    errors = []
    for dt in (0.02, 0.01, 0.005):
        made = simulate(
            OHMIC, protocol, rig=system, record=["v", "rig.response"], sampling="0.02 ms",
            dt=f"{dt} ms", method="multistep",
            initial={"v": f"{float(start[-1])!r} mV"},
        )  # fmt: skip
        wrong = (made["v"][0, 0] - found[:, -1], made["rig.response"][0, 0] - exact)
        errors.append([np.abs(each)[late].max() for each in wrong])
    assert orders(errors)[-1] == pytest.approx(np.full(2, 3.0), abs=0.3)
    assert errors[-1][0] < 1e-4 * np.ptp(found[:, -1])


@settings(max_examples=8, deadline=None)
@given(
    st.integers(5, 20),
    st.sampled_from([0.02, 0.05, 0.013]),
    st.sampled_from([0.05, 0.02, 0.11]),
    st.booleans(),
)
def test_twin_and_kernel_agree_in_any_stretch(n_cells, dt, sampling, behind):
    """Stretches of one step, of two, of many; blocks that do not fill a vector."""
    scale = np.linspace(0.5, 1.5, n_cells)
    options = {
        "dt": f"{dt} ms", "sampling": f"{sampling} ms", "method": "multistep", "spikes": True,
        "parameters": {"channel.na.conductance": (120.0 * scale, "mS/cm2")},
    }  # fmt: skip
    cell, protocol, names = AXON, PULSE, ["v", "na.m", "i.k"]
    if behind:
        cell = AXON.with_(area="10000 um2")
        protocol = Protocol(
            "step", ["hold for 0.31 ms", "step 0 mV for 2 ms", "hold for 0.05 ms"], holding="-80 mV"
        )
        options["rig"], names = AMPLIFIER.system(PIPETTE), ["v", "na.m", "rig.response"]
    kernel, twin = (
        simulate(cell, protocol, record=names, target=target, **options)
        for target in ("kernel", "twin")
    )
    for name in names:
        size = np.abs(twin[name]).max()
        np.testing.assert_allclose(kernel[name], twin[name], rtol=0, atol=1e-9 * size)
    np.testing.assert_allclose(twin.spikes[0], kernel.spikes[0], rtol=0.0, atol=1e-9)
    assert set(kernel.final) >= {"v", "na.m", "na.h", "k.n"}
    assert not [name for name in kernel.final if "past" in name]


@pytest.mark.parametrize("n_cells", [5, 12, 31, 66])
def test_what_fills_a_vector_up_changes_nothing(n_cells):
    """The last cell of a batch has the bits it has among three, and no state is another's."""
    scale = np.linspace(0.5, 1.5, n_cells)
    kept = {"record": ["v"], "dt": "0.02 ms", "method": "multistep", "sampling": "0.1 ms"}

    def run(values):
        cells = {"channel.na.conductance": (120.0 * values, "mS/cm2")}
        return simulate(AXON, PULSE, parameters=cells, **kept)

    batch, few = run(scale), run(scale[-5:])
    np.testing.assert_array_equal(batch["v"][-5:], few["v"])
    np.testing.assert_array_equal(batch.final["v"][-5:], few.final["v"])


@pytest.mark.parametrize("degrees", [0.0, 45.0, 75.0])
def test_the_sector_of_stability(degrees):
    """Within 75 degrees nothing grows; what is fast beyond bounds keeps 0.79."""
    z = -np.logspace(-4.0, 9.0, 400) * np.exp(1j * np.radians(degrees))
    factors = amplification(z)
    assert factors.max() <= 1.0
    assert factors[-1] == pytest.approx(np.abs(np.roots([1.0, 5 / 6, 1 / 3, -1 / 6])).max())
    small = 1e-3 * np.exp(1j * np.radians(180.0 - degrees))
    assert amplification(np.array([small]))[0] == pytest.approx(abs(np.exp(small)), abs=1e-9)


def test_a_rig_that_rings_is_refused_where_its_ringing_would_grow():
    ringing = AMPLIFIER.with_(series_resistance_correction=0.98, series_resistance_prediction=0.0)
    closed = with_passive_cell(
        ringing.system(PIPETTE), resistance="500 MOhm", capacitance="100 pF", reversal="-80 mV"
    )
    frequency, damping = closed.ringing
    assert closed.is_stable
    assert damping < np.cos(np.radians(80.0))
    step = Protocol("step", ["hold for 1 ms", "step -60 mV for 2 ms"], holding="-80 mV")
    kept = {"rig": ringing.system(PIPETTE), "record": ["rig.response"], "method": "multistep"}
    coarse = 2.5 / (2.0 * np.pi * frequency)  # where it grows most
    with pytest.raises(ModelError, match=r"oscillation of rig and cell at .* kHz would grow"):
        simulate(OHMIC, step, dt=f"{coarse} ms", **kept)
    fine = simulate(OHMIC, step, dt=f"{coarse / 20.0} ms", **kept)
    assert np.isfinite(fine["rig.response"]).all()


def test_what_it_does_not_take_is_refused():
    with pytest.raises(ModelError, match="gates look back"):
        simulate(AXON, PULSE, method="multistep", rule="exact")
    with pytest.raises(ModelError, match=r"cuda.*staggered"):
        simulate(AXON, PULSE, method="multistep", target="cuda")
    with pytest.raises(ModelError, match="under an ideal voltage clamp"):
        simulate(AXON, Protocol("step", ["step 0 mV for 2 ms"], holding="-65 mV"),
                 method="multistep")  # fmt: skip
    with pytest.raises(ModelError, match="staggered steps in the kernel"):
        simulate(AXON, PULSE, method="multistep", noise={"sigma": "5 pA", "tau": "2 ms"})
    with pytest.raises(ModelError, match="error-controlled"):
        simulate(AXON, PULSE, method="multistep", tolerance=1e-6)
    limited = Rig(
        pipette=PIPETTE,
        amplifier=TwoElectrodeClamp(gain=1000.0),
        limits={"electrode_drive": "10 V"},
    )
    with pytest.raises(ModelError, match="limit inside a feedback loop"):
        simulate(OHMIC, Protocol("step", ["step -40 mV for 2 ms"], holding="-80 mV"),
                 rig=limited.system, method="multistep")  # fmt: skip

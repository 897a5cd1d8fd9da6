"""Slow buffers and diffusion beneath the membrane: closed forms, conservation, another solver.

Series of a constant flux into a sphere, cylinder or slab: Crank, The Mathematics of Diffusion, 2nd
ed., equations 6.45, 5.46 and 4.55. Buffers: Neher and Augustine 1992,
https://doi.org/10.1113/jphysiol.1992.sp019102.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq
from scipy.special import j0, jn_zeros

from loligo import Protocol, simulate
from loligo.cell import Cell
from loligo.errors import ModelError
from tests.helpers.pumped import FARADAY

DEPTH, REST, SPEED = 3.0, 1e-4, 0.22  # um, mM, um2/ms
DIMENSIONS = {"slab": 1, "cylinder": 2, "sphere": 3}
DYE = {"ion": "Ca", "total": "0.1 mM", "dissociation": "0.5 uM", "off_rate": "60 /s"}
HOLD = Protocol("hold", ["step -70 mV for 40 ms"], holding="-70 mV")
EXACT = {"method": "error-controlled", "tolerance": 1e-9, "sampling": "5 ms"}


def cell(inflow=0.0, shape=None, count=8, **more):
    """A cell into which a steady calcium current flows [uA/cm2]."""
    inside = {"depth": f"{DEPTH} um", "ions": {"Na": "10 mM", "Ca": f"{REST} mM"}}
    if shape:
        inside["shells"] = {
            "shape": shape, "count": count, "diffusion": {"Ca": f"{SPEED} um2/ms"}
        }  # fmt: skip
    return Cell(
        name="shells", temperature="20 degC", area="1000 um2", capacitance="1 uF/cm2",
        initial_potential="-70 mV",
        channel={"ca": {"ion": "Ca", "current": f"{-inflow!r} + 0 * v"}},
        inside={**inside, **more}, outside={"ions": {"Na": "140 mM", "Ca": "2 mM"}},
    )  # fmt: skip


def flux(inflow):
    """Return what enters per area [mM um/ms]."""
    return inflow * 10.0 / (2.0 * FARADAY)


def series(shape, radius, t):
    """Return the rise at a radius over flux * size / diffusion coefficient, in closed form."""
    size = DIMENSIONS[shape] * DEPTH
    x, tau = radius / size, SPEED * t / size**2
    if shape == "slab":
        n = np.arange(1, 400)
        decays = (-1.0) ** n / n**2 * np.exp(-(n**2) * np.pi**2 * tau) * np.cos(n * np.pi * x)
        return tau + (3.0 * x**2 - 1.0) / 6.0 - 2.0 / np.pi**2 * decays.sum()
    if shape == "cylinder":
        a = jn_zeros(1, 300)
        decays = np.exp(-(a**2) * tau) * j0(a * x) / (a**2 * j0(a))
        return 2.0 * tau + 0.5 * x**2 - 0.25 - 2.0 * decays.sum()
    a = np.array(
        [brentq(lambda y: y * np.cos(y) - np.sin(y), np.pi * k, np.pi * (k + 0.5)) for k in
         range(1, 300)]
    )  # fmt: skip
    decays = np.sin(a * x) / (a**2 * np.sin(a)) * np.exp(-(a**2) * tau)
    return 3.0 * tau + 0.5 * x**2 - 0.3 - 2.0 / x * decays.sum()


def mean_between(shape, inner, outer, t):
    """Return the mean of `series` over a shell."""
    n = DIMENSIONS[shape]
    whole = quad(lambda r: series(shape, r, t) * r ** (n - 1), inner, outer)[0]
    return whole * n / (outer**n - inner**n)


@pytest.mark.parametrize("shape", DIMENSIONS)
def test_shells_converge_to_the_series_of_a_constant_flux(shape):
    """Means of shells, of second order in their thickness."""
    size, errors = DIMENSIONS[shape] * DEPTH, []
    for count in (8, 16, 32):
        names = [f"inside.Ca.{k}" for k in range(1, count + 1)]
        found = simulate(cell(2.0, shape, count), HOLD, record=names, **EXACT)
        t = found.times[-1]
        wrong = []
        for k in range(1, count + 1, count // 8):
            outer, inner = size * (1 - (k - 1) / count), size * (1 - k / count)
            mean = mean_between(shape, inner, outer, t)
            expected = REST + flux(2.0) * size / SPEED * mean
            wrong.append(found.traces[f"inside.Ca.{k}"][0, 0, -1] / expected - 1.0)
        errors.append(np.abs(wrong).max())
    assert errors[-1] < 3e-3
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders == pytest.approx([2.0, 2.0], abs=0.25)


@pytest.mark.parametrize("shape", [None, "sphere"])
def test_a_slow_buffer_relaxes_with_the_sum_of_its_rates(shape):
    """After a small flash: k_on (free sites + free calcium) + k_off."""
    off, half, total = 0.06, 5e-4, 0.1
    described = cell(shape=shape, buffer={"dye": DYE})
    taken = total * REST / (half + REST)
    names = ["inside.Ca"] if shape is None else [f"inside.Ca.{k}" for k in range(1, 9)]
    flash = dict.fromkeys(names, f"{REST + taken + 1e-7!r} mM")
    found = simulate(
        described, HOLD, record=["Ca_in"], initial=flash, method="error-controlled",
        tolerance=1e-11, sampling="0.01 ms",
    )  # fmt: skip
    free, t = found.traces["Ca_in"][0, 0], found.times
    rate = off / half * (total - taken + REST) + off
    late = free[-1]
    expected = late + (free[0] - late) * np.exp(-rate * t)
    assert free == pytest.approx(expected, abs=2e-3 * (free[0] - late))


def test_a_fast_buffer_is_one_that_binds_at_once():
    fast = {**DYE, "off_rate": "1e4 /ms"}
    once = {name: value for name, value in DYE.items() if name != "off_rate"}
    for shape in (None, "slab"):
        found = [
            simulate(cell(2.0, shape, buffer={"dye": each}), HOLD, record=["Ca_in"], **EXACT)
            for each in (fast, once)
        ]
        slow, instant = (each.traces["Ca_in"][0, 0] for each in found)
        assert slow == pytest.approx(instant, rel=1e-4)
        assert instant[-1] > 1.05 * REST


def test_calcium_decays_by_one_plus_the_capacity_over_the_rate_of_extrusion():
    """Neher and Augustine 1992, equation 8: tau = (1 + kappa) / gamma for small transients."""
    half, total, strength = 5e-4, 0.05, 100.0
    pumping = cell(buffer={"dye": {**DYE, "total": "0.05 mM"}}).with_(
        transporter={
            "pump": {"moves": {"Ca": 1}, "strength": f"{strength} uA/cm2", "rate": "Ca_in - 1e-4"}
        }
    )
    capacity = total * half / (half + REST) ** 2
    gamma = strength * 10.0 / FARADAY / DEPTH
    expected = (1.0 + capacity) / gamma
    small = 1e-6
    bound = total * (REST + small) / (half + REST + small)
    raised = {
        "inside.Ca": f"{REST + small + bound!r} mM",
        "inside.bound.dye": f"{bound!r} mM",
    }
    wait = Protocol("wait", [f"step -70 mV for {3 * expected} ms"], holding="-70 mV")
    found = simulate(
        pumping, wait, record=["Ca_in"], initial=raised, method="error-controlled",
        tolerance=1e-11, sampling=f"{expected / 10} ms",
    )  # fmt: skip
    rise = found.traces["Ca_in"][0, 0] - REST
    slope = np.polyfit(found.times[5:], np.log(rise[5:]), 1)[0]
    assert -1.0 / slope == pytest.approx(expected, rel=0.01)


def test_the_whole_as_another_solver_has_it():
    """A sphere of 6 shells, a buffer that binds at once, a slow one, both mobile: Radau."""
    count, inflow, size = 6, 4.0, 3.0 * DEPTH
    at_once = {"ion": "Ca", "total": "0.05 mM", "dissociation": "2 uM", "diffusion": "0.02 um2/ms"}
    slow = {**DYE, "diffusion": "0.08 um2/ms"}
    described = cell(inflow, "sphere", count, buffer={"fixed": at_once, "dye": slow})
    r = size * (1.0 - np.arange(count + 1) / count)
    volume = (r[:-1] ** 3 - r[1:] ** 3) / size**3
    link = (r[1:-1] / size) ** 2 / (size / count) / DEPTH

    def fixed_of(c):
        return 0.05 * c / (2e-3 + c)

    def free_of(mobile):
        return np.array(
            [brentq(lambda c, m=m: c + fixed_of(c) - m, 0.0, m, xtol=1e-18, rtol=1e-14)
             for m in mobile]
        )  # fmt: skip

    def derivative(_, y):
        whole, bound = y[:count], y[count:]
        c = free_of(whole - bound)
        inwards = link * (
            SPEED * -np.diff(c) + 0.02 * -np.diff(fixed_of(c)) + 0.08 * -np.diff(bound)
        )
        carried = link * 0.08 * -np.diff(bound)
        first = np.concatenate([[flux(inflow) / DEPTH], inwards, [0.0]])
        second = np.concatenate([[0.0], carried, [0.0]])
        binds = 0.06 * ((0.1 - bound) * c / 5e-4 - bound)
        return np.concatenate([-np.diff(first) / volume, binds - np.diff(second) / volume])

    bound = 0.1 * REST / (5e-4 + REST)
    start = np.repeat([REST + fixed_of(REST) + bound, bound], count)
    found = simulate(
        described, HOLD, method="error-controlled", tolerance=1e-10, sampling="10 ms",
        record=["Ca_in", "Ca_in_4", "inside.Ca.6", "inside.bound.dye.1", "inside.Ca"],
    )  # fmt: skip
    done = solve_ivp(derivative, (0.0, 40.0), start, "Radau", found.times, rtol=1e-11, atol=1e-14)
    expected = {
        "Ca_in": [free_of((y[:count] - y[count:])[:1])[0] for y in done.y.T],
        "Ca_in_4": [free_of((y[:count] - y[count:])[3:4])[0] for y in done.y.T],
        "inside.Ca.6": done.y[5],
        "inside.bound.dye.1": done.y[count],
        "inside.Ca": volume @ done.y[:count],
    }
    for name, values in expected.items():
        assert found.traces[name][0, 0] == pytest.approx(np.array(values), rel=1e-6), name
    stepped = simulate(described, HOLD, dt="0.02 ms", sampling="10 ms", record=list(expected))
    for name in expected:
        assert stepped.traces[name][0, 0] == pytest.approx(found.traces[name][0, 0], rel=2e-4)


def spiking(depth):
    """Sodium, potassium and calcium in a cell and a closed cleft of a third of its volume."""
    gates = {
        "na": {"m": ("linoid(1 /ms, -40 mV, 10 mV)", "exponential(4 /ms, -65 mV, -18 mV)", 3),
               "h": ("exponential(0.07 /ms, -65 mV, -20 mV)", "sigmoid(1 /ms, -35 mV, 10 mV)", 1)},
        "k": {"n": ("linoid(0.1 /ms, -55 mV, 10 mV)", "exponential(0.125 /ms, -65 mV, -80 mV)", 4)},
        "ca": {"q": ("linoid(1 /ms, -30 mV, 10 mV)", "exponential(4 /ms, -55 mV, -18 mV)", 2)},
    }  # fmt: skip
    strengths = {"na": "120 mS/cm2", "k": "36 mS/cm2", "ca": "0.2 mS/cm2"}
    return Cell(
        name="spiking", temperature="6.3 degC", area="1000 um2", capacitance="1 uF/cm2",
        initial_potential="-65 mV",
        channel={
            name: {
                "ion": name.capitalize(), "conductance": strengths[name],
                "gate": {
                    gate: {"alpha": alpha, "beta": beta, "power": power}
                    for gate, (alpha, beta, power) in gates[name].items()
                },
            }
            for name in gates
        },
        inside={
            "depth": f"{depth} um", "carrier": "K",
            "ions": {"Na": "50 mM", "K": "400 mM", "Ca": "0.1 uM"},
            "shells": {"shape": "cylinder", "count": 6, "diffusion": {"Ca": "0.22 um2/ms"}},
            "buffer": {"dye": DYE},
        },
        outside={
            "depth": f"{depth / 3.0} um",
            "ions": {"Na": "440 mM", "K": "20 mM", "Ca": "10 mM"},
        },
    )  # fmt: skip


def kept_by(axon, duration, **options):
    """What is lost of each ion, over what moved of it, and how many spikes there were."""
    drive = Protocol("drive", [f"hold for {duration} ms"], holding="12 uA/cm2")
    ends = ("inside.Na", "inside.Ca", "outside.Na", "outside.Ca", "outside.K", "K_in")
    found = simulate(
        axon, drive, record=ends, sampling=f"{duration / 100} ms", spikes=True, **options
    )
    traces = {name: trace[0, 0] for name, trace in found.traces.items()}
    lost = {}
    for ion, inside in (("Na", "inside.Na"), ("Ca", "inside.Ca"), ("K", "K_in")):
        whole = 3.0 * traces[inside] + traces[f"outside.{ion}"]
        if ion == "K":  # what is injected comes as potassium
            depth = float(axon.outside.depth)
            whole = whole - 12.0 * 10.0 / FARADAY * found.times / depth
        lost[ion] = np.ptp(whole) / np.ptp(traces[f"outside.{ion}"])
    return lost, found.spikes[0].size


def test_a_thousand_spikes_keep_the_mass_of_every_ion():
    """Potassium too, which follows from charge: beside the cleft's it tells of the charge."""
    lost, spikes = kept_by(spiking(600.0), 15000.0, method="error-controlled")
    assert spikes > 1000
    assert max(lost.values()) < 1e-9


def test_staggered_steps_keep_it_in_shells_too():
    lost, spikes = kept_by(spiking(3.0), 300.0, dt="0.02 ms")
    assert spikes > 15
    assert lost["Na"] < 1e-10
    assert lost["Ca"] < 1e-10


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ({"buffer": {"dye": {"total": "1 mM", "dissociation": "1 uM"}}}, "unknown ion; name it"),
        (
            {"buffer": {n: {"ion": "Ca", "total": "1 mM", "dissociation": "1 uM"} for n in "ab"}},
            "binds Ca at once as 'a' does; give one of them an off_rate",
        ),
        ({"buffer": {"dye": {**DYE, "diffusion": "1 um2/ms"}}}, "goes nowhere: Ca is in no shells"),
        ({"buffer": {"dye": {**DYE, "ion": "Cl"}}}, "unknown ion 'Cl'"),
        ({"shells": {"shape": "slab", "count": 3, "diffusion": {}}}, "names no ion"),
        ({"shells": {"shape": "slab", "count": 3, "diffusion": {"K": "1 um2/ms"}}}, "unknown ion"),
        ({"shells": {"shape": "slab", "count": 1, "diffusion": {"Ca": "1 um2/ms"}}}, "count"),
        (
            {"carrier": "Ca", "shells": {"shape": "slab", "count": 3,
                                         "diffusion": {"Ca": "1 um2/ms"}}},
            "is the carrier",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(inside, told):
    with pytest.raises(ModelError, match=told):
        cell(**inside)

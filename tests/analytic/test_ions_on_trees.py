"""Ions of neurons: alone as in a cell, spreading as Crank has it, kept to rounding, in order."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.special import erf

from loligo import Protocol, simulate
from loligo.cell.morphology import Branch, Morphology, cable, rall_tree
from tests.helpers.salted import exchange, inert, salted, squid

CLEFT = {"depth": "0.02 um", "exchange": "5 ms"}
SEALED = {"depth": "0.05 um"}
PULSE = Protocol("pulse", ["hold for 1 ms", "step 60 pA for 9 ms"], holding="0 pA")
SODIUM = "0.6 um2/ms"


def nothing(duration):
    return Protocol("nothing", [f"hold for {duration} ms"], holding="0 pA")


def limit(values):
    """The limit of three values at steps h, h/2 and h/4, without errors of second and third order.

    Every other error is of fourth order.
    """
    coarse, middle, fine = values
    first, second = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
    return (8 * second - first) / 7


@pytest.mark.parametrize("sides", [{"carrier": "K"}, {"cleft": CLEFT}, {"cleft": SEALED}])
def test_a_compartment_alone_is_the_cell(sides):
    """Hardly any axial current: each compartment is the cell of its own volume over area."""
    shape = Morphology(
        (
            Branch("a", "axon", (0.0, 20.0), (2.0, 2.0)),
            Branch("b", "axon", (0.0, 20.0), (0.5, 0.5), "a"),
        )
    )
    neuron = salted(shape, squid(**sides), resistivity="1e30 ohm cm", counts=1)
    kick = Protocol("kick", ["step 5 uA/cm2 for 4 ms"], holding="0 uA/cm2")
    names = ["v", "inside.Na"] + ["outside.K"] * ("cleft" in sides)
    steps = [0.004, 0.002, 0.001]
    found = [
        simulate(neuron, {"a": kick, "b": kick}, record=(), dt=f"{dt} ms").final for dt in steps
    ]
    for place, diameter in enumerate((2.0, 0.5)):
        assert neuron.values("inside.depth")[place] == pytest.approx(diameter / 4, rel=1e-14)
        area = f"{float(neuron.compartments.area[place])!r} um2"
        cell = neuron.patch("axon").with_(area=area, **{"inside.depth": f"{diameter / 4!r} um"})
        alone = simulate(cell, kick, record=(), method="error-controlled", tolerance=1e-11).final
        for name in names:
            mine = limit([one[name][0, 0, place] for one in found])
            assert mine == pytest.approx(alone[name].item(), rel=1e-9), name


@pytest.mark.parametrize("method", ["staggered", "multistep"])
def test_order_in_time(method):
    """Ions are of second order; potentials keep the order of their method as far as it shows."""
    neuron = salted(
        rall_tree(2, "100 um", "0.5 um"), squid(carrier="K"), longest="20 um",
        diffusion={"Na": SODIUM},
    )  # fmt: skip

    def ends(dt, way):
        return simulate(
            neuron, PULSE, at="dendrite at 1 um", record=(), dt=f"{dt} ms", method=way
        ).final

    exact = ends(0.001, "staggered")
    coarse, fine = (ends(dt, method) for dt in (0.02, 0.01))
    order = {"inside.Na": 2.0, "v": 3.0 if method == "multistep" else 2.0}
    for name, wanted in order.items():
        errors = [np.abs(one[name] - exact[name]).max() for one in (coarse, fine)]
        assert np.log2(errors[0] / errors[1]) > wanted - 0.2, name
    assert errors[1] < {"staggered": 2e-3, "multistep": 1e-4}[method]


def test_a_load_in_a_long_cable_spreads_as_in_crank():
    """Crank 1975, The Mathematics of Diffusion, equation 2.15: a band of a long cylinder."""
    neuron = salted(cable("400 um", "1 um"), inert(), longest="1 um", diffusion={"Na": SODIUM})
    x = neuron.compartments.distance - 200.0
    start = np.where(np.abs(x) < 10.0, 60.0, 10.0)
    found = simulate(
        neuron, nothing(1000), record=(), dt="0.5 ms", initial={"inside.Na": start}
    ).final["inside.Na"][0, 0]
    width = 2 * np.sqrt(0.6 * 1000)
    exact = 10 + 25 * (erf((10 - x) / width) + erf((10 + x) / width))
    np.testing.assert_allclose(found, exact, rtol=0, atol=2e-3)
    far = (
        np.exp(-((x / width) ** 2)) * 50 * 20 / (width * np.sqrt(np.pi))
    )  # of a plane, equation 2.6
    assert np.abs(found - 10 - far).max() < 0.5


def test_sealed_ends_reflect_as_in_crank():
    """Crank 1975, equation 2.17: a band at one end of a cylinder with sealed ends."""
    neuron = salted(cable("50 um", "1 um"), inert(), longest="0.5 um", diffusion={"Na": SODIUM})
    x = neuron.compartments.distance
    start = np.where(x < 10.0, 60.0, 10.0)
    found = simulate(
        neuron, nothing(800), record=(), dt="0.2 ms", initial={"inside.Na": start}
    ).final["inside.Na"][0, 0]
    n = np.arange(1, 60)[:, None] * np.pi / 50
    modes = 2 / (50 * n) * np.sin(10 * n) * np.cos(x * n) * np.exp(-0.6 * 800 * n**2)
    np.testing.assert_allclose(found, 10 + 50 * (0.2 + modes.sum(axis=0)), rtol=0, atol=2e-3)


def test_a_branching_tree_is_as_by_a_matrix_exponential():
    neuron = salted(rall_tree(4, "60 um", "3 um"), inert(), counts=3, diffusion={"Na": SODIUM})
    cut = neuron.compartments
    start = np.full(cut.n_compartments, 10.0)
    start[1], start[-2] = 90.0, 40.0
    found = simulate(
        neuron, nothing(500), at="dendrite at 1 um", record=(), dt="0.25 ms",
        initial={"inside.Na": start},
    ).final["inside.Na"][0, 0]  # fmt: skip
    rates = exchange(cut, 0.6) / (np.pi / 4 * cut.diameter**2 * cut.length)[:, None]
    np.testing.assert_allclose(found, expm(-500 * rates) @ start, rtol=1e-6)


def test_only_what_is_free_spreads():
    """Calcium that a buffer holds back: the same equations by another solver."""
    buffer = {"Ca": {"total": "0.1 mM", "dissociation": "0.5 uM"}}
    neuron = salted(
        cable("20 um", "1 um"), inert(buffer=buffer), counts=20, diffusion={"Ca": "0.22 um2/ms"}
    )
    cut = neuron.compartments
    start = np.full(20, 0.02)
    start[:3] = 0.15

    def free(n):
        b = 0.1 + 5e-4 - n
        return 2 * 5e-4 * n / (b + np.sqrt(b * b + 4 * 5e-4 * n))

    rates = exchange(cut, 0.22) / cut.volume[:, None]
    exact = solve_ivp(
        lambda _, n: -rates @ free(n), (0, 40), start, method="LSODA", rtol=1e-10, atol=1e-14
    ).y[:, -1]
    errors = []
    for dt in (0.04, 0.02):
        found = simulate(
            neuron, nothing(40), record=(), dt=f"{dt} ms", initial={"inside.Ca": start}
        ).final["inside.Ca"][0, 0]
        assert (found.sum() - start.sum()) / start.sum() == pytest.approx(0.0, abs=1e-12)
        errors.append(np.abs(found - exact).max())
    assert errors[1] < 1e-5
    assert errors[0] / errors[1] > 3.0


@pytest.mark.parametrize("method", ["staggered", "multistep"])
def test_every_ion_is_kept(method):
    """Spikes, pump and diffusion in a tree with a closed cleft: what leaves is outside."""
    neuron = salted(
        rall_tree(3, "60 um", "1 um"), squid(cleft=SEALED), longest="15 um",
        diffusion={"Na": SODIUM, "K": "1 um2/ms"},
    )  # fmt: skip
    cut = neuron.compartments
    begin = simulate(neuron, nothing(0.1), at="dendrite at 1 um", record=()).final
    end = simulate(
        neuron, PULSE, at="dendrite at 1 um", record=(), initial=begin, method=method
    ).final
    around = 0.05 * cut.area
    for ion in ("Na", "K"):
        before, after = (
            (cut.volume * x[f"inside.{ion}"] + around * x[f"outside.{ion}"]).sum()
            for x in (begin, end)
        )
        moved = np.abs(end[f"inside.{ion}"] - begin[f"inside.{ion}"]).max()
        assert moved > 1e-3
        assert after == pytest.approx(before, rel=1e-12)


def test_a_uniform_tree_stays_uniform():
    """Branches of one diameter, driven everywhere alike: nothing spreads, all is one cell."""
    shape = Morphology(
        tuple(
            Branch(f"b{i}", "dendrite", (0.0, 40.0), (1.0, 1.0), f"b{(i - 1) // 2}" if i else None)
            for i in range(7)
        )
    )
    neuron = salted(shape, squid(cleft=CLEFT), counts=2, diffusion={"Na": SODIUM, "K": "1 um2/ms"})
    found = simulate(
        neuron, nothing(20), record=(), initial={"v": "-40 mV", "inside.Na": "30 mM"}
    ).final
    for name in ("v", "inside.Na", "inside.K", "outside.Na", "outside.K"):
        values = found[name][0, 0]
        np.testing.assert_allclose(values, values[0], rtol=1e-10)
    assert abs(found["inside.Na"][0, 0, 0] - 30.0) > 0.1


def test_the_carrier_takes_what_axial_currents_bring():
    """Potassium of each compartment is the charge on its membrane, wherever it was injected."""
    neuron = salted(cable("200 um", "1 um"), inert(carrier="K"), counts=5, diffusion={"Na": SODIUM})
    cut = neuron.compartments
    start = np.array([50.0, 10.0, 10.0, 10.0, 10.0])
    found = simulate(
        neuron, Protocol("in", ["step 10 pA for 100 ms"], holding="0 pA"), at="axon(0.1)",
        record=[f"K_in at axon({x})" for x in (0.1, 0.9)], initial={"inside.Na": start},
    )  # fmt: skip
    end = {name: found.final[name][0, 0] for name in ("v", "inside.Na")}
    charge = (end["v"] + 65.0) * 10 / 96485.33212 / cut.depth  # mM of 1 uF/cm2
    potassium = 140.0 + charge - (end["inside.Na"] - 10.0)
    ends = [trace[0, 0, -1] for trace in found.traces.values()]
    assert ends == pytest.approx(potassium[[0, 4]], abs=2e-3)
    assert potassium[0] < 105.0

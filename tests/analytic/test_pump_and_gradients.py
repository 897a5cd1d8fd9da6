"""A sodium-potassium pump against channels: steady states in closed form, block and recovery."""

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import catalogue
from loligo.ions.equilibrium import nernst_potential
from loligo.ions.ghk_current import ghk_current_density
from loligo.ions.pump import mullins_noda_potential, pumped_chord_potential
from tests.helpers.pumped import FARADAY, charge, end, left, luo_rudy, pumped

LEAKS = {
    "na": {"conductance": "0.01 mS/cm2", "ion": "Na"},
    "k": {"conductance": "0.05 mS/cm2", "ion": "K"},
}


def test_the_pump_has_the_kinetics_of_its_papers():
    cell = pumped(channel=LEAKS)
    for v, na, k in [(-90.0, 5.0, 2.0), (-60.0, 15.0, 4.0), (0.0, 10.0, 1.5), (40.0, 40.0, 8.0)]:
        found = cell.currents_at(v, {"inside.Na": na, "outside.ions.K": k})["pump"]
        share = luo_rudy(na, k, 145.0, v, 36.0)
        assert found == pytest.approx(10.0 * 2.5 * share, rel=1e-12)  # pA of 1000 um2
    starved = {"transporter.pump.constants.atp": 0.008, "transporter.pump.constants.adp": 0.1}
    ratio = cell.currents_at(-60.0, starved)["pump"] / cell.currents_at(-60.0)["pump"]
    # half-saturated at twice the half-saturating constant: a third is left of nearly all
    assert ratio == pytest.approx((1.0 / 3.0) * (1.0 + 0.001 * 1.05), rel=1e-12)


def test_ohmic_leaks_and_pump_rest_at_the_chord_potential_with_three_to_two():
    found = left(pumped(channel=LEAKS), 100_000, record=["v", "Na_in", "K_in", "i.pump"])
    v, sodium = end(found, "v"), end(found, "inside.Na")
    potassium = found.traces["K_in"][0, 0, -1]
    reversals = (
        float(nernst_potential(1, 145.0, sodium, 36.0)),
        float(nernst_potential(1, 4.0, potassium, 36.0)),
    )
    expected = pumped_chord_potential((0.01, reversals[0]), (0.05, reversals[1]))
    assert v == pytest.approx(float(expected), abs=1e-5)
    pump = 2.5 * luo_rudy(sodium, 4.0, 145.0, v, 36.0)
    assert -0.01 * (v - reversals[0]) == pytest.approx(3.0 * pump, rel=1e-6)
    assert found.units["Na_in"] == "mM"


@pytest.mark.parametrize(
    ("outside", "inside", "ratio", "temperature", "published"),
    [
        ((5.0, 145.0), (140.0, 15.0), 0.04, 37.0, -73.8243),
        ((5.0, 145.0), (140.0, 12.0), 0.02, 37.0, -80.3522),
        ((10.0, 460.0), (400.0, 50.0), 0.04, 20.0, -73.0493),
    ],
)
def test_permeable_leaks_and_pump_rest_where_mullins_and_noda_say(
    outside, inside, ratio, temperature, published
):
    """With as much pump as the sodium leak needs, these concentrations stay."""
    v = float(mullins_noda_potential(
        (outside[0], inside[0]), (outside[1], inside[1]), ratio, temperature
    ))  # fmt: skip
    assert v == pytest.approx(published, abs=1e-4)
    leak = float(ghk_current_density(1e-6 * ratio, 1, inside[1], outside[1], v, temperature))
    share = luo_rudy(inside[1], outside[0], outside[1], v, temperature)
    strength = float(-leak / 3.0 / share)
    cell = pumped(
        strength=f"{strength!r} uA/cm2",
        channel={
            "na": {"permeability": f"{1e-6 * ratio!r} cm/s", "ion": "Na"},
            "k": {"permeability": "1e-6 cm/s", "ion": "K"},
        },
    ).with_(**{
        "temperature": f"{temperature} degC",
        "initial_potential": f"{v!r} mV",
        "inside.ions": {"K": f"{inside[0]} mM", "Na": f"{inside[1]} mM"},
        "outside.ions": {"K": f"{outside[0]} mM", "Na": f"{outside[1]} mM"},
    })  # fmt: skip
    found = left(cell, 3600)
    assert end(found, "v") == pytest.approx(published, abs=1e-4)
    assert end(found, "inside.Na") == pytest.approx(inside[1], rel=1e-6)


def test_a_blocked_pump_steps_the_potential_then_gradients_run_down_and_come_back():
    cell = pumped(channel=LEAKS)
    rest = left(cell, 200_000, record=["v", "i.pump"])
    blocked = {"transporter.pump.strength": "0 uA/cm2"}
    at_once = left(cell, 0.5, initial=rest.final, parameters=blocked)
    step = rest.traces["i.pump"][0, 0, -1] / 10.0 / (0.01 + 0.05)
    assert end(at_once, "v") - end(rest, "v") == pytest.approx(step, rel=2e-3)
    hours = left(cell, 20 * 3600, initial=rest.final, parameters=blocked)
    assert end(hours, "inside.Na") > 60.0
    assert end(hours, "v") > -45.0
    recovered = left(cell, 200_000, initial=hours.final)
    assert end(recovered, "v") == pytest.approx(end(rest, "v"), abs=1e-5)
    assert end(recovered, "inside.Na") == pytest.approx(end(rest, "inside.Na"), rel=1e-6)


def test_charge_and_mass_are_conserved_through_ten_hours_of_action_potentials():
    """Sodium and potassium are states on both sides; nothing ties them to the potential."""
    cell = pumped(cleft={"depth": "0.5 um"}, carrier="")
    pulses = Protocol(
        "pulses", ["pulses 40 uA/cm2 of 1 ms every 20 s for 36000 s"], holding="0 uA/cm2"
    )
    found = simulate(
        cell, pulses, method="error-controlled", sampling="1000 s", spikes=True,
        record=["Na_in", "Na_out", "K_in", "K_out", "v"], tolerance=1e-5,
    )  # fmt: skip
    assert len(found.spike_times()) == 1800
    valence = {"Na": 1, "K": 1}
    for ion, total in (("Na", 9.0 * 2.5 + 145.0 * 0.5), ("K", 145.0 * 2.5 + 4.0 * 0.5)):
        kept = 2.5 * found.traces[f"{ion}_in"] + 0.5 * found.traces[f"{ion}_out"]
        assert kept == pytest.approx(total, rel=1e-9)
    inside = {ion: found.traces[f"{ion}_in"][0, 0] for ion in valence}
    start = charge(-79.0, 1.0, {"Na": 9.0, "K": 145.0}, 2.5, valence)
    injected = 40.0 * np.ceil(found.times / 20e3)
    kept = charge(found.traces["v"][0, 0], 1.0, inside, 2.5, valence) - injected
    assert kept == pytest.approx(start, rel=1e-9)
    # what has moved is small beside what is there: conserved within that too
    assert np.ptp(kept) < 1e-3


def test_what_a_current_clamp_injects_is_carried_in_by_the_carrier():
    cell = pumped(strength="0 uA/cm2", channel={
        name: {**channel, "conductance": "0 mS/cm2"} for name, channel in LEAKS.items()
    })  # fmt: skip
    push = Protocol("push", ["step 0.5 uA/cm2 for 100 ms"], holding="0 uA/cm2")
    found = simulate(cell, push, method="error-controlled", record=["K_in", "v"], sampling="99 ms")
    moved = 0.5 * 99.0 / (0.1 * FARADAY * 2.5)  # nC/cm2 into mM
    assert np.diff(found.traces["K_in"][0, 0]) == pytest.approx(moved, rel=1e-9)
    assert end(found, "inside.Na") == 9.0


def test_staggered_steps_move_the_same_ions():
    cell = pumped(cleft={"depth": "0.5 um"})
    push = Protocol("push", ["step 10 uA/cm2 for 100 ms"], holding="0 uA/cm2")
    options = {"record": ["v", "Na_in", "K_in", "K_out"], "sampling": "99 ms"}
    exact = simulate(cell, push, method="error-controlled", tolerance=1e-9, **options)
    coarse = simulate(cell, push, dt="0.01 ms", **options)
    for name in ("Na_in", "K_in", "K_out"):
        assert coarse.traces[name] == pytest.approx(exact.traces[name], rel=1e-3)


def test_the_pump_is_a_file_of_the_catalogue():
    pump = catalogue.load("luo_rudy1994_pump")
    assert dict(pump.moves) == {"Na": 3, "K": -2}
    assert pump.source

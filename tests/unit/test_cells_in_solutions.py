"""A pair of solutions replaces fixed reversal potentials, and one concentration moves them all."""

import numpy as np
import pytest

from loligo.cell import Cell, Membrane, catalogue
from loligo.engine import simulate
from loligo.errors import ModelError, SelectionError
from loligo.ions import nernst, standard_solution
from loligo.protocol import Protocol

BASE = {
    "name": "a cell",
    "temperature": "20 degC",
    "area": "1000 um2",
    "capacitance": "1 uF/cm2",
    "initial_potential": "-65 mV",
}
LEAK = {"conductance": "0.1 mS/cm2", "ion": "K"}
SQUID = {"inside": "squid_axoplasm", "outside": "squid_blood"}


def reversal(cell, name):
    from scipy.optimize import brentq

    return brentq(lambda v: float(cell.currents_at(v)[name]), -200, 200, xtol=1e-11)


@pytest.mark.parametrize(("ion", "expected"), [("K", -75.6773), ("na", 54.9380), ("Cl", -60.0393)])
def test_solutions_decide_on_reversals(ion, expected):
    cell = Cell(**BASE, channel={"x": {**LEAK, "ion": ion}}, solutions=SQUID)
    assert reversal(cell, "x") == pytest.approx(expected, abs=1e-4)
    warm = cell.with_(temperature="37 degC")
    assert reversal(warm, "x") == pytest.approx(expected * 310.15 / 293.15, abs=1e-4)


def test_a_file_says_it_and_is_written_back():
    cell = Cell.from_toml(
        """
kind = "cell"
name = "glia"
temperature = "24 degC"
area = "1000 um2"
capacitance = "1 uF/cm2"
initial_potential = "-85 mV"
[solutions]
inside = {K = "99 mM"}
outside = "K 3 mM, Na 115 mM"
[channel.k]
ion = "K"
conductance = "0.1 mS/cm2"
"""
    )
    assert reversal(cell, "k") == pytest.approx(-89.533, abs=1e-3)
    assert Cell.from_toml(cell.to_toml()) == cell
    assert cell.constants["K_out"].value == 3.0


def test_permeabilities_take_valence_and_concentrations():
    inside = {"K": "140 mM", "Ca": "1e-4 mM"}
    outside = {"K": "5 mM", "Ca": "2 mM"}
    cell = Cell(
        **BASE,
        channel={"ca": {"permeability": "1e-7 cm/s", "ion": "Ca"}},
        solutions={"inside": inside, "outside": outside},
    )
    assert cell.channel["ca"].valence == 2
    found = float(cell.currents_at(0.0)["ca"])  # pA of 1000 um2
    from loligo.ions.ghk_current import ghk_current_density

    expected = 10.0 * float(ghk_current_density(1e-7, 2, 1e-4, 2.0, 0.0, 20.0))
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_published_cell_in_other_solutions():
    squid = catalogue.load("hodgkin_huxley1952")
    bathed = squid.in_solutions(inside="squid_axoplasm", outside="sea_water")
    for channel, ion in (("k", "K"), ("na", "Na")):
        expected = nernst(
            ion,
            inside=standard_solution("squid_axoplasm"),
            outside=standard_solution("sea_water"),
            temperature="6.3 degC",
        )
        assert reversal(bathed, channel) == pytest.approx(float(expected), abs=1e-8)
    assert bathed.channel["leak"] == squid.channel["leak"]
    again = bathed.in_solutions(inside="squid_axoplasm", outside="squid_blood")
    assert again.constants["K_out"].value == 20.0
    assert again.channel == bathed.channel


def test_bath_potassium_moves_glia_along_the_nernst_line():
    """Potassium outside is a parameter of a batch; the potential follows 58.96 mV a decade."""
    cell = Cell(
        **{**BASE, "temperature": "24 degC"},
        channel={"k": {**LEAK, "conductance": "1 mS/cm2"}},
        solutions={"inside": {"K": "99 mM"}, "outside": {"K": "3 mM"}},
    )
    levels = np.array([1.5, 3.0, 10.0, 30.0, 75.0])
    run = simulate(
        cell,
        Protocol("rest", epochs=["hold for 60 ms"], holding="0 pA"),
        parameters={"constants.K_out": (levels, "mM")},
        dt="0.1 ms",
    )
    assert run["v"][:, 0, -1] == pytest.approx(
        [-107.282, -89.533, -58.704, -30.572, -7.109], abs=1e-3
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": {"k": {"conductance": "1 mS/cm2"}}}, "no channel takes"),
        (
            {"channel": {"k": {**LEAK, "reversal": "-77 mV"}}},
            "channel.k: the solutions give its reversal; leave it out",
        ),
        ({"channel": {"k": {**LEAK, "ion": "Q"}}}, "channel.k.ion = 'Q'"),
        (
            {"channel": {"ca": {**LEAK, "ion": "Ca"}},
             "solutions": {"inside": "potassium_chloride", "outside": "acsf"}},
            "carries Ca, which the solution inside does not hold free",
        ),
        ({"constants": {"K_in": 1.0}}, "constants.K_in: the solution inside gives it"),
        ({"solutions": {"inside": "acsf"}}, "solutions: is .* a table with inside and outside"),
        ({"solutions": {"inside": "acsff", "outside": "acsf"}}, "did you mean"),
        (
            {"solutions": {"inside": {"K": "-1 mM"}, "outside": "acsf"}},
            "inside K = -1 mM is below zero",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(changes, words):
    given = {**BASE, "channel": {"k": LEAK}, "solutions": SQUID, **changes}
    with pytest.raises(ModelError, match=words):
        Cell(**given)


def test_laws_of_their_own_stay():
    cell = Cell(
        **BASE,
        channel={
            "k": {**LEAK, "reversal": "-77 mV"},
            "own": {**LEAK, "reversal": "nernst(1, 4, 140)"},
            "pump": {"current": "0.1", "ion": "Na"},
        },
    )
    bathed = cell.in_solutions(**SQUID)
    assert bathed.channel["own"] == cell.channel["own"]
    assert bathed.channel["pump"] == cell.channel["pump"]
    assert reversal(bathed, "k") == pytest.approx(-75.6773, abs=1e-4)
    with pytest.raises(ModelError, match="no channel takes"):
        Cell(**BASE, channel={"own": cell.channel["own"]}).in_solutions(**SQUID)


def test_membranes_of_neurons_take_solutions_too():
    membrane = Membrane(capacitance="1 uF/cm2", channel={"k": LEAK}, solutions=SQUID)
    patch = membrane.patch("a patch", 20.0, -65.0)
    assert reversal(patch, "k") == pytest.approx(-75.6773, abs=1e-4)


def test_unknown_names_of_solutions_are_told_by_the_method():
    squid = catalogue.load("hodgkin_huxley1952")
    with pytest.raises(SelectionError, match="did you mean 'acsf'"):
        squid.in_solutions(inside="squid_axoplasm", outside="acs")

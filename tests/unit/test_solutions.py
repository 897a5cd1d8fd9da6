"""Recipes become solutions: neutral, buffered, chelated, and refused where they cannot be."""

import numpy as np
import pytest

from loligo.errors import LoligoError, ModelError, SelectionError, UnitError
from loligo.ions import (
    Recipe,
    liquid_junction_potential,
    reversal_potentials,
    species,
    standard_recipe,
    standard_solution,
)
from loligo.ions.compounds import COMPOUNDS, parts
from loligo.ions.sides import free_ions, listed, recipe_of, solution_of
from loligo.ions.solutions import names


@pytest.mark.parametrize("name", names())
def test_standard_solutions_are_neutral_and_sourced(name):
    found = standard_solution(name)
    assert found.charge == pytest.approx(0.0, abs=1e-9)
    assert found.source
    assert found.name in str(found)
    assert all(one.concentration >= 0 for one in found.dissolved)
    assert 0.9 < found.osmolarity("pitzer") / found.osmolarity() < 1.0


def test_expected_solutions_are_there():
    assert set(names()) >= {"squid_axoplasm", "sea_water", "squid_blood", "acsf",
                            "potassium_gluconate", "cesium_chloride",
                            "potassium_chloride"}  # fmt: skip


def test_cerebrospinal_fluid_has_the_osmolarity_that_is_measured():
    """About 305 mOsm with all of 328 mM of particles; phosphate takes bicarbonate at pH 7.4."""
    found = standard_solution("acsf")
    assert found.osmolarity("pitzer") == pytest.approx(305, abs=5)
    assert found.free("Na") == pytest.approx(151.25)
    assert found.free("HCO3") == pytest.approx(25 - found.concentrations["phosphate(2-)"])
    assert 0.7 < found.concentrations["phosphate(2-)"] / 1.25 < 0.9


def test_squid_solutions_are_those_of_the_papers():
    inside, outside = standard_solution("squid_axoplasm"), standard_solution("squid_blood")
    assert [inside.free(ion) for ion in ("K", "Na", "Cl")] == [400, 50, 52]
    assert [outside.free(ion) for ion in ("K", "Na", "Cl")] == [20, 440, 560]
    assert standard_solution("sea_water").free("SO4") == pytest.approx(28.0)
    found = reversal_potentials(outside, inside, "6.3 degC")
    assert found["K"] == pytest.approx(-72.1406, abs=1e-4)
    assert found["Na"] == pytest.approx(52.3705, abs=1e-4)
    assert found["Cl"] == pytest.approx(-57.2335, abs=1e-4)


def test_base_to_a_ph_is_the_charge_of_the_buffer():
    """HEPES at its pK' is half charged: half its amount of base."""
    recipe = Recipe.of(name="x", compounds={"KCl": "100 mM", "HEPES": "10 mM"}, ph=7.4,
                       adjusted_with="KOH")  # fmt: skip
    found = recipe.solution()
    assert found.adjusted == pytest.approx(found.concentrations["HEPES(-)"], rel=1e-9)
    assert found.free("K") == pytest.approx(100 + found.adjusted)
    more = recipe.with_(ph=8.0).solution()
    assert more.adjusted > found.adjusted
    pk = 7.4 + np.log10(found.concentrations["HEPES(0)"] / found.concentrations["HEPES(-)"])
    assert 7.4 < pk < 7.55  # 7.55 at 20 degC by Good et al. 1966, a little less at 22 degC


def test_an_acid_takes_what_a_base_cannot():
    tris = {"name": "tris", "compounds": {"Tris": "20 mM", "NaCl": "100 mM"}, "ph": 7.4}
    assert Recipe.of(**tris, adjusted_with="HCl").solution().adjusted > 10
    with pytest.raises(ModelError, match=r"mM of NaOH would be needed; adjust it with an acid"):
        Recipe.of(**tris, adjusted_with="NaOH").solution()


def test_free_calcium_of_a_recipe():
    base = standard_recipe("potassium_chloride")
    assert base.solution().free("Ca") == 0.0
    low = base.with_(CaCl2="0.2 mM").solution()
    high = base.with_(CaCl2="0.4 mM").solution()
    assert 2e-5 < low.free("Ca") < 2e-4 < high.free("Ca") < 1e-3
    assert low.charge == pytest.approx(0.0, abs=1e-9)
    cold, warm = (
        base.with_(CaCl2="0.2 mM", temperature=t).solution() for t in ("5 degC", "37 degC")
    )
    assert warm.free("Ca") < cold.free("Ca")


def test_strength_activity_and_length():
    found = solution_of("NaCl 100 mM")
    assert found.ionic_strength == pytest.approx(100)
    assert found.activity("Na+") == pytest.approx(100 * 0.78, abs=1.0)
    assert found.debye_length == pytest.approx(0.962, abs=0.005)  # textbook: 0.96 nm in 0.1 M
    assert found.osmolarity("pitzer") == pytest.approx(186.4, abs=0.5)
    calcium = solution_of("CaCl2 100 mM")
    assert calcium.ionic_strength == pytest.approx(300)


def test_species_have_radii():
    """Diffusion coefficients at 25 degC: K 1.957, Na 1.334, Cl 2.032 um2/ms (CRC Handbook)."""
    found = {ion: species(ion) for ion in ("K", "Na", "Cl", "Ca")}
    assert found["K"].diffusion_coefficient == pytest.approx(1.957, abs=2e-3)
    assert found["Na"].diffusion_coefficient == pytest.approx(1.334, abs=2e-3)
    assert found["Cl"].diffusion_coefficient == pytest.approx(2.032, abs=2e-3)
    assert found["Ca"].diffusion_coefficient == pytest.approx(0.792, abs=2e-3)
    assert found["K"].stokes_radius < found["Na"].stokes_radius
    assert found["K"].crystal_radius > found["Na"].crystal_radius
    assert str(found["Ca"]) == "Ca2+"
    assert species("gluconate").crystal_radius is None


def test_compounds_are_neutral_or_hold_protons():
    for name in COMPOUNDS:
        assert all(count > 0 for count in parts(name).values())
    for salt in ("KCl", "CaCl2", "Na2SO4", "K-gluconate", "LaCl3"):
        charge = {"K": 1, "Cl": -1, "Ca": 2, "Na": 1, "SO4": -2, "gluconate": -1, "La": 3}
        assert sum(charge[ion] * count for ion, count in parts(salt).items()) == 0


def test_what_may_be_given_as_a_solution():
    text = free_ions("K 140 mM, Na 15 mM")
    assert text == {"K": 140.0, "Na": 15.0}
    assert free_ions({"K+": "0.14 M"}) == {"K": 140.0}
    assert free_ions(standard_solution("acsf"))["Na"] == 151.25
    mixed = solution_of({"KCl": "100 mM", "Na": "10 mM", "Cl": "10 mM"})
    assert mixed.free("Cl") == 110.0
    assert listed("K 1 mM, Cl 1 mM") == {"K": "1 mM", "Cl": "1 mM"}
    assert recipe_of("acsf", temperature=20.0).temperature == 20.0


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'kind = "solution"\ntemperature = "25 degC"\n'
        '[compounds]\nNaCl = "150 mM"\nglucose = "10 mM"\n'
    )
    found = standard_solution(str(path))
    assert found.osmolarity() == 310.0
    assert found.temperature == 25.0
    path.write_text('kind = "cell"\n')
    with pytest.raises(ModelError, match=r"mine.toml: kind is missing"):
        standard_solution(str(path))
    path.write_text("kind = \n")
    with pytest.raises(ModelError, match="is not TOML"):
        standard_solution(str(path))
    with pytest.raises(ModelError, match="cannot be read"):
        standard_solution(str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("written", "error", "words"),
    [
        ({"compounds": {"NaCl": "-1 mM"}}, ModelError, "NaCl = -1 mM is below zero"),
        ({"compounds": {"NaCl": 150}}, UnitError, "has no unit"),
        ({"compounds": {"NaCL": "150 mM"}}, SelectionError, "did you mean 'NaCl'"),
        ({"ions": {"Kx": "150 mM"}}, SelectionError, "no ion 'Kx'"),
        ({"ions": {"K": "150 mM", "Cl": "140 mM"}}, ModelError, "10 mM of anions are missing"),
        ({"compounds": {"HEPES": "10 mM"}}, ModelError, "HEPES binds protons; give the ph"),
        ({"compounds": {"KCl": "1 mM"}, "temperature": "0 K"}, ModelError, "absolute zero"),
        ({"compounds": {"KCl": "1 mM"}, "ph": 19}, UnitError, "ph = 19"),
        ({"compound": {"KCl": "1 mM"}}, ModelError, "unknown key 'compound'; did you mean"),
        ({"compounds": ["KCl"]}, ModelError, "a table of names"),
        (
            {"compounds": {"HEPES": "10 mM"}, "ph": 7.2, "adjusted_with": "KOHH"},
            ModelError,
            "did you mean 'KOH'",
        ),
        (
            {"ions": {"K": "5 mM"}, "balanced_with": "Na"},
            ModelError,
            "-5 mM of Na would be needed; adjust it with an ion of the other sign",
        ),
        (
            {"ions": {"K": "5 mM"}, "balanced_with": "Cl", "adjusted_with": "KOH"},
            ModelError,
            "not both",
        ),
        (
            {"compounds": {"HEPES": "10 mM", "KCl": "100 mM"}, "ph": 7.2},
            ModelError,
            "mM of cations are missing",
        ),
        (
            {"compounds": {"NaH2PO4": "20 mM", "NaHCO3": "1 mM"}, "ph": 8, "adjusted_with": "CO2"},
            ModelError,
            "HCO3 would be -",
        ),
    ],
)
def test_what_is_refused(written, error, words):
    with pytest.raises(error, match=words):
        Recipe.of(**{"name": "mine", **written}).solution()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("acsff", "did you mean 'acsf'"),
        ("K 140 mM, Cl", "write names with amounts"),
        ("K 140 mM, K 1 mM", "'K' is twice"),
        ("Q 140 mM", "no ion 'Q' is known"),
        (3.0, "a solution's name, a file or a table"),
    ],
)
def test_what_is_no_solution(given, words):
    with pytest.raises(LoligoError, match=words):
        solution_of(given)


def test_osmotic_models_are_named():
    with pytest.raises(SelectionError, match="'real' is no osmotic model"):
        standard_solution("acsf").osmolarity("real")


def test_junctions_of_standard_solutions():
    """Gluconate pipettes in cerebrospinal fluid have 12 to 16 mV; chloride ones a third of it."""
    found = liquid_junction_potential("potassium_gluconate", "acsf")
    assert 12 < found < 16
    assert liquid_junction_potential("potassium_chloride", "acsf") < 0.4 * found
    assert abs(liquid_junction_potential("KCl 3 M", "acsf")) < 2
    one = standard_solution("acsf")
    assert liquid_junction_potential(one, "acsf") == pytest.approx(0.0, abs=1e-9)

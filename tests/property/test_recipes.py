"""Whatever is weighed in, a solution is neutral, keeps its mass, and knows no units but its own."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loligo.errors import ModelError
from loligo.ions import Recipe
from loligo.ions.compounds import parts

SALTS = ["KCl", "NaCl", "CaCl2", "MgCl2", "K-gluconate", "CsMeSO3", "NaH2PO4", "Na2ATP", "MgATP",
         "Na3GTP", "Na2-phosphocreatine"]  # fmt: skip
BUFFERS = ["HEPES", "MOPS", "Tris", "EGTA", "BAPTA"]
AMOUNTS = st.floats(1e-3, 20.0)
COMPOUNDS = st.dictionaries(st.sampled_from(SALTS + BUFFERS), AMOUNTS, min_size=1, max_size=7)


def written(compounds, unit="mM", factor=1.0):
    return {name: f"{factor * amount!r} {unit}" for name, amount in compounds.items()}


def made(compounds, ph, celsius, **unit):
    for base in ("KOH", "HCl"):
        recipe = Recipe.of(
            name="x",
            compounds={**written(compounds, **unit), "NaCl": "150 mM"},
            ph=ph,
            temperature=f"{celsius!r} degC",
            adjusted_with=base,
        )
        try:
            return recipe.solution()
        except ModelError as error:
            assert "would be needed" in str(error)
    return None


def amount(solution, names):
    """How much there is [mM] of all these particles."""
    return sum(solution.concentrations.get(name, 0.0) for name in names)


CHARGES = ["0", "-", "2-", "3-", "4-", "+"]
ACIDS = ["EGTA", "BAPTA", "ATP", "GTP", "HEPES"]


@settings(deadline=None, max_examples=40)
@given(COMPOUNDS, st.floats(6.5, 8.0), st.floats(5.0, 40.0))
def test_solutions_are_neutral_and_keep_what_is_in_them(compounds, ph, celsius):
    found = made(compounds, ph, celsius)
    assume(found is not None)
    assert found.charge == pytest.approx(0.0, abs=1e-9 * found.ionic_strength)
    assert all(one.concentration >= 0 for one in found.dissolved)
    weighed = {**compounds, "NaCl": 150.0}
    for part in ("Ca", "Mg", *ACIDS):
        if part in ACIDS:
            forms = [f"{metal}{part}({z})" for metal in ("", "Ca", "Mg") for z in CHARGES]
        else:
            forms = [part, *(f"{part}{acid}({z})" for acid in ACIDS for z in CHARGES)]
        total = sum(a * parts(name).get(part, 0) for name, a in weighed.items())
        assert amount(found, forms) == pytest.approx(total, rel=1e-9, abs=1e-15)
    assert found.osmolarity("pitzer") < found.osmolarity()


@settings(deadline=None, max_examples=10)
@given(COMPOUNDS, st.floats(6.8, 7.6))
def test_units_and_order_make_no_difference(compounds, ph):
    found = made(compounds, ph, 22.0)
    assume(found is not None)
    other = made(dict(reversed(compounds.items())), ph, 22.0, unit="uM", factor=1e3)
    assert other.concentrations == pytest.approx(found.concentrations, rel=1e-9, abs=1e-15)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.1, 9.0), st.floats(0.01, 1.0), st.floats(6.8, 7.6))
def test_more_calcium_is_more_free_calcium_and_base_frees_less(calcium, more, ph):
    def free(amount, level):
        return made({"EGTA": 10.0, "CaCl2": amount, "HEPES": 10.0}, level, 22.0).free("Ca")

    assert free(calcium + more, ph) > free(calcium, ph)
    assert free(calcium, ph + 0.1) < free(calcium, ph)

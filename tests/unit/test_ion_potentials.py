"""The calculators that take quantities, names and solutions; and quantities in numbers."""

import numpy as np
import pint
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from loligo.errors import LoligoError, ModelError, SelectionError, UnitError
from loligo.ions import (
    donnan_equilibrium,
    driving_force,
    goldman,
    nernst,
    reversal_potentials,
    standard_solution,
)
from loligo.units import quantities

K = {"outside": "5 mM", "inside": "140 mM"}


def test_nernst_of_quantities():
    assert nernst("K", **K, temperature="37 degC") == pytest.approx(-89.0587, abs=1e-4)
    assert nernst("K+", **K, temperature="310.15 K") == pytest.approx(-89.0587, abs=1e-4)
    assert nernst("X", valence=2, **K, temperature="37 degC") == pytest.approx(-44.52935, abs=1e-4)
    assert nernst("Cl", outside="110 mM", inside="7 mM", temperature="20 degC") == pytest.approx(
        -69.5852, abs=1e-4
    )


def test_nernst_of_many():
    found = nernst("K", outside=["2.5 mM", "5 mM"], inside="140 mM", temperature="37 degC")
    assert found.shape == (2,)
    units = pint.get_application_registry()
    several = units.Quantity(np.array([2.5, 5.0]), "mmol/l")
    assert nernst("K", outside=several, inside="140 mM", temperature="37 degC") == pytest.approx(
        found
    )
    labelled = xr.DataArray([2.5, 5.0], attrs={"units": "mM"})
    assert nernst("K", outside=labelled, inside="140 mM", temperature="37 degC") == pytest.approx(
        found
    )


@given(st.floats(0.1, 500), st.floats(0.1, 500), st.floats(0, 45))
def test_units_make_no_difference(outside, inside, celsius):
    found = nernst("K", outside=f"{outside!r} mM", inside=f"{inside!r} mM",
                   temperature=f"{celsius!r} degC")  # fmt: skip
    other = nernst("K", outside=f"{outside * 1e-3!r} M", inside=f"{inside * 1e3!r} uM",
                   temperature=f"{celsius + 273.15!r} K")  # fmt: skip
    assert other == pytest.approx(float(found), abs=1e-9)


def test_solutions_give_what_is_free():
    """Calcium is bound in the pipette, so its equilibrium is that of the free ion."""
    inside, outside = standard_solution("potassium_gluconate"), standard_solution("acsf")
    found = reversal_potentials(outside, inside, "34 degC")
    assert found["K"] == pytest.approx(-110.8, abs=0.1)
    assert "Ca" not in found
    assert nernst("K", outside=outside, inside=inside, temperature="34 degC") == pytest.approx(
        found["K"]
    )
    corrected = nernst(
        "K", outside=outside, inside=inside, temperature="34 degC", activities="davies"
    )
    assert abs(corrected - found["K"]) < 1.0  # strengths are near each other


def test_driving_forces():
    force = driving_force("Cl-", "-80 mV", outside="110 mM", inside="10 mM", temperature="20 degC")
    assert force.value == pytest.approx(-80 + 60.5757, abs=1e-3)
    assert force.is_inward
    assert force.in_words().startswith("Cl- leaves: inward current (negative)")


def test_goldman_of_tables():
    found = goldman(
        {"K": 1, "Na": 0.04, "Cl": 0.45},
        outside="K 5 mM, Na 145 mM, Cl 110 mM",
        inside={"K": "140 mM", "Na": "15 mM", "Cl": "10 mM"},
        temperature="37 degC",
    )
    assert found == pytest.approx(-67.3431, abs=1e-4)
    assert goldman(
        {"K": 1}, outside="squid_blood", inside="squid_axoplasm", temperature="20 degC"
    ) == pytest.approx(-75.6773, abs=1e-4)


def test_donnan_of_quantities():
    names, found = donnan_equilibrium("K 5 mM, Cl 5 mM", "-140 mM", "37 degC")
    assert names == ["K", "Cl"]
    assert found.inside == pytest.approx([140.178344, 0.178344], abs=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nernst("K", **K, temperature="0 K"), ModelError, "absolute zero"),
        (lambda: nernst("K", **K, temperature="37 mV"), UnitError, "temperature is needed"),
        (
            lambda: nernst("K", outside=5, inside="1 mM", temperature="37 degC"),
            UnitError,
            "no unit",
        ),
        (
            lambda: nernst("K", outside="-5 mM", inside="1 mM", temperature="37 degC"),
            ModelError,
            "outside K = -5 mM is below zero",
        ),
        (
            lambda: nernst("K", outside="0 mM", inside="1 mM", temperature="37 degC"),
            ModelError,
            "outside: there is no K",
        ),
        (lambda: nernst("Xy", **K, temperature="37 degC"), SelectionError, "no valence of 'Xy'"),
        (lambda: nernst("K", valence=0, **K, temperature="37 degC"), ModelError, "valence = 0"),
        (
            lambda: nernst("K", **K, temperature="37 degC", activities="davies"),
            ModelError,
            "activities need a solution",
        ),
        (
            lambda: nernst("K", **K, temperature="37 degC", activities="davis"),
            SelectionError,
            "did you mean 'davies'",
        ),
        (
            lambda: goldman({}, outside="acsf", inside="acsf", temperature="20 degC"),
            ModelError,
            "no permeabilities",
        ),
        (
            lambda: goldman({"K": 1}, outside="Na 1 mM", inside="K 1 mM", temperature="20 degC"),
            ModelError,
            "no finite potential",
        ),
        (
            lambda: goldman({"K": -1}, outside="K 1 mM", inside="K 1 mM", temperature="20 degC"),
            ModelError,
            "permeability = -1",
        ),
        (
            lambda: donnan_equilibrium("K 5 mM, Cl 6 mM", "-140 mM", "37 degC"),
            ModelError,
            "outside: the charges add up to -1 mM",
        ),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
    assert issubclass(error, LoligoError)


def test_quantities_of_the_wrong_kind():
    with pytest.raises(UnitError, match="concentration is needed"):
        quantities(xr.DataArray([1.0], attrs={"units": "mV"}), "concentration", name="c")
    with pytest.raises(UnitError, match="not finite"):
        quantities(xr.DataArray([1.0, np.nan], attrs={"units": "mM"}), "concentration", name="c")
    with pytest.raises(UnitError, match="one number with a unit"):
        quantities(np.array([1.0, 2.0]), "concentration", name="c")
    assert quantities(["1 M", "5 mM"], "concentration", name="c").tolist() == [1000.0, 5.0]

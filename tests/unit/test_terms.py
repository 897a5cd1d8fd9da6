"""The glossary: unique names, and units that exist."""

import pytest

from loligo.errors import SelectionError
from loligo.terms import TERMS, term
from loligo.units import INTERNAL_UNITS, resolve


def test_names_and_aliases_are_unique():
    words = [word for entry in TERMS.values() for word in (entry.name, *entry.aliases)]
    assert len(words) == len(set(words))
    assert len(TERMS) > 30


@pytest.mark.parametrize("entry", TERMS.values(), ids=lambda entry: entry.name)
def test_every_entry_is_whole(entry):
    assert entry.meaning.endswith(".")
    assert entry.symbol
    assert entry.name == entry.name.lower()
    if entry.dimension == "count":
        assert entry.unit == ""
        return
    assert entry.dimension in INTERNAL_UNITS
    assert resolve(entry.display_unit).dimension == entry.dimension


def test_display_converts():
    assert term("series_resistance").display(0.0105) == pytest.approx(10.5)
    assert term("series_resistance_correction").display(0.8) == pytest.approx(80)
    assert term("duration").display(1500.0) == pytest.approx(1.5)


def test_aliases_lead_to_the_term():
    assert term("access_resistance").name == "series_resistance"
    assert term("RMP").name == "resting_potential"


def test_an_unknown_name_suggests_one():
    with pytest.raises(SelectionError, match="did you mean 'series_resistance'"):
        term("serie_resistance")

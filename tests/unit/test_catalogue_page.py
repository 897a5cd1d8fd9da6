"""Every description of the catalogue says what it is and what it was compared with."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from loligo.cell import catalogue

ROOT = Path(__file__).resolve().parents[2]
TABLE = tomllib.loads((ROOT / "docs/catalogue_referees.toml").read_text(encoding="utf-8"))


def test_every_description_has_a_referee():
    assert set(TABLE) == set(catalogue.names())
    for row in TABLE.values():
        assert set(row) == {"referee", "agreement"}


@pytest.mark.parametrize("name", catalogue.names())
def test_description_names_its_paper(name):
    found = catalogue.load(name)
    assert found.name
    assert found.notes.strip()
    assert re.match(r"doi:10\.\d{4,}/\S+$|isbn:978-[\d-]+$", found.source)
    assert re.match(r"[a-z_]+\d{4}(_[a-z0-9_]+)?$", name), "<author><year>[_<variant>]"


def test_page_has_a_row_and_notes_for_each(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "docs"), *sys.path])
    import generate

    table, notes = generate.catalogue(), generate.catalogue_notes()
    for name in catalogue.names():
        assert f"| `{name}` |" in table
        assert f"`{name}`" in notes

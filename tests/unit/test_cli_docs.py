"""The documentation of the command line is what the command line says of itself."""

from pathlib import Path

from loligo.analysis import Status
from loligo.cli.reference import updated
from loligo.report import FileStatus

PAGE = Path(__file__).resolve().parents[2] / "docs/cli.md"


def test_commands_are_up_to_date():
    page = PAGE.read_text(encoding="utf-8")
    assert page == updated(page), "run: python -m loligo.cli.reference docs/cli.md"


def test_every_status_is_explained():
    page = PAGE.read_text(encoding="utf-8")
    missing = [s.value for s in (*FileStatus, *Status) if f"`{s.value}`" not in page]
    assert missing == []

"""What tests share: the folder of real recordings."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def recordings() -> Path:
    folder = Path(os.environ.get("LOLIGO_TEST_DATA", ROOT.parent / "shared/data/recordings"))
    if not folder.is_dir():
        pytest.skip(f"no real recordings at {folder}; set LOLIGO_TEST_DATA to run this test")
    return folder

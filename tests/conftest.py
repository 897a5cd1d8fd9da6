"""What tests share: the folder of real recordings, and a cache folder of kernels of their own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def recordings() -> Path:
    folder = Path(os.environ.get("LOLIGO_TEST_DATA", ROOT.parent / "shared/data/recordings"))
    if not folder.is_dir():
        pytest.skip(f"no real recordings at {folder}; set LOLIGO_TEST_DATA to run this test")
    return folder


@pytest.fixture(scope="session", autouse=True)
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Kernels are compiled anew in each session, whatever the user's cache holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOLIGO_CACHE", str(tmp_path_factory.mktemp("kernels")))
        yield

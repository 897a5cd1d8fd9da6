"""What tests share: the folder of real recordings, and a cache folder of kernels of their own.

Linear algebra runs in one thread, which is set here, before anything imports NumPy: matrices of
tests are small, and the threads of each process of ``-n`` would wait for those of the others.
Garbage is looked for less often than Python would: compiling makes many objects that stay, and
looking through all of them again and again takes a tenth of the time.
"""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")
gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def recordings() -> Path:
    folder = Path(os.environ.get("LOLIGO_TEST_DATA", ROOT.parent / "shared/data/recordings"))
    if not folder.is_dir():
        pytest.skip(f"no real recordings at {folder}; set LOLIGO_TEST_DATA to run this test")
    return folder


@pytest.fixture(scope="session", autouse=True)
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Kernels are compiled anew in each session, whatever the user's cache holds.

    The processes of one session (``-n``) share what they compile.
    """
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOLIGO_CACHE", str(folder / "kernels"))
        yield


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of a report are made, but nothing is drawn: for tests that look at none of them."""
    canvas = "matplotlib.backends.backend_agg.FigureCanvasAgg.print_png"
    monkeypatch.setattr(canvas, lambda _, file: file.write(b"not drawn"))


@pytest.fixture
def interrupts_heard() -> Iterator[None]:
    """Interruptions reach this process and those it starts, in the background of a shell too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)

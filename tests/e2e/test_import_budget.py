"""`import loligo` stays light, and what it promises is there."""

import subprocess
import sys

import loligo

HEAVY = (
    "numba",
    "matplotlib",
    "pynwb",
    "h5py",
    "xarray",
    "pint",
    "pandas",
    "neo",
    "scipy",
    "numpy",
)


def test_import_loads_nothing_heavy():
    code = "import sys, loligo; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    loaded = set(done.stdout.split())
    assert "loligo" in loaded
    assert not loaded & set(HEAVY)


def test_every_public_name_is_there():
    for name in loligo.__all__:
        assert getattr(loligo, name) is not None
    assert set(dir(loligo)) == set(loligo.__all__)
    assert not hasattr(loligo, "no_such_name")

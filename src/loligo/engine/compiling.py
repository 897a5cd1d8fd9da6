"""Generated source on disk, and the compiled kernel it becomes.

A kernel's source goes into the user's cache folder under a name that holds a hash of all it depends
on; numba keeps the machine code beside it, so that the next process starts in milliseconds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType

SUPPORT = Path(__file__).parent / "support"


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Return the folder of generated source: ``LOLIGO_CACHE``, or the user's cache folder.

    A temporary folder where that cannot be written.
    """
    import platformdirs

    named = os.environ.get("LOLIGO_CACHE")
    folder = Path(named) if named else Path(platformdirs.user_cache_dir("loligo")) / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return Path(tempfile.mkdtemp(prefix="loligo-kernels-"))
    return folder


def load(source: str, title: str) -> ModuleType:
    """Return the module of generated source, written to the cache folder first where it is new.

    Parameters
    ----------
    source : str
    title : str
        What it is, for the file's name.
    """
    digest = hashlib.sha256((source + _support()).encode()).hexdigest()[:16]
    slug = re.sub(r"\W+", "_", title.lower()).strip("_")[:40] or "kernel"
    name = f"loligo_kernel_{slug}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    path = cache_folder() / f"{name}.py"
    if not path.exists():
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            file.write(source)
        Path(file.name).replace(path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@lru_cache(maxsize=1)
def _support() -> str:
    """Return what generated source imports, which is part of what it depends on."""
    import numba

    texts = [path.read_text(encoding="utf-8") for path in sorted(SUPPORT.glob("*.py"))]
    return "\n".join([numba.__version__, *texts])


def function(module: ModuleType, name: str) -> Callable[..., int]:
    """Return a function of a generated module."""
    found: Callable[..., int] = getattr(module, name)
    return found

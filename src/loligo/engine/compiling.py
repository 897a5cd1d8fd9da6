"""Generated source on disk.

A kernel's source goes into the user's cache folder under a name that holds a hash of all it depends
on; its machine code is kept beside it (see `native`), so that the next process starts at once. What
a source opens with says whose it is, cell and regions; no code depends on it, and cells that differ
in names alone share the file of the first.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from threading import Lock
from types import ModuleType

SUPPORT = Path(__file__).parent / "support"

_LOADING = Lock()
"""A module is in `sys.modules` before it is whole; another thread must not take it from there."""


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


def write_source(source: str, title: str) -> Path:
    """Return the file of generated source, written first where it is new.

    Parameters
    ----------
    source : str
    title : str
        What it is, for the file's name; a file of the same code under another title is taken.
    """
    digest = _digest(_code(source), _support())
    slug = re.sub(r"\W+", "_", title.lower()).strip("_")[:40] or "kernel"
    path = cache_folder() / f"loligo_kernel_{slug}_{digest}.py"
    if path.exists():
        return path
    other = next(path.parent.glob(f"loligo_kernel_*_{digest}.py"), None)
    if other is not None:
        return other
    replace_file(path, source.encode())
    return path


def _code(source: str) -> str:
    """Return source without the text that it opens with."""
    before, *rest = source.split('"""', 2)
    return rest[1] if not before and len(rest) == 2 else source


@lru_cache(maxsize=256)
def _digest(code: str, support: str) -> str:
    return hashlib.sha256((code + support).encode()).hexdigest()[:16]


def replace_file(path: Path, content: bytes) -> None:
    """Write a file at once, so that no other process ever sees a part of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(content)
    try:
        Path(file.name).replace(path)
    except PermissionError:  # on Windows, where another process reads the very same file
        Path(file.name).unlink()
        if not path.exists():
            raise


def load(source: str, title: str) -> ModuleType:
    """Return the module of generated source, from its file in the cache folder."""
    path = write_source(source, title)
    with _LOADING:
        return sys.modules.get(path.stem) or _module(path.stem, path)


def _module(name: str, path: Path) -> ModuleType:
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
    from importlib.metadata import version

    texts = [path.read_text(encoding="utf-8") for path in sorted(SUPPORT.glob("*.py"))]
    return "\n".join([version("numba"), version("llvmlite"), *texts])

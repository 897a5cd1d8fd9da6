"""Data that come with loligo: one small recording to try things on, and the demo's experiments.

The recording is a model cell made of resistors and a capacitor, computed in closed form by
``tools/make_model_cell.py``, so the right answer to every analysis of it is known.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from loligo.errors import MissingFileError

__all__ = ["demo", "example"]

_EXAMPLE = "model_cell.nwb"


_DEMO = ("demo_voltage_clamp.toml", "demo_current_clamp.toml")


def demo() -> tuple[Path, ...]:
    """Return the paths of the demo's two experiments: one virtual neuron, both clamp modes.

    Raises
    ------
    MissingFileError
        The installation lacks a file, or is inside an archive.
    """
    return tuple(_there(name) for name in _DEMO)


def example() -> Path:
    """Return the path of the bundled recording of a simulated model cell (NWB).

    Five voltage-clamp sweeps (a membrane test) and seven current-clamp sweeps (current steps) of
    500 MOhm and 33 pF behind 10.5 MOhm and a seal of 10 GOhm; see its `Recording.truth`.

    Raises
    ------
    MissingFileError
        The installation lacks the file, or is inside an archive.
    """
    return _there(_EXAMPLE)


def _there(name: str) -> Path:
    path = Path(str(files(__name__) / name))
    if not path.is_file():
        raise MissingFileError(
            path, f"the bundled example is missing ({path})", "Install loligo again, unzipped"
        )
    return path

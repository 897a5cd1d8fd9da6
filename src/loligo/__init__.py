"""loligo: electrical recordings from cells, as the rig saw them and as they were.

The names below are the public interface; each is imported on first use, so that ``import loligo``
stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loligo.analysis import Estimate
    from loligo.analysis.analyze import analyze
    from loligo.cell import Cell, read_cell
    from loligo.engine import Simulation, simulate
    from loligo.errors import LoligoError
    from loligo.experiment import record
    from loligo.experiment.design import Design, design
    from loligo.inference import fit
    from loligo.protocol import Protocol
    from loligo.recording import Recording, from_arrays, read, write_nwb

__version__ = "0.1.0"

_HOMES = {
    "Cell": "loligo.cell",
    "Design": "loligo.experiment.design",
    "Estimate": "loligo.analysis",
    "LoligoError": "loligo.errors",
    "Protocol": "loligo.protocol",
    "Recording": "loligo.recording",
    "Simulation": "loligo.engine",
    "analyze": "loligo.analysis",
    "design": "loligo.experiment.design",
    "fit": "loligo.inference",
    "from_arrays": "loligo.recording",
    "read": "loligo.recording",
    "read_cell": "loligo.cell",
    "record": "loligo.experiment",
    "simulate": "loligo.engine",
    "write_nwb": "loligo.recording",
}

__all__ = [
    "Cell",
    "Design",
    "Estimate",
    "LoligoError",
    "Protocol",
    "Recording",
    "Simulation",
    "__version__",
    "analyze",
    "design",
    "fit",
    "from_arrays",
    "read",
    "read_cell",
    "record",
    "simulate",
    "write_nwb",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'loligo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

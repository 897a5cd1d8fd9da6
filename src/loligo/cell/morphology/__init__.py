"""Shapes of cells: branches with diameters and regions, made in code or read from SWC files.

`Morphology` is the shape, `cable`, `rall_tree`, `myelinated` and `ball_and_stick` make some,
`read_swc` reads others, `discretize` cuts one into compartments, and `locate` finds sites.
"""

from loligo.cell.morphology.builders import ball_and_stick, cable, myelinated, rall_tree
from loligo.cell.morphology.compartments import Compartments
from loligo.cell.morphology.discretize import discretize
from loligo.cell.morphology.morphology import Branch, Morphology
from loligo.cell.morphology.sites import locate
from loligo.cell.morphology.swc import read_swc

__all__ = [
    "Branch",
    "Compartments",
    "Morphology",
    "ball_and_stick",
    "cable",
    "discretize",
    "locate",
    "myelinated",
    "rall_tree",
    "read_swc",
]

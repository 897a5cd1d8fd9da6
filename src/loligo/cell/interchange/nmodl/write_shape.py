"""A `Neuron` as NEURON builds it: sections, mechanisms by region, and values by segment.

A branch is a section, its points are NEURON's 3-D points, its compartments are segments. NEURON
finds areas and axial resistances from the points as loligo does, so that both solve the same
equations. Regions whose channels differ in numbers alone share a mechanism.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from loligo.cell.cell import Cell
from loligo.cell.equations import equations
from loligo.cell.interchange.nmodl.parts import Part, groups, part
from loligo.cell.interchange.nmodl.shape_script import shape_script_text
from loligo.cell.interchange.nmodl.write_mechanism import mechanism_text, parameter_names
from loligo.cell.morphology import Branch, Morphology
from loligo.cell.neuron import Neuron
from loligo.errors import ModelError

Starts = Callable[[Cell, bool], dict[str, float]]


def shape_files(neuron: Neuron, starts: Starts) -> dict[str, str]:
    """Return the files of a neuron by name: mechanisms, ``cell.json`` and ``cell.py``.

    Parameters
    ----------
    neuron : Neuron
    starts : function
        Of a cell, and whether given ones alone are wanted: the occupancies schemes start with.

    Raises
    ------
    ModelError
        What NMODL does not have, or a branch that NEURON's points cannot say.
    """
    made = _Mechanisms(starts)
    regions = {region: made.region(neuron, region) for region in neuron.morphology.regions}
    resistivity = dict(neuron.axial_resistivity)
    said = {
        "mechanisms": list(made.texts),
        "regions": {
            region: {
                "Ra": resistivity[region],
                "mechanisms": mechanisms,
                "values": {
                    "cm": dict(neuron.membrane)[region].capacitance,
                    **made.values[region],
                },
            }
            for region, mechanisms in regions.items()
        },
        "sections": _sections(neuron, made.names),
    }
    files = {f"{suffix}.mod": text for suffix, text in made.texts.items()}
    files["cell.json"] = json.dumps(said, indent=1) + "\n"
    script = shape_script_text(neuron.name, neuron.temperature, neuron.initial_potential)
    return {**files, "cell.py": script}


@dataclass(slots=True)
class _Mechanisms:
    """The mechanisms of all regions, those that differ in numbers alone once.

    Attributes
    ----------
    texts : dict of str to str
        By suffix.
    names : dict of str to dict of str to str
        Of each region, NEURON's variable of each parameter's path.
    values : dict of str to dict of str to float
        Of each region, the value of each such variable.
    """

    starts: Starts
    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    values: dict[str, dict[str, float]] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def region(self, neuron: Neuron, region: str) -> list[str]:
        """Add a region, and return the suffixes of its mechanisms."""
        cell = neuron.patch(region)
        if cell.inside is not None:
            raise ModelError(
                f"inside {region!r}: ions that are states, and what moves them, cannot be written "
                "as NMODL; give the neuron solutions instead"
            )
        lowered = equations(cell)
        profiled = {path for path, _ in dict(neuron.profile).get(region, ())}
        self.names[region] = {"capacitance": ["cm"]}
        self.values[region] = {}
        found = []
        for keys in groups(lowered):
            chosen = part(lowered, keys, 1.0)
            if chosen.flows and chosen.occupancies:
                for parameter in chosen.parameters:
                    if parameter.name in profiled:
                        raise ModelError(
                            f"profile.{region}.{parameter.name}: a scheme beside a pool starts "
                            f"from numbers in NEURON, which are the same along a region"
                        )
            suffix = self._suffix(cell, chosen)
            found.append(suffix)
            names = parameter_names(chosen)
            for parameter in chosen.parameters:
                variable = f"{names[parameter.name]}_{suffix}"
                self.names[region].setdefault(parameter.name, []).append(variable)
                self.values[region][variable] = parameter.value
        return found

    def _suffix(self, cell: Cell, chosen: Part) -> str:
        """Return the mechanism that a part is, a new one where none has the same equations."""
        pools = bool(chosen.flows) or len(chosen.keys) > 1
        wanted = "pools_ch" if pools else f"{chosen.keys[0]}_ch"
        starts = self.starts(cell, not chosen.flows)
        bare = replace(chosen, parameters=tuple(replace(p, value=0.0) for p in chosen.parameters))
        try:
            alike = mechanism_text(bare, wanted, starts=starts)
            suffix = self.known.get((wanted, alike))
            if suffix is None:
                count = sum(name == wanted for name, _ in self.known)
                suffix = f"{wanted}_{count + 1}" if count else wanted
                title = f"{', '.join(chosen.keys)}"
                self.texts[suffix] = mechanism_text(chosen, suffix, title, starts=starts)
                self.known[wanted, alike] = suffix
        except ModelError as error:
            raise ModelError(f"{', '.join(chosen.keys)}: {error}") from None
        return suffix


def _sections(neuron: Neuron, names: dict[str, dict[str, list[str]]]) -> list[dict[str, Any]]:
    morphology, cut = neuron.morphology, neuron.compartments
    counts = np.bincount(cut.branch, minlength=len(morphology.branches))
    first = np.cumsum([0, *counts])
    profiles = {region: [path for path, _ in table] for region, table in neuron.profile}
    values = {path: neuron.values(path) for paths in profiles.values() for path in paths}
    found = []
    for index, branch in enumerate(morphology.branches):
        parent, at = _hangs_on(morphology, branch)
        inside = slice(first[index], first[index + 1])
        along = {
            variable: [float(value) for value in values[path][inside]]
            for path in profiles.get(branch.region, ())
            for variable in names[branch.region].get(path, ())
        }
        found.append(
            {
                "name": branch.name,
                "region": branch.region,
                "parent": parent,
                "at": at,
                "nseg": int(counts[index]),
                "points": _points(branch),
                "values": along,
            }
        )
    return found


def _hangs_on(morphology: Morphology, branch: Branch) -> tuple[str | None, float]:
    """Return the section and place that a section hangs on; a start is its parent's place."""
    while branch.parent is not None and branch.at == 0.0:
        above = morphology.branch(branch.parent)
        if above.parent is None:
            break
        branch = above
    return branch.parent, branch.at


def _points(branch: Branch) -> list[list[float]]:
    """Return NEURON's points: where they are, or in a line where that is not known."""
    path, diameters = branch.path, branch.diameters
    for here, there, one, other in zip(path, path[1:], diameters, diameters[1:], strict=False):
        if here == there and one != other:
            raise ModelError(
                f"branch {branch.name!r} steps from {one:g} to {other:g} um at {here:g} um; NEURON "
                f"would take the ring between them for membrane. Begin another branch there"
            )
    points = branch.points
    placed = points and all(
        math.isclose(math.dist(points[i], points[i + 1]), path[i + 1] - path[i], abs_tol=1e-4)
        for i in range(len(path) - 1)
    )
    if not placed:
        points = tuple((x, 0.0, 0.0) for x in path)
    return [[*point, diameter] for point, diameter in zip(points, diameters, strict=True)]

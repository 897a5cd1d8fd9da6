"""From a shape to compartments: how many a branch needs, their areas and conductances."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.morphology.compartments import Compartments
from loligo.cell.morphology.morphology import Branch, Morphology
from loligo.errors import ModelError, suggest
from loligo.units import quantity

Array = NDArray[np.float64]
MOST_COMPARTMENTS = 10_000_000


def discretize(
    morphology: Morphology,
    *,
    axial_resistivity: Any,
    capacitance: Any,
    d_lambda: float = 0.1,
    frequency: Any = "100 Hz",
    longest: Any = None,
    counts: int | Mapping[str, int] | None = None,
) -> Compartments:
    """Cut a morphology into compartments.

    Parameters
    ----------
    morphology : Morphology
    axial_resistivity, capacitance : quantity, or mapping of str to quantity
        ``"150 ohm cm"`` and ``"1 uF/cm2"``; one for all, or one for each region.
    d_lambda : float
        Longest compartment, as a share of the length constant at `frequency`.
    frequency : quantity
    longest : quantity, optional
        Longest compartment instead.
    counts : int or mapping of str to int, optional
        Compartments of every branch, or of each by name, instead.

    Returns
    -------
    Compartments

    Raises
    ------
    ModelError
        A region without a value, or a value out of range.

    Notes
    -----
    By the d-lambda rule [1]_ a branch has the smallest odd number of compartments that are no
    longer than `d_lambda` times ``sqrt(d / (pi f R C)) / 2``, evaluated along its taper.
    Half of a compartment has the axial resistance ``4 R / pi`` times the integral of ``1 / d^2``.

    References
    ----------
    .. [1] Hines, Carnevale 2001 Neuroscientist 7:123, https://doi.org/10.1177/107385840100700207
    """
    resistivity = by_region(morphology, axial_resistivity, "axial_resistivity", "resistivity")
    density = by_region(morphology, capacitance, "capacitance", "capacitance_density")
    if counts is not None:
        numbers = _given(morphology, counts)
    elif longest is not None:
        limit = quantity(longest, "length", name="longest")
        if not limit > 0.0:
            raise ModelError(f"longest = {limit:g} um must be above 0")
        numbers = [max(1, math.ceil(b.length / limit - 1e-9)) for b in morphology.branches]
    else:
        hertz = 1000.0 * quantity(frequency, "frequency", name="frequency")
        if not (d_lambda > 0.0 and hertz > 0.0):
            raise ModelError(
                f"d_lambda = {d_lambda:g} and frequency = {hertz:g} Hz must be above 0"
            )
        numbers = [
            odd_count(b, resistivity[b.region], density[b.region], d_lambda, hertz)
            for b in morphology.branches
        ]
    if sum(numbers) > MOST_COMPARTMENTS:
        raise ModelError(f"{sum(numbers)} compartments are more than {MOST_COMPARTMENTS}")
    return _Cut(morphology, numbers, resistivity).compartments()


def by_region(morphology: Morphology, given: Any, name: str, dimension: str) -> dict[str, float]:
    """Return a value above 0 for each region, in its internal unit."""
    table = given if isinstance(given, Mapping) else dict.fromkeys(morphology.regions, given)
    missing = [region for region in morphology.regions if region not in table]
    if missing:
        raise ModelError(f"{name} says nothing of the region {missing[0]!r}")
    for region in table:
        if region not in morphology.regions:
            raise ModelError(f"{name}: no region {region!r}; {suggest(region, morphology.regions)}")
    values = {r: quantity(table[r], dimension, name=f"{name}.{r}") for r in morphology.regions}
    for region, value in values.items():
        if not 0.0 < value < math.inf:
            raise ModelError(f"{name} of {region} = {table[region]} must be above 0")
    return values


def _given(morphology: Morphology, counts: int | Mapping[str, int]) -> list[int]:
    table = counts if isinstance(counts, Mapping) else dict.fromkeys(morphology.index, counts)
    for name in table:
        morphology.branch(name)
    missing = [branch.name for branch in morphology.branches if branch.name not in table]
    if missing:
        raise ModelError(f"counts says nothing of the branch {missing[0]!r}")
    numbers = [int(table[branch.name]) for branch in morphology.branches]
    if min(numbers) < 1:
        raise ModelError(f"counts = {min(numbers)}; a branch has one compartment at least")
    return numbers


def odd_count(
    branch: Branch, resistivity: float, density: float, d_lambda: float, hertz: float
) -> int:
    """Return how many compartments the d-lambda rule gives a branch.

    Parameters
    ----------
    branch : Branch
    resistivity, density : float [ohm cm, uF/cm2]
    d_lambda, hertz : float
    """
    path, d = np.array(branch.path), np.array(branch.diameters)
    # length over length constant, with the diameter in the middle of each cone
    middle = 0.5 * (d[1:] + d[:-1])
    constant = 1e5 * np.sqrt(middle / (4.0 * math.pi * hertz * resistivity * density))
    share = float((np.diff(path) / constant).sum()) / d_lambda
    return 2 * int((share + 0.9) / 2.0) + 1


class _Cut:
    """The compartments of a morphology in the making."""

    def __init__(
        self, morphology: Morphology, numbers: list[int], resistivity: dict[str, float]
    ) -> None:
        self.morphology = morphology
        self.numbers = np.array(numbers)
        self.first = np.cumsum([0, *numbers])
        self.resistivity = [resistivity[branch.region] for branch in morphology.branches]

    def compartments(self) -> Compartments:
        cuts = [
            _cones(branch, int(n))
            for branch, n in zip(self.morphology.branches, self.numbers, strict=True)
        ]
        area = np.concatenate([cut[0] for cut in cuts])
        halves = [cut[1] * r for cut, r in zip(cuts, self.resistivity, strict=True)]
        diameter = np.concatenate([cut[2] for cut in cuts])
        volume = np.concatenate([cut[3] for cut in cuts])
        position = np.concatenate([(np.arange(n) + 0.5) / n for n in self.numbers])
        branch = np.repeat(np.arange(self.numbers.size), self.numbers)
        lengths = np.array([b.length for b in self.morphology.branches])
        parent, resistance = self._tree(halves)
        return Compartments(
            morphology=self.morphology,
            parent=parent,
            conductance=np.where(parent >= 0, 1.0 / np.where(parent >= 0, resistance, 1.0), 0.0),
            branch=branch,
            position=position,
            distance=self.morphology.starts[branch] + position * lengths[branch],
            length=(lengths / self.numbers)[branch],
            diameter=diameter,
            area=area,
            volume=volume,
        )

    def _tree(self, halves: list[Array]) -> tuple[NDArray[np.int64], Array]:
        """Return each node's parent and the resistance to it [GOhm]."""
        n = int(self.first[-1])
        parent = np.arange(n) - 1
        resistance = np.zeros(n)
        for index, half in enumerate(halves):
            first = self.first[index]
            resistance[first + 1 : first + half.shape[0]] = half[:-1, 1] + half[1:, 0]
        meeting: dict[tuple[int, float], list[int]] = {}
        for index in range(1, len(halves)):
            up, at = self._hangs_on(index)
            first = self.first[index]
            resistance[first] = halves[index][0, 0]
            if at in {0.0, 1.0}:
                meeting.setdefault((up, at), []).append(index)
                continue
            count = int(self.numbers[up])
            parent[first] = self.first[up] + min(int(at * count), count - 1)
        points: list[tuple[int, float]] = []
        for (up, at), children in meeting.items():
            node = int(self.first[up] + (self.numbers[up] - 1 if at else 0))
            to_end = float(halves[up][-1, 1] if at else halves[up][0, 0])
            if len(children) == 1:
                parent[self.first[children[0]]] = node
                resistance[self.first[children[0]]] += to_end
                continue
            parent[[self.first[child] for child in children]] = n + len(points)
            points.append((node, to_end))
        return (
            np.concatenate([parent, np.array([node for node, _ in points], dtype=np.int64)]),
            np.concatenate([resistance, [half for _, half in points]]),
        )

    def _hangs_on(self, index: int) -> tuple[int, float]:
        """Return the branch that another hangs on, and where; the start of one is its parent's."""
        branch = self.morphology.branches[index]
        up = self.morphology.index[branch.parent or ""]
        if branch.at == 0.0 and up > 0:
            return self._hangs_on(up)
        return up, branch.at


def _cones(branch: Branch, count: int) -> tuple[Array, Array, Array, Array]:
    """Cut a branch into compartments of equal length.

    Returns
    -------
    area : ndarray, shape (count,) [um2]
    halves : ndarray, shape (count, 2) [GOhm per ohm cm]
        Axial resistance of the first and the second half.
    diameter : ndarray, shape (count,) [um]
    volume : ndarray, shape (count,) [um3]
    """
    path, d = np.array(branch.path), np.array(branch.diameters)
    edges = np.linspace(0.0, branch.length, 2 * count + 1)
    cuts = np.unique(np.concatenate([path, edges]))
    # straight between points; at a step the side that a cone lies on counts
    cone = np.clip(np.searchsorted(path, 0.5 * (cuts[1:] + cuts[:-1]), side="right") - 1, 0, None)
    run, rise = path[cone + 1] - path[cone], d[cone + 1] - d[cone]
    left = d[cone] + rise * (cuts[:-1] - path[cone]) / run
    right = d[cone] + rise * (cuts[1:] - path[cone]) / run
    length = np.diff(cuts)
    half = np.clip(np.searchsorted(edges, 0.5 * (cuts[1:] + cuts[:-1])) - 1, 0, 2 * count - 1)

    def gathered(values: Array) -> Array:
        return np.bincount(half, values, 2 * count).astype(np.float64)

    slant = np.hypot(length, 0.5 * (right - left))
    areas = gathered(0.5 * np.pi * (left + right) * slant).reshape(count, 2).sum(axis=1)
    # ohm cm over um is 1e4 ohm, 1e-5 GOhm
    resistances = gathered(1e-5 * 4.0 * length / (np.pi * left * right)).reshape(count, 2)
    means = gathered(0.5 * (left + right) * length).reshape(count, 2).sum(axis=1)
    volumes = gathered(np.pi / 12.0 * (left**2 + left * right + right**2) * length)
    volumes = volumes.reshape(count, 2).sum(axis=1)
    return areas, resistances, means / (branch.length / count), volumes

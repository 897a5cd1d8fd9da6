"""Where a tree and what acts on it are at rest: no net current into any node.

Gates and schemes are in steady state at the potential of their compartment, pools as described, and
what acts gives what it gives under the commands between sweeps. The currents are the slope of an
energy, of which the rest is a minimum: from the initial potential implicit steps of growing length
go down, with gates following at once (pseudo-transient continuation, Kelley and Keyes 1998,
https://doi.org/10.1137/S0036142996304796), until they are Newton's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell.steady import steady_values
from loligo.engine.rest import HIGHEST, LOWEST, summed_currents
from loligo.engine.rigged import entering, steady_rig
from loligo.engine.tree.layout import sums
from loligo.engine.tree.request import Array, TreeRequest
from loligo.engine.tree.start import start_potential
from loligo.errors import ModelError

Ints = NDArray[np.int64]

_BEGIN, _LONGEST = 0.1, 1e9
"""Steps [ms]: the first, and one that is Newton's."""
_GROWTH, _CUT = 3.0, 0.2
_FARTHEST = 5.0
"""Change of a potential in a step [mV]."""
_CLOSE, _MOST = 1e-9, 400
_SLOPE = 1e-4
"""Half the step over which slopes are taken [mV]."""


@dataclass(frozen=True, eq=False)
class Drive:
    """What flows into each compartment from outside the membrane, ``constant - slope v``.

    Attributes
    ----------
    constant, slope : ndarray, shape (run, compartment) [pA, nS]
    """

    constant: Array
    slope: Array


@dataclass(frozen=True, eq=False)
class Rest:
    """A tree at rest.

    Attributes
    ----------
    v : ndarray, shape (run, compartment) [mV]
        NaN in runs without a rest.
    slope : ndarray, shape (run, node) [nS]
        Of the steady current out of each node, axial ones and the drive included.
    """

    v: Array
    slope: Array


def resting_potentials(request: TreeRequest) -> Array:
    """Return the potential of each run and compartment at rest [mV], shape (run, compartment).

    Raises
    ------
    ModelError
        There is none between -200 and 100 mV.
    """
    found = settled(request, _drive(request)).v
    missing = np.flatnonzero(np.isnan(found).any(axis=1))
    if missing.size:
        cell, sweep = divmod(int(missing[0]), request.n_sweeps)
        raise ModelError(
            f"{request.name}: no resting potential between {LOWEST:g} and {HIGHEST:g} mV (cell "
            f"{cell}, sweep {sweep}); start from a potential, initial={{'v': ...}}"
        )
    return found


def settled(request: TreeRequest, drive: Drive) -> Rest:
    """Return where runs settle from their initial potentials under a drive."""
    tree, n = request.trees[0], request.n_compartments
    levels, held = by_distance(tree.parent), list(request.held)
    link = tree.conductance.copy()
    link[[node for node in held if tree.parent[node] >= 0]] = 0.0
    link[np.isin(tree.parent, held)] = 0.0  # held nodes do not move
    shape = (request.n_runs, tree.parent.size)
    charge = np.zeros(shape)
    charge[:, :n] = request.per_run(request.capacitance)
    v = np.full(shape, request.potential)
    v[:, :n] = start_potential(request)
    for place, protocol in zip(held, request.held_by, strict=True):
        v[:, place] = request.at_rest(protocol)
    step = np.full(shape[0], _BEGIN)
    out, slope = _flowing(request, drive, v)
    done = np.zeros(shape[0], dtype=bool)
    for _ in range(_MOST):
        diagonal = slope + charge / step[:, None]
        diagonal[:, held], out[:, held] = 1.0, 0.0
        change, is_down = solved(tree.parent, link, levels, diagonal, -out)
        far = np.abs(change).max(axis=1, initial=0.0)
        done |= is_down & (far < _CLOSE) & (step >= _LONGEST)
        if done.all():
            break
        share = np.minimum(1.0, _FARTHEST / np.maximum(far, _CLOSE))
        move = np.where((is_down & ~done)[:, None], share[:, None] * change, 0.0)
        before = (out * move).sum(axis=1)
        new_out, new_slope = _flowing(request, drive, v + move)
        after = (new_out * move).sum(axis=1)  # the slope of the energy along the move
        good = is_down & (after <= np.abs(before) + 1e-12) | done
        step = np.where(
            good, np.minimum(step * np.where(share < 1.0, 1.0, _GROWTH), _LONGEST), step * _CUT
        )
        v = np.where(good[:, None], v + move, v)
        out = np.where(good[:, None], new_out, out)
        slope = np.where(good[:, None], new_slope, slope)
    inside = (v[:, :n] >= LOWEST).all(axis=1) & (v[:, :n] <= HIGHEST).all(axis=1)
    found = np.where((done & inside)[:, None], v[:, :n], np.nan)
    return Rest(found, slope)


def _flowing(request: TreeRequest, drive: Drive, v: Array) -> tuple[Array, Array]:
    """Return what flows out of each node in steady state and its slope, shape (run, node)."""
    tree, n = request.trees[0], request.n_compartments
    out, slope = np.zeros(v.shape), np.zeros(v.shape)
    for patch in request.patches:
        here = v[:, patch.compartments]
        said = {name: request.per_run(values) for name, values in patch.described.items()}
        for name, values in request.initial.items():
            if name in patch.equations.states and not np.isnan(values).any():
                said[name] = values[:, patch.compartments]
        low, middle, high = (
            summed_currents(patch.equations, steady_values(patch.equations, at, said), here.shape)
            for at in (here - _SLOPE, here, here + _SLOPE)
        )
        out[:, patch.compartments] = middle
        slope[:, patch.compartments] = (high - low) / (2.0 * _SLOPE)
    out[:, :n] += drive.slope * v[:, :n] - drive.constant
    slope[:, :n] += drive.slope
    inner = np.flatnonzero(tree.parent >= 0)
    along = tree.conductance[inner] * (v[:, inner] - v[:, tree.parent[inner]])
    out[:, inner] += along
    np.subtract.at(out.T, tree.parent[inner], along.T)
    return out, slope + sums(tree)


def _drive(request: TreeRequest) -> Drive:
    """Return what acts on the compartments between sweeps."""
    shape = (request.n_runs, request.n_compartments)
    constant, slope = np.zeros(shape), np.zeros(shape)
    for command in request.commands:
        level, at = request.at_rest(command.protocol), command.compartment
        constant[:, at] += level * (
            command.current + command.conductance * command.reversal + command.access
        )
        slope[:, at] += command.conductance * level + command.access
    for rig in request.rigs:
        weights = rig.weights(np.arange(request.n_runs), request.n_sweeps)
        command_level = rig.factor * request.at_rest(rig.protocol)
        wiring = rig.wired.wiring
        still, moved = (
            entering(
                wiring, weights, steady_rig(wiring, weights, v, command_level), v, command_level
            )
            for v in (np.zeros(request.n_runs), np.ones(request.n_runs))
        )
        constant[:, rig.compartment] += still
        slope[:, rig.compartment] -= moved - still
    return Drive(constant, slope)


def solved(
    parent: Ints, link: Array, levels: list[Ints], diagonal: NDArray[Any], right: Array
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Solve a tree's symmetric system, nodes of one distance from the root at once.

    Parameters
    ----------
    parent : ndarray of int, shape (node,)
    link : ndarray, shape (node,) [nS]
        Minus the entry between a node and its parent.
    levels : list of ndarray of int
        Nodes by their distance from the root.
    diagonal, right : ndarray, shape (run, node)
        Complex ones too.

    Returns
    -------
    ndarray, shape (run, node)
    ndarray of bool, shape (run,)
        Whether all pivots were above 0, so that the matrix is positive definite.
    """
    d, x = diagonal.copy(), right.astype(diagonal.dtype)
    for nodes in reversed(levels[1:]):
        above, g = parent[nodes], link[nodes]
        share = g / d[:, nodes]
        np.subtract.at(d.T, above, (share * g).T)
        np.add.at(x.T, above, (share * x[:, nodes]).T)
    x[:, levels[0]] /= d[:, levels[0]]
    for nodes in levels[1:]:
        x[:, nodes] = (x[:, nodes] + link[nodes] * x[:, parent[nodes]]) / d[:, nodes]
    return x, np.asarray((d.real > 0.0).all(axis=1))


def by_distance(parent: Ints) -> list[Ints]:
    """Return the nodes by their distance from the root, in links."""
    found, here = [], np.flatnonzero(parent < 0)
    order = np.argsort(parent, kind="stable")
    first = np.searchsorted(parent[order], np.arange(parent.size + 1))
    while here.size:
        found.append(here)
        here = np.concatenate([order[first[node] : first[node + 1]] for node in here])
    return found

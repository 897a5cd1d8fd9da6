"""Shapes from dimensions: a cable, a Rall tree, a myelinated axon, a ball and a stick."""

from __future__ import annotations

from typing import Any

from loligo.cell.morphology.morphology import Branch, Morphology
from loligo.errors import ModelError
from loligo.units import quantity


def _size(value: Any, name: str) -> float:
    size = quantity(value, "length", name=name)
    if not size > 0.0:
        raise ModelError(f"{name} = {size:g} um must be above 0")
    return size


def _cylinder(
    name: str,
    region: str,
    length: float,
    diameter: float,
    parent: str | None = None,
    at: float = 1.0,
) -> Branch:
    return Branch(name, region, (0.0, length), (diameter, diameter), parent, at)


def cable(
    length: Any, diameter: Any, *, end_diameter: Any = None, region: str = "axon"
) -> Morphology:
    """Return one unbranched cable.

    Parameters
    ----------
    length, diameter : quantity
        ``"1 mm"``.
    end_diameter : quantity, optional
        Of a cable that tapers.
    region : str
        Also the name of its only branch.

    Examples
    --------
    >>> from loligo.cell.morphology import cable
    >>> cable("1 mm", "1 um").area
    3141.592653589793
    """
    first = _size(diameter, "diameter")
    last = first if end_diameter is None else _size(end_diameter, "end_diameter")
    branch = Branch(region, region, (0.0, _size(length, "length")), (first, last))
    return Morphology((branch,))


def rall_tree(levels: int, length: Any, diameter: Any, *, region: str = "dendrite") -> Morphology:
    """Return a binary tree that is equivalent to a cylinder.

    At each level ``k`` from the stem (0) on, diameters are ``d 2^(-2k/3)``, so that the sum of
    ``d^(3/2)`` is conserved, and lengths ``l 2^(-k/3)``, so that each branch has the same
    electrotonic length.

    Parameters
    ----------
    levels : int
        With the stem: ``2 ** levels - 1`` branches.
    length, diameter : quantity
        Of the stem.
    region : str
        Branches are called by it with their level and number, ``"dendrite.2.3"``.

    References
    ----------
    Rall 1962, https://doi.org/10.1111/j.1749-6632.1962.tb54120.x
    """
    if not 1 <= levels <= 20:
        raise ModelError(f"levels = {levels}; allowed are 1 to 20")
    long, wide = _size(length, "length"), _size(diameter, "diameter")
    branches = []
    for level in range(levels):
        for number in range(2**level):
            parent = f"{region}.{level - 1}.{number // 2}" if level else None
            branches.append(
                _cylinder(
                    f"{region}.{level}.{number}",
                    region,
                    long * 2.0 ** (-level / 3.0),
                    wide * 2.0 ** (-2.0 * level / 3.0),
                    parent,
                )
            )
    return Morphology(tuple(branches))


def myelinated(
    nodes: int,
    *,
    node_length: Any,
    node_diameter: Any,
    internode_length: Any,
    internode_diameter: Any,
) -> Morphology:
    """Return an axon of nodes and internodes in turn, from a node to a node.

    Parameters
    ----------
    nodes : int
    node_length, node_diameter, internode_length, internode_diameter : quantity
        The diameter of an internode is that of its axon, inside the myelin.
    """
    if nodes < 2:
        raise ModelError(f"nodes = {nodes}; a myelinated axon has two at least")
    node = _size(node_length, "node_length"), _size(node_diameter, "node_diameter")
    between = (
        _size(internode_length, "internode_length"),
        _size(internode_diameter, "internode_diameter"),
    )
    branches = [_cylinder("node.0", "node", *node)]
    for number in range(1, nodes):
        inner = f"internode.{number - 1}"
        branches.append(_cylinder(inner, "internode", *between, f"node.{number - 1}"))
        branches.append(_cylinder(f"node.{number}", "node", *node, inner))
    return Morphology(tuple(branches))


def ball_and_stick(
    soma_diameter: Any, length: Any, diameter: Any, *, region: str = "dendrite"
) -> Morphology:
    """Return a soma, a cylinder with the area of its sphere, and one dendrite at its end.

    Parameters
    ----------
    soma_diameter, length, diameter : quantity
    region : str
        Of the dendrite, and its name.
    """
    size = _size(soma_diameter, "soma_diameter")
    stick = _cylinder(region, region, _size(length, "length"), _size(diameter, "diameter"), "soma")
    return Morphology((_cylinder("soma", "soma", size, size), stick))

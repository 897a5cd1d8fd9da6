"""How finely a document cuts its sections, as compartments of the branches they became.

NeuroML keeps that in the property ``numberInternalDivisions`` of a section. It belongs to how a
cell is simulated and not to the cell, so that it counts only where one asks for it; then a section
of which the document says nothing is one compartment, as in NEURON.
"""

from __future__ import annotations

from loligo.cell.interchange.neuroml.branches import Tree
from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.segments import DIVISIONS, Segments
from loligo.cell.neuron import Neuron


def divided(neuron: Neuron, segments: Segments, tree: Tree, form: Element) -> Neuron:
    """Return a neuron with as many compartments as its document says.

    Parameters
    ----------
    neuron : Neuron
    segments : Segments
    tree : Tree
        Where the segments are on the neuron.
    form : Element
        The ``<morphology>``, for messages.

    Raises
    ------
    ModelError
        With the line: the number of a group that is no section.

    Notes
    -----
    A section that became several branches, because others hang along it or because its membrane
    differs, shares its compartments among them by length, one at least to each.
    """
    counts = {branch.name: 1 for branch in neuron.morphology.branches}
    for name, count in segments.divisions.items():
        if name not in segments.sections:
            (group,) = (x for x in form.every("segmentGroup") if x.get("id") == name)
            group.refuse(
                f"its {DIVISIONS} is that of no section; mark the group as one by its neuroLexId, "
                f"or read without divisions"
            )
        lengths: dict[str, float] = {}
        for key in segments.groups[name]:
            place = tree.places[key]
            lengths[place.branch] = lengths.get(place.branch, 0.0) + place.length
        whole = sum(lengths.values())
        for branch, length in lengths.items():
            counts[branch] = max(1, round(count * length / whole))
    return neuron.with_(counts=counts)

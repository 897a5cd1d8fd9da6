"""Elements of NeuroML that are known and not read, and why: what a message tells."""

from __future__ import annotations

from collections.abc import Collection

from loligo.cell.interchange.neuroml.markup import Element
from loligo.cell.interchange.neuroml.points import REFUSED as POINT_NEURONS

_SYNAPSES = "a synapse belongs to a connection of a network; on a neuron of loligo, place a Synapse"
_SUMS = "a sum of inputs; read its parts as inputs of their own"
_CLAMPS = "a clamp is a rig of loligo, not a part of a document"
_SPIKES = "spikes from elsewhere are the times of a Synapse in loligo"
_NETWORKS = "loligo simulates cells, not networks of them"
_PYNN = "a cell of PyNN with its synapses and an injected current, its numbers without units"

_REASONS = {
    **{name: f"loligo has no model of {what}" for name, what in POINT_NEURONS.items()},
    **dict.fromkeys(
        (
            "alphaCurrentSynapse", "alphaSynapse", "blockingPlasticSynapse", "doubleSynapse",
            "expOneSynapse", "expThreeSynapse", "expTwoSynapse", "alphaCondSynapse",
            "alphaCurrSynapse", "expCondSynapse", "expCurrSynapse", "stpSynapse", "nmdaSynapse",
        ),
        _SYNAPSES,
    ),
    **dict.fromkeys(("compoundInput", "compoundInputDL"), _SUMS),
    **dict.fromkeys(("voltageClamp", "voltageClampTriple"), _CLAMPS),
    **dict.fromkeys(
        (
            "poissonFiringSynapse", "spikeArray", "spikeGenerator", "spikeGeneratorPoisson",
            "spikeGeneratorRandom", "spikeGeneratorRefPoisson", "SpikeSourcePoisson",
            "timedSynapticInput", "transientPoissonFiringSynapse",
        ),
        _SPIKES,
    ),
    **dict.fromkeys(
        (
            "cellSet", "continuousProjection", "electricalProjection", "extracellularProperties",
            "gapJunction", "gradedSynapse", "linearGradedSynapse", "projection", "region",
            "silentSynapse", "space", "synapticConnection",
        ),
        _NETWORKS,
    ),
    **dict.fromkeys(
        (
            "EIF_cond_alpha_isfa_ista", "EIF_cond_exp_isfa_ista", "HH_cond_exp", "IF_cond_alpha",
            "IF_cond_exp", "IF_curr_alpha", "IF_curr_exp",
        ),
        _PYNN,
    ),
}  # fmt: skip


def check(root: Element, skip: Collection[str]) -> None:
    """Refuse the first element of a document, or of its networks, that is known and not read.

    Parameters
    ----------
    root : Element
    skip : collection of str
        Names that are passed over.

    Raises
    ------
    ModelError
        With the line, why it is not read, and all that would have to be passed over.
    """
    inside = [x for network in root.every("network") for x in network.children]
    found = [x for x in (*root.children, *inside) if x.name in _REASONS and x.name not in skip]
    if found:
        names = list(dict.fromkeys([*sorted(skip), *(x.name for x in found)]))
        found[0].refuse(f"is not read: {_REASONS[found[0].name]}; skip={names} passes over it")

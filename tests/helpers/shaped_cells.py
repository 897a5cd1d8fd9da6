"""Neurons of different shapes, for what goes to other programs and comes back."""

import numpy as np

from loligo import simulate
from loligo.cell import Membrane, Neuron, catalogue
from loligo.cell.morphology import Branch, Morphology, ball_and_stick, rall_tree

SQUID = catalogue.load("hodgkin_huxley1952")
PASSIVE = Membrane(
    capacitance="1 uF/cm2", channel={"leak": {"conductance": "0.05 mS/cm2", "reversal": "-65 mV"}}
)
WHERE = {
    "axial_resistivity": "100 ohm cm",
    "temperature": "6.3 degC",
    "initial_potential": "-65 mV",
}


def bush(count=40, seed=4):
    """Return a soma with branches of many cones at its ends, its middle and each other."""
    random = np.random.default_rng(seed)
    branches = [Branch("soma", "soma", (0.0, 12.0, 24.0), (14.0, 20.0, 12.0))]
    for number in range(count):
        above = branches[random.integers(len(branches))]
        lengths = random.uniform(4.0, 20.0, random.integers(2, 9))
        path = (0.0, *np.cumsum(lengths).tolist())
        diameters = tuple(random.uniform(0.6, 3.0, len(path)).tolist())
        at = float(random.choice([0.0, 0.5, 1.0] if above.name == "soma" else [0.0, 0.3, 1.0]))
        name = f"dend.{number}"
        branches.append(Branch(name, "dendrite", path, diameters, above.name, at))
    return Morphology(tuple(branches))


def ball():
    """Return a squid soma with a passive dendrite."""
    shape = ball_and_stick("20 um", "600 um", "2 um")
    return Neuron("a ball and stick", shape, {"soma": SQUID, "dendrite": PASSIVE}, **WHERE)


def rall():
    """Return a squid Rall tree."""
    return Neuron("a Rall tree", rall_tree(4, "200 um", "4 um"), SQUID, **WHERE)


def reconstruction():
    """Return 485 compartments of active dendrites, whose sodium conductance falls off."""
    profile = {"dendrite": {"channel.na.conductance": "120 * exp(-distance / 200)"}}
    return Neuron("a bush", bush(), SQUID, profile=profile, longest="6 um", **WHERE)


CASES = {
    "ball": (ball, "soma", ["soma", "dendrite(1)"], 900.0),
    "rall": (rall, "dendrite.0.0(0)", ["dendrite.0.0(0)", "dendrite.3.7(1)"], 2000.0),
    "reconstruction": (reconstruction, "soma", ["soma", "dend.39(1)"], 3000.0),
}
"""How it is made, where current is injected, where the potential is looked at, how much [pA]."""


def converged(neuron, protocol, at, places, count):
    """Return potentials every 0.1 ms, shape (place, count), of two steps extrapolated to none."""
    coarse, fine = (
        np.array([run[f"v at {place}"][0, 0, :count] for place in places])
        for run in (
            simulate(
                neuron,
                protocol,
                at=at,
                record=[f"v at {place}" for place in places],
                dt=dt,
                sampling="0.1 ms",
            )
            for dt in ("0.004 ms", "0.002 ms")
        )
    )
    return fine + (fine - coarse) / 3.0

"""Firing rate against current of neurons in the catalogue, each curve one batch of cells.

Every cell of a batch gets its own share of a step of 1 uA/cm2 for a second; rates are those of the
second half. Some begin at any rate, some at a rate of their own. Writes ``fi_curves.png``.
"""

import numpy as np

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.plot.style import INK, new_figure, styled
from loligo.protocol import Protocol

NEURONS = {
    "hodgkin_huxley1952": "squid axon\n(Hodgkin, Huxley 1952)",
    "connor1977": "crustacean axon\n(Connor et al. 1977)",
    "wang_buzsaki1996": "interneuron\n(Wang, Buzsáki 1996)",
    "traub_miles1991": "pyramidal cell\n(Traub, Miles 1991)",
    "pospischil2008_rs": "regular spiking\n(Pospischil et al. 2008)",
}
CURRENTS = np.arange(0.0, 20.01, 0.25)
STEP = Protocol("step", ["step 1 uA/cm2 for 1 s"], holding="0 uA/cm2")


def settled_rate(times: np.ndarray) -> float:
    """Return the rate of spikes [Hz] in the second half of the step, 0 where it fell silent."""
    late = times[times > 500.0]
    if late.size < 2 or late[-1] + 2.0 * np.diff(late).max() < 1000.0:
        return 0.0
    return 1e3 * (late.size - 1) / (late[-1] - late[0])


def rates(name: str) -> np.ndarray:
    """Return the rate [Hz] of a neuron of the catalogue at each current."""
    cells = simulate(
        catalogue.load(name),
        STEP,
        parameters={"command.scale": CURRENTS},
        record=(),
        spikes=True,
        threads=None,
    )
    return np.array([settled_rate(cells.spike_times(cell)) for cell in range(CURRENTS.size)])


with styled():
    figure = new_figure(6.4, 4.0)
    axes = figure.subplots()
    colours = ("#22303c", "#b4441f", "#3b7dd8", "#5f9e6e", "#8b6bb1")
    for (name, words), colour in zip(NEURONS.items(), colours, strict=True):
        found = rates(name)
        first = int(np.argmax(found > 0))
        print(f"{name}: from {CURRENTS[first]:.2f} uA/cm2 at {found[first]:.1f} spikes/s")
        axes.plot(CURRENTS[first:], found[first:], color=colour, marker=".", markersize=2.5)
        axes.text(20.3, found[-1], words, color=colour, size=7.5, va="center")
    axes.set(xlim=(0, 20), ylim=(0, None), xticks=range(0, 21, 5))
    axes.set_xlabel("injected current [uA/cm2]", color=INK)
    axes.set_ylabel("firing rate after half a second [1/s]")
    figure.savefig("fi_curves.png", dpi=150, bbox_inches="tight")

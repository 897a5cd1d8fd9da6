"""The membrane action potential of Hodgkin and Huxley (1952).

A shock of 15 nC/cm2 moves the space-clamped axon by 15 mV at once; what follows is one spike, its
gates and its currents. Writes ``action_potential.png``.
"""

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.plot import draw_simulation
from loligo.protocol import Protocol

axon = catalogue.load("hodgkin_huxley1952")
shock = Protocol(
    "shock",
    ["hold for 1 ms", "shock 15 nC/cm2", "hold for 9 ms"],
    holding="0 uA/cm2",
)
simulation = simulate(
    axon,
    shock,
    record=("v", "na.m", "na.h", "k.n", "i.na", "i.k", "i.leak"),
    sampling="0.01 ms",
    dt="0.0025 ms",
    spikes=True,
)

potential = simulation["v"][0, 0]
at = potential.argmax()
print(f"peak {potential[at]:.1f} mV, {simulation.times[at] - 1.0:.2f} ms after the shock")
print(f"lowest {potential[at:].min():.1f} mV")
sodium = simulation["i.na"][0, 0]
print(f"largest sodium current {sodium.min():.0f} pA in 100 um2")

draw_simulation(simulation, width=6.2).savefig("action_potential.png", dpi=150)

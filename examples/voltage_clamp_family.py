"""Families of steps in ideal voltage clamp: sodium peak and potassium plateau, hERG and its tails.

Writes ``axon_family.png``, ``herg_family.png`` and ``current_voltage.png``.
"""

import numpy as np

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.plot import draw_simulation
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled
from loligo.protocol import Protocol

AXON = Protocol(
    "steps",
    ["hold for 2 ms", "step -100..70 mV by 10 mV for 12 ms as test", "hold for 2 ms"],
    holding="-65 mV",
)
HERG = Protocol(
    "activation",
    ["hold for 200 ms", "step -50..50 mV by 10 mV for 4 s as test", "step -50 mV for 2 s as tail"],
    holding="-80 mV",
)

axon = simulate(
    catalogue.load("hodgkin_huxley1952"),
    AXON,
    record=("i.na", "i.k"),
    sampling="0.01 ms",
    dt="0.01 ms",
)
levels = np.array([AXON.command(sweep, 8.0) for sweep in range(AXON.n_sweeps)])
sodium, potassium = axon["i.na"][0], axon["i.k"][0]
peaks = sodium[np.arange(levels.size), np.abs(sodium).argmax(axis=1)]
plateaus = potassium[:, axon.times < 14.0][:, -1]
print(f"sodium peak at 0 mV: {peaks[levels == 0.0][0]:.1f} pA in 100 um2")
draw_simulation(axon, most=40, width=6.4).savefig("axon_family.png", dpi=150)

herg = simulate(catalogue.load("beattie2018_cell5"), HERG, record=("i.herg",), sampling="1 ms")
draw_simulation(herg, most=40, width=6.4).savefig("herg_family.png", dpi=150)
tested = np.array([HERG.command(sweep, 300.0) for sweep in range(HERG.n_sweeps)])
current = 1e-3 * herg["i.herg"][0]
ends, tails = current[:, herg.times < 4200.0][:, -1], current[:, herg.times > 4200.0].max(axis=1)

with styled():
    figure = new_figure(6.4, 2.9)
    left, right = figure.subplots(1, 2)
    left.plot(levels, peaks, ".-", color=WINDOW, label="sodium, peak")
    left.plot(levels, plateaus, ".-", color=ACCENT, label="potassium, 12 ms")
    left.set(xlabel="potential [mV]", ylabel="current [pA]")
    left.set_title("squid axon, 100 um2", loc="left", size=9)
    right.plot(tested, ends, ".-", color=INK, label="end of the step")
    right.plot(tested, tails, ".-", color=ACCENT, label="tail at -50 mV")
    right.set(xlabel="potential of the step [mV]", ylabel="current [nA]")
    right.set_title("hERG", loc="left", size=9)
    for axes in (left, right):
        axes.axhline(0.0, color=QUIET, linewidth=0.5, zorder=0)
        axes.legend(frameon=False, fontsize=7.5)
    figure.savefig("current_voltage.png", dpi=150)

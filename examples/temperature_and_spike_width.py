"""Warmer axons have briefer and lower spikes: one shock at ten temperatures, one batch.

The rates of all gates grow threefold in 10 degC, the conductances stay. Writes
``temperature.png``.
"""

import numpy as np

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.plot.style import INK, new_figure, styled
from loligo.protocol import Protocol

START = 40.0
TEMPERATURES = np.array([5.0, 6.3, 10.0, 12.5, 15.0, 18.5, 20.0, 22.5, 25.0, 30.0])

shock = Protocol(
    "shock", [f"hold for {START} ms", "shock 15 nC/cm2", "hold for 6 ms"], holding="0 uA/cm2"
)
cells = simulate(
    catalogue.load("hodgkin_huxley1952"),
    shock,
    parameters={"temperature": (TEMPERATURES, "degC")},
    sampling="0.005 ms",
    dt="0.0025 ms",
)
seen = cells.times >= START
time, potential = cells.times[seen] - START, cells["v"][:, 0, seen]
rest = cells["v"][:, 0, ~seen][:, -1]
peaks = potential.max(axis=1)
half = 0.5 * (rest + peaks)
widths = 0.005 * (potential > half[:, None]).sum(axis=1)  # to a sample
for values in zip(TEMPERATURES, peaks, widths, strict=True):
    print("{:.1f} degC: peak {:.2f} mV, width {:.3f} ms".format(*values))

with styled():
    import matplotlib as mpl

    figure = new_figure(6.8, 3.2)
    axes = figure.subplot_mosaic("ttw;ttp")
    colour = mpl.cm.ScalarMappable(mpl.colors.Normalize(5.0, 32.0), "plasma")
    for v, celsius in zip(potential, TEMPERATURES, strict=True):
        axes["t"].plot(time, v, color=colour.to_rgba(celsius))
    axes["t"].set(xlabel="time after the shock [ms]", ylabel="membrane potential [mV]")
    bar = figure.colorbar(colour, ax=axes["t"], label="temperature [degC]")
    bar.outline.set_visible(False)
    axes["w"].plot(TEMPERATURES, widths, ".-", color=INK)
    axes["w"].set(ylabel="width at half\nheight [ms]", ylim=(0, None))
    axes["p"].plot(TEMPERATURES, peaks, ".-", color=INK)
    axes["p"].set(xlabel="temperature [degC]", ylabel="peak [mV]", ylim=(0, None))
    axes["w"].sharex(axes["p"])
    figure.savefig("temperature.png", dpi=150)

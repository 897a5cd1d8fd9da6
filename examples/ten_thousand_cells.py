"""Ten thousand axons whose channels differ in number by 10 %: which of them fire, and how fast.

A run of 200 ms lets them settle under 10 uA/cm2; a second one goes on from where it ended and keeps
running features, no traces, so that memory does not grow with time. Writes ``population.png``.
"""

import numpy as np

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.plot.style import ACCENT, INK, WINDOW, new_figure, styled
from loligo.protocol import Protocol

N_CELLS = 10_000
axon = catalogue.load("hodgkin_huxley1952")
step = Protocol("step", ["step 10 uA/cm2 for 200 ms"], holding="0 uA/cm2")

draw = np.random.default_rng(1952)
share = {name: np.exp(0.1 * draw.standard_normal(N_CELLS)) for name in ("na", "k")}
share["na"][0] = share["k"][0] = 1.0  # the published axon is one of them
varied = {
    "channel.na.conductance": (120.0 * share["na"], "mS/cm2"),
    "channel.k.conductance": (36.0 * share["k"], "mS/cm2"),
}
features = ("spike_count", "first_spike_time", "last_spike_time", "maximum_potential")
settle = simulate(axon, step, parameters=varied, record=(), features=features, threads=None)
cells = simulate(
    axon,
    step,
    parameters=varied,
    record=(),
    features=features,
    initial=settle.final,
    threads=None,
)

count, last = cells["spike_count"][:, 0], cells["last_spike_time"][:, 0]
fires = (count > 1) & (last > 150.0)
span = np.where(fires, last - cells["first_spike_time"][:, 0], np.inf)
rate = 1e3 * (count - 1.0) / span
print(f"{fires.sum()} of {N_CELLS} cells fire")
print(f"published axon: {rate[0]:.1f} spikes/s")
print(
    f"all that fire: {rate[fires].mean():.1f} spikes/s, standard deviation {rate[fires].std():.1f}"
)

with styled():
    figure = new_figure(6.4, 3.0)
    left, right = figure.subplots(1, 2)
    left.hist(rate[fires], bins=60, color=WINDOW)
    left.axvline(rate[0], color=ACCENT)
    left.text(rate[0] - 0.3, left.get_ylim()[1], "published", color=ACCENT, size=7.5, ha="right")
    left.set(xlabel="firing rate [1/s]", ylabel="cells")
    colours = right.scatter(share["na"][fires], share["k"][fires], c=rate[fires], s=2, linewidths=0)
    right.plot(share["na"][~fires], share["k"][~fires], ".", color=INK, ms=1, label="silent")
    right.set(xlabel="sodium conductance / published", ylabel="potassium conductance / published")
    right.legend(frameon=False, fontsize=7.5, markerscale=6)
    figure.colorbar(colours, ax=right, label="firing rate [1/s]").outline.set_visible(False)
    figure.savefig("population.png", dpi=150)

"""A spike that begins in the axon runs back along the apical dendrite of a layer 5 pyramidal cell.

The cell is that of Mainen and Sejnowski 1996 with 479 compartments; 0.2 nA flow into its soma, and
it answers with a burst. Writes ``spike_along_a_dendrite.png``: where is recorded, and what.
"""

import numpy as np

from loligo import Protocol, simulate
from loligo.cell import catalogue
from loligo.plot.style import INK, QUIET, new_figure, styled

SITES = {  # from the last node of the axon to the tuft
    "custom_7.4": "#8b6bb1",
    "soma": INK,
    "apical.22(0.5)": "#3b7dd8",
    "apical.58(0.1)": "#5f9e6e",
    "apical.59(0.5)": "#b4441f",
}
STEP = Protocol("step", ["hold for 5 ms", "step 200 pA for 115 ms"], holding="0 pA")

cell = catalogue.load("mainen_sejnowski1996_l5")
record = [f"v at {site}" for site in SITES]
found = simulate(cell, STEP, at="soma", record=record, sampling="0.05 ms", spikes=True)
first = found.spike_times()[0]
print(f"{found.spike_times().size} spikes, the first at {first:.2f} ms")

with styled():
    figure = new_figure(7.2, 3.8)
    shape, traces = figure.subplots(1, 2, width_ratios=(1, 1.5))
    for branch in cell.morphology.branches:
        x, y, _ = np.array(branch.points).T
        width = min(max(0.4, 0.25 * float(np.mean(branch.diameters))), 3.0)
        shape.plot(x, y, color=QUIET, linewidth=width, zorder=1)
    cut = cell.compartments
    for row, (site, colour) in enumerate(SITES.items()):
        place = cut.at(site)
        branch = cell.morphology.branches[cut.branch[place]]
        at = cut.position[place] * branch.length
        x, y = (np.interp(at, branch.path, axis) for axis in np.array(branch.points).T[:2])
        shape.plot(x, y, "o", color=colour, markersize=5.0, zorder=2)
        v = found[f"v at {site}"][0, 0]
        near = (found.times > first - 5.0) & (found.times < first + 15.0)
        peak, when = v[near].max(), found.times[near][v[near].argmax()]
        away = abs(cut.distance[place] - cut.distance[cut.at("soma")])
        print(f"{site}: {away:.0f} um away, peak {peak:.1f} mV at {when:.2f} ms")
        traces.plot(found.times, v - 110.0 * row, color=colour)
        words = f"{cut.regions[place].replace('node', 'axon')}\n{away:.0f} um"
        traces.text(121.0, v[-1] - 110.0 * row, words, color=colour, size=8.0, va="center")
    shape.set(aspect="equal", frame_on=False, xticks=[], yticks=[])
    traces.plot([56, 56], [-60, -10], color=INK, linewidth=1.5)
    traces.text(55.0, -35.0, "50 mV", ha="right", va="center")
    traces.set(xlim=(45, 120), yticks=[], xlabel="time [ms]")
    traces.spines.left.set_visible(False)
    figure.savefig("spike_along_a_dendrite.png", dpi=150)

"""A clamp at the soma holds the soma: how far its command reaches, and what it sees of synapses.

A soma with a passive dendrite of 600 um behind 10 MOhm. Writes ``space_clamp.png``: the potential
along the dendrite after a step, and currents of one synapse at three places as the amplifier gives
them, beside what flows through the synapse (dotted).
"""

import numpy as np

from loligo import Protocol, simulate
from loligo.cell import Membrane, Neuron, Synapse
from loligo.cell.morphology import ball_and_stick
from loligo.plot.style import new_figure, styled
from loligo.rig import Pipette, VoltageClamp

neuron = Neuron(
    "a soma with a dendrite",
    ball_and_stick("20 um", "600 um", "2 um"),
    Membrane(
        capacitance="1 uF/cm2",
        channel={"leak": {"conductance": "0.05 mS/cm2", "reversal": "-70 mV"}},
    ),
    axial_resistivity="150 ohm cm",
    temperature="22 degC",
    initial_potential="-70 mV",
    counts={"soma": 1, "dendrite": 61},
)
pipette = Pipette(series_resistance="10 MOhm", capacitance="4 pF")
rig = VoltageClamp(capacitance_fast="4 pF").system(pipette)
options = {"at": "soma", "rig": rig, "initial": "rest", "dt": "0.01 ms", "sampling": "0.02 ms"}
step = Protocol("step", ["step -50 mV for 200 ms"], holding="-70 mV")
hold = Protocol("hold", ["hold for 60 ms"], holding="-70 mV")
sites = {"soma": "#3b7dd8", "dendrite(0.5)": "#5f9e6e", "dendrite(1)": "#b4441f"}

along = [f"v at dendrite({(i + 0.5) / 61})" for i in range(61)]
reached = simulate(neuron, step, record=[*along, *(f"v at {site}" for site in sites)], **options)
with styled():
    figure = new_figure(7.2, 3.2)
    left, right = figure.subplots(1, 2)
    for time in (1, 3, 10, 199):
        profile = [reached[name][0, 0, 50 * time] for name in along]
        left.plot(np.linspace(5, 595, 61), profile, color=str(0.75 - 0.25 * np.log10(time)))
        left.text(605, profile[-1], f"{time} ms", size=8.0, va="center")
    left.set(xlabel="distance from the soma [um]", ylabel="membrane potential [mV]")
    for site, colour in sites.items():
        synapse = Synapse(site=site, conductance="2 nS", rise="0.2 ms", decay="2 ms",
                          reversal="0 mV", times=["5 ms"])  # fmt: skip
        names = ["rig.response", "i.synapse.one"]
        found = simulate(neuron, hold, synapses={"one": synapse}, record=names, **options)
        seen, true = (found[name][0, 0] - found[name][0, 0, 0] for name in names)
        share = (reached[f"v at {site}"][0, 0, -1] + 70.0) / 20.0
        print(f"{site}: {100 * share:.2f} % of the step, {seen.min():.1f} of {true.min():.1f} pA, "
              f"{100 * seen.sum() / true.sum():.2f} % of the charge")  # fmt: skip
        right.plot(found.times, seen, color=colour, label=site)
        right.plot(found.times, true, color=colour, linestyle=":")
    right.legend(frameon=False)
    right.set(xlim=(3, 30), xlabel="time [ms]", ylabel="current [pA]")
    figure.savefig("space_clamp.png", dpi=150)

"""A train of spikes along a squid giant axon, and the potassium that gathers around it.

Frankenhaeuser and Hodgkin 1956 (https://doi.org/10.1113/jphysiol.1956.sp005467) told from the
undershoot of spikes that each leaves 1.6 mM of potassium in a space of 300 Angstrom around the
axon, which then leaves through a barrier of 6e-5 cm/s: the space over the barrier is 50 ms.
Writes ``potassium_around_an_axon.png``.
"""

from itertools import pairwise

from loligo.cell import Neuron, catalogue
from loligo.engine import simulate
from loligo.plot.style import new_figure, styled
from loligo.protocol import Protocol

AXON = """
kind = "neuron"
name = "a giant axon in its sheath"
temperature = "18.5 degC"
initial_potential = "-65 mV"
axial_resistivity = "35.4 ohm cm"
longest = "500 um"

[morphology]
shape = "cable"
length = "20 mm"
diameter = "476 um"

[inside.ions]
Na = "50 mM"
K = "400 mM"
Cl = "40 mM"

[outside]
ions = {Na = "440 mM", K = "20 mM", Cl = "560 mM"}
depth = "0.03 um"
exchange = "50 ms"

[membrane.axon]
capacitance = "1 uF/cm2"
"""
# channels of Hodgkin and Huxley, their reversals those of the ions on both sides
channels = catalogue.load("hodgkin_huxley1952").written()["channel"]
for name, ion in {"na": "Na", "k": "K", "leak": "Cl"}.items():
    channels[name]["ion"] = ion
del channels["na"]["reversal"], channels["k"]["reversal"]
axon = Neuron.from_toml(AXON)
membrane = dict(axon.membrane)["axon"].with_(channel=channels)
axon = axon.with_(membrane=membrane)

PULSES, EVERY = 12, 10.0  # ms
train = ["step 3 uA for 0.3 ms", f"hold for {EVERY - 0.3} ms"] * PULSES
names = ["v at axon(0.5)", "K_out at axon(0.5)", "i.k at axon(0.5)"]
found = simulate(
    axon, Protocol("train", ["hold for 20 ms", *train], holding="0 uA"), at="axon(0)",
    record=names, sampling="0.01 ms", spikes=True,
)  # fmt: skip
v, potassium, current = (found[name][0, 0] for name in names)

starts = [round((20.0 + EVERY * i) * 100) for i in range(PULSES + 1)]
periods = [slice(a, b) for a, b in pairwise(starts)]
first = potassium[periods[0]]
area = axon.compartments.area[axon.at("axon(0.5)")]  # um2
extra = current[periods[0]] - current[starts[0] - 1]  # pA beside that at rest
moles = extra.sum() * 0.01 * 1e-15 / 96485.3 / (area * 1e-8)  # mol/cm2
print(f"{found.spike_times(0, 0).size} spikes")
print(f"the first: {first.max() - first[0]:.2f} mM, of {1e12 * moles:.2f} pmol/cm2")
low = [float(v[one].min()) for one in periods]
print(f"undershoot: {low[0]:.2f} mV, of the last {low[-1]:.2f} mV")
print(f"the last rises from {potassium[starts[-2]] - 20:.2f} mM above rest")

with styled():
    figure = new_figure(6.8, 3.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    upper.plot(found.times, v)
    upper.set(ylabel="potential [mV]")
    lower.plot(found.times, potassium)
    lower.set(xlabel="time [ms]", ylabel="K outside [mM]")
    figure.savefig("potassium_around_an_axon.png", dpi=150)

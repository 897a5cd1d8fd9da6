"""Calcium of one current pulse in a sphere: how far it gets, and what chelators leave of it.

With EGTA and BAPTA in the cell, which bind calcium about equally well, BAPTA forty times faster:
rates of the size that Naraghi and Neher 1997 use
(https://doi.org/10.1523/JNEUROSCI.17-18-06961.1997). Writes ``calcium_beneath_the_membrane.png``.
"""

from loligo.cell import Cell
from loligo.engine import simulate
from loligo.plot.style import new_figure, styled
from loligo.protocol import Protocol

SHELLS = 20
CELL = """
kind = "cell"
name = "a bouton of 3 um with a pulse of calcium"
temperature = "22 degC"
area = "28.3 um2"
capacitance = "1 uF/cm2"
initial_potential = "-70 mV"

[inside]
depth = "0.5 um"            # a third of the radius
ions = {Ca = "0.1 uM"}

[inside.shells]
shape = "sphere"
count = 20
diffusion = {Ca = "0.22 um2/ms"}

[inside.buffer.fixed]       # of the cell: nearly at once, and it stays where it is
ion = "Ca"
total = "80 uM"
dissociation = "2 uM"

[outside]
ions = {Ca = "2 mM"}

[channel.ca]
ion = "Ca"
current = "-200 * m"        # uA/cm2, while it is open

[channel.ca.gate.m]
inf = "1 / (1 + exp(-30 - v))"

[transporter.pump]          # holds calcium at 0.1 uM
moves = {Ca = 1}
strength = "2 uA/cm2"
rate = "(Ca_in - 1e-4) / (Ca_in + 1e-3)"
"""
CHELATORS = {
    "none": {},
    "EGTA": {"dissociation": "0.18 uM", "off_rate": "1.9 /s"},
    "BAPTA": {"dissociation": "0.22 uM", "off_rate": "88 /s"},
}
MOBILE = {"ion": "Ca", "total": "1 mM", "diffusion": "0.22 um2/ms"}

plain = Cell.from_toml(CELL)
pulse = Protocol(
    "pulse", ["hold for 1 ms", "step 0 mV for 2 ms", "hold for 27 ms"], holding="-70 mV"
)
middle = f"Ca_in_{SHELLS}"
traces = {}
for name, chelator in CHELATORS.items():
    said = plain.written()
    if chelator:
        said["inside"]["buffer"]["chelator"] = {**MOBILE, **chelator}
    found = simulate(
        Cell(**said), pulse, method="error-controlled", sampling="0.02 ms",
        record=["Ca_in", middle, "inside.Ca"], tolerance=1e-8,
    )  # fmt: skip
    traces[name] = found
    high, deep = (1e3 * found[key][0, 0] for key in ("Ca_in", middle))
    entered = found["inside.Ca"][0, 0]
    print(
        f"{name}: {high.max():.2f} uM beneath the membrane, {deep.max():.2f} uM in the centre, "
        f"{1e3 * (entered.max() - entered[0]):.1f} uM entered"
    )

with styled():
    figure = new_figure(6.8, 2.8)
    axes = figure.subplots(1, 3, sharey=True)
    for ax, (name, found) in zip(axes, traces.items(), strict=True):
        ax.plot(found.times, 1e3 * found["Ca_in"][0, 0], label="at the membrane")
        ax.plot(found.times, 1e3 * found[middle][0, 0], label="in the centre")
        ax.set(title=f"chelator: {name}", xlabel="time [ms]", yscale="log")
    axes[0].set(ylabel="free calcium [uM]")
    axes[-1].legend()
    figure.savefig("calcium_beneath_the_membrane.png", dpi=150)

"""A neuron whose pump is blocked for half an hour, and how its gradients return.

The cell of Duesterwald et al. 2018 (https://doi.org/10.7554/eLife.39575) with a membrane of
constant area and a pump that saturates. Writes ``pump_blocked.png``.
"""

import numpy as np

from loligo.cell import Cell, catalogue
from loligo.engine import simulate
from loligo.plot.style import new_figure, styled
from loligo.protocol import Protocol

CELL = """
kind = "cell"
name = "pump, leaks, KCC2 and water"
temperature = "37 degC"
area = "785 um2"
capacitance = "2 uF/cm2"
initial_potential = "-72.589 mV"
channel.na = {ion = "Na", conductance = "0.02 mS/cm2"}
channel.k = {ion = "K", conductance = "0.07 mS/cm2"}
channel.cl = {ion = "Cl", conductance = "0.02 mS/cm2"}
inside.depth = "2.5 um"
inside.water = "0.01 cm/s"
inside.ions = {Na = "14.0017 mM", K = "122.8766 mM", Cl = "5.1647 mM"}
inside.impermeant = "154.9571 mM"
outside = {ions = {Na = "145 mM", K = "3.5 mM", Cl = "119 mM"}, impermeant = "29.5 mM"}
[transporter.kcc2]
moves = {K = 1, Cl = 1}
strength = "0.02 mS/cm2"
rate = "nernst(-1, Cl_out, Cl_in) - nernst(1, K_out, K_in)"
"""
cell = Cell.from_toml(CELL).with_(**{"transporter.pump": catalogue.load("luo_rudy1994_pump")})
balance = -cell.currents_at(-72.589)["na"] / 3 / cell.currents_at(-72.589)["pump"]
cell = cell.with_(**{"transporter.pump.strength": f"{1.5 * balance} uA/cm2"})

RECORDED = ["v", "Na_in", "K_in", "Cl_in", "inside.volume"]
runs, state = [], None
for minutes, share in ((10, 1), (30, 0), (560, 1)):
    wait = Protocol("wait", [f"step 0 uA/cm2 for {minutes} min"], holding="0 uA/cm2")
    left = {"transporter.pump.strength": f"{1.5 * share * balance} uA/cm2"}
    how = {"method": "error-controlled", "sampling": "1 s", "record": RECORDED}
    runs.append(simulate(cell, wait, parameters=left, initial=state, **how))
    state = runs[-1].final
v, *ions, volume = (np.concatenate([run[name][0, 0] for run in runs]) for name in RECORDED)
for minute in (9, 11, 15, 20, 40, 599):
    at = 60 * minute
    print(f"{minute} min: {v[at]:.2f} mV, K {ions[1][at]:.2f} mM, volume {volume[at]:.4f}")

with styled():
    figure = new_figure(6.8, 3.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    upper.plot(np.arange(v.size) / 3600.0, v)
    upper.set(ylabel="potential [mV]")
    lower.plot(np.arange(v.size) / 3600.0, np.stack(ions).T, label=["Na", "K", "Cl"])
    lower.set(xlabel="time [h]", ylabel="inside [mM]")
    lower.legend()
    figure.savefig("pump_blocked.png", dpi=150)

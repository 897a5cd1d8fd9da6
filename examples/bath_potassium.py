"""Potassium of the bath, changed on a glial cell and on a neuron, recorded through a rig.

A membrane that lets only potassium pass is a potassium electrode; one that lets a little sodium
pass bends away from the line where potassium is low. Writes ``bath_potassium.png``.
"""

import numpy as np

from loligo import Protocol, analyze, record
from loligo.cell import Cell
from loligo.ions import goldman, nernst
from loligo.plot.style import ACCENT, INK, WINDOW, new_figure, styled
from loligo.rig import Bessel, CurrentClamp, Digitizer, Noise, Pipette, Rig

INSIDE = {"K": 140.0, "Na": 10.0, "Cl": 150.0}
TOTAL = 150.0  # mM of potassium and sodium in the bath
POTASSIUM = np.array([1.0, 2.5, 5.0, 10.0, 25.0, 60.0, 100.0])  # mM
GLIA, NEURON = {"K": 1.0}, {"K": 1.0, "Na": 0.04}
TEMPERATURE = "22 degC"
BENCH = Rig(
    name="a patch rig in current clamp",
    pipette=Pipette(series_resistance="10 MOhm", capacitance="5 pF"),
    amplifier=CurrentClamp(),
    filter=Bessel(corner="5 kHz"),
    noise=Noise(feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)"),
    digitizer=Digitizer(sampling="20 kHz"),
)
REST = Protocol("rest", ["hold for 200 ms"], holding="0 pA")


def amounts(values: dict[str, float]) -> dict[str, str]:
    """Return concentrations in mM as quantities."""
    return {ion: f"{float(value)} mM" for ion, value in values.items()}


def bath(potassium: float) -> dict[str, float]:
    """Return a bath in which potassium stands in the place of sodium."""
    return {"K": potassium, "Na": TOTAL - potassium, "Cl": TOTAL}


def cell_of(permeabilities: dict[str, float], potassium: float) -> Cell:
    """Return a cell that lets these ions pass, in the bath of so much potassium."""
    return Cell(
        name="a cell",
        temperature=TEMPERATURE,
        area="5000 um2",
        capacitance="1 uF/cm2",
        initial_potential="-80 mV",
        solutions={"inside": amounts(INSIDE), "outside": amounts(bath(potassium))},
        channel={
            ion.lower(): {"ion": ion, "permeability": f"{1e-5 * share} cm/s"}
            for ion, share in permeabilities.items()
        },
    )


def resting_potential(permeabilities: dict[str, float], potassium: float) -> float:
    """Return what the analysis of a recording says of the cell's rest [mV]."""
    recording = record(cell_of(permeabilities, potassium), BENCH, REST, seed=1)
    (found,) = analyze(recording).named("resting_potential")
    return float(found.value)


def main() -> None:
    """Record both cells in all baths, and draw them on their closed forms."""
    line = np.geomspace(0.8, 130.0, 100)
    bend = [
        goldman(NEURON, outside=amounts(bath(k)), inside=amounts(INSIDE), temperature=TEMPERATURE)
        for k in line
    ]
    straight = nernst(
        "K", outside=[f"{k} mM" for k in line], inside="140 mM", temperature=TEMPERATURE
    )
    with styled():
        figure = new_figure(4.6, 3.4)
        axes = figure.subplots()
        axes.plot(line, straight, color=WINDOW, label="Nernst, potassium")
        axes.plot(line, bend, color=ACCENT, label="Goldman, $P_{Na}$ = 0.04 $P_K$")
        for permeabilities, marker, name in ((GLIA, "s", "glia"), (NEURON, "o", "neuron")):
            found = [resting_potential(permeabilities, float(k)) for k in POTASSIUM]
            for k, potential in zip(POTASSIUM, found, strict=True):
                print(f"{name}, {k} mM: {potential:.2f} mV")
            axes.plot(POTASSIUM, found, marker, color=INK, ms=4, label=f"{name}, recorded")
        axes.set(xscale="log", xlabel="potassium of the bath [mM]")
        axes.set(ylabel="resting potential [mV]")
        axes.legend(frameon=False, fontsize=7.5)
        figure.savefig("bath_potassium.png", dpi=150)


if __name__ == "__main__":
    main()

"""An inward current that is carried by an anion: chloride leaves a cell that is rich in it.

By convention a current is inward, and negative, when negative charge leaves as when positive
enters. Writes ``chloride_leaves.png``.
"""

import numpy as np

from loligo import Protocol, record
from loligo.analysis.correct import steady_current_voltage
from loligo.cell import Cell
from loligo.ions import driving_force
from loligo.ions.ghk_current import ghk_current_density
from loligo.plot.style import ACCENT, INK, QUIET, new_figure, styled
from loligo.rig import Bessel, Digitizer, Noise, Pipette, Rig, VoltageClamp

INSIDE, OUTSIDE = 40.0, 130.0  # mM of chloride
AREA, PERMEABILITY, TEMPERATURE = 2000.0, 5e-6, 22.0  # um2, cm/s, degC
RESISTANCE = "5 MOhm"
BENCH = Rig(
    name="a patch rig",
    pipette=Pipette(series_resistance=RESISTANCE, capacitance="5 pF"),
    amplifier=VoltageClamp(capacitance_fast="5 pF"),
    filter=Bessel(corner="5 kHz"),
    noise=Noise(feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)"),
    digitizer=Digitizer(sampling="20 kHz"),
)
FAMILY = Protocol(
    "family", ["hold for 5 ms", "step -90..50 mV by 10 mV for 40 ms as test"], holding="-70 mV"
)
CELL = Cell(
    name="a cell with chloride channels",
    temperature=f"{TEMPERATURE} degC",
    area=f"{AREA} um2",
    capacitance="1 uF/cm2",
    initial_potential="-70 mV",
    channel={
        "cl": {
            "permeability": f"{PERMEABILITY} cm/s",
            "valence": -1,
            "inside": f"{INSIDE} mM",
            "outside": f"{OUTSIDE} mM",
        }
    },
)


def current_voltage() -> tuple[np.ndarray, np.ndarray]:
    """Return potentials of the membrane [mV] and steady currents [pA] of a recorded family."""
    recording = record(CELL, BENCH, FAMILY, seed=1)
    levels = steady_current_voltage(recording, RESISTANCE, epoch="test")
    return np.array([at.potential for at in levels]), np.array([at.current for at in levels])


def constant_field(potential: np.ndarray) -> np.ndarray:
    """Return the current of the whole cell by the constant-field equation [pA]."""
    density = ghk_current_density(PERMEABILITY, -1, INSIDE, OUTSIDE, potential, TEMPERATURE)
    return 0.01 * AREA * density  # uA/cm2 um2 to pA


def direction(potential: str) -> str:
    """Return which way chloride goes at a potential, in words."""
    force = driving_force(
        "Cl",
        potential,
        outside=f"{OUTSIDE} mM",
        inside=f"{INSIDE} mM",
        temperature=f"{TEMPERATURE} degC",
    )
    return force.in_words()


def main() -> None:
    """Record the family and draw it on the constant-field current."""
    potential, current = current_voltage()
    for level in ("-70 mV", "20 mV"):
        print(f"{level}: {direction(level)}")
    fine = np.linspace(-95.0, 55.0, 200)
    expected = constant_field(fine)
    with styled():
        figure = new_figure(4.6, 3.2)
        axes = figure.subplots()
        axes.fill_between(fine, expected, 0.0, where=expected < 0.0, color=ACCENT, alpha=0.15, lw=0)
        axes.plot(fine, expected, color=ACCENT, label="constant field")
        axes.plot(potential, current, "o", color=INK, ms=3.5, label="recorded")
        for line in (axes.axhline, axes.axvline):
            line(0.0, color=QUIET, linewidth=0.5, zorder=0)
        axes.text(-92.0, 0.32 * current.min(), "chloride leaves:\ninward, negative", size=7.5)
        axes.text(22.0, 0.25 * current.max(), "chloride enters:\noutward, positive", size=7.5)
        axes.set(xlabel="membrane potential [mV]", ylabel="current [pA]")
        axes.legend(frameon=False, fontsize=7.5)
        figure.savefig("chloride_leaves.png", dpi=150)


if __name__ == "__main__":
    main()

"""Permeability ratios of a cation channel, from reversal potentials recorded through a rig.

Potassium is in the pipette, another cation in the bath. Every bath makes another junction
potential, and without its correction the ratios are wrong. Writes ``bi_ionic_selectivity.png``.
"""

import numpy as np

from loligo import Protocol, record
from loligo.analysis.correct import steady_current_voltage
from loligo.cell import Cell
from loligo.ions import liquid_junction_potential
from loligo.ions.ghk_potential import permeability_ratio
from loligo.plot.style import ACCENT, INK, QUIET, WINDOW, new_figure, styled
from loligo.recording import Recording
from loligo.recording.corrections import junction_potential
from loligo.rig import Bessel, Digitizer, Noise, Pipette, Rig, VoltageClamp

RATIOS = {"Cs": 1.1, "Na": 0.8, "Li": 0.6}  # of the cell that is recorded, relative to potassium
PIPETTE = {"K": "150 mM", "gluconate": "140 mM", "Cl": "10 mM"}
RESISTANCE = "5 MOhm"
TEMPERATURE = 20.0  # degC
FAMILY = Protocol(
    "family", ["hold for 5 ms", "step -30..40 mV by 10 mV for 40 ms as test"], holding="0 mV"
)


def bath(ion: str) -> dict[str, str]:
    """Return the bath of one chloride."""
    return {ion: "150 mM", "Cl": "150 mM"}


def recorded(ion: str) -> Recording:
    """Return a family of steps with potassium inside and `ion` outside, as the rig stores it."""
    cell = Cell(
        name=f"a cation channel in {ion}Cl",
        temperature=f"{TEMPERATURE} degC",
        area="2000 um2",
        capacitance="1 uF/cm2",
        initial_potential="0 mV",
        channel={
            "k": _passing("1e-5 cm/s", "150 mM", "0 mM"),
            "test": _passing(f"{1e-5 * RATIOS[ion]} cm/s", "0 mM", "150 mM"),
        },
    )
    junction = liquid_junction_potential(PIPETTE, bath(ion), f"{TEMPERATURE} degC")
    bench = Rig(
        name="a patch rig",
        pipette=Pipette(
            series_resistance=RESISTANCE, capacitance="5 pF", junction_potential=f"{junction} mV"
        ),
        amplifier=VoltageClamp(capacitance_fast="5 pF"),
        filter=Bessel(corner="5 kHz"),
        noise=Noise(feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)"),
        digitizer=Digitizer(sampling="20 kHz"),
    )
    return record(cell, bench, FAMILY, seed=1)


def corrected(recording: Recording, ion: str) -> Recording:
    """Return the recording with the junction potential of its two solutions taken off."""
    return junction_potential(recording, (PIPETTE, bath(ion)))


def current_voltage(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    """Return potentials of the membrane [mV] and steady currents [pA] of the steps."""
    levels = steady_current_voltage(recording, RESISTANCE, epoch="test")
    return np.array([at.potential for at in levels]), np.array([at.current for at in levels])


def reversal_potential(recording: Recording) -> float:
    """Return where a cubic through the steady currents is zero [mV]."""
    levels, currents = current_voltage(recording)
    return float(np.polyval(np.polyfit(currents, levels, 3), 0.0))


def ratio(reversal: float) -> float:
    """Return the permeability relative to potassium, 150 mM of each on its side."""
    return float(permeability_ratio(reversal, (1, 150.0, 0.0), (1, 0.0, 150.0), TEMPERATURE))


def _passing(permeability: str, inside: str, outside: str) -> dict[str, object]:
    return {"permeability": permeability, "valence": 1, "inside": inside, "outside": outside}


def main() -> None:
    """Record three baths, and draw currents and ratios with and without the correction."""
    with styled():
        figure = new_figure(6.6, 3.0)
        left, right = figure.subplots(1, 2)
        for place, (ion, colour) in enumerate(zip(RATIOS, (INK, ACCENT, WINDOW), strict=True)):
            raw = recorded(ion)
            made = corrected(raw, ion)
            left.plot(*current_voltage(made), ".-", color=colour, label=f"{ion}, corrected")
            left.plot(*current_voltage(raw), ":", color=colour)
            found = [ratio(reversal_potential(entry)) for entry in (raw, made)]
            print(
                f"{ion}: {found[0]:.3f} as recorded, {found[1]:.3f} corrected, {RATIOS[ion]} true"
            )
            right.plot([place - 0.25, place + 0.25], [RATIOS[ion]] * 2, color=QUIET)
            right.plot(place, found[0], "x", color=colour)
            right.plot(place, found[1], "o", color=colour)
        for line in (left.axhline, left.axvline):
            line(0.0, color=QUIET, linewidth=0.5, zorder=0)
        left.set(xlabel="potential [mV]", ylabel="current [pA]")
        left.legend(frameon=False, fontsize=7.5)
        right.set(ylabel="permeability / that of potassium", ylim=(0, None))
        right.set_xticks(range(len(RATIOS)), list(RATIOS))
        right.set_title("x as recorded, o corrected, - true", loc="left", size=8)
        figure.savefig("bi_ionic_selectivity.png", dpi=150)


if __name__ == "__main__":
    main()

"""The Python script beside exported NMODL files, which builds the cell in NEURON."""

from __future__ import annotations

from collections.abc import Sequence

from loligo.cell.cell import Cell

_SCRIPT = '''"""{name}, as one section in NEURON; by loligo. Run nrnivmodl here first."""

from math import pi, sqrt
from pathlib import Path

from neuron import h, load_mechanisms

MECHANISMS = {mechanisms}
AREA = {area}  # um2
CAPACITANCE = {capacitance}  # uF/cm2
TEMPERATURE = {temperature}  # degC
INITIAL_POTENTIAL = {potential}  # mV


def build():
    """Return the section."""
    if not hasattr(h, MECHANISMS[0] if MECHANISMS else "pas"):
        load_mechanisms(str(Path(__file__).resolve().parent))
    section = h.Section(name="cell")
    section.nseg = 1
    section.L = section.diam = sqrt(AREA / pi)
    section.cm = CAPACITANCE
    for name in MECHANISMS:
        section.insert(name)
    return section


def run(section, duration, pulses=(), interval=0.1, tolerance=1e-9):
    """Return times [ms] and potentials [mV]; pulses are (start [ms], length [ms], current [pA])."""
    h.load_file("stdrun.hoc")
    clamps = []
    for start, length, current in pulses:
        clamp = h.IClamp(section(0.5))
        clamp.delay, clamp.dur, clamp.amp = start, length, 1e-3 * current
        clamps.append(clamp)
    h.celsius = TEMPERATURE
    solver = h.CVode()
    solver.active(1)
    solver.atol(tolerance)
    solver.rtol(tolerance)
    times = h.Vector([interval * i for i in range(round(duration / interval))])
    potential = h.Vector().record(section(0.5)._ref_v, times)
    h.finitialize(INITIAL_POTENTIAL)
    solver.solve(duration)
    return list(times), list(potential)


if __name__ == "__main__":
    for t, v in zip(*run(build(), 100.0)):
        print(t, v)
'''


def script_text(cell: Cell, mechanisms: Sequence[str], area: float, capacitance: float) -> str:
    """Return the script of a cell.

    Parameters
    ----------
    cell : Cell
    mechanisms : sequence of str
        Suffixes.
    area : float [um2]
    capacitance : float [uF/cm2]
    """
    name = "".join(letter for letter in cell.name if letter.isprintable() and letter not in '"\\')
    return _SCRIPT.format(
        name=name or "a cell",
        mechanisms=repr(list(mechanisms)),
        area=repr(area),
        capacitance=repr(capacitance),
        temperature=repr(cell.temperature),
        potential=repr(cell.initial_potential),
    )

"""The Python script beside the exported files of a neuron, which builds its shape in NEURON."""

from __future__ import annotations

_SCRIPT = '''"""{name}, with its shape, in NEURON; by loligo. Run nrnivmodl here first."""

import json
from pathlib import Path

from neuron import h, load_mechanisms

FOLDER = Path(__file__).resolve().parent
SAID = json.loads((FOLDER / "cell.json").read_text(encoding="utf-8"))
TEMPERATURE = {temperature}  # degC
INITIAL_POTENTIAL = {potential}  # mV


def build():
    """Return the sections by name."""
    if not all(hasattr(h, name) for name in SAID["mechanisms"]):
        load_mechanisms(str(FOLDER))
    sections = {{}}
    for said in SAID["sections"]:
        section = sections[said["name"]] = h.Section(name=said["name"])
        for x, y, z, diameter in said["points"]:
            section.pt3dadd(x, y, z, diameter)
        if said["parent"] is not None:
            section.connect(sections[said["parent"]](said["at"]), 0)
        section.nseg = said["nseg"]
        region = SAID["regions"][said["region"]]
        section.Ra = region["Ra"]
        for name in region["mechanisms"]:
            section.insert(name)
        for name, value in region["values"].items():
            for segment in section:
                setattr(segment, name, value)
        for name, values in said["values"].items():
            for segment, value in zip(section, values):
                setattr(segment, name, value)
    return sections


def site(sections, text):
    """Return the segment that holds a fraction of a branch, "soma(0.5)" or "soma"."""
    name, fraction = text, 0.5
    if text not in sections:
        name, _, fraction = text.removesuffix(")").rpartition("(")
    section = sections[name]
    count = section.nseg
    return section((min(int(float(fraction) * count), count - 1) + 0.5) / count)


def run(sections, duration, pulses=(), at=None, record=None, interval=0.1, tolerance=1e-9):
    """Return times [ms] and the potentials [mV] at the sites of `record`, each a list.

    Pulses are (start [ms], length [ms], current [pA]) into the site `at`.
    """
    h.load_file("stdrun.hoc")
    at = at or next(iter(sections))
    clamps = []
    for start, length, current in pulses:
        clamp = h.IClamp(site(sections, at))
        clamp.delay, clamp.dur, clamp.amp = start, length, 1e-3 * current
        clamps.append(clamp)
    h.celsius = TEMPERATURE
    solver = h.CVode()
    solver.active(1)
    solver.atol(tolerance)
    solver.rtol(tolerance)
    times = h.Vector([interval * i for i in range(round(duration / interval))])
    found = [
        h.Vector().record(site(sections, place)._ref_v, times) for place in record or [at]
    ]
    h.finitialize(INITIAL_POTENTIAL)
    solver.solve(duration)
    return list(times), [list(trace) for trace in found]


if __name__ == "__main__":
    times, (potential,) = run(build(), 100.0)
    for t, v in zip(times, potential):
        print(t, v)
'''


def shape_script_text(name: str, temperature: float, potential: float) -> str:
    """Return the script of a neuron.

    Parameters
    ----------
    name : str
    temperature : float [degC]
    potential : float [mV]
        At the start.
    """
    plain = "".join(letter for letter in name if letter.isprintable() and letter not in '"\\')
    return _SCRIPT.format(
        name=plain or "a neuron", temperature=repr(temperature), potential=repr(potential)
    )

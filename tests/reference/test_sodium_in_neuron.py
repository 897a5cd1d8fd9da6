"""Sodium of an axon during spikes, beside NEURON's reaction-diffusion module.

NEURON's ``hh`` brings the sodium in, ``rxd`` spreads it and moves ``ena``. It needs NEURON in this
Python, or ``LOLIGO_NEURON_PYTHON``, a Python that has it.
"""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import Membrane, Neuron, catalogue
from loligo.cell.morphology import Branch, Morphology

SCRIPT = """
import json, sys
from neuron import h, rxd
h.load_file("stdrun.hoc")
told = json.loads(sys.argv[1])
sections = []
for diameter in told["diameters"]:
    section = h.Section(name=f"part{len(sections)}")
    section.L, section.diam, section.nseg = told["length"], diameter, told["count"]
    section.Ra, section.cm = 100.0, 1.0
    section.insert("hh")
    if sections:
        section.connect(sections[-1](1))
    sections.append(section)
h.celsius = 6.3
cytosol = rxd.Region(sections, name="cytosol", nrn_region="i")
sodium = rxd.Species(cytosol, d=told["diffusion"], name="na", charge=1, initial=told["inside"])
h.nao0_na_ion = told["outside"]
for section in sections:
    for segment in section:
        segment.ek = -77.0
pulse = h.IClamp(sections[0](0.5 / told["count"]))
pulse.delay, pulse.dur, pulse.amp = 1.0, 60.0, told["current"]
h.dt, h.steps_per_ms = told["dt"], 1.0 / told["dt"]
h.finitialize(-65.0)
h.continuerun(told["duration"] - told["dt"] / 2)
places = [(s, (i + 0.5) / told["count"]) for s in sections for i in range(told["count"])]
print(json.dumps({
    "sodium": [s(x).nai for s, x in places], "v": [s(x).v for s, x in places],
    "ena": [s(x).ena for s, x in places],
}))
"""
TOLD = {
    "diameters": [2.0, 0.8], "length": 100.0, "count": 5, "diffusion": 0.6, "inside": 10.0,
    "outside": 145.0, "current": 0.2, "duration": 60.0,
}  # fmt: skip


def of_neuron(dt):
    """Sodium and potential at the end in NEURON."""
    python = os.environ.get("LOLIGO_NEURON_PYTHON")
    if python is None and importlib.util.find_spec("neuron") is None:
        pytest.skip("no NEURON here; set LOLIGO_NEURON_PYTHON to a Python that has it")
    done = subprocess.run(
        [python or sys.executable, "-c", SCRIPT, json.dumps({**TOLD, "dt": dt})],
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: np.array(values) for name, values in found.items()}


def of_loligo(coefficient):
    """The same axon here."""
    said = catalogue.load("hodgkin_huxley1952").written()["channel"]
    said["na"] = {k: x for k, x in said["na"].items() if k != "reversal"} | {"ion": "Na"}
    said["k"] |= {"ion": "K", "reversal": "-77 mV"}
    said["leak"] |= {"ion": "Cl", "reversal": "-54.3 mV"}  # as in NEURON, which names no ion
    membrane = Membrane(
        capacitance="1 uF/cm2",
        channel=said,
        inside={"ions": {"Na": "10 mM", "K": "100 mM", "Cl": "10 mM"}},
        outside={"ions": {"Na": "145 mM", "K": "4 mM", "Cl": "100 mM"}},
    )
    parts = [
        Branch(f"part{i}", "axon", (0.0, TOLD["length"]), (d, d), f"part{i - 1}" if i else None)
        for i, d in enumerate(TOLD["diameters"])
    ]
    axon = Neuron(
        "axon", Morphology(tuple(parts)), membrane, axial_resistivity="100 ohm cm",
        temperature="6.3 degC", initial_potential="-65 mV", counts=TOLD["count"],
        diffusion={"Na": f"{coefficient} um2/ms"},
    )  # fmt: skip
    pulse = Protocol("pulse", ["hold for 1 ms", "step 0.2 nA for 59 ms"], holding="0 nA")
    end = simulate(axon, pulse, at="part0(0.1)", record=(), dt="0.0025 ms").final
    return {"sodium": end["inside.Na"][0, 0], "v": end["v"][0, 0]}


def test_sodium_of_spikes_and_its_spread():
    """NEURON's first-order steps are extrapolated from two lengths."""
    coarse, fine = of_neuron(0.005), of_neuron(0.0025)
    neuron = {name: 2 * fine[name] - coarse[name] for name in fine}
    here = of_loligo(TOLD["diffusion"])
    gained = here["sodium"] - TOLD["inside"]
    assert gained[-1] > 2 * gained[0] > 0.1  # the thin part fills more
    np.testing.assert_allclose(gained, neuron["sodium"] - TOLD["inside"], rtol=2e-3)
    np.testing.assert_allclose(here["v"], neuron["v"], rtol=0, atol=0.1)
    alone = of_loligo(0.0)["sodium"]
    assert abs(alone[5] - here["sodium"][5]) > 20 * np.abs(here["sodium"] - neuron["sodium"]).max()
